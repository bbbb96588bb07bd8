/*
 * What a service has said, carried out. Every line is taken by itself; what
 * makes no sense where the service stands is passed over, since a daemon may
 * speak at any moment and the protocol has no answers.
 */
#include "svc/tree/life/ready.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/say.h"
#include "lib/scan.h"
#include "lib/sys.h"
#include "svc/tree/life/life.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"
#include "svc/tree/talk/talk.h"

#define USEC INT64_C(1000)
/* A hundred years; what is asked for beyond that is for ever. */
#define USEC_MOST (UINT64_C(100) * 366 * 86400 * 1000000)

static bool
has(const struct notify *n, uint32_t bit)
{
	return (n->has & bit) != 0;
}

/* Something that a person may look at is another. */
static void
changed(void)
{
	state_head()->changes++;
}

/* --- ready, reloading, stopping --- */

static void
is_ready(uint32_t i)
{
	if (talk_said(i, SAID_STOPPING))
		return;
	reload_over(i, true);
	if (ready_kind(i) == READY_NOTIFY)
		ready_said(i);
}

static void
is_reloading(uint32_t i, const struct notify *n)
{
	struct kept *k = kept(i, false);

	if (talk_said(i, SAID_STOPPING))
		return;
	if (has(n, NOTIFY_BIT(MONOTONIC_USEC)) && k->reload_ns != 0 &&
	    n->number[NOTIFY_MONOTONIC_USEC] < (uint64_t)(k->reload_ns / USEC))
		return; /* of an earlier reload than was asked for */
	reload_heard(i);
}

static void
take_phase(uint32_t i, const struct notify *n)
{
	switch (n->phase) {
	case NOTIFY_IS_NOTHING:
		return;
	case NOTIFY_IS_RELOADING:
		is_reloading(i, n);
		break;
	case NOTIFY_IS_READY:
		is_ready(i);
		break;
	case NOTIFY_IS_STOPPING:
		kept(i, false)->said |= SAID_STOPPING;
		state_flags(i, BOARD_LEAVING, 0);
		reload_over(i, true);
		break;
	}
	changed();
}

/* --- the new main process --- */

/* The pid of a pidfd, from what /proc says of our descriptor. */
static uint32_t
pid_of_pidfd(int fd)
{
	char path[48], text[512];
	struct buf at = BUF(path), b = BUF(text);
	const char *p;
	uint32_t pid = 0;

	buf_fmt(&at, "/proc/self/fdinfo/%d", fd);
	fd_slurp(AT_FDCWD, path, &b);
	p = strstr(text, "\nPid:\t");
	if (p == NULL || scan_u32_prefix(p + 6, &pid) == 0)
		return 0;
	return pid;
}

/* Kernels before 6.9 give all pidfds one inode, which proves nothing. */
static bool
has_inode(uint32_t pid, uint64_t inode)
{
	struct stat st;
	int fd = sys_pidfd_open((pid_t)pid);
	bool same;

	if (fd < 0)
		return false;
	same = sys_fstat(fd, &st) == 0 && st.st_ino == inode;
	sys_close(fd);
	return same;
}

static uint32_t
named(const struct notify *n, const struct sock_msg *m)
{
	uint64_t pid = n->number[NOTIFY_MAINPID];

	if (has(n, NOTIFY_BIT(MAINPIDFD)))
		return m->nfds == 1 ? pid_of_pidfd(m->fds[0]) : 0;
	if (!has(n, NOTIFY_BIT(MAINPID)) || pid > INT32_MAX)
		return 0;
	if (has(n, NOTIFY_BIT(MAINPIDFDID)) &&
	    !has_inode((uint32_t)pid, n->number[NOTIFY_MAINPIDFDID]))
		return 0;
	return (uint32_t)pid;
}

/*
 * Root may name any process but the first, us, the keeper, and those of other
 * services; anyone else one of its own.
 */
static bool
may_be_main(uint32_t i, uint32_t pid, const struct sock_msg *m)
{
	bool is_aux;
	uint32_t owner = state_by_pid(pid, &is_aux);

	if (pid <= 1 || pid == (uint32_t)sys_getpid() ||
	    pid == (uint32_t)sys_getppid() || (owner != 0 && owner != i) ||
	    sys_getsid((pid_t)pid) < 0)
		return false;
	return m->peer.uid == 0 || notify_is_own(i, pid);
}

