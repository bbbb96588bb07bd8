/*
 * The order in which services end with their tree: all at once as far as their
 * relations allow, loggers last, because they read until their services are
 * gone.
 */
#include "svc/tree/life/life.h"

#include <signal.h>

#include "lib/clock.h"
#include "svc/tree/birth/birth.h"
#include "svc/tree/life/relations.h"
#include "svc/tree/output/output.h"
#include "svc/tree/output/pipeline.h"
#include "svc/tree/state/state.h"

#define LATE_MS 3000 /* for a reader to come to the end of its input */

static bool has_begun;
static struct timer late;

/* As what it was wanted goes with the cause, for it may be taken back. */
static void
mark(uint32_t i, bool is_wanted)
{
	struct board_record *r = rec(i);

	live(i)->is_ending = true;
	if (!is_wanted || r->cause == CAUSE_SHUTDOWN)
		return;
	board_begin(r);
	r->cause_arg = state_word(i).sv.want;
	r->cause = CAUSE_SHUTDOWN;
	board_end(r);
}

static void
end_in_order(uint32_t i)
{
	mark(i, sv_wanted(state_word(i).sv));
	relations_end(i, EV_DOWN);
}

void
ending_now(uint32_t i)
{
	mark(i, sv_wanted(state_word(i).sv));
	post(i, EV_DOWN);
	post(i, EV_KILL);
}

/* What it reads comes from services of ours: their pipe, or -1. */
static int
input_of(uint32_t i)
{
	return rec(i)->flags & BOARD_LOG ? logpipe_input(i) : pipeline_input(i);
}

/* Its last run was ended by a signal that was none of ours. */
static bool
was_killed(const struct board_record *r)
{
	const struct board_exit *e = birth_last_run(r);

	return e != NULL && e->code != CLD_EXITED && r->cause == CAUSE_SHUTDOWN;
}

/*
 * A reader between two lives, or killed in its last one, while lines wait: it
 * lives once more to write them. Not for ever, and not if it was stopped by
 * somebody, or came to its end without them.
 */
static bool
is_unread(uint32_t i)
{
	struct sv sv = state_word(i).sv;

	return sv_is_rest(sv) && logpipe_has_lines(input_of(i)) &&
	       (!live(i)->is_ending || timer_is_set(&late)) &&
	       (sv_wanted(sv) || was_killed(rec(i)) || live(i)->is_resumed);
}

/* It lives, or is on its way to. */
static bool
is_reading(uint32_t i)
{
	struct sv sv = state_word(i).sv;

	return input_of(i) >= 0 && !sv_is_rest(sv) && sv_wanted(sv);
}

static bool
is_over(uint32_t i)
{
	return !state_is_living(i) && !is_unread(i);
}

/* A logger, a reader: those it reads from are over, no line comes any more. */
bool
ending_may(uint32_t i)
{
	const struct board_record *r = rec(i);

	if (r->flags & BOARD_LOG)
		return r->parent == 0 || is_over(r->parent);
	return input_of(i) < 0 || pipeline_is_quiet(i, is_over);
}

/*
 * It is not told to go: it reads to the end of its input and leaves by itself,
 * not to be started again; if it does not, it is told later.
 */
static void
end_reader(uint32_t i)
{
	mark(i, true);
	post(i, EV_ONCE);
	if ((rec(i)->flags & BOARD_LOG) == 0)
		pipeline_end(i);
	else if (rec(i)->parent != 0)
		logpipe_end(rec(i)->parent);
	timer_set(&tree.loop, &late, mono_add_ms(tree.loop.now, LATE_MS));
}

/* Readers that do not heed the end of what they read. */
static void
late_due(void *arg)
{
	(void)arg;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if (live(i)->is_ending && input_of(i) >= 0)
			relations_end(i, EV_DOWN);
}

static void
end_if_it_may(uint32_t i)
{
	if (i == 0 || !ending_may(i))
		return;
	if (live(i)->is_ending) {
		if (is_unread(i) && !sv_wanted(state_word(i).sv))
			post(i, EV_ONCE);
	} else if (is_reading(i) || is_unread(i)) {
		end_reader(i);
	} else {
		end_in_order(i);
	}
}

/* It may be that this one lives no more: who reads from it is next. */
void
ending_rested(uint32_t i)
{
	if (!has_begun)
		return;
	end_if_it_may(rec(i)->logger);
	end_if_it_may(pipeline_read_by(i));
	if (input_of(i) >= 0)
		end_if_it_may(i);
}

bool
ending_is_past(uint32_t i)
{
	return rec(i)->cause == CAUSE_SHUTDOWN && !tree.is_ending;
}

enum sv_event
ending_undo(uint32_t i)
{
	switch ((enum sv_want)rec(i)->cause_arg) {
	case WANT_NONE:
		return EV_UNASKED;
	case WANT_ONCE:
		return EV_ONCE;
	case WANT_UP:
	case WANT_DOWN:
		return EV_UP;
	}
	return EV_UP;
}

bool
ending_is_over(void)
{
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if (is_unread(i))
			return false;
	return true;
}

void
ending_start(void)
{
	timer_init(&late, late_due, NULL);
}

void
ending_begin(void)
{
	has_begun = true;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		end_if_it_may(i);
}
