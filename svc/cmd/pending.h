/*
 * A shutdown that is to come: a process of its own, which outlives the session
 * that asked for it and every restart of svcd. It warns people, closes the
 * door to new logins five minutes before, and in the end asks for the ending.
 *
 *	/run/shutdown.pid	its pid, as sysvinit's; it holds a lock on it
 *	/run/shutdown		what is to come: at=, mode=, message=
 *	/run/nologin		in the last five minutes
 *
 * INT or TERM cancels it. Whoever holds the lock is the one; a pid in a file
 * that nobody locks is nobody.
 */
#ifndef SVC_CMD_PENDING_H
#define SVC_CMD_PENDING_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "svc/cmd/power.h"

struct pending {
	struct power power; /* what to do in the end */
	time_t due;
	bool is_clock; /* due by the clock on the wall, else after a while */
	bool is_quiet; /* no warnings but the last */
};

/*
 * Leaves a process behind that does it; one that was pending is replaced.
 * 0 once all is in place, or -1 with errno.
 */
int pending_start(const struct pending *p);
/* The pid of the pending one, 0: none. */
pid_t pending_pid(void);
/* Ends it and waits until it is gone. 1: was pending; 0: none; -1 errno. */
int pending_cancel(void);
/* Reads back what was written by the pending one. False: nothing to read. */
bool pending_show(time_t *due, const char **mode, const char **message);

#endif
