/*
 * Neither end waits for the other: what does not fit stays due, and while an
 * answer of many messages is under way nothing more is read.
 */
#include "init/line.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>

#include "init/keep.h"
#include "init/upgrade.h"
#include "lib/say.h"
#include "lib/sig.h"
#include "lib/sock.h"
#include "lib/sys.h"

#define TURN 64		    /* messages at a time */
#define SLOT_MAX (1u << 24) /* far above any limit of descriptors */

static const struct keep_asks *asks;

void
line_init(const struct keep_asks *who)
{
	asks = who;
}

/* Whatever is at that number is replaced. */
static void
put(uint32_t slot, const struct sock_msg *m)
{
	static bool said;

	for (size_t i = 0; i < m->nfds && slot < SLOT_MAX; i++) {
		int to = KEEP_SLOT_BASE + (int)(slot + i);

		if (sys_dup2(m->fds[i], to) != -1 || said)
			continue;
		said = true;
		say_warn("cannot hold descriptors in slot %u", slot);
	}
}

static void
drop(uint32_t slot, uint32_t count)
{
	unsigned first = KEEP_SLOT_BASE + slot;

	if (slot < SLOT_MAX && count > 0 && count < SLOT_MAX)
		sys_close_range(first, first + count - 1, 0);
}

static void
ready(void)
{
	struct kept_memo *k = &memo.kept;

	k->ready = true;
	memo.jobs[JOB_KEPT].until_ns = 0;
	if (k->trial)
		upgrade_done();
}

/* Read like this it leaves its descriptors behind: they have come already. */
static void
take(void)
{
	struct keep_msg msg;

	sys_read(FD_LINE, &msg, sizeof(msg));
}

static void
do_message(const struct keep_msg *msg, const struct sock_msg *m)
{
	memo.kept.spoke = true;
	switch ((enum keep_kind)msg->kind) {
	case KEEP_PUT:
		put(msg->slot, m);
		break;
	case KEEP_DROP:
		drop(msg->slot, msg->count);
		break;
	case KEEP_GET:
		memo.kept.get_slot = msg->slot;
		memo.kept.get_count =
		    msg->slot < SLOT_MAX && msg->count < SLOT_MAX ? msg->count
								  : 0;
		break;
	case KEEP_READY:
		ready();
		break;
	case KEEP_END:
		if (msg->value > KEEP_END_NONE && msg->value <= KEEP_END_EXIT)
			asks->end((enum keep_ending)msg->value, msg->count == 1,
			    (int)msg->arg);
		break;
	case KEEP_DONE:
		asks->done((int)msg->arg);
		break;
	case KEEP_EXEC:
		upgrade_begin(m->fds, m->nfds);
		break;
	case KEEP_FD:
	case KEEP_SIGNAL:
	case KEEP_STOP:
	case KEEP_REFUSED:
		break; /* ours to say, not theirs */
	}
}

static int64_t over_ns; /* the start of a kept child whose line has ended */

bool
line_is_open(void)
{
	return job_runs(JOB_KEPT) && memo.kept.started_ns != over_ns;
}

/* 1: there was a message; 0: none; -1: the kernel cannot tell just now. */
static int
receive_one(void)
{
	int fds[KEEP_MSG_FDS];
	struct keep_msg msg;
	struct sock_msg m = {
	    .p = &msg, .cap = sizeof(msg), .fds = fds, .fds_cap = KEEP_MSG_FDS};
	int got = sock_receive(FD_LINE, &m, MSG_PEEK | MSG_DONTWAIT);

	/* Without its line it is of no use, alive or dying. That may take it
	 * long, and the end of the line is there to be read all the while. */
	if (got == 0) {
		over_ns = memo.kept.started_ns;
		job_signal(JOB_KEPT, SIGKILL);
	}
	if (got <= 0)
		return got == 0 || errno == EAGAIN ? 0 : -1;
	bool good =
	    !m.cut && m.len == sizeof(msg) && msg.version == KEEP_VERSION;
	/* An upgrade is taken first: it must not be found again by itself. */
	bool first = good && msg.kind == KEEP_EXEC;

	if (first)
		take();
	if (good)
		do_message(&msg, &m);
	if (!first)
		take();
	sock_close_fds(&m);
	return 1;
}

bool
line_receive(void)
{
	int got = 1;

	for (int i = 0; got == 1 && i < TURN && memo.kept.get_count == 0; i++)
		got = receive_one();
	return got != -1;
}

static bool
send_msg(const struct keep_msg *msg, const int *fd)
{
	if (sock_send(FD_LINE, msg, sizeof(*msg), fd, fd != NULL) == -1)
		return false;
	keep_sent();
	return true;
}

/* Every slot in turn; an empty one is a message without a descriptor. */
static bool
send_slots(void)
{
	struct kept_memo *k = &memo.kept;

	while (k->get_count > 0) {
		int fd = KEEP_SLOT_BASE + (int)k->get_slot;
		struct keep_msg msg = {
		    .version = KEEP_VERSION,
		    .kind = KEEP_FD,
		    .slot = k->get_slot,
		    .count = 1,
		};

		if (!send_msg(&msg, &fd) &&
		    (errno != EBADF || !send_msg(&msg, NULL)))
			return false;
		k->get_slot++;
		k->get_count--;
	}
	return true;
}

static bool
send_signals(void)
{
	for (int sig = 1; sig <= SIG_COUNT; sig++) {
		struct keep_msg msg = {
		    .version = KEEP_VERSION, .kind = KEEP_SIGNAL, .value = sig};

		if (!(memo.kept.signals & SIG_BIT(sig)))
			continue;
		if (!send_msg(&msg, NULL))
			return false;
		memo.kept.signals &= ~SIG_BIT(sig);
	}
	return true;
}

static bool
send_refusal(void)
{
	struct keep_msg msg = {.version = KEEP_VERSION,
	    .kind = KEEP_REFUSED,
	    .value = memo.kept.refused_why};

	if (memo.kept.refused && !send_msg(&msg, NULL))
		return false;
	memo.kept.refused = false;
	return true;
}

static bool
send_stop(void)
{
	if (memo.kept.stop_due && !send_msg(&memo.kept.stop, NULL))
		return false;
	memo.kept.stop_due = false;
	return true;
}

bool
line_send(void)
{
	return (send_slots() && send_stop() && send_refusal() &&
		   send_signals()) ||
	       errno == EAGAIN;
}

bool
line_is_due(void)
{
	const struct kept_memo *k = &memo.kept;

	return k->get_count > 0 || k->stop_due || k->refused || k->signals != 0;
}
