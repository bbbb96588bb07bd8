/*
 * What a service leaves behind when its main process has ended. Where it is to
 * be ended too (kill = all) it is: all that is in its cgroup; without one the
 * processes of its session and its process group, and those that have left it
 * by a session of their own but bear the mark that we put into its environment
 * then. Where it is to live on that is shown.
 *
 * Nothing is polled: each of them ends as an orphan of the keeper's, so its
 * exit stands in the queue, and only then is looked again.
 */
#include "svc/tree/life/life.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/scan.h"
#include "lib/sys.h"
#include "svc/tree/birth/mark.h"
#include "svc/tree/state/cgroups.h"
#include "svc/tree/state/service.h"
#include "svc/tree/state/state.h"

/* Records that wait for the last of theirs; more than these look at all. */
static uint32_t sweeping;
static uint32_t leaving; /* records whose leavings live on */
static pid_t just_died;	 /* may still be a zombie */

static bool
is_sweeping(uint32_t i)
{
	enum sv_state state = state_word(i).sv.state;

	return state == S_SWEEP || state == S_FIN_SWEEP;
}

/* The session is that of the last process that it had; 0: not known. */
static pid_t
session_of(uint32_t i)
{
	const struct board_exit *e = board_exit(rec(i), 0);

	if (rec(i)->session != 0)
		return (pid_t)rec(i)->session;
	return e != NULL ? (pid_t)e->pid : 0;
}

/*
 * A process of that number that lives is not the one whose session it was:
 * that one is dead, nothing of its session is left, and its number is somebody
 * else's by now.
 */
static bool
is_of_another(pid_t session)
{
	struct pollfd dead = {.events = POLLIN};
	static const struct timespec now;
	bool lives;

	dead.fd = sys_pidfd_open(session);
	if (dead.fd < 0)
		return false;
	lives = sys_ppoll(&dead, 1, &now) == 0;
	sys_close(dead.fd);
	return lives;
}

static pid_t
dead_session_of(uint32_t i)
{
	pid_t session = session_of(i);

	return session > 1 && is_of_another(session) ? 0 : session;
}

/* --- without a cgroup --- */

static bool
holds(const struct buf *text, const char *word)
{
	size_t n = strlen(word) + 1;

	for (const char *p = text->p; p < text->p + text->len;
	     p += strnlen(p, (size_t)(text->p + text->len - p)) + 1)
		if ((size_t)(text->p + text->len - p) >= n &&
		    memcmp(p, word, n) == 0)
			return true;
	return false;
}

static bool
is_marked(pid_t pid, const struct mark *m)
{
	static char room[131072];
	char path[64];
	struct buf b = BUF(path), text = BUF(room);

	buf_fmt(&b, "/proc/%d/environ", (int)pid);
	if (fd_slurp(AT_FDCWD, path, &text) < 0 && text.len == 0)
		return false;
	return holds(&text, m->tree) && holds(&text, m->service);
}

static bool
is_of(pid_t session, pid_t pid, const struct mark *mark)
{
	/* Threads of the kernel are in session 0. */
	return (session > 1 && sys_getsid(pid) == session) ||
	       is_marked(pid, mark);
}

/* In a directory opened as /proc. */
static bool
next_process(struct dir *d, pid_t *pid)
{
	struct dir_entry e;
	uint32_t number;

	while (dir_next(d, &e) == 1) {
		if (!scan_u32(e.name, &number))
			continue;
		*pid = (pid_t)number;
		return true;
	}
	return false;
}

/* Signals each process of the session, and each that bears the mark; how many
 * live. */
static unsigned
visit(uint32_t i, pid_t session, int sig)
{
	char room[DIR_ROOM];
	struct mark mark;
	struct dir d;
	pid_t pid;
	unsigned living = 0;

	mark_of(i, &mark);
	if (dir_open(&d, AT_FDCWD, "/proc", room, sizeof(room)) < 0)
		return 0;
	while (next_process(&d, &pid)) {
		if (pid == just_died || pid == session ||
		    !is_of(session, pid, &mark))
			continue;
		if (sys_kill(pid, sig) == 0)
			living++;
		if (sig == SIGTERM)
			sys_kill(pid, SIGCONT);
	}
	dir_close(&d);
	return living;
}

static unsigned
end_session(uint32_t i, int sig)
{
	pid_t session = dead_session_of(i);

	if (session > 1 && sys_kill(-session, sig) == 0 && sig == SIGTERM)
		sys_kill(-session, SIGCONT);
	return visit(i, session, sig);
}

/* --- all of it --- */

static bool
end_group(uint32_t i, int sig)
{
	if (!cgroups_populated(i))
		return false;
	if (sig != SIGKILL || !cgroups_kill(i))
		cgroups_signal(i, sig);
	if (sig == SIGTERM)
		cgroups_signal(i, SIGCONT);
	return cgroups_populated(i);
}

void
sweep(uint32_t i, int sig)
{
	bool living =
	    cgroups_has(i) ? end_group(i, sig) : end_session(i, sig) > 0;

	if (living)
		sweeping++;
	else
		post(i, EV_EMPTY);
}

static void
look_at_sweeping(void)
{
	sweeping = 0;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i)) {
		if (!is_sweeping(i))
			continue;
		if (cgroups_has(i) ? cgroups_populated(i)
				   : visit(i, dead_session_of(i), 0) > 0)
			sweeping++;
		else
			post(i, EV_EMPTY);
	}
}

/* --- what lives on --- */

/* Its exit is told before it is reaped: until then the dead leader answers for
 * a group in which nobody else may be. */
static bool
has_others(pid_t group)
{
	char room[DIR_ROOM];
	struct dir d;
	pid_t pid;
	bool found = false;

	if (sys_kill(group, 0) < 0)
		return true;
	if (dir_open(&d, AT_FDCWD, "/proc", room, sizeof(room)) < 0)
		return false;
	while (!found && next_process(&d, &pid))
		found = pid != group && sys_getpgid(pid) == group;
	dir_close(&d);
	return found;
}

/* How many, as far as one can tell; a new run may be among those of the group
 * by now, and then its old session answers. */
static unsigned
count_left(uint32_t i)
{
	pid_t session = session_of(i);
	bool is_alone =
	    state_word(i).pid == 0 || (pid_t)state_word(i).pid == session;

	if (cgroups_has(i) && is_alone)
		return cgroups_populated(i) ? cgroups_signal(i, 0) : 0;
	return session > 1 && sys_kill(-session, 0) == 0 && has_others(session);
}

static void
show_left(uint32_t i, unsigned count)
{
	struct board_record *r = rec(i);

	if (count == 0 && (r->flags & BOARD_LEFT) == 0)
		return;
	board_begin(r);
	r->left = (uint16_t)(count < UINT16_MAX ? count : UINT16_MAX);
	r->flags = count > 0 ? r->flags | BOARD_LEFT
			     : r->flags & ~(uint32_t)BOARD_LEFT;
	board_end(r);
}

void
sweep_left(uint32_t i)
{
	unsigned count;

	if (service_kills_all(i))
		return;
	count = count_left(i);
	show_left(i, count);
	leaving += count > 0;
}

static void
look_at_left(void)
{
	leaving = 0;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i)) {
		if ((rec(i)->flags & BOARD_LEFT) == 0)
			continue;
		show_left(i, count_left(i));
		leaving += (rec(i)->flags & BOARD_LEFT) != 0;
	}
}

void
sweep_look(pid_t died)
{
	just_died = died;
	if (sweeping > 0)
		look_at_sweeping();
	if (leaving > 0)
		look_at_left();
}
