/*
 * What a service without a logger says. It writes into a FIFO of its own in the
 * runtime directory; the keeper holds that open, so that no death of ours loses
 * a line. No descriptor of ours is spent on it: inotify tells who has said
 * something, and only then is it opened, read and closed again. What is read
 * goes to our own standard error, where runit's users look for it, and into
 * the service's last lines (lastlines.c).
 *
 * A pipe, because it is the one thing that holds up who writes without end: a
 * flood fills 64 kB of its own and nothing else.
 */
#include "svc/tree/output/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>

#include "lib/dir.h"
#include "lib/error.h"
#include "lib/fd.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/output/title.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/later.h"
#include "svc/tree/state/slots.h"
#include "svc/tree/state/state.h"
#include "svc/tree/state/todo.h"

#define CHUNK 16384 /* taken at one time: nobody starves the others */
#define SOME 16	    /* services read between two looks at all else */
#define TOGETHER 16 /* given to the keeper in one message */
_Static_assert(TOGETHER <= KEEP_MSG_FDS, "one message holds them");

static struct watch notify = WATCH_NONE;
static struct index watches; /* by the number inotify gave */
static struct todo talkers;
static int dir = -1; /* where the FIFOs are */

/* Made, and not yet with the keeper. */
static struct {
	uint32_t record[TOGETHER];
	int fd[TOGETHER];
	size_t n;
} fresh;

/* --- reading --- */

/* Never waits: where the console is stopped, lines are kept and not passed. */
static void
pass_on(const char *p, size_t n)
{
	static const struct timespec now;
	struct pollfd out = {.fd = 2, .events = POLLOUT};

	if (title_put(p, n))
		return;
	if (sys_ppoll(&out, 1, &now) == 1 && (out.revents & POLLOUT))
		sys_write(2, p, n);
}

/* `log = none`: for svc status, and nowhere else. */
static bool
is_unwanted(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL && settings_has(s, SET_log) && !s->log.is_on;
}

