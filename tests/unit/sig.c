#include <unistd.h>

#include "lib/sig.h"
#include "lib/sys.h"
#include "tests/unit/unit.h"

static const struct {
	const char *text;
	int sig;
} rows[] = {
    {"TERM", SIGTERM},
    {"SIGTERM", SIGTERM},
    {"sigterm", SIGTERM},
    {"15", 15},
    {"64", 64},
    {"0", 0},
    {"65", 0},
    {"-1", 0},
    {"", 0},
    {"SIG", 0},
    {"TERMS", 0},
    {"RTMIN", 34},
    {"RTMIN+3", 37},
    {"SIGRTMIN+30", 64},
    {"RTMIN+31", 0},
    {"RTMIN-1", 0},
    {"RTMIN+", 0},
    {"RTMIN3", 0},
    {"RTMAX", 64},
    {"RTMAX-1", 63},
    {"RTMAX+1", 0},
    {"RTMAX-31", 0},
    {"IOT", SIGABRT},
    {"POLL", SIGIO},
};

static void
parses(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (sig_parse(rows[i].text) != rows[i].sig) {
			HOLDS(!"as the table says");
			printf("# %s\n", rows[i].text);
		}
}

/* Every number has a text that leads back to it. */
static void
names(void)
{
	for (int sig = 1; sig <= SIG_COUNT; sig++) {
		char text[16];
		struct buf b = BUF(text);

		buf_signal(&b, sig);
		HOLDS(sig_parse(text) == sig);
	}
	SAME(sig_name(SIGKILL), "KILL");
	HOLDS(sig_name(34) == NULL);
}

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
	TEST("sig: names and numbers, RTMIN is 34", parses);
	TEST("sig: every number has a name that parses", names);
	TEST("sig: hears every signal, 32 to 34 too", hears_all);
	TEST("sig: handlers, ignoring, defaults", handles);
	return unit_done();
}
