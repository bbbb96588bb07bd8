/*
 * Readiness of those who say nothing: a port or a socket that takes
 * connections, a file that is there, a pidfile that tells the truth. Files are
 * waited for by inotify on the nearest directory that exists; a port shows
 * only by trying, soon at first and then twice a second.
 */

#include "svc/tree/life/ready.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>

#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/scan.h"
#include "lib/sys.h"
#include "svc/core/address.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/state.h"
#include "svc/tree/state/todo.h"
#include "svc/tree/talk/talk.h"

#define FIRST_MS 5
#define MOST_MS 500
#define CONNECT_MS 5000

/* --- files: who waits for some, and what wakes them --- */

static struct watch files = WATCH_NONE;
static struct todo waiting;

static void look_all(void *arg, uint32_t events);

static bool
open_files(void)
{
	int fd;

	if (files.fd >= 0)
		return true;
	if (waiting.of == NULL)
		todo_init(&waiting);
	fd = sys_inotify_init();
	if (fd < 0)
		return false;
	fd_lift(&fd, TREE_FD_FLOOR);
	if (watch_add(&tree.loop, &files, fd, EPOLLIN, look_all, NULL) == 0)
		return true;
	sys_close(fd);
	return false;
}

/* With the last who waits all watches are gone. */
static void
close_files(void)
{
	int fd = files.fd;

	watch_del(&tree.loop, &files);
	fd_close(&fd);
}

/* Any change around may make it appear: what it lies in, or will. */
static bool
watch_above(const char *path)
{
	char dir[TREE_PATH];
	struct buf b = BUF(dir);
	/* Some write their number and keep the file open, for its lock. */
	uint32_t mask = IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_CLOSE_WRITE |
			IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

	path_dir(&b, path);
	while (!b.full) {
		char above[TREE_PATH];
		struct buf up = BUF(above);
		if (sys_inotify_add_watch(files.fd, dir, mask) >= 0)
			return true;
		path_dir(&up, dir);
		if (strcmp(above, dir) == 0)
			return false;
		buf_clear(&b);
		buf_puts(&b, above);
	}
	return false;
}

void
probe_wait(uint32_t i, const char *path)
{
	struct talk *t = talk(i);

	if (!open_files() || !watch_above(path)) {
		ready_at(i, mono_add_ms(mono_now(), MOST_MS).ns);
		return;
	}
	t->is_here = true;
	todo_add(&waiting, i);
}

static void
look_all(void *arg, uint32_t events)
{
	char room[4096];
	size_t n = waiting.len;

	(void)arg;
	(void)events;
	while (sys_read(files.fd, room, sizeof(room)) > 0)
		;
	for (; n > 0; n--) {
		uint32_t i = todo_take(&waiting);
		struct talk *t = talk(i);
		bool waits = t->is_here;
		t->is_here = false;
		if (waits)
			ready_look(i);
	}
	if (waiting.len == 0)
		close_files();
}

/* --- connections --- */

static void
hang_up(uint32_t i)
{
	struct talk *t = talk(i);
	int fd = t->ready.fd;

	watch_del(&tree.loop, &t->ready);
	fd_close(&fd);
}

static void
answered(void *arg, uint32_t events)
{
	uint32_t i = (uint32_t)(uintptr_t)arg;
	int error = 0;
	socklen_t n = sizeof(error);

	(void)events;
	sys_getsockopt(talk(i)->ready.fd, SOL_SOCKET, SO_ERROR, &error, &n);
	hang_up(i);
	if (error == 0) {
		ready_at(i, 0);
		ready_now(i);
	} else {
		ready_again(i, FIRST_MS, MOST_MS);
	}
}

static void
connect_to(uint32_t i, int family, const void *a, socklen_t n)
{
	int fd = sys_socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	hang_up(i);
	if (fd < 0 || fd_lift(&fd, TREE_FD_FLOOR) < 0) {
		fd_close(&fd);
		ready_again(i, FIRST_MS, MOST_MS);
		return;
	}
	/* EPROTOTYPE: somebody has it, for datagrams or packets. */
	if (sys_connect(fd, a, n) == 0 || errno == EPROTOTYPE) {
		sys_close(fd);
		ready_now(i);
		return;
	}
	if (errno == EINPROGRESS &&
	    watch_add(&tree.loop, &talk(i)->ready, fd, EPOLLOUT, answered,
		(void *)(uintptr_t)i) == 0) {
		ready_at(i, mono_add_ms(mono_now(), CONNECT_MS).ns);
		return;
	}
	sys_close(fd);
	ready_again(i, FIRST_MS, MOST_MS);
}

static void
probe_tcp(uint32_t i, const char *text)
{
	struct address a;
	struct sockaddr_storage to;

	if (!address_parse(&a, text, true))
		return;
	connect_to(
	    i, a.is_six ? AF_INET6 : AF_INET, &to, address_socket(&a, &to));
}

static void
probe_unix(uint32_t i, const char *path)
{
	struct sock_name a;

	if (sock_name(&a, path) < 0)
		return;
	connect_to(i, AF_UNIX, &a.sun, a.len);
}

/* --- files --- */

static void
probe_file(uint32_t i, const char *path)
{
	struct stat st;

	probe_wait(i, path); /* first: nothing is missed in between */
	if (sys_fstatat(AT_FDCWD, path, &st, 0) < 0)
		return;
	talk(i)->is_here = false;
	ready_now(i);
}

uint32_t
probe_pidfile(const char *path)
{
	char text[64];
	struct buf b = BUF(text);
	uint32_t pid = 0;

	if (fd_slurp(AT_FDCWD, path, &b) < 0 && errno != EFBIG)
		return 0;
	if (scan_u32_prefix(text, &pid) == 0)
		return 0;
	return pid;
}

static void
say_lie(uint32_t i, uint32_t pid)
{
	char text[96];
	struct buf b = BUF(text);

	buf_fmt(&b, "its pidfile names process %u, which is not its own",
	    (unsigned)pid);
	state_says(i, b.p, b.len);
	state_head()->changes++;
}

static void
probe_truth(uint32_t i, const char *path)
{
	uint32_t pid;

	probe_wait(i, path);
	pid = probe_pidfile(path);
	if (pid == 0)
		return;
	if (!notify_is_own(i, pid)) {
		say_lie(i, pid);
		return;
	}
	talk(i)->is_here = false;
	state_says(i, "", 0);
	ready_now(i);
}

void
probe(uint32_t i)
{
	const struct settings *s = define_view(i);
	char dir[TREE_PATH], path[TREE_PATH];
	struct buf b = BUF(path);

	if (s == NULL)
		return;
	if (s->ready.kind == READY_TCP) {
		probe_tcp(i, s->ready.text);
		return;
	}
	path_make(&b, state_path(i, dir),
	    s->ready.kind == READY_PIDFILE ? s->pidfile : s->ready.text);
	if (b.full)
		return;
	if (s->ready.kind == READY_UNIX)
		probe_unix(i, s->ready.text[0] == '@' ? s->ready.text : path);
	else if (s->ready.kind == READY_FILE)
		probe_file(i, path);
	else
		probe_truth(i, path);
}

/* A connection on trial is closed by ready_end(), with the pipe. */
void
probe_end(uint32_t i)
{
	struct talk *t = talk(i);

	t->tries = 0;
	t->is_here = false;
}
