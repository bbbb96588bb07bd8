/*
 * A turn that does not end: services that are up would stay up, and nobody
 * might notice for days that nobody looks after them. So the kernel counts the
 * processor time that we use and interrupts us now and then; a turn that was
 * there already the time before is the last one, and init starts another svcd.
 * It is processor time, not time: an idle svcd is never woken, and a slow
 * machine, or a stopped one, gives us as much of it for a turn as a fast one.
 * What hangs in the kernel is noticed by init, which sees that nothing is read.
 */
#include "svc/tree/state/state.h"

#include <signal.h>
#include <sys/time.h>

#include "lib/say.h"
#include "lib/sig.h"
#include "lib/sys.h"

#define TURN_S 30 /* of processor time: a turn takes milliseconds */

static volatile sig_atomic_t turns;

static void
look(int sig, siginfo_t *info, void *context)
{
	static sig_atomic_t last;

	(void)sig;
	(void)context;
	if (info->si_code != SI_KERNEL)
		return;
	if (last == turns) {
		say_warnx("no end of a turn in %d s of processor time: ending",
		    TURN_S);
		sys_exit(111);
	}
	last = turns;
}

void
alive_start(void)
{
	const struct itimerval every = {
	    .it_interval = {.tv_sec = TURN_S},
	    .it_value = {.tv_sec = TURN_S},
	};

	if (sig_handle(SIGPROF, look, SA_RESTART) < 0 ||
	    sys_setitimer(ITIMER_PROF, &every) < 0)
		say_warn("cannot count processor time");
}

void
alive_note(void)
{
	turns = (turns + 1) & 0xffff;
}
