/*
 * supervise/ of a service: one FIFO, which is called control, ok and lock, so
 * that a service costs one descriptor; other programs find in each what they
 * look for: a reader on control and ok, a lock on lock. Where the service's
 * directory cannot be written it is RUN/files/NAME/supervise.
 */
#include "svc/tree/shown/shown.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dir.h"
#include "lib/error.h"
#include "lib/fd.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/state/later.h"
#include "svc/tree/state/state.h"

#define LOCK_NAPS 200 /* of a millisecond, after a crash */
#define HELD -2	      /* another supervisor has the lock */

/* What is done when somebody has written into a FIFO. */
static void (*is_written)(void *arg, uint32_t events);

void
supervise_start(void (*written)(void *arg, uint32_t events))
{
	is_written = written;
}

/* A dangling link: its target is made, one level, as runsv does. */
static int
make_target(int dir)
{
	char target[TREE_PATH];

	if (sys_readlinkat(dir, "supervise", target, sizeof(target)) < 0)
		return -1;
	return sys_mkdirat(dir, target, 0700);
}

static int
open_or_make(int dir)
{
	int flags = O_RDONLY | O_DIRECTORY;
	int fd = sys_openat(dir, "supervise", flags, 0);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (sys_mkdirat(dir, "supervise", 0700) < 0 &&
	    (errno != EEXIST || make_target(dir) < 0))
		return -1;
	return sys_openat(dir, "supervise", flags, 0);
}

/* In the service's directory, if it can be written there; -1. */
static int
open_there(int dir)
{
	int error, fd = dir < 0 ? -1 : open_or_make(dir);

	if (fd < 0 || sys_faccessat(fd, ".", W_OK, 0) == 0)
		return fd;
	error = errno;
	sys_close(fd);
	errno = error;
	return -1;
}

static bool
away_path(uint32_t i, struct buf *b)
{
	char name[BOARD_NAME_MAX + 1];

	buf_puts(b, tree.run_dir);
	buf_puts(b, "/files/");
	buf_puts(b, state_name(i, name));
	buf_puts(b, "/supervise");
	return !b->full;
}

/* Below the runtime directory, where sv looks too; -1. */
static int
open_away(uint32_t i)
{
	char path[TREE_PATH];
	struct buf b = BUF(path);

	if (!away_path(i, &b) || dir_make(AT_FDCWD, path, 0755) < 0)
		return -1;
	return sys_open(path, O_RDONLY | O_DIRECTORY, 0);
}

int
supervise_dir(uint32_t i)
{
	char path[TREE_PATH];
	struct buf b = BUF(path);
	int fd, dir, error;

	if (rec(i)->flags & BOARD_FILES_AWAY)
		return open_away(i);
	state_path(i, path);
	b.len = strlen(path);
	buf_puts(&b, "/supervise");
	fd = b.full ? -1 : sys_open(path, O_RDONLY | O_DIRECTORY, 0);
	if (fd >= 0 || (!b.full && errno != ENOENT))
		return fd;
	dir = sys_open(state_path(i, path), O_PATH | O_DIRECTORY, 0);
	if (dir < 0)
		return -1;
	fd = open_or_make(dir);
	error = errno;
	sys_close(dir);
	errno = error;
	return fd;
}