bool
output_take(uint32_t i)
{
	static char room[CHUNK];
	char name[BOARD_NAME_MAX + 1];
	ssize_t n;
	int fd;

	if (rec(i)->lines_slot == 0)
		return false;
	fd = sys_openat(dir, state_name(i, name), O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return false;
	n = sys_read(fd, room, sizeof(room));
	sys_close(fd);
	if (n <= 0)
		return false;
	lines_keep(i, room, (size_t)n);
	if (!is_unwanted(i))
		pass_on(room, (size_t)n);
	return n == sizeof(room);
}

bool
output_run(void)
{
	for (int n = 0; n < SOME; n++) {
		uint32_t i = todo_take(&talkers);
		if (i == 0)
			return false;
		if (output_take(i))
			todo_add(&talkers, i);
	}
	return talkers.len > 0;
}

static void
all_may_have(void)
{
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if (rec(i)->lines_slot != 0)
			todo_add(&talkers, i);
}

static uint64_t
hash_watch(uint32_t i)
{
	return index_hash((uint64_t)live(i)->talk, 0);
}

static void
heard(const struct inotify_event *e)
{
	size_t place = INDEX_FIRST;
	uint32_t i;

	if (e->mask & IN_Q_OVERFLOW)
		all_may_have();
	while ((i = index_next(
		    &watches, index_hash((uint64_t)e->wd, 0), &place)) != 0)
		if (live(i)->talk == e->wd)
			todo_add(&talkers, i);
}

static void
notify_ready(void *arg, uint32_t events)
{
	(void)arg;
	(void)events;
	dir_changes(notify.fd, heard);
}

/* --- the FIFOs --- */

static bool
open_place(void)
{
	char path[TREE_PATH];
	struct buf b = BUF(path);
	int fd = sys_inotify_init();

	path_make(&b, tree.run_dir, "output");
	if (!b.full && fd >= 0 && fd_lift(&fd, TREE_FD_FLOOR) == 0 &&
	    dir_make(AT_FDCWD, tree.run_dir, 0755) == 0 &&
	    dir_make(AT_FDCWD, path, 0700) == 0 &&
	    (dir = sys_open(path, O_PATH | O_DIRECTORY, 0)) >= 0 &&
	    fd_lift(&dir, TREE_FD_FLOOR) == 0 &&
	    watch_add(&tree.loop, &notify, fd, EPOLLIN, notify_ready, NULL) ==
		0)
		return true;
	sys_close(fd);
	return false;
}

static void try_place(uint32_t i);
static struct later placeless = LATER(try_place);

static void
try_place(uint32_t i)
{
	static bool is_said;

	if (open_place())
		return;
	if (!is_said)
		say_warn(
		    "output of services without a logger will not be kept");
	is_said = true;
	if (error_may_pass(errno))
		later_add(&placeless, i);
	fd_close(&dir);
}

void
output_start(void)
{
	todo_init(&talkers);
	index_init(&watches, state_index_room(), STATE_INDEX_MAX, hash_watch);
	try_place(LATER_TREE);
}

int
output_descriptor(void)
{
	return notify.fd;
}

void
output_path(uint32_t i, struct buf *b)
{
	char name[BOARD_NAME_MAX + 1];

	buf_puts(b, tree.run_dir);
	buf_puts(b, "/output/");
	buf_puts(b, state_name(i, name));
}

static bool
listen_to(uint32_t i)
{
	char path[TREE_PATH];
	struct buf b = BUF(path);

	output_path(i, &b);
	if (b.full)
		return false;
	live(i)->talk = sys_inotify_add_watch(notify.fd, path, IN_MODIFY);
	if (live(i)->talk > 0)
		return index_add(&watches, hash_watch(i), i);
	live(i)->talk = 0;
	return false;
}

static void
listen_no_more(uint32_t i)
{
	if (live(i)->talk == 0)
		return;
	index_del(&watches, hash_watch(i), i);
	sys_inotify_rm_watch(notify.fd, live(i)->talk);
	live(i)->talk = 0;
}

/* Anybody who has it may open it again by /dev/stderr, whoever he is by now;
 * strangers have no way to it. */
static int
make_fifo(uint32_t i)
{
	char name[BOARD_NAME_MAX + 1];
	int fd;

	state_name(i, name);
	if (sys_mkfifoat(dir, name, 0622) < 0 &&
	    (errno != EEXIST || sys_unlinkat(dir, name, 0) < 0 ||
		sys_mkfifoat(dir, name, 0622) < 0))
		return -1;
	fd = sys_openat(dir, name, O_RDWR | O_NONBLOCK, 0);
	if (fd >= 0)
		sys_fchmod(fd, 0622);
	return fd;
}

static bool
is_fresh(uint32_t i)
{
	for (size_t k = 0; k < fresh.n; k++)
		if (fresh.record[k] == i)
			return true;
	return false;
}

/* It is born all the same: its next birth tries again. */
static void
say_no_fifo(uint32_t i)
{
	static struct say_few few;
	char name[BOARD_NAME_MAX + 1];

	if (say_few(&few))
		say_warn(
		    "%s: what it says will not be kept", state_name(i, name));
}

bool
output_make(uint32_t i)
{
	int fd;

	if (rec(i)->lines_slot != 0 || is_fresh(i))
		return true;
	if (dir < 0 || rec(i)->logger != 0 || (rec(i)->flags & BOARD_LOG))
		return false;
	if (fresh.n == TOGETHER)
		output_flush();
	fd = make_fifo(i);
	if (fd < 0 || !listen_to(i)) {
		say_no_fifo(i);
		fd_close(&fd);
		return false;
	}
	fresh.record[fresh.n] = i;
	fresh.fd[fresh.n++] = fd;
	return true;
}

/* The keeper has it before the record says so. */
static bool
give(size_t from, size_t n)
{
	uint32_t slot = slots_put(fresh.fd + from, (uint32_t)n);

	if (slot == 0)
		return false;
	for (size_t k = 0; k < n; k++)
		lines_set_slot(fresh.record[from + k], slot + (uint32_t)k);
	return true;
}

void
output_flush(void)
{
	if (fresh.n > 0 && !give(0, fresh.n))
		for (size_t k = 0; k < fresh.n; k++)
			if (!give(k, 1))
				listen_no_more(fresh.record[k]);
	for (size_t k = 0; k < fresh.n; k++)
		sys_close(fresh.fd[k]);
	fresh.n = 0;
}

void
output_close(uint32_t i)
{
	char name[BOARD_NAME_MAX + 1];

	output_flush();
	listen_no_more(i);
	lines_forget(i);
	if (rec(i)->lines_slot == 0)
		return;
	sys_unlinkat(dir, state_name(i, name), 0);
	slots_drop(rec(i)->lines_slot, 1);
	lines_set_slot(i, 0);
}

void
output_recover(uint32_t i)
{
	if (rec(i)->lines_slot == 0)
		return;
	slots_mark(rec(i)->lines_slot, 1);
	if (dir >= 0 && listen_to(i))
		todo_add(&talkers, i);
}
