/*
 * Scripts of a source directory of s6-rc. They need not be executable: s6-rc
 * compiles them into copies that are. Nothing is copied here, so the
 * interpreter that the first line names is executed, as the kernel would do.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/path.h"
#include "lib/sys.h"
#include "svc/tree/birth/birth.h"
#include "svc/tree/state/define.h"

#define BLANKS " \t"

/* The first line of what is not executable; "" where there is none. */
static void
first_line(struct birth *b)
{
	char path[TREE_PATH];
	struct buf p = BUF(path);
	ssize_t n;
	int fd;

	path_make(&p, birth_own(b), b->file);
	b->shebang[0] = '\0';
	if (p.full || sys_faccessat(AT_FDCWD, p.p, X_OK, 0) == 0)
		return;
	fd = sys_open(p.p, O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return;
	n = sys_read(fd, b->shebang, SHEBANG_MAX - 1);
	sys_close(fd);
	b->shebang[n > 0 ? n : 0] = '\0';
	b->shebang[strcspn(b->shebang, "\n")] = '\0';
}

/* "#! INTERPRETER [ARGUMENT]", the argument being all the rest. */
static unsigned
split(char *line, char *words[2])
{
	char *end = line + strlen(line);

	while (end > line && strchr(BLANKS, end[-1]) != NULL)
		*--end = '\0';
	words[0] = line + 2 + strspn(line + 2, BLANKS);
	words[1] = words[0] + strcspn(words[0], BLANKS);
	if (*words[1] == '\0')
		return 1;
	*words[1]++ = '\0';
	words[1] += strspn(words[1], BLANKS);
	return 2;
}

void
birth_script(struct birth *b)
{
	const struct settings *s = define_view(b->record);
	char *words[2];
	unsigned n, count = 0;

	if (s == NULL || !(s->files & WITH_S6RC))
		return;
	first_line(b);
	if (strncmp(b->shebang, "#!", 2) != 0)
		return;
	n = split(b->shebang, words);
	if (*words[0] == '\0')
		return;
	while (b->argv[count] != NULL)
		count++;
	memmove(b->argv + n, b->argv, (count + 1) * sizeof(b->argv[0]));
	memcpy(b->argv, words, n * sizeof(b->argv[0]));
	b->spawn.file = words[0];
}
