/*
 * The deadlines of a record stand in the state file, so that the next svcd
 * goes on waiting for the same moment; one timer for each record follows the
 * earliest of them.
 */
#include "svc/tree/life/life.h"

#include "lib/clock.h"
#include "lib/say.h"
#include "svc/tree/life/begin.h"
#include "svc/tree/life/ready.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/service.h"
#include "svc/tree/state/state.h"
#include "svc/tree/talk/talk.h"

#define RETRY_MS 1000
#define SWEEP_MS 5000
#define SWEEP_KILL_MS 1000

/* How long the present value may last; 0: for ever. */
static int64_t
limit_ns(uint32_t i, struct sv sv)
{
	switch (sv.state) {
	case S_BACKOFF:
		return rec(i)->budget.wait_ns;
	case S_PRE_SPAWN:
	case S_FIN_SPAWN:
		return RETRY_MS * INT64_C(1000000);
	case S_SWEEP:
	case S_FIN_SWEEP:
		return (sv.step == 0 ? SWEEP_MS : SWEEP_KILL_MS) *
		       INT64_C(1000000);
	case S_START:
	case S_ADOPT:
		return service_timeout_up_ms(i) * INT64_C(1000000);
	case S_PRE:
	case S_FIN:
		return service_timeout_finish_ms(i) * INT64_C(1000000);
	case S_STOP:
		return service_stop_ms(i, sv.step) * INT64_C(1000000);
	case S_NONE:
	case S_DOWN:
	case S_WAIT:
	case S_SPAWN:
	case S_UP:
	case S_FAILED:
	case S_ENDED:
	case S_DONE:
		return 0;
	}
	return 0;
}

/* A wait of no length at all is over at once, which is not "for ever". */
static bool
has_limit(struct sv sv, int64_t ns)
{
	return ns > 0 || sv.state == S_BACKOFF;
}

void
deadline_arm(uint32_t i)
{
	struct board_record *r = rec(i);
	uint64_t word = board_word(r);
	struct sv sv = sv_unpack(word).sv;
	int64_t ns = limit_ns(i, sv);

	if (r->deadline_ns == 0 || r->deadline_tag != sv_tag(word)) {
		board_begin(r);
		r->deadline_ns =
		    has_limit(sv, ns) ? mono_add_ns(mono_now(), ns).ns : 0;
		r->deadline_tag = sv_tag(word);
		board_end(r);
	}
	deadline_sync(i);
}

void
deadline_disarm(uint32_t i)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->deadline_ns = 0;
	board_end(r);
	schedule_moved(i);
	deadline_sync(i);
}

bool
deadline_past(int64_t at_ns)
{
	return at_ns != 0 && at_ns <= tree.loop.now.ns;
}

/* Whose time is over while it starts has failed, however it then ends. */
static void
note_late(uint32_t i)
{
	enum sv_state state = state_word(i).sv.state;

	if (state == S_ADOPT)
		forking_late(i);
	else if (state == S_START)
		talk_sick(i, CAUSE_TIMEOUT_UP, 0);
}

/* After a wait it is started by what its directory says now. */
static void
look_anew(uint32_t i)
{
	if (state_word(i).sv.state == S_BACKOFF && rec(i)->budget.wait_ns > 0)
		service_refresh(i);
}

/* In ADOPT no process ends by which a policy would be asked. */
static enum sv_event
late_event(uint32_t i)
{
	if (state_word(i).sv.state == S_ADOPT)
		return died_late(i);
	return EV_TIMER;
}

static void
due(void *arg)
{
	uint32_t i = (uint32_t)(uintptr_t)arg;
	struct board_record *r = rec(i);
	uint16_t life = live(i)->life;

	/* What it has said in time counts, though we read it only now. */
	if (kept(i, false) != NULL &&
	    (deadline_past(r->deadline_ns) || deadline_past(watchdog_at(i)) ||
		deadline_past(reload_at(i)))) {
		notify_drain(i);
		queue_settle();
		if (live(i)->life != life)
			return;
	}
	if (deadline_past(r->deadline_ns)) {
		bool is_mine = r->deadline_tag == sv_tag(board_word(r));
		board_begin(r);
		r->deadline_ns = 0;
		board_end(r);
		if (is_mine) {
			note_late(i);
			look_anew(i);
			post(i, late_event(i));
		}
	}
	if (deadline_past(r->aux_ns))
		aux_late(i);
	if (deadline_past(r->watch_ns))
		ready_look(i);
	if (deadline_past(watchdog_at(i)))
		watchdog_due(i);
	if (deadline_past(reload_at(i)))
		reload_due(i);
	if (deadline_past(schedule_at(i)))
		schedule_due(i);
	deadline_sync(i);
}

static struct mono
earlier(struct mono t, int64_t at)
{
	return at == 0 ? t : mono_min(t, (struct mono){at});
}

static void
show_next(struct board_record *r, int64_t next)
{
	board_begin(r);
	r->next_ns = next;
	board_end(r);
	state_head()->changes++;
}

void
deadline_sync(uint32_t i)
{
	struct board_record *r = rec(i);
	struct timer *t = &live(i)->timer;
	struct mono at = mono_never();
	int64_t next = schedule_at(i);

	at = earlier(at, r->deadline_ns);
	at = earlier(at, r->aux_ns);
	at = earlier(at, r->watch_ns);
	at = earlier(at, watchdog_at(i));
	at = earlier(at, reload_at(i));
	at = earlier(at, next);
	if (r->next_ns != next)
		show_next(r, next);
	if (t->due == NULL)
		timer_init(t, due, (void *)(uintptr_t)i);
	if (timer_set(&tree.loop, t, at) < 0)
		say_warn("cannot set a timer");
}
