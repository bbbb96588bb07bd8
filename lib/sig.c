/*
 * Signals by raw number.
 */
#include "lib/sig.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/signalfd.h>

#include "lib/sys.h"

int
sig_mask(uint64_t set, uint64_t *old)
{
	return sys_sigprocmask(SIG_SETMASK, &set, old);
}

int
sig_block(uint64_t set)
{
	return sys_sigprocmask(SIG_BLOCK, &set, NULL);
}

int
sig_unblock(uint64_t set)
{
	return sys_sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int
sig_fd(uint64_t set)
{
	return sys_signalfd(-1, set, SFD_NONBLOCK);
}

int
sig_read(int fd, struct sig_info *info)
{
	struct signalfd_siginfo got;
	ssize_t n = sys_read(fd, &got, sizeof(got));

	if (n == -1)
		return errno == EAGAIN ? 0 : -1;
	if (n != (ssize_t)sizeof(got))
		return 0;
	if (info != NULL)
		*info = (struct sig_info){(int32_t)got.ssi_pid, got.ssi_uid,
		    got.ssi_code, got.ssi_int};
	return (int)got.ssi_signo;
}

int
sig_default(int sig)
{
	return sys_signal(sig, SIG_DFL);
}

int
sig_ignore(int sig)
{
	return sys_signal(sig, SIG_IGN);
}

void
sig_default_all(void)
{
	int saved = errno;

	for (int sig = 1; sig <= SIG_COUNT; sig++)
		sys_signal(sig, SIG_DFL);
	errno = saved;
}

int
sig_handle(int sig, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction act;

	memset(&act, 0, sizeof(act));
	act.sa_sigaction = handler;
	act.sa_flags = SA_SIGINFO | flags;
	memset(&act.sa_mask, 0xff, sizeof(act.sa_mask));
	return sys_sigaction(sig, &act, NULL);
}
