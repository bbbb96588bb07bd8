/*
 * A service that says nothing for too long does not do its work: it is ended as
 * any sick one, but by ABRT first, as daemons written for systemd expect, so
 * that a core shows where it hung. Silence is counted only while it is up
 * and not paused by us.
 */
#include "svc/tree/life/ready.h"

#include "lib/clock.h"
#include "svc/tree/life/life.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"
#include "svc/tree/talk/talk.h"

#define MS INT64_C(1000000)
#define USEC INT64_C(1000)
#define USEC_MOST (UINT64_C(100) * 366 * 86400 * 1000000)

/* How often it is to be heard; 0: it need not. */
static int64_t
every(uint32_t i)
{
	const struct settings *s = define_view(i);

	if (talk_said(i, SAID_WATCHDOG))
		return kept(i, false)->watchdog_every_ns;
	return s != NULL && s->watchdog > 0 ? s->watchdog * MS : 0;
}

static void
set(uint32_t i, int64_t at)
{
	struct kept *k = kept(i, at != 0);

	if (k == NULL || k->watchdog_ns == at)
		return;
	k->watchdog_ns = at;
	deadline_sync(i);
}

int64_t
watchdog_at(uint32_t i)
{
	struct kept *k = kept(i, false);

	return k != NULL ? k->watchdog_ns : 0;
}

static void
begin_anew(uint32_t i)
{
	int64_t ns = every(i);

	set(i, ns > 0 ? mono_add_ns(mono_now(), ns).ns : 0);
}

void
watchdog_begin(uint32_t i)
{
	if (watchdog_at(i) == 0)
		begin_anew(i);
	else
		deadline_sync(i);
}

void
watchdog_heard(uint32_t i)
{
	if (state_word(i).sv.state == S_UP)
		begin_anew(i);
}

void
watchdog_end(uint32_t i)
{
	set(i, 0);
}

void
watchdog_every(uint32_t i, uint64_t usec)
{
	struct kept *k = kept(i, true);

	if (k == NULL)
		return;
	k->watchdog_every_ns =
	    (int64_t)(usec < USEC_MOST ? usec : USEC_MOST) * USEC;
	k->said |= SAID_WATCHDOG;
	watchdog_heard(i);
}

/* Its time is over, or it said itself that it hangs. */
void
watchdog_due(uint32_t i)
{
	struct sv sv = state_word(i).sv;

	if (sv.state != S_UP && sv.state != S_START) {
		set(i, 0);
		return;
	}
	if (sv.pause != PAUSE_NO) {
		begin_anew(i);
		return;
	}
	set(i, 0);
	talk_sick(i, CAUSE_WATCHDOG, 0);
	post(i, EV_SICK);
}
