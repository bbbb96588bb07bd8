/*
 * Paths as text.
 */
#include "lib/path.h"

#include <string.h>

void
path_join(struct buf *b, const char *name)
{
	if (b->len > 0 && b->p[b->len - 1] != '/')
		buf_putc(b, '/');
	buf_puts(b, name);
}

void
path_make(struct buf *b, const char *dir, const char *name)
{
	buf_clear(b);
	if (!path_is_absolute(name))
		buf_puts(b, dir);
	path_join(b, name);
}

const char *
path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

void
path_dir(struct buf *b, const char *path)
{
	size_t n = (size_t)(path_base(path) - path);

	buf_clear(b);
	if (n == 0) {
		buf_putc(b, '.');
		return;
	}
	while (n > 1 && path[n - 1] == '/')
		n--;
	buf_put(b, path, n);
}

bool
path_is_absolute(const char *path)
{
	return path[0] == '/';
}

bool
path_is_name(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > PATH_NAME_MAX)
		return false;
	if (strcmp(s, ".") == 0 || strcmp(s, "..") == 0)
		return false;
	for (; *s != '\0'; s++)
		if (*s == '/' || (unsigned char)*s < ' ' || *s == 127)
			return false;
	return true;
}
