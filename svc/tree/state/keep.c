/*
 * The line to the keeper (lib/keeper.h). The keeper answers at once or is
 * dead, and then this process is about to be told so; what cannot be sent is
 * therefore waited for, but never long.
 */
#include "svc/tree/state/state.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "lib/clock.h"
#include "lib/error.h"
#include "lib/fd.h"
#include "lib/say.h"
#include "lib/sock.h"
#include "lib/sys.h"

#define LINE_PATIENCE_MS 2000

static struct watch line = WATCH_NONE;

/* What cannot be found out now the next life of ours finds out. */
bool
keep_above(void)
{
	struct sock_peer peer;
	int type = 0;
	socklen_t n = sizeof(type);

	if (sys_getsockopt(KEEP_FD_LINE, SOL_SOCKET, SO_TYPE, &type, &n) < 0) {
		if (errno != EBADF && errno != ENOTSOCK)
			die(111, "cannot look for the keeper");
		return false;
	}
	if (type != SOCK_SEQPACKET)
		return false;
	if (sock_peer(KEEP_FD_LINE, &peer) < 0)
		die(111, "cannot ask who is above");
	return peer.pid == sys_getppid();
}

static bool
wait_for(short events, struct mono until)
{
	struct pollfd p = {.fd = KEEP_FD_LINE, .events = events};
	int64_t ns = mono_ns_between(mono_now(), until);
	struct timespec t = mono_timespec(ns);

	return ns > 0 && sys_ppoll(&p, 1, &t) >= 0;
}

/* Room for one more, or that what was wanting has come: a moment, or none. */
static bool
wait_again(short events, struct mono until)
{
	static const struct timespec nap = {.tv_nsec = 1000000};

	if (errno == EAGAIN)
		return wait_for(events, until);
	return error_may_pass(errno) && mono_before(mono_now(), until) &&
	       sys_ppoll(NULL, 0, &nap) >= 0;
}

static bool
send_line(const struct keep_msg *m, const int *fds, size_t n)
{
	struct mono until = mono_add_ms(mono_now(), LINE_PATIENCE_MS);

	while (sock_send(KEEP_FD_LINE, m, sizeof(*m), fds, n) < 0) {
		if (!wait_again(POLLOUT, until)) {
			say_warn("cannot tell the keeper");
			return false;
		}
	}
	return true;
}

bool
keep_put(uint32_t slot, const int *fds, size_t n)
{
	struct keep_msg m = {.version = KEEP_VERSION,
	    .kind = KEEP_PUT,
	    .slot = slot,
	    .count = (uint32_t)n};

	return send_line(&m, fds, n);
}

void
keep_drop(uint32_t slot, uint32_t count)
{
	struct keep_msg m = {.version = KEEP_VERSION,
	    .kind = KEEP_DROP,
	    .slot = slot,
	    .count = count};

	send_line(&m, NULL, 0);
}

static void heard(const struct keep_msg *m);

/* One message; its descriptor, if any, in *fd. False: none is waiting. */
static bool
receive(struct keep_msg *m, int *fd)
{
	struct sock_msg s = {
	    .p = m, .cap = sizeof(*m), .fds = fd, .fds_cap = 1};

	int got = sock_receive(KEEP_FD_LINE, &s, 0);

	*fd = s.nfds > 0 ? *fd : -1;
	if (got == 0)
		errno = EPIPE;
	if (got != 1)
		return false;
	if (s.len != sizeof(*m) || s.cut || m->version != KEEP_VERSION)
		m->kind = 0;
	return true;
}

/*
 * Who is not answered does not begin: it would take for lost what is there.
 * An answer whose descriptor could not be taken is asked for once more.
 */
int
keep_get(uint32_t slot)
{
	struct mono until = mono_add_ms(mono_now(), LINE_PATIENCE_MS);
	const struct keep_msg ask = {.version = KEEP_VERSION,
	    .kind = KEEP_GET,
	    .slot = slot,
	    .count = 1};
	struct keep_msg m = {0};
	int fd = -1;
	bool is_asked = send_line(&ask, NULL, 0);

	while (is_asked) {
		if (!receive(&m, &fd)) {
			is_asked = wait_again(POLLIN, until);
			continue;
		}
		if (m.kind == KEEP_FD && m.slot == slot)
			return fd;
		fd_close(&fd);
		if (m.kind != 0) {
			heard(&m);
			continue;
		}
		errno = EMFILE;
		is_asked =
		    wait_again(POLLIN, until) && send_line(&ask, NULL, 0);
	}
	die(111, "cannot have back what the keeper holds");
}

void
keep_ready(void)
{
	struct keep_msg m = {.version = KEEP_VERSION, .kind = KEEP_READY};

	send_line(&m, NULL, 0);
}

void
keep_done(int value)
{
	struct keep_msg m = {
	    .version = KEEP_VERSION, .kind = KEEP_DONE, .arg = value};

	send_line(&m, NULL, 0);
}

/* The keeper kills us when it has read that; starting us again helps nobody. */
_Noreturn void
keep_refuse(int code)
{
	struct mono until = mono_add_ms(mono_now(), LINE_PATIENCE_MS);

	if (keep_above() && keep_end(KEEP_END_EXIT, code, true)) {
		keep_done(code);
		while (wait_for(POLLHUP, until))
			;
	}
	sys_exit(code);
}

bool
keep_end(enum keep_ending ending, int code, bool at_once)
{
	struct keep_msg m = {.version = KEEP_VERSION,
	    .kind = KEEP_END,
	    .count = at_once,
	    .value = ending,
	    .arg = code};

	return send_line(&m, NULL, 0);
}

bool
keep_exec(const int *fds, size_t n)
{
	struct keep_msg m = {
	    .version = KEEP_VERSION, .kind = KEEP_EXEC, .count = (uint32_t)n};

	return send_line(&m, fds, n);
}

/* --- what the keeper tells --- */

/* Messages that came while an answer was awaited: at start, so few. */
static struct keep_msg early[8];
static unsigned earlies;

static struct keep_ears ears;

static void
act(const struct keep_msg *m)
{
	if (m->kind == KEEP_SIGNAL)
		ears.signal(m->value);
	else if (m->kind == KEEP_STOP)
		ears.stop((enum keep_ending)m->value, m->arg, m->count == 1);
	else if (m->kind == KEEP_REFUSED)
		ears.refused(m->value);
}

static void
heard(const struct keep_msg *m)
{
	if (m->kind != KEEP_FD && earlies < sizeof(early) / sizeof(early[0]))
		early[earlies++] = *m;
}

static void
line_ready(void *arg, uint32_t events)
{
	struct keep_msg m;
	int fd;

	(void)arg;
	while (receive(&m, &fd)) {
		fd_close(&fd);
		act(&m);
	}
	if ((events & (EPOLLHUP | EPOLLERR)) == 0)
		return;
	/* After DONE that is the end. Else no exit is told any more: what runs
	 * is left to whoever comes next. */
	if (tree.is_ending)
		sys_exit(0);
	diex(111, "the keeper is gone");
}

void
keep_start(struct keep_ears who)
{
	ears = who;
	if (watch_add(
		&tree.loop, &line, KEEP_FD_LINE, EPOLLIN, line_ready, NULL) < 0)
		die(111, "cannot hear the keeper");
	for (unsigned i = 0; i < earlies; i++)
		act(&early[i]);
	earlies = 0;
}
