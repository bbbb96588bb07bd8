#include <unistd.h>

#include "lib/sig.h"
#include "lib/sys.h"
#include "tests/unit/unit.h"

/* Blocked, sent and read back: also those that libc keeps for itself. */
static void
hears_all(void)
{
	static const int sigs[] = {
	    SIGHUP, SIGTERM, SIGCHLD, 32, 33, 34, 37, 64};
	uint64_t old;
	int fd;

	HOLDS(sig_mask(SIG_ALL & ~SIG_FAULTS, &old) == 0);
	HOLDS((fd = sig_fd(SIG_ALL & ~SIG_FAULTS)) >= 0);
	HOLDS(sig_read(fd, NULL) == 0);
	for (size_t i = 0; i < sizeof(sigs) / sizeof(*sigs); i++) {
		struct sig_info info;

		HOLDS(sys_kill(sys_getpid(), sigs[i]) == 0);
		HOLDS(sig_read(fd, &info) == sigs[i]);
		HOLDS(info.pid == sys_getpid());
	}
	sys_close(fd);
	HOLDS(sig_mask(old, NULL) == 0);
}

static int handled;

static void
handler(int sig, siginfo_t *info, void *context)
{
	uint64_t mask;

	(void)info;
	(void)context;
	handled = sig;
	sys_sigprocmask(SIG_BLOCK, NULL, &mask);
	HOLDS(mask & SIG_BIT(SIGTERM));
}

static void
handles(void)
{
	HOLDS(sig_handle(SIGUSR1, handler, 0) == 0);
	sys_kill(sys_getpid(), SIGUSR1);
	HOLDS(handled == SIGUSR1);
	HOLDS(sig_ignore(SIGUSR1) == 0);
	handled = 0;
	sys_kill(sys_getpid(), SIGUSR1);
	HOLDS(handled == 0);
	HOLDS(sig_ignore(34) == 0);
	sys_kill(sys_getpid(), 34);
	sig_default_all();
	struct sigaction now;
	HOLDS(sigaction(SIGUSR1, NULL, &now) == 0);
	HOLDS(now.sa_handler == SIG_DFL);
}

int
main(void)
{
	TEST("sig: hears every signal, 32 to 34 too", hears_all);
	TEST("sig: handlers, ignoring, defaults", handles);
	return unit_done();
}
