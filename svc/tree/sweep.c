/*
 * What a service leaves behind when its main process has ended, where it is to
 * be ended too (kill = all): the processes of its session and of its process
 * group. Nothing is polled: each of them ends as an orphan of the keeper's, so
 * its exit stands in the queue, and only then is looked again.
 */
#include "svc/tree/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/scan.h"
#include "lib/sys.h"

/* Records that wait for the last of theirs; more than these look at all. */
static uint32_t sweeping;
static pid_t just_died; /* may still be a zombie */

static bool
is_sweeping(uint32_t i)
{
	enum sv_state state = sv_unpack(board_word(rec(i))).sv.state;

	return state == S_SWEEP || state == S_FIN_SWEEP;
}

/* The session is that of the last process that it had. */
static pid_t
session_of(uint32_t i)
{
	const struct board_exit *e = board_exit(rec(i), 0);

	return e != NULL ? (pid_t)e->pid : 0;
}

/* Signals each process of the session; how many live. */
static unsigned
visit(pid_t session, int sig)
{
	char room[DIR_ROOM];
	struct dir d;
	struct dir_entry e;
	uint32_t pid;
	unsigned living = 0;

	if (dir_open(&d, AT_FDCWD, "/proc", room, sizeof(room)) < 0)
		return 0;
	while (dir_next(&d, &e) == 1) {
		if (!scan_u32(e.name, &pid) || (pid_t)pid == just_died ||
		    (pid_t)pid == session || sys_getsid((pid_t)pid) != session)
			continue;
		if (sys_kill((pid_t)pid, sig) == 0)
			living++;
		if (sig == SIGTERM)
			sys_kill((pid_t)pid, SIGCONT);
	}
	dir_close(&d);
	return living;
}

/* The first look costs one call where nothing was left, as mostly. */
static unsigned
end_left(pid_t session, int sig)
{
	if (session <= 1)
		return 0;
	if (sys_kill(-session, sig) == 0 && sig == SIGTERM)
		sys_kill(-session, SIGCONT);
	return visit(session, sig);
}

void
sweep(uint32_t i, int sig)
{
	if (end_left(session_of(i), sig) == 0)
		post(i, EV_EMPTY);
	else
		sweeping++;
}

void
sweep_look(pid_t died)
{
	just_died = died;
	if (sweeping == 0)
		return;
	sweeping = 0;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i)) {
		if (!is_sweeping(i))
			continue;
		if (visit(session_of(i), 0) == 0)
			post(i, EV_EMPTY);
		else
			sweeping++;
	}
}
