/*
 * A reload that was asked for and is under way: a command until it has ended,
 * a signal until the service says that it is done. Not all services that may
 * speak say so, and nothing but trying tells which: whoever has said RELOADING
 * once is waited for from then on, whoever has said nothing for a second is
 * not waited for again.
 */
#include "svc/tree/life/ready.h"

#include "lib/clock.h"
#include "svc/tree/life/life.h"
#include "svc/tree/shown/clients.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/state.h"
#include "svc/tree/talk/talk.h"

#define TRIAL_MS 1000

enum manner {
	IS_UNKNOWN,
	IS_TELLING,
	IS_SILENT
};

void
reload_begin(uint32_t i)
{
	struct kept *k = kept(i, notify_is_for(define_view(i)));

	state_flags(i, 0, BOARD_RELOADING | BOARD_UNRELOADED);
	if (k != NULL)
		k->reload_ns = mono_now().ns;
}

void
reload_expect(uint32_t i)
{
	struct kept *k = kept(i, false);

	if (k == NULL || k->reload_manner == IS_SILENT ||
	    !notify_is_for(define_view(i)))
		return;
	if (k->reload_manner != IS_TELLING)
		k->reload_trial_ns = mono_add_ms(mono_now(), TRIAL_MS).ns;
	state_flags(i, BOARD_RELOADING, 0);
	deadline_sync(i);
}

void
reload_heard(uint32_t i)
{
	struct kept *k = kept(i, false);

	k->reload_manner = IS_TELLING;
	k->reload_trial_ns = 0;
	state_flags(i, BOARD_RELOADING, 0);
}

void
reload_over(uint32_t i, bool is_good)
{
	enum sv_shown shown = sv_shown(state_word(i).sv);
	struct kept *k = kept(i, false);

	if (k != NULL)
		k->reload_trial_ns = 0;
	if (!is_good)
		state_flags(i, BOARD_UNRELOADED, 0);
	if ((rec(i)->flags & BOARD_RELOADING) == 0)
		return;
	state_flags(i, 0, BOARD_RELOADING);
	state_head()->changes++;
	clients_tell(i, shown, shown);
}

int64_t
reload_at(uint32_t i)
{
	struct kept *k = kept(i, false);

	return k != NULL ? k->reload_trial_ns : 0;
}

void
reload_due(uint32_t i)
{
	kept(i, false)->reload_manner = IS_SILENT;
	reload_over(i, true);
}
