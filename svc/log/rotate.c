/*
 * svlogd's way with a log directory. `current` becomes @STAMP.s, or, where
 * there is a processor, @STAMP.u, whose processed form is first @STAMP.t and
 * in the end @STAMP.s. The owner's execute bit says "whole, and on disk" of
 * every one of them; it is set before the name changes, so that after a kill
 * the bits tell what is left to do.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "lib/errtext.h"
#include "lib/fd.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/log/logdir.h"

int
logdir_move_current(struct logdir *d)
{
	char *name = d->rotated;

	if (archive_name(d->fd, d->conf.processor != NULL ? 'u' : 's', name) ==
	    -1)
		return -1;
	if (d->host->verbose)
		say_info("info: rename: %s/current %s %lu", d->name, name,
		    (unsigned long)d->size);
	if (sys_renameat(d->fd, "current", d->fd, name) == 0)
		return 0;
	/* Somebody took it away: nothing is left to be renamed. */
	return errno == ENOENT ? 0 : -1;
}

/* The oldest file that is whole. */
int
logdir_waiting(struct logdir *d)
{
	struct archive a;

	if (archive_look(d->fd, NULL, &a) == -1)
		return -1;
	memcpy(d->save, a.waiting, sizeof(d->save));
	return d->save[0] != '\0';
}

static const struct logdir_step rotation[] = {
    {logdir_step_sync, "unable to fsync current logfile", ""},
    {logdir_step_mode, "unable to set mode of current", ""},
    {logdir_move_current, "unable to rename current", ""},
    {logdir_step_create, "unable to create new current", ""},
    {logdir_step_trim, "unable to open directory, want rotate", ""},
    {processor_look, "unable to open directory, want processor", ""},
    {0},
};

/* d->save with another last letter. */
static const char *
saved(const struct logdir *d, char code, char name[LOGDIR_NAME])
{
	memcpy(name, d->save, LOGDIR_NAME);
	name[LOGDIR_NAME - 2] = code;
	return name;
}

static int
sync_and_mark(struct logdir *d, const char *name)
{
	int fd = sys_openat(d->fd, name, O_RDONLY | O_NOFOLLOW, 0);

	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	int r = sys_fsync(fd);
	if (r == 0)
		r = sys_fchmod(fd, 0744);
	fd_close(&fd);
	return r;
}

int
logdir_sync_state(struct logdir *d)
{
	int fd = sys_openat(d->fd, "newstate", O_RDONLY | O_NOFOLLOW, 0);

	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	int r = sys_fsync(fd);
	fd_close(&fd);
	return r;
}

/* From here on a new start finishes the job instead of doing it again. */
int
logdir_mark_processed(struct logdir *d)
{
	char name[LOGDIR_NAME];

	return sync_and_mark(d, saved(d, 't', name));
}

int
logdir_move_state(struct logdir *d)
{
	if (sys_renameat(d->fd, "newstate", d->fd, "state") == 0)
		return 0;
	return errno == ENOENT ? 0 : -1;
}

int
logdir_move_processed(struct logdir *d)
{
	char from[LOGDIR_NAME], to[LOGDIR_NAME];

	if (sys_renameat(
		d->fd, saved(d, 't', from), d->fd, saved(d, 's', to)) == -1 &&
	    errno != ENOENT)
		return -1;
	if (d->host->verbose)
		say_info("info: processed: %s/%s", d->name, to);
	return 0;
}

int
logdir_remove_unprocessed(struct logdir *d)
{
	if (sys_unlinkat(d->fd, d->save, 0) == -1 && errno != ENOENT)
		return -1;
	d->save[0] = '\0';
	return 0;
}

static const struct logdir_step commit[] = {
    {logdir_sync_state, "unable to fsync newstate", ""},
    {logdir_mark_processed, "unable to set mode of processed", ""},
    {logdir_move_state, "unable to rename state", ""},
    {logdir_move_processed, "unable to rename processed", ""},
    {logdir_remove_unprocessed, "unable to unlink processed", ""},
    {processor_look, "unable to open directory, want processor", ""},
    {0},
};

