/*
 * The end of the tree: everything is told to go, loggers last, because they
 * read until their services are gone. The keeper is told when nothing lives.
 */
#include "svc/tree/stop.h"

#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>

#include "lib/clock.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/command.h"
#include "svc/tree/life/relations.h"
#include "svc/tree/output/logger.h"
#include "svc/tree/output/output.h"
#include "svc/tree/output/pipeline.h"
#include "svc/tree/output/said.h"
#include "svc/tree/scan/scan.h"
#include "svc/tree/shown/shown.h"
#include "svc/tree/state/cgroups.h"
#include "svc/tree/state/slots.h"
#include "svc/tree/state/state.h"
#include "svc/tree/upward.h"

#define AGAIN_MS 200
#define LATE_MS 3000 /* for a reader to come to the end of its input */

static enum {
	END_NONE, /* or the keeper has not said so in this life of ours */
	END_ASKED,
	END_BEGUN, /* everybody was told, but loggers that are still read */
	END_TOLD   /* the keeper, that it is over */
} stage;
static struct timer restore, late;
static struct timer hurry; /* in a container, while it stops */
static struct mono kill_at;
static bool is_late, is_too_late; /* for services; for readers */

static struct board_head *
head(void)
{
	return (struct board_head *)(void *)tree.board.base;
}

bool
stop_is_near(void)
{
	return stage == END_ASKED || stage == END_BEGUN;
}

static void
end_record(uint32_t i, bool at_once)
{
	struct board_record *r = rec(i);

	if (live(i)->is_ending && !at_once)
		return;
	live(i)->is_ending = true;
	board_begin(r);
	if (sv_wanted(state_word(i).sv))
		r->cause = CAUSE_SHUTDOWN;
	board_end(r);
	if (!at_once) {
		relations_end(i, EV_DOWN);
		return;
	}
	post(i, EV_DOWN);
	post(i, EV_KILL);
}

/* What it reads comes from services of ours. */
static bool
is_reader(uint32_t i)
{
	const struct board_record *r = rec(i);

	return r->flags & BOARD_LOG ? r->parent != 0 : pipeline_input(i) >= 0;
}

/* A logger, a reader: those it reads from are over, no line comes any more. */
static bool
may_end(uint32_t i)
{
	if (!is_reader(i))
		return true;
	return rec(i)->flags & BOARD_LOG ? !state_is_living(rec(i)->parent)
					 : pipeline_is_quiet(i);
}

static void
await_late(void)
{
	if (!timer_is_set(&late))
		timer_set(
		    &tree.loop, &late, mono_add_ms(tree.loop.now, LATE_MS));
}

/*
 * It is not told to go: it reads to the end of its input and leaves by itself,
 * not to be started again; if it does not, it is told later.
 */
static void
end_reader(uint32_t i)
{
	if (live(i)->is_ending)
		return;
	live(i)->is_ending = true;
	rec(i)->cause = CAUSE_SHUTDOWN;
	post(i, EV_ONCE);
	if (rec(i)->flags & BOARD_LOG)
		logpipe_end(rec(i)->parent);
	else
		pipeline_end(i);
	await_late();
}

/* Readers that do not heed the end of what they read. */
static void
late_due(void *arg)
{
	(void)arg;
	is_too_late = true;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if ((live(i)->is_ending || is_reader(i)) && state_is_living(i))
			relations_end(i, EV_DOWN);
}

static bool
has_lines(uint32_t logger)
{
	int fd = live(rec(logger)->parent)->pipe[0], bytes = 0;

	return fd >= 0 && sys_ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0;
}

/*
 * A logger between two lives, while lines wait in its pipe: it lives once more
 * to write them.
 */
static bool
is_awaited(uint32_t i)
{
	return (rec(i)->flags & BOARD_LOG) && sv_wanted(state_word(i).sv) &&
	       has_lines(i);
}

/* The same for one that somebody killed after it had been told to end. */
static bool
is_cut_short(uint32_t i)
{
	const struct board_record *r = rec(i);
	const struct board_exit *e = board_exit(r, 0);

	return (r->flags & BOARD_LOG) && live(i)->is_ending && !is_too_late &&
	       e != NULL && e->code != CLD_EXITED && has_lines(i);
}

static void
end_if_it_may(uint32_t i)
{
	if (i == 0 || !may_end(i))
		return;
	if (is_reader(i) && state_word(i).pid != 0)
		end_reader(i);
	else if (is_reader(i) && is_awaited(i))
		await_late();
	else if (is_reader(i) && is_cut_short(i))
		post(i, EV_ONCE);
	else
		end_record(i, false);
}

/* It may be that this one lives no more: who reads from it is next. */
void
stop_rested(uint32_t i)
{
	if (stage != END_BEGUN)
		return;
	end_if_it_may(rec(i)->logger);
	end_if_it_may(pipeline_read_by(i));
	if (is_reader(i))
		end_if_it_may(i);
}

static void
begin(void)
{
	stage = END_BEGUN;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		end_if_it_may(i);
}

/* The machine ends with this tree: nobody will read of it. */
static bool
is_last(void)
{
	switch ((enum keep_ending)head()->ending) {
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
			keep_put(slots_take(1), &fds[n], 1);
}

/* Once a turn: whether all is over. */
void
stop_look(void)
{
	if (stage == END_ASKED)
		begin();
	if (stage != END_BEGUN || state_living() > 0 || !logger_end() ||
	    !said_all())
		return;
	stage = END_TOLD;
	if (is_last())
		leave_watches();
	else
		while (views_run())
			;
	cgroups_end();
	upward_exit(head()->ending_arg);
	keep_done(head()->ending_arg);
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
		else if (may_end(i))
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
	head()->ending = ending;
	tree.is_ending = true;
	stage = END_ASKED;
	for (uint32_t i = state_next(0); at_once && i != 0; i = state_next(i))
		if (!tree.is_container || may_end(i))
			end_record(i, true);
}

/*
 * The last svcd was stopping everything, and nobody tells us to: that is over
 * (a rescue shell was left), and what ran before runs again.
 */
static void
restore_due(void *arg)
{
	(void)arg;
	head()->ending = KEEP_END_NONE;
	tree.is_ending = false;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if (rec(i)->cause == CAUSE_SHUTDOWN) {
			relations_keep(i);
			post(i, EV_UP);
		}
	scan_want_all();
}

void
stop_start(void)
{
	timer_init(&restore, restore_due, NULL);
	timer_init(&late, late_due, NULL);
	timer_init(&hurry, hurry_due, NULL);
	if (head()->ending == KEEP_END_NONE || tree.is_ending)
		return;
	tree.is_ending = true;
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

	int code = tree.is_ending ? head()->ending_arg : 0;

	if (sig == SIGTERM || sig == SIGINT || sig == SIGQUIT)
		keep_end(KEEP_END_EXIT, code, tree.is_ending);
	else if (sig == SIGHUP && is_runsvdir)
		keep_end(KEEP_END_EXIT, 111, false);
	else if (sig != SIGALRM && sig != SIGPWR && command_signal(sig))
		return;
	else if (sig == SIGHUP || sig == SIGALRM)
		scan_want_all();
	else if (sig == SIGPWR)
		keep_end(KEEP_END_POWEROFF, 0, false);
}
