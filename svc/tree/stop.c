/*
 * The end of the tree, which the keeper asks for and is told of when nothing
 * lives.
 */
#include "svc/tree/stop.h"

#include <signal.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/birth/command.h"
#include "svc/tree/life/life.h"
#include "svc/tree/life/relations.h"
#include "svc/tree/output/logger.h"
#include "svc/tree/output/output.h"
#include "svc/tree/output/said.h"
#include "svc/tree/scan/scan.h"
#include "svc/tree/shown/shown.h"
#include "svc/tree/state/cgroups.h"
#include "svc/tree/state/scandir.h"
#include "svc/tree/state/slots.h"
#include "svc/tree/state/state.h"
#include "svc/tree/upward.h"

#define AGAIN_MS 200
#define BRIEF_MS                                                    \
	300 /* a stop that takes no longer is shown when it is over \
	     */

static enum {
	END_NONE, /* or the keeper has not said so in this life of ours */
	END_ASKED,
	END_BEGUN, /* everybody was told, but loggers that are still read */
	END_TOLD   /* the keeper, that it is over */
} stage;
static struct timer restore;
static struct timer hurry; /* in a container, while it stops */
static struct mono kill_at;
static bool is_late;
static struct timer brief; /* while a stop may still be one */

/* Views wait for it: all of them change once more before it is over. */
bool
stop_is_near(void)
{
	return stage == END_ASKED || timer_is_set(&brief);
}

/* That it is not set any more is all. */
static void
brief_over(void *arg)
{
	(void)arg;
}

/* The machine ends with this tree: nobody will read of it. */
static bool
is_last(void)
{
	switch ((enum keep_ending)state_head()->ending) {
	case KEEP_END_POWEROFF:
	case KEEP_END_REBOOT:
	case KEEP_END_HALT:
	case KEEP_END_KEXEC:
		return sys_getppid() == 1 && !tree.is_container;
	case KEEP_END_NONE:
	case KEEP_END_SOFT_REBOOT:
	case KEEP_END_RESCUE:
	case KEEP_END_EXIT:
		break;
	}
	return false;
}

/*
 * The kernel takes many milliseconds to let go of inotify, within the exit of
 * who had it last, which init waits for. At the end of a machine init itself
 * has it then, and dies with it.
 */
static void
leave_watches(void)
{
	const int fds[] = {watch_descriptor(), output_descriptor()};

	for (unsigned n = 0; n < 2; n++)
		if (fds[n] >= 0)
			slots_put(&fds[n], 1);
}

/* Once a turn: whether all is over. */
void
stop_look(void)
{
	if (stage == END_ASKED) {
		stage = END_BEGUN;
		timer_set(
		    &tree.loop, &brief, mono_add_ms(mono_now(), BRIEF_MS));
		ending_begin();
	}
	if (stage != END_BEGUN || state_living() > 0 || !ending_is_over() ||
	    !logger_end() || !said_all())
		return;
	stage = END_TOLD;
	if (is_last())
		leave_watches();
	else
		while (views_run())
			;
	cgroups_end();
	upward_exit(state_head()->ending_arg);
	keep_done(state_head()->ending_arg);
}

/*
 * A container's time is short (on a machine the keeper ends what is left): for
 * the first half of it services are told in their order, then all who were not
 * told yet, and in the last eighth they are killed. What they said last comes
 * out, loggers have their order still.
 */
static void
hurry_due(void *arg)
{
	(void)arg;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i)) {
		if (!state_is_living(i) || (rec(i)->flags & BOARD_LOG))
			continue;
		if (is_late)
			post(i, EV_KILL);
		else if (ending_may(i))
			post(i, EV_DOWN);
	}
	if (is_late)
		say_warnx("the time to stop is over: KILL to what is left");
	else
		timer_set(&tree.loop, &hurry, kill_at);
	is_late = true;
}

static void
hurry_start(int64_t ms)
{
	if (!tree.is_container || ms <= 0 || is_late || timer_is_set(&hurry))
		return;
	kill_at = mono_add_ms(mono_now(), ms - ms / 8);
	timer_set(&tree.loop, &hurry, mono_add_ms(mono_now(), ms / 2));
}

void
stop_all(enum keep_ending ending, int64_t ms, bool at_once)
{
	timer_unset(&tree.loop, &restore);
	if (!tree.is_ending)
		upward_stopping();
	hurry_start(ms);
	state_head()->ending = ending;
	tree.is_ending = true;
	stage = END_ASKED;
	for (uint32_t i = state_next(0); at_once && i != 0; i = state_next(i))
		if (!tree.is_container || ending_may(i))
			ending_now(i);
}

static void
restore_all(void)
{
	tree.is_ending = false;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		logpipe_renew(i);
	for (uint32_t i = state_next(0); i != 0; i = state_next(i)) {
		logger_look(i);
		if (rec(i)->cause == CAUSE_SHUTDOWN) {
			relations_keep(i);
			post(i, ending_undo(i));
		}
	}
}

/* Who comes back has another cause by now. */
static void
forget_all(void)
{
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if (ending_is_past(i) && !sv_wanted(state_word(i).sv))
			rec(i)->cause = CAUSE_NONE;
}

/*
 * The last svcd was stopping everything, and nobody tells us to: that is over
 * (a rescue shell was left), and what ran before runs again. It is over when
 * all have been told; a svcd that is killed before tells them again.
 */
static void
restore_due(void *arg)
{
	(void)arg;
	if (tree.is_ending)
		restore_all();
	if (events_wait()) {
		timer_set(&tree.loop, &restore, tree.loop.now);
		return;
	}
	forget_all();
	state_head()->ending = KEEP_END_NONE;
	scandirs_want();
}

void
stop_start(void)
{
	timer_init(&restore, restore_due, NULL);
	ending_start();
	timer_init(&hurry, hurry_due, NULL);
	timer_init(&brief, brief_over, NULL);
	if (!tree.is_ending || stage != END_NONE)
		return;
	timer_set(&tree.loop, &restore, mono_add_ms(tree.loop.now, AGAIN_MS));
}

/*
 * A signal that the keeper got and that is ours to know. HUP ends a runsvdir,
 * with 111 (its manual: "all runsv processes receive TERM"); as svcd we look at
 * the directories again. A second TERM is for those who cannot wait.
 */
void
stop_signal(int sig)
{
	bool is_runsvdir = strcmp(tree.prog, "runsvdir") == 0;

	int code = tree.is_ending ? state_head()->ending_arg : 0;

	if (sig == SIGTERM || sig == SIGINT || sig == SIGQUIT)
		keep_end(KEEP_END_EXIT, code, tree.is_ending);
	else if (sig == SIGHUP && is_runsvdir)
		keep_end(KEEP_END_EXIT, 111, false);
	else if (sig != SIGALRM && sig != SIGPWR && command_signal(sig))
		return;
	else if (sig == SIGHUP || sig == SIGALRM)
		scandirs_want();
	else if (sig == SIGPWR)
		keep_end(KEEP_END_POWEROFF, 0, false);
}
