/*
 * The end of the tree: everything is told to go, loggers last, because they
 * read until their services are gone. The keeper is told when nothing lives.
 */
#include "svc/tree/talk.h"

#include <signal.h>
#include <string.h>

#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/logger.h"

#define AGAIN_MS 200

static enum {
	END_NONE, /* or the keeper has not said so in this life of ours */
	END_ASKED,
	END_BEGUN, /* everybody was told, but loggers that are still read */
	END_TOLD   /* the keeper, that it is over */
} stage;
static struct timer restore;

static struct board_head *
head(void)
{
	return (struct board_head *)(void *)tree.board.base;
}

bool
stop_is_on(void)
{
	return tree.is_ending;
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
	if (sv_wanted(sv_unpack(board_word(r)).sv))
		r->cause = CAUSE_SHUTDOWN;
	board_end(r);
	if (!at_once) {
		relations_end(i, EV_DOWN);
		return;
	}
	post(i, EV_DOWN);
	post(i, EV_KILL);
}

/* A logger: its service is over, so no line comes any more. */
static bool
may_end(uint32_t i)
{
	const struct board_record *r = rec(i);

	if ((r->flags & BOARD_LOG) == 0)
		return true;
	return r->parent == 0 || !state_is_living(r->parent);
}

/* It may be that this one lives no more: its logger is next. */
void
stop_rested(uint32_t i)
{
	uint32_t logger = rec(i)->logger;

	if (stage == END_BEGUN && logger != 0 && may_end(logger))
		end_record(logger, false);
}

static void
begin(void)
{
	stage = END_BEGUN;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if (may_end(i))
			end_record(i, false);
}

/* Once a turn: whether all is over. */
void
stop_look(void)
{
	if (stage == END_ASKED)
		begin();
	if (stage != END_BEGUN || state_living() > 0 || !logger_end())
		return;
	stage = END_TOLD;
	while (views_run())
		;
	upward_exit(head()->ending_arg);
	keep_done(head()->ending_arg);
}

void
stop_all(enum keep_ending ending, int64_t ms, bool at_once)
{
	(void)ms; /* the keeper ends what is left by then */
	timer_unset(&tree.loop, &restore);
	if (!stop_is_on())
		upward_stopping();
	head()->ending = ending;
	tree.is_ending = true;
	stage = END_ASKED;
	for (uint32_t i = state_next(0); at_once && i != 0; i = state_next(i))
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
	if (head()->ending == KEEP_END_NONE || stop_is_on())
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

	if (sig == SIGTERM || sig == SIGINT || sig == SIGQUIT)
		keep_end(KEEP_END_EXIT, 0, stop_is_on());
	else if (sig == SIGHUP && is_runsvdir)
		keep_end(KEEP_END_EXIT, 111, false);
	else if (sig == SIGHUP || sig == SIGALRM)
		scan_want_all();
	else if (sig == SIGPWR)
		keep_end(KEEP_END_POWEROFF, 0, false);
}
