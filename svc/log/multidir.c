/*
 * multilog's way with a log directory. `current` becomes `previous`, which
 * becomes @STAMP.s at once, or after the processor has made `processed` of it.
 * Only one file can be on this way, so the next one waits.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "lib/fd.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/log/logdir.h"

static int
missing_is_done(int r)
{
	return r == -1 && errno == ENOENT ? 0 : r;
}

static int
move_current(struct logdir *d)
{
	return missing_is_done(
	    sys_renameat(d->fd, "current", d->fd, "previous"));
}

/* `file` gets its name for good. A second link shows that it has it already. */
static int
publish(struct logdir *d, const char *file, char code)
{
	char name[LOGDIR_NAME];
	struct stat st;

	if (sys_fstatat(d->fd, file, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : -1;
	if (st.st_nlink == 1 &&
	    (archive_name(d->fd, code, name) == -1 ||
		sys_linkat(d->fd, file, d->fd, name, 0) == -1))
		return -1;
	return sys_unlinkat(d->fd, file, 0);
}

static int
publish_previous(struct logdir *d)
{
	return d->conf.processor != NULL ? 0 : publish(d, "previous", 's');
}

static int
waiting(struct logdir *d)
{
	if (sys_faccessat(d->fd, "previous", 0, AT_SYMLINK_NOFOLLOW) == -1)
		return missing_is_done(-1);
	return 1;
}

static const struct logdir_step rotation[] = {
    {logdir_step_sync, "unable to write", "/current to disk"},
    {logdir_step_mode, "unable to set mode of", "/current"},
    {move_current, "unable to rename current to previous in directory", ""},
    {logdir_step_create, "unable to create", "/current"},
    {publish_previous, "unable to link to", "/previous"},
    {logdir_step_trim, "unable to read", ""},
    {processor_look, "unable to stat", "/previous"},
    {0},
};

static int
sync_file(struct logdir *d, const char *name, bool mark)
{
	int fd = sys_openat(d->fd, name, O_RDONLY | O_NOFOLLOW, 0);

	if (fd == -1)
		return missing_is_done(-1);
	int r = sys_fsync(fd);
	if (r == 0 && mark)
		r = sys_fchmod(fd, 0744);
	fd_close(&fd);
	return r;
}

static int
sync_state(struct logdir *d)
{
	return sync_file(d, "newstate", false);
}

/* From here on a new start finishes the job instead of doing it again. */
static int
mark_processed(struct logdir *d)
{
	return sync_file(d, "processed", true);
}

static int
remove_previous(struct logdir *d)
{
	return missing_is_done(sys_unlinkat(d->fd, "previous", 0));
}

static int
move_state(struct logdir *d)
{
	return missing_is_done(sys_renameat(d->fd, "newstate", d->fd, "state"));
}

static int
publish_processed(struct logdir *d)
{
	return publish(d, "processed", 's');
}

static const struct logdir_step commit[] = {
    {sync_state, "unable to write", "/newstate to disk"},
    {mark_processed, "unable to write", "/processed to disk"},
    {remove_previous, "unable to remove", "/previous"},
    {move_state, "unable to rename newstate to state in directory", ""},
    {publish_processed, "unable to link to", "/processed"},
    {logdir_step_trim, "unable to read", ""},
    {0},
};

static void
files(struct logdir *d, const char **from, const char **to)
{
	(void)d;
	*from = "previous";
	*to = "processed";
}

static int
open_directory(struct logdir *d)
{
	int home = d->host->home;

	if (sys_mkdirat(home, d->name, 0700) == -1 && errno != EEXIST &&
	    errno != ENOENT) {
		logdir_cannot(d, "unable to create directory");
		return -1;
	}
	d->fd = sys_openat(home, d->name, O_RDONLY | O_DIRECTORY, 0);
	if (d->fd == -1) {
		logdir_cannot(d, "unable to open directory");
		return -1;
	}
	d->lock = sys_openat(
	    d->fd, "lock", O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0600);
	if (d->lock == -1 || sys_flock(d->lock, LOCK_EX | LOCK_NB) == -1) {
		logdir_cannot(d, "unable to lock directory");
		return -1;
	}
	return 0;
}

/* -1: not there. 0, 1: is it whole? */
static int
wholeness(struct logdir *d, const char *name)
{
	struct stat st;

	if (sys_fstatat(d->fd, name, &st, 0) == -1)
		return -1;
	return (st.st_mode & S_IXUSR) != 0;
}

/* What a killed rotation left on the way from current to @STAMP.s. */
static int
mend_previous(struct logdir *d)
{
	if (d->processor > 0)
		return 0;
	if (wholeness(d, "processed") == 1) {
		remove_previous(d);
		move_state(d);
		return publish(d, "processed", 's');
	}
	sys_unlinkat(d->fd, "processed", 0);
	if (wholeness(d, "previous") != 1)
		return publish(d, "previous", 'u');
	return publish_previous(d);
}

static int
mend_current(struct logdir *d)
{
	struct stat st;

	if (sys_fstatat(d->fd, "current", &st, 0) == -1)
		return missing_is_done(-1);
	if (!S_ISREG(st.st_mode) || st.st_mode & S_IXUSR || st.st_size == 0)
		return 0;
	return publish(d, "current", 'u');
}

static int
make_state(struct logdir *d)
{
	int fd = sys_openat(d->fd, "state", O_WRONLY | O_CREAT, 0644);

	if (fd == -1)
		return -1;
	fd_close(&fd);
	return 0;
}

static int
mend(struct logdir *d)
{
	if (open_directory(d) == -1)
		return -1;
	if (mend_previous(d) == -1 || mend_current(d) == -1) {
		logdir_cannot(d, "unable to put old files in order in");
		return -1;
	}
	if (make_state(d) == -1) {
		logdir_cannot(d, "unable to write state in");
		return -1;
	}
	if (logdir_current(d) == -1) {
		logdir_cannot(d, "unable to write current in");
		return -1;
	}
	logdir_step_trim(d);
	return processor_look(d);
}

static void
cannot(const struct logdir *d, const char *what)
{
	if (d->host->fatal)
		die(111, "%s %s", what, d->name);
	say_warn("%s %s", what, d->name);
}

static void
pausing(const struct logdir *d, const struct logdir_step *step)
{
	say_warn("%s %s%s, pausing", step->before, d->name, step->after);
}

const struct logdir_way logdir_multilog = {
    .rotation = rotation,
    .commit = commit,
    .mend = mend,
    .files = files,
    .waiting = waiting,
    .one_at_a_time = true,
    .trims_all = true,
    .retry_ms = 5000,
    .cannot = cannot,
    .pausing = pausing,
};