static void
take_main(uint32_t i, const struct notify *n, const struct sock_msg *m)
{
	struct sv_word w = state_word(i);
	struct kept *k = kept(i, false);
	uint32_t pid = named(n, m);

	if (pid == 0 || pid == w.pid || sv_role(w.sv) != SV_ROLE_RUN ||
	    w.sv.is_oneshot || !may_be_main(i, pid, m))
		return;
	if (k->first_pid == 0)
		k->first_pid = w.pid;
	rec(i)->main_pid_changed = 1;
	step(i, EV_ADOPTED, pid);
	talk_adopt(i, pid);
}

/* --- times, reasons --- */

static void
extend(uint32_t i, uint64_t usec)
{
	struct board_record *r = rec(i);
	int64_t until;

	if (r->deadline_ns == 0 || r->deadline_tag != sv_tag(board_word(r)))
		return; /* nothing runs out */
	if (usec > USEC_MOST)
		usec = USEC_MOST;
	until = mono_add_ns(mono_now(), (int64_t)usec * USEC).ns;
	if (until <= r->deadline_ns)
		return;
	board_begin(r);
	r->deadline_ns = until;
	board_end(r);
	deadline_sync(i);
	changed();
}

static void
take_watchdog(uint32_t i, const struct notify *n)
{
	if (has(n, NOTIFY_BIT(WATCHDOG_USEC)))
		watchdog_every(i, n->number[NOTIFY_WATCHDOG_USEC]);
	if (!has(n, NOTIFY_BIT(WATCHDOG)))
		return;
	if (!n->is_trigger)
		watchdog_heard(i);
	else
		watchdog_due(i);
}

static void
take_reasons(struct kept *k, const struct notify *n)
{
	if (has(n, NOTIFY_BIT(ERRNO)) && n->number[NOTIFY_ERRNO] < 4096) {
		k->error = (uint32_t)n->number[NOTIFY_ERRNO];
		k->said |= SAID_ERRNO;
	}
	if (has(n, NOTIFY_BIT(EXIT_STATUS)) &&
	    n->number[NOTIFY_EXIT_STATUS] < 256) {
		k->exit_status = (uint32_t)n->number[NOTIFY_EXIT_STATUS];
		k->said |= SAID_EXIT_STATUS;
	}
	if (has(n, NOTIFY_BIT(NOTIFYACCESS))) {
		k->access = (uint32_t)n->number[NOTIFY_NOTIFYACCESS];
		k->said |= SAID_ACCESS;
	}
}

/* A name of what is wrong is shown where no sentence is. */
static void
take_status(uint32_t i, const struct notify *n)
{
	struct notify_text t = n->status;

	if (!has(n, NOTIFY_BIT(STATUS)))
		t = n->error;
	if (!has(n, NOTIFY_BIT(STATUS) | NOTIFY_BIT(BUSERROR) |
			NOTIFY_BIT(VARLINKERROR)) ||
	    (rec(i)->flags & BOARD_BROKEN))
		return;
	board_set_status(tree.board, i, t.p != NULL ? t.p : "", t.len);
	changed();
}

static void
refuse_store(uint32_t i)
{
	struct kept *k = kept(i, false);
	char name[BOARD_NAME_MAX + 1];

	if (k->said & SAID_STORE)
		return;
	k->said |= SAID_STORE;
	say_warnx("%s: wants descriptors stored (FDSTORE), which is not done: "
		  "they are closed",
	    state_name(i, name));
}

void
heard(uint32_t i, const struct notify *n, struct sock_msg *m)
{
	struct board_record *r = rec(i);

	if (has(n, NOTIFY_BIT(FDSTORE)))
		refuse_store(i);
	take_status(i, n);
	take_reasons(kept(i, false), n);
	if (has(n, NOTIFY_BIT(MAINPID) | NOTIFY_BIT(MAINPIDFD)))
		take_main(i, n, m);
	take_phase(i, n);
	take_watchdog(i, n);
	if (has(n, NOTIFY_BIT(EXTEND_TIMEOUT_USEC)))
		extend(i, n->number[NOTIFY_EXTEND_TIMEOUT_USEC]);
	if (has(n, NOTIFY_BIT(RESTART_RESET))) {
		board_begin(r);
		r->budget = (struct budget){0};
		board_end(r);
	}
}
