/*
 * What svcd tells a manager above it, if it was given an address: that all is
 * up, how much, that it is ending, and with which code. Whoever started svcd
 * knows the keeper's pid, so it is in its name that we speak, where we may.
 *
 * The address and what else a manager gives to one process alone does not
 * reach services: they would speak to the wrong one.
 */
#include "svc/tree/upward.h"

#include <string.h>

#include "lib/fmt.h"
#include "lib/sock.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/tree/state/state.h"

static const char *address;
static bool has_told;

static bool
is_private(const char *variable)
{
	static const char *const names[] = {"NOTIFY_SOCKET=", "WATCHDOG_PID=",
	    "WATCHDOG_USEC=", "LISTEN_FDS=", "LISTEN_PID=", "LISTEN_PIDFDID=",
	    "LISTEN_FDNAMES=", "MAINPID=", "FDSTORE=", NULL};

	for (size_t n = 0; names[n] != NULL; n++)
		if (str_starts(variable, names[n]))
			return true;
	return false;
}

void
upward_start(char **envp)
{
	size_t kept = 0;

	for (size_t n = 0; envp[n] != NULL; n++) {
		const char *value = str_after(envp[n], "NOTIFY_SOCKET=");
		if (value != NULL)
			address = value;
		if (!is_private(envp[n]))
			envp[kept++] = envp[n];
	}
	envp[kept] = NULL;
}

static void
tell(const char *text)
{
	if (address != NULL)
		sock_notify(address, SOCK_DGRAM | SOCK_NONBLOCK, text,
		    strlen(text), NULL, 0, sys_getppid());
}

/* Still on its way to something, by itself. */
static bool
is_moving(enum sv_state state)
{
	return state == S_PRE_SPAWN || state == S_PRE || state == S_SPAWN ||
	       state == S_START || state == S_ADOPT || state == S_STOP ||
	       state == S_SWEEP || state == S_FIN_SPAWN || state == S_FIN ||
	       state == S_FIN_SWEEP;
}

/* Once, when all that was to be started has been, or has failed. */
void
upward_look(void)
{
	unsigned up = 0, failed = 0;
	char text[96];
	struct buf b = BUF(text);

	if (address == NULL || has_told || tree.is_ending)
		return;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i)) {
		struct sv sv = state_word(i).sv;
		if (is_moving(sv.state))
			return;
		up += sv_is_ready(sv) && !(rec(i)->flags & BOARD_LOG);
		failed += sv.state == S_FAILED || sv.state == S_BACKOFF;
	}
	has_told = true;
	buf_fmt(&b, "READY=1\nSTATUS=%u services up, %u failed", up, failed);
	tell(text);
}

void
upward_stopping(void)
{
	tell("STOPPING=1");
}

void
upward_exit(int code)
{
	char text[32];
	struct buf b = BUF(text);

	buf_fmt(&b, "EXIT_STATUS=%d", code);
	tell(text);
}
