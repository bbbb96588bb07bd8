/*
 * A pid may have been given to a stranger once it is reaped; but then its exit
 * stands in the queue, because the keeper announces before it reaps. So: a
 * handle first, then a look at the queue, then the signal through the handle.
 * The handle is kept for the signals that follow in the same breath: it names
 * that one process and no other.
 */
#include "svc/tree/state/state.h"

#include <errno.h>

#include "lib/error.h"
#include "lib/fd.h"
#include "lib/say.h"
#include "lib/sys.h"

static struct {
	pid_t pid;
	int fd;
} handle = {.fd = -1};

static enum kill_result result;

static void
let_go(void)
{
	fd_close(&handle.fd);
	handle.pid = 0;
}

static bool
take_hold(pid_t pid)
{
	enum exits_answer gone;

	if (handle.pid == pid)
		return true;
	let_go();
	handle.fd = sys_pidfd_open(pid);
	if (handle.fd < 0) {
		/* Reaped, while its number still names a group of others. */
		if (errno == EINVAL)
			errno = ESRCH;
		return false;
	}
	gone = exits_names(pid);
	if (gone == EXITS_NO) {
		handle.pid = pid;
		return true;
	}
	let_go();
	errno = gone == EXITS_YES ? ESRCH : EAGAIN;
	return false;
}

static int
signal_one(pid_t pid, int sig)
{
	return take_hold(pid) ? sys_pidfd_send_signal(handle.fd, sig) : -1;
}

void
kill_begin(void)
{
	result = KILL_SENT;
}

bool
kill_main(uint32_t i, int sig, bool group)
{
	pid_t pid = (pid_t)state_word(i).pid;
	char name[BOARD_NAME_MAX + 1];

	if (pid <= 1)
		return false;
	if ((group ? sys_kill(-pid, sig) : signal_one(pid, sig)) == 0)
		return true;
	if (errno == EAGAIN)
		result = KILL_NOT_NOW;
	if (errno == ESRCH || errno == EAGAIN)
		return false;
	say_warn("%s: cannot signal process %d", state_name(i, name), (int)pid);
	if (error_may_pass(errno))
		result = KILL_LATER;
	return false;
}

enum kill_result
kill_end(void)
{
	let_go();
	return result;
}

bool
kill_one(uint32_t i, int sig, bool group)
{
	bool sent = kill_main(i, sig, group);

	let_go();
	return sent;
}