void
logdir_files(struct logdir *d, const char **from, const char **to)
{
	static char name[LOGDIR_NAME];

	*from = d->save;
	*to = saved(d, 't', name);
}

static void
complain(void *arg, unsigned line, const char *what, const char *about)
{
	const struct logdir *d = arg;

	say_warnx("%s: %s (%s/config, line %u)", what, about, d->name, line);
}

/* Emptied; its first use takes the memory. */
static struct buf *
config_room(struct logdir *d)
{
	if (d->text.p == NULL) {
		char *p = mem_pages(CONF_TEXT);

		if (p == NULL)
			die(111, "out of memory");
		d->text = buf_over(p, CONF_TEXT);
	}
	buf_clear(&d->text);
	return &d->text;
}

static void
read_config(struct logdir *d)
{
	struct buf *text = config_room(d);

	if (fd_slurp(d->fd, "config", text) == -1) {
		if (errno != ENOENT)
			say_warn("unable to read config: %s", d->name);
		buf_clear(text);
	} else if (d->host->verbose)
		say_info("info: read: %s/config", d->name);
	conf_parse(&d->conf, text->p, text->len, complain, d);
	d->cut.limit = d->conf.size_max;
}

int
logdir_take_lock(struct logdir *d)
{
	d->lock = sys_openat(
	    d->fd, "lock", O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0600);
	if (d->lock == -1 || sys_flock(d->lock, LOCK_EX | LOCK_NB) == -1) {
		logdir_cannot(d, "unable to lock directory");
		return -1;
	}
	return 0;
}

/* A `current` with something in it that nobody closed: part of a line may be
 * missing at its end. */
static int
put_unclean_away(struct logdir *d, bool *fresh)
{
	struct stat st;
	char name[LOGDIR_NAME];

	*fresh = true;
	if (sys_fstatat(d->fd, "current", &st, 0) == -1) {
		if (errno == ENOENT)
			return 0;
		logdir_cannot(d, "unable to stat current");
		return -1;
	}
	*fresh = false;
	if (!S_ISREG(st.st_mode) || st.st_size == 0 || st.st_mode & S_IXUSR)
		return 0;
	*fresh = true;
	if (archive_name(d->fd, 'u', name) == -1 ||
	    sys_renameat(d->fd, "current", d->fd, name) == -1) {
		logdir_cannot(d, "unable to rename current");
		return -1;
	}
	return logdir_step_trim(d);
}

static int
open_directory(struct logdir *d)
{
	int flags = O_RDONLY | O_DIRECTORY;

	d->fd = sys_openat(d->host->home, d->name, flags, 0);
	if (d->fd == -1) {
		logdir_cannot(d, "unable to open log directory");
		return -1;
	}
	return 0;
}

static int
mend(struct logdir *d)
{
	bool fresh;

	if (open_directory(d) == -1 || logdir_take_lock(d) == -1)
		return -1;
	read_config(d);
	/* What the processor has under way now is not a leftover. */
	if (d->processor == 0)
		archive_mend(d->fd);
	if (put_unclean_away(d, &fresh) == -1)
		return -1;
	if (logdir_current(d) == -1) {
		logdir_cannot(d, "unable to open current");
		return -1;
	}
	if (d->host->verbose)
		say_info(
		    "info: %s: %s/current", fresh ? "new" : "append", d->name);
	if (processor_look(d) == -1)
		logdir_cannot(d, "unable to read directory");
	return 0;
}

void
logdir_say_cannot(const struct logdir *d, const char *what)
{
	say_warn("%s: %s", what, d->name);
}

void
logdir_say_pausing(const struct logdir *d, const struct logdir_step *step)
{
	say_info("pausing: %s: %s: %s", step->before, d->name, errtext(errno));
}

const struct logdir_way logdir_svlogd = {
    .rotation = rotation,
    .commit = commit,
    .mend = mend,
    .files = logdir_files,
    .waiting = logdir_waiting,
    .one_at_a_time = false,
    .trims_all = false,
    .retry_ms = 3000,
    .cannot = logdir_say_cannot,
    .pausing = logdir_say_pausing,
};
