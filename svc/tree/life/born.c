/*
 * From a birth to an event: what the record says of the process that begins,
 * and that none could be made.
 */
#include "svc/tree/life/life.h"

#include <errno.h>

#include "lib/clock.h"
#include "lib/say.h"
#include "svc/tree/birth/birth.h"
#include "svc/tree/birth/births.h"
#include "svc/tree/state/state.h"

static void
not_spawned(uint32_t i, int error)
{
	struct board_record *r = rec(i);
	char name[BOARD_NAME_MAX + 1];

	errno = error;
	say_warn("%s: cannot start a process", state_name(i, name));
	board_begin(r);
	r->budget = budget_no_spawn(r->budget);
	r->cause = CAUSE_NO_SPAWN;
	r->cause_arg = error;
	board_end(r);
	step(i, EV_SPAWN_FAILED, 0);
}

/* Why it did not run, which it does now. */
static bool
is_over_with(const struct board_record *r)
{
	return r->cause == CAUSE_WAITS_FOR || r->cause == CAUSE_CONFLICT ||
	       r->cause == CAUSE_NEED_DOWN || r->cause == CAUSE_NEED_FAILED ||
	       r->cause == CAUSE_NEED_MISSING || r->cause == CAUSE_NO_SPAWN ||
	       r->cause == CAUSE_EXEC || r->cause == CAUSE_SPENT ||
	       r->cause == CAUSE_GIVE_UP_ON || r->cause == CAUSE_SETTINGS ||
	       r->cause == CAUSE_GROUP;
}

static void
mark_start(uint32_t i)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->start_mono_ns = mono_now().ns;
	r->start_real_ns = real_ns();
	r->ready_mono_ns = 0;
	r->session = 0;
	r->flags &= ~(uint32_t)BOARD_GOT_TERM;
	if (is_over_with(r) || ending_is_past(i))
		r->cause = CAUSE_NONE;
	r->restart_count += (r->flags & BOARD_FELL) != 0;
	r->flags &= ~(uint32_t)BOARD_FELL;
	r->start_count++;
	board_end(r);
}

void
born(uint32_t i, enum birth_kind kind, uint32_t pid)
{
	if (kind == BIRTH_AUX) {
		aux_spawned(i, pid);
		return;
	}
	if (kind == BIRTH_RUN)
		mark_start(i);
	step(i, EV_SPAWNED, pid);
}

void
born_not(uint32_t i, enum birth_kind kind, int error)
{
	if (kind == BIRTH_AUX)
		aux_spawn_failed(i);
	else
		not_spawned(i, error);
}