static int
open_fifo(int dir, struct stat *st)
{
	int fd;

	if (sys_mkfifoat(dir, "control", 0600) < 0 && errno != EEXIST)
		return -1;
	fd = sys_openat(dir, "control", O_RDWR | O_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	if (fd_lift(&fd, TREE_FD_FLOOR) == 0 && sys_fstat(fd, st) == 0) {
		if (S_ISFIFO(st->st_mode))
			return fd;
		errno = EINVAL;
	}
	sys_close(fd);
	return -1;
}

/* Someone else's lock in a file of its own: held by whom? */
static bool
is_foreign_lock(int dir)
{
	int fd = sys_openat(dir, "lock", O_WRONLY | O_APPEND | O_NONBLOCK, 0);
	bool held;

	if (fd < 0)
		return false;
	held = sys_flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
	sys_close(fd);
	return held;
}

/* `name` is another name of control after this. 0, -1 or HELD. */
static int
link_to_control(int dir, const char *name, const struct stat *control)
{
	static const char temporary[] = "control.link";
	struct stat st;

	if (sys_linkat(dir, "control", dir, name, 0) == 0)
		return 0;
	if (errno != EEXIST)
		return -1;
	if (sys_fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_ino == control->st_ino && st.st_dev == control->st_dev)
		return 0;
	if (name[0] == 'l' && is_foreign_lock(dir)) {
		errno = EWOULDBLOCK;
		return HELD;
	}
	sys_unlinkat(dir, temporary, 0);
	if (sys_linkat(dir, "control", dir, temporary, 0) < 0)
		return -1;
	return sys_renameat(dir, temporary, dir, name);
}

/*
 * After our own death a child of ours may hold the lock for a moment, until it
 * has left our descriptor table. 0, -1 or HELD.
 */
static int
take_lock(int fd)
{
	static const struct timespec nap = {.tv_nsec = 1000000};

	for (int n = 0; sys_flock(fd, LOCK_EX | LOCK_NB) < 0; n++) {
		if (errno != EWOULDBLOCK)
			return -1;
		if (!tree.is_recovered || n >= LOCK_NAPS)
			return HELD;
		sys_ppoll(NULL, 0, &nap);
	}
	return 0;
}

/* Who finds `ok` looks for status next. 0, -1 or HELD. */
static int
add_names(uint32_t i, int dir, const struct stat *control)
{
	int result = link_to_control(dir, "lock", control);

	if (result < 0)
		return result;
	views_first(i, dir);
	return link_to_control(dir, "ok", control);
}

/* The FIFO under its three names, locked; a descriptor, -1 or HELD. */
static int
open_names(uint32_t i, int dir)
{
	struct stat st;
	int fd = open_fifo(dir, &st), result;

	if (fd < 0)
		return -1;
	result = take_lock(fd);
	if (result == 0 && st.st_nlink < 3)
		result = add_names(i, dir, &st);
	if (result == 0)
		return fd;
	sys_close(fd);
	return result;
}

static struct say_few troubles;

void
supervise_said(void)
{
	unsigned rest = say_few_rest(&troubles);

	if (rest > 0 && !tree.is_container)
		say_warnx("the same with supervise of %u more", rest);
}

/* Once for each service, by the flag that it gets. */
static void
say_trouble(uint32_t i, uint32_t flag, const char *what)
{
	char name[BOARD_NAME_MAX + 1];

	if (rec(i)->flags & flag)
		return;
	/* Nobody looks for it where nothing may be written. */
	if (!tree.is_container && say_few(&troubles))
		say_warn("%s: cannot %s", state_name(i, name), what);
	state_flags(i, flag, 0);
}

static void
try_again(uint32_t i)
{
	if (rec(i)->flags & BOARD_EXITED)
		return;
	supervise_open(i);
	views_add(i);
}

static struct later lacking = LATER(try_again);

/* Said once; what there was no memory or descriptor for is tried again. */
static void
do_without(uint32_t i, const char *what)
{
	if (error_may_pass(errno))
		later_add(&lacking, i);
	say_trouble(i, BOARD_NO_FILES, what);
}

/* A directory whose files are to be made; -1: there is no place for them. */
static int
open_somewhere(uint32_t i, int at)
{
	int dir = open_there(at), error = errno;
	bool is_passing;

	if (dir >= 0) {
		state_flags(i, 0, BOARD_FILES_AWAY);
		return dir;
	}
	/* A directory that is away itself comes back, or its service goes. */
	is_passing = error_may_pass(error) || (at < 0 && error == ENOENT);
	dir = is_passing ? -1 : open_away(i);
	if (dir >= 0) {
		errno = error;
		say_trouble(i, BOARD_FILES_AWAY,
		    "write supervise, made below the runtime directory "
		    "instead");
		return dir;
	}
	if (is_passing)
		errno = error;
	do_without(i, "make supervise");
	return -1;
}

int
supervise_open(uint32_t i)
{
	char path[TREE_PATH];
	int dir, result;

	if (live(i)->control.fd >= 0)
		return 0;
	dir = sys_open(state_path(i, path), O_PATH | O_DIRECTORY, 0);
	result = supervise_open_at(i, dir);
	fd_close(&dir);
	return result;
}

int
supervise_open_at(uint32_t i, int at)
{
	struct live *l = live(i);
	int fd, dir;

	if (l->control.fd >= 0 || (rec(i)->flags & BOARD_MAIN))
		return 0;
	dir = open_somewhere(i, at);
	if (dir < 0)
		return 0;
	fd = open_names(i, dir);
	if (fd >= 0 && !state_leaves_files(fd)) {
		fd_close(&fd);
		errno = EMFILE;
	}
	sys_close(dir);
	if (fd == HELD) {
		say_trouble(i, BOARD_NO_FILES, "lock supervise");
		return -1;
	}
	if (fd < 0 || watch_add(&tree.loop, &l->control, fd, EPOLLIN,
			  is_written, (void *)(uintptr_t)i) < 0) {
		do_without(i, "use supervise");
		fd_close(&fd);
		return 0;
	}
	state_flags(i, 0, BOARD_NO_FILES);
	return 0;
}

void
supervise_close(uint32_t i)
{
	int fd = live(i)->control.fd;

	watch_del(&tree.loop, &live(i)->control);
	fd_close(&fd);
}
