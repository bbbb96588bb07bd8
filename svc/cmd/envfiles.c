/*
 * Environment directories. The files are opened relative to the directory, so
 * the working directory never changes and cannot fail to come back.
 */
#include "lib/sys.h"

#include "svc/cmd/envfiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "svc/cmd/memory.h"

/* The whole file, NUL-ended; NULL with errno. */
static char *
read_whole(int dir, const char *name, size_t *len)
{
	int fd = sys_openat(dir, name, O_RDONLY | O_NONBLOCK, 0);
	char *text = NULL;
	size_t room = 0;
	ssize_t n = 0;
	*len = 0;
	/* A link that leads nowhere counts as an empty file. */
	if (fd < 0 && errno == ENOENT)
		return memory_copy("", 0);
	if (fd < 0)
		return NULL;
	do {
		text = memory_grow(text, &room, *len + 256, 1);
		n = sys_read(fd, text + *len, room - *len - 1);
		*len += n > 0 ? (size_t)n : 0;
	} while (n > 0 || (n < 0 && errno == EINTR));
	int error = errno;
	sys_close(fd);
	errno = error;
	if (n < 0)
		return NULL;
	text[*len] = '\0';
	return text;
}

/* The first line, without blanks at its end; its zero bytes are newlines. */
static const char *
first_line(char *text, size_t len)
{
	char *newline = memchr(text, '\n', len);
	if (newline != NULL)
		len = (size_t)(newline - text);
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\0')
			text[i] = '\n';
	text[len] = '\0';
	return text;
}

/* chdir comes first in the originals, and so do its errors. */
static DIR *
open_dir(const struct tool_manner *m, const char *dir)
{
	int fd = sys_open(dir, O_PATH | O_DIRECTORY, 0);
	if (fd < 0 || sys_faccessat(fd, ".", X_OK, AT_EACCESS) < 0)
		tool_cannot(m, "unable to switch to directory", dir);
	int list = sys_openat(fd, ".", O_RDONLY | O_DIRECTORY, 0);
	DIR *opened = list < 0 ? NULL : fdopendir(list);
	if (opened == NULL)
		tool_cannot(m,
		    m->runit ? "unable to open directory"
			     : "unable to read directory",
		    dir);
	sys_close(fd);
	return opened;
}

void
envfiles_read(const struct tool_manner *m, const char *dir,
    struct tool_env *env, bool skip_dirs, bool verbose)
{
	DIR *list = open_dir(m, dir);
	const struct dirent *entry;
	while (errno = 0, (entry = readdir(list)) != NULL) {
		const char *name = entry->d_name;
		size_t len;
		if (name[0] == '.')
			continue;
		char *text = read_whole(dirfd(list), name, &len);
		if (text != NULL) {
			tool_env_set(
			    env, name, len > 0 ? first_line(text, len) : NULL);
			continue;
		}
		const char *reason = errtext(errno);
		bool skip = skip_dirs && errno == EISDIR;
		const char *who = m->runit ? "chpst" : m->name;
		if (!skip)
			tool_die(TOOL_TROUBLE, who, ": fatal: unable to read ",
			    dir, "/", name, ": ", reason, NULL);
		if (verbose)
			tool_say(who, ": warning: unable to read ", dir, "/",
			    name, ": ", reason, NULL);
	}
	if (errno != 0)
		tool_cannot(m, "unable to read directory", dir);
	closedir(list);
}
