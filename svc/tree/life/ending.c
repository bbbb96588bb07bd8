/*
 * The order in which services end with their tree: all at once as far as their
 * relations allow, loggers last, because they read until their services are
 * gone.
 */
#include "svc/tree/life/life.h"

#include <signal.h>
#include <sys/ioctl.h>

#include "lib/clock.h"
#include "lib/sys.h"
#include "svc/tree/life/relations.h"
#include "svc/tree/output/output.h"
#include "svc/tree/output/pipeline.h"
#include "svc/tree/state/state.h"

#define LATE_MS 3000 /* for a reader to come to the end of its input */

static bool has_begun;
static struct timer late;
static bool is_too_late; /* for readers */

static void
mark(uint32_t i)
{
	struct board_record *r = rec(i);

	live(i)->is_ending = true;
	board_begin(r);
	if (sv_wanted(state_word(i).sv))
		r->cause = CAUSE_SHUTDOWN;
	board_end(r);
}

static void
end_in_order(uint32_t i)
{
	if (live(i)->is_ending)
		return;
	mark(i);
	relations_end(i, EV_DOWN);
}

void
ending_now(uint32_t i)
{
	mark(i);
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
bool
ending_may(uint32_t i)
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
	if (i == 0 || !ending_may(i))
		return;
	if (is_reader(i) && state_word(i).pid != 0)
		end_reader(i);
	else if (is_reader(i) && is_awaited(i))
		await_late();
	else if (is_reader(i) && is_cut_short(i))
		post(i, EV_ONCE);
	else
		end_in_order(i);
}

/* It may be that this one lives no more: who reads from it is next. */
void
ending_rested(uint32_t i)
{
	if (!has_begun)
		return;
	end_if_it_may(rec(i)->logger);
	end_if_it_may(pipeline_read_by(i));
	if (is_reader(i))
		end_if_it_may(i);
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
