/*
 * The command `check`: while a service starts it decides when it is ready, and
 * with check-every it is asked again and again whether it still works. It runs
 * as the auxiliary process, with a time limit; one that hangs has failed.
 */
#include "svc/tree/life/ready.h"

#include "lib/clock.h"
#include "lib/say.h"
#include "svc/tree/life/life.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"
#include "svc/tree/talk/talk.h"

#define FIRST_MS 50
#define MOST_MS 1000

static bool
is_starting(uint32_t i)
{
	return state_word(i).sv.state == S_START;
}

void
check_plan(uint32_t i)
{
	const struct settings *s = define_view(i);

	talk(i)->tries = 0;
	if (s == NULL || s->check_every <= 0)
		return;
	ready_at(i, mono_add_ms(mono_now(), s->check_every).ns);
}

void
check_due(uint32_t i)
{
	struct sv_word w = state_word(i);

	if (w.sv.pause != PAUSE_NO) {
		check_plan(i);
		return;
	}
	if (!aux_check(i, w.sv.state == S_UP))
		check_ended(i, false); /* the last one cannot even be ended */
}

static void
is_sick(uint32_t i)
{
	struct kept *k = kept(i, true);
	const struct settings *s = define_view(i);
	int64_t most = s != NULL ? s->check_failures : 1;

	if (k == NULL || ++k->check_fails < (uint64_t)most) {
		check_plan(i);
		return;
	}
	talk_sick(i, CAUSE_CHECK, (int32_t)k->check_fails);
	post(i, EV_SICK);
}

void
check_ended(uint32_t i, bool is_good)
{
	struct kept *k = kept(i, false);
	enum sv_state state = state_word(i).sv.state;

	if (is_starting(i) && ready_kind(i) == READY_CHECK) {
		if (is_good)
			ready_now(i);
		else
			ready_again(i, FIRST_MS, MOST_MS);
		return;
	}
	if (state != S_UP)
		return;
	if (!is_good) {
		is_sick(i);
		return;
	}
	if (k != NULL)
		k->check_fails = 0;
	check_plan(i);
}

/* What it would find out does not matter any more. */
void
check_end(uint32_t i)
{
	talk(i)->tries = 0;
	aux_end_check(i);
}
