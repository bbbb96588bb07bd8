/*
 * Places in logs that do not stand still. What is seen of a directory in the
 * middle of a rotation is looked at again; a file that was moved on between
 * two looks is found under its next name.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/sys.h"

#include "svc/cmd/logs_place.h"
#include "svc/cmd/memory.h"

#define PREVIOUS "previous"
#define STEM 25 /* of a name: @ and the digits, without .s or .u */

/* `previous` comes behind all names that begin with @. */
static int
oldest_first(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Unfinished output of a processor is none. */
static bool
is_old(const char *name)
{
	size_t n = strlen(name);

	if (strcmp(name, PREVIOUS) == 0)
		return true;
	return name[0] == '@' && n > 1 && n < LOGS_NAME && name[n - 1] != 't';
}

/* @X.s and @X.u are the same file, before and after its processor. */
static size_t
drop_twins(char **names, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strncmp(names[kept - 1], names[i], STEM) != 0)
			names[kept++] = names[i];
	return kept;
}

/* Oldest first, NULL at the end, and room for one more. */
static char **
old_names(const struct logs_source *s)
{
	DIR *dir = s->is_file ? NULL : opendir(s->path);
	char **names = NULL;
	size_t room = 0, n = 0;
	struct dirent *e;

	names = memory_grow(names, &room, 2, sizeof(*names));
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (!is_old(e->d_name))
			continue;
		names = memory_grow(names, &room, n + 3, sizeof(*names));
		names[n++] = memory_copy(e->d_name, strlen(e->d_name));
	}
	if (dir != NULL)
		closedir(dir);
	qsort(names, n, sizeof(*names), oldest_first);
	names[drop_twins(names, n)] = NULL;
	return names;
}

static uint64_t
inode_of(const struct logs_source *s, const char *name)
{
	struct stat st;

	return sys_fstatat(
		   AT_FDCWD, memory_text("%s/%s", s->path, name), &st, 0) == 0
		   ? st.st_ino
		   : 0;
}

/* What of the old files tells one moment from another. */
static void
look_at_old(struct logs_place *p, const struct logs_source *s)
{
	p->newest[0] = '\0';
	p->previous = 0;
	for (char **name = old_names(s); *name != NULL; name++)
		if (strcmp(*name, PREVIOUS) == 0)
			p->previous = inode_of(s, PREVIOUS);
		else
			memcpy(p->newest, *name, strlen(*name) + 1);
}

const char *
logs_current(const struct logs_source *s)
{
	return s->is_file ? s->path : memory_text("%s/current", s->path);
}

static bool
is_same_moment(const struct logs_place *a, const struct logs_place *b)
{
	return a->previous == b->previous &&
	       strncmp(a->newest, b->newest, STEM) == 0;
}

/* No file became an old one while `current` was opened. */
void
logs_stand(struct logs_place *p, const struct logs_source *s)
{
	struct logs_place before;
	struct stat st;

	*p = (struct logs_place){.fd = -1};
	do {
		logs_leave(p);
		look_at_old(&before, s);
		p->fd = sys_open(logs_current(s), O_RDONLY | O_NONBLOCK, 0);
		look_at_old(p, s);
	} while (!is_same_moment(&before, p));
	if (p->fd != -1 && sys_fstat(p->fd, &st) == 0)
		p->inode = st.st_ino;
}

void
logs_leave(struct logs_place *p)
{
	if (p->fd != -1)
		sys_close(p->fd);
	p->fd = -1;
	p->inode = 0;
}

static bool
is_after(const char *name, const struct logs_place *p)
{
	return strncmp(name, p->newest, STEM) > 0;
}

char **
logs_old(const struct logs_source *s, const struct logs_place *after,
    const struct logs_place *upto)
{
	char **names = old_names(s);
	size_t n = 0;

	while (after != NULL && *names != NULL && !is_after(*names, after))
		names++;
	while (names[n] != NULL && !is_after(names[n], upto))
		n++;
	if (upto->previous != 0)
		names[n++] = memory_copy(PREVIOUS, strlen(PREVIOUS));
	names[n] = NULL;
	return names;
}

static int
open_old(const struct logs_source *s, const char *name)
{
	return sys_open(
	    memory_text("%s/%s", s->path, name), O_RDONLY | O_NONBLOCK, 0);
}

static char *
first_after(const struct logs_source *s, const struct logs_place *p)
{
	char **names = old_names(s);

	while (*names != NULL && !is_after(*names, p))
		names++;
	return *names;
}

/* multilog's `previous` of this place: by now it may have a name for good. */
static int
open_previous(
    const struct logs_source *s, const struct logs_place *p, char **name)
{
	if (inode_of(s, PREVIOUS) != p->previous)
		*name = first_after(s, p);
	return *name == NULL ? -1 : open_old(s, *name);
}

int
logs_old_open(
    const struct logs_source *s, const struct logs_place *p, char **name)
{
	if (strcmp(*name, PREVIOUS) == 0 && p->previous != 0)
		return open_previous(s, p, name);
	int fd = open_old(s, *name);
	size_t n = strlen(*name);
	if (fd == -1 && n > 1 && (*name)[n - 1] == 'u') {
		(*name)[n - 1] = 's';
		fd = open_old(s, *name);
	}
	return fd;
}
