/*
 * The old files of a log directory: their names are the moments at which they
 * ended, so the order of names is the order of time. The clock may go back,
 * the names never do.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/dir.h"
#include "lib/errtext.h"
#include "lib/say.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/log/logdir.h"

#define CODE (TAI_TEXT + 1) /* where s, u or t stands in a name */

static bool
is_archive(const char *name)
{
	return name[0] == '@' && strlen(name) == LOGDIR_NAME - 1 &&
	       name[CODE - 1] == '.';
}

/* Each old file in turn: what to do with it. */
typedef void visit(void *arg, int dir, const char *name);

static int
each(int dir, visit *v, void *arg)
{
	char room[DIR_ROOM];
	struct dir d;
	struct dir_entry e;
	int more;

	if (dir_open(&d, dir, ".", room, sizeof(room)) == -1)
		return -1;
	while ((more = dir_next(&d, &e)) == 1)
		if (is_archive(e.name))
			v(arg, dir, e.name);
	dir_close(&d);
	return more;
}

static void
copy(char to[LOGDIR_NAME], const char *name)
{
	memcpy(to, name, LOGDIR_NAME);
}

static bool
is_whole(int dir, const char *name)
{
	struct stat st;

	return sys_fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (st.st_mode & S_IXUSR);
}

struct look {
	struct archive *a;
	const char *except;
};

static void
look_at(void *arg, int dir, const char *name)
{
	struct look *l = arg;
	struct archive *a = l->a;

	if (name[CODE] == 't')
		return;
	a->count++;
	if (strcmp(name, a->newest) > 0)
		copy(a->newest, name);
	if (l->except != NULL && str_eq(name, l->except))
		return;
	if (a->oldest[0] == '\0' || strcmp(name, a->oldest) < 0)
		copy(a->oldest, name);
	if (name[CODE] == 'u' &&
	    (a->waiting[0] == '\0' || strcmp(name, a->waiting) < 0) &&
	    is_whole(dir, name))
		copy(a->waiting, name);
}

int
archive_look(int dir, const char *except, struct archive *a)
{
	*a = (struct archive){0};
	return each(dir, look_at, &(struct look){a, except});
}

static void
mend_one(void *arg, int dir, const char *name)
{
	char other[LOGDIR_NAME];

	(void)arg;
	copy(other, name);
	if (name[CODE] == 't' && is_whole(dir, name)) {
		/* It was done and sound: the rest of the commit. */
		sys_renameat(dir, "newstate", dir, "state");
		other[CODE] = 's';
		sys_renameat(dir, name, dir, other);
		other[CODE] = 'u';
		sys_unlinkat(dir, other, 0);
	} else if (name[CODE] == 't') {
		if (sys_unlinkat(dir, name, 0) == -1)
			say_warn(
			    "unable to unlink processor leftover: %s", name);
	} else if (name[CODE] == 'u') {
		other[CODE] = 's';
		if (sys_faccessat(dir, other, 0, AT_SYMLINK_NOFOLLOW) == 0)
			sys_unlinkat(dir, name, 0);
	}
}

int
archive_mend(int dir)
{
	return each(dir, mend_one, NULL);
}

int
archive_name(int dir, char code, char name[LOGDIR_NAME])
{
	struct archive a;
	struct tai64n t = clock_tai(), last;

	if (archive_look(dir, NULL, &a) == -1)
		return -1;
	tai_format(t, name);
	if (a.newest[0] == '@' && strncmp(name, a.newest, TAI_TEXT) <= 0 &&
	    tai_parse(a.newest, TAI_TEXT, &last)) {
		last.nano++;
		if (last.nano >= 1000000000) {
			last.nano = 0;
			last.sec++;
		}
		tai_format(last, name);
	}
	memcpy(name + TAI_TEXT, ".s", 3);
	name[CODE] = code;
	return 0;
}

int
archive_trim(struct logdir *d, uint64_t keep)
{
	struct archive a;

	do {
		if (archive_look(d->fd, d->save, &a) == -1)
			return -1;
		if (a.count <= keep || a.oldest[0] != '@')
			return 0;
		if (d->host->verbose)
			say_info("info: delete: %s/%s", d->name, a.oldest);
		if (sys_unlinkat(d->fd, a.oldest, 0) == -1) {
			say_warn("unable to unlink oldest logfile: %s/%s",
			    d->name, a.oldest);
			return 0;
		}
		if (d->way->has_index)
			index_remove(d->fd, a.oldest);
	} while (d->way->trims_all);
	return 0;
}
