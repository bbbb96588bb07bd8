/*
 * What follows when a service has failed for good (on-failed), or an essential
 * one is over. A mark in the record says that it was done: a svcd that is
 * killed before does it in its next life, and none does it twice.
 */
#include "svc/tree/life/life.h"

#include <signal.h>

#include "lib/say.h"
#include "svc/tree/life/relations.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/state.h"

#define WELL_MS 60000

/* How its last run ended, as a shell would say it. */
static int
own_code(uint32_t i)
{
	const struct board_exit *e = board_exit(rec(i), 0);

	if (e == NULL)
		return 111;
	return e->code == CLD_EXITED ? e->value : 128 + e->value;
}

static void
start_other(uint32_t i, const char *name)
{
	char room[BOARD_NAME_MAX + 1];
	uint32_t other = relations_find(name);

	if (other == 0) {
		say_warnx("%s: on-failed: no such service: %s",
		    state_name(i, room), name);
		return;
	}
	state_cause(other, CAUSE_FAILURE, i);
	relations_keep(other);
	post(other, state_word(other).sv.is_oneshot ? EV_ONCE : EV_UP);
}

static void
end_all(uint32_t i, enum keep_ending ending, int code)
{
	static const char *const names[] = {
#define ENDING(name, number, text) [number] = text,
	    KEEP_ENDINGS(ENDING)};
	char room[BOARD_NAME_MAX + 1];

	say_warnx("%s is over, which ends everything: %s", state_name(i, room),
	    names[ending]);
	keep_end(ending, code, false);
}

/* So long up, it had not failed any more. */
static bool
was_well(const struct board_record *r)
{
	return r->ready_mono_ns != 0 &&
	       mono_ms_between(
		   (struct mono){r->ready_mono_ns}, tree.loop.now) >= WELL_MS;
}

/*
 * Who leaves the shell wants to go on: it is not opened again and again for
 * what still fails. Asked for by name it may open it once more.
 */
static void
rescue(uint32_t i)
{
	char room[BOARD_NAME_MAX + 1];

	if ((rec(i)->flags & BOARD_RESCUED) && !was_well(rec(i))) {
		say_warnx("%s has failed again after a rescue shell: "
			  "the rest goes on without it",
		    state_name(i, room));
		return;
	}
	state_flags(i, BOARD_RESCUED, 0);
	end_all(i, KEEP_END_RESCUE, 0);
}

static void
act(uint32_t i, const struct settings_failed *f)
{
	switch (f->kind) {
	case FAILED_STAY:
		return;
	case FAILED_REBOOT:
		end_all(i, KEEP_END_REBOOT, 0);
		return;
	case FAILED_POWEROFF:
		end_all(i, KEEP_END_POWEROFF, 0);
		return;
	case FAILED_EXIT:
		end_all(i, KEEP_END_EXIT,
		    f->code == SETTINGS_OWN_CODE ? own_code(i) : f->code);
		return;
	case FAILED_RESCUE:
		rescue(i);
		return;
	case FAILED_START:
		start_other(i, f->name);
		return;
	}
}

void
failed_look(uint32_t i)
{
	enum sv_state state = state_word(i).sv.state;
	bool is_over = state == S_FAILED || state == S_ENDED;
	bool is_answered = rec(i)->flags & BOARD_ANSWERED;
	const struct settings *s;

	if (is_over == is_answered)
		return;
	s = is_over ? define_view(i) : NULL;
	/* What everything is being stopped for is not made twice. */
	if (s != NULL && !tree.is_ending && s->essential)
		end_all(i, KEEP_END_EXIT, own_code(i));
	else if (s != NULL && !tree.is_ending && state == S_FAILED)
		act(i, &s->on_failed);
	state_flags(i, is_over ? BOARD_ANSWERED : 0, BOARD_ANSWERED);
}
