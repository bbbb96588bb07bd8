/*
 * Events are taken one after the other, so that a step never calls a step: an
 * effect that brings an event about only posts it.
 */
#include "svc/tree/life/life.h"

#include "lib/say.h"
#include "svc/tree/life/begin.h"
#include "svc/tree/life/log_dir.h"
#include "svc/tree/life/relations.h"
#include "svc/tree/shown/shown.h"
#include "svc/tree/state/service.h"
#include "svc/tree/state/state.h"

/* News of a process that is not the one that runs now. */
static bool
is_stale(struct event e)
{
	return (e.what == EV_READY || e.what == EV_SICK) &&
	       e.generation != state_word(e.record).generation;
}

/* The process that the word named has ended (or left us, FORKED). */
static bool
ends_process(enum sv_event ev)
{
	return ev == EV_GATE || ev == EV_FORKED || ev == EV_DIED_NOW ||
	       ev == EV_DIED_LATER || ev == EV_DIED_STAY ||
	       ev == EV_DIED_FAIL || ev == EV_HELPED || ev == EV_FIN_FAIL;
}

static void
say_bug(uint32_t i, struct sv sv, enum sv_event ev)
{
	char name[BOARD_NAME_MAX + 1];

	say_warnx("%s: %s in state %s cannot happen: ignored",
	    state_name(i, name), sv_event_name(ev), sv_state_name(sv.state));
}

/* Another run is of the type that the settings say now, by which it is born. */
static struct sv
as_defined(uint32_t i, struct sv sv)
{
	group_mark(i);
	sv.is_oneshot = service_is_oneshot(i);
	return sv;
}

static void
step_as_told(uint32_t i, enum sv_event ev, uint32_t pid)
{
	struct sv_word w = state_word(i);
	struct sv_step s = sv_step(w.sv, ev);

	if (s.bug) {
		say_bug(i, w.sv, ev);
		return;
	}
	if (s.moot)
		return;
	if (ends_process(ev))
		w.pid = 0;
	if (ev == EV_SPAWNED || ev == EV_ADOPTED)
		w.pid = pid;
	if (sv_is_new_run(w.sv, s.sv)) {
		w.generation++;
		s.sv = as_defined(i, s.sv);
	}
	if (!sv_is_ready(w.sv) && sv_is_ready(s.sv))
		relations_expect_ready(i);
	/* A record that becomes free is committed as such by its effect. */
	if (s.sv.state != S_NONE)
		state_commit(i, s.sv, w.generation, w.pid);
	relations_tell(i);
	do_effects(i, w.sv, s.sv, s.effects);
	/* A wish alone may end its schedule, or begin it again. */
	if (s.sv.state != S_NONE && (rec(i)->flags & BOARD_SCHEDULED))
		deadline_sync(i);
}

/* Others may have changed before it in this turn. */
void
step(uint32_t i, enum sv_event ev, uint32_t pid)
{
	if (relations_withhold(i))
		step_as_told(i, EV_DEPS_WAIT, 0);
	step_as_told(i, ev, pid);
}

/*
 * All events. The exit queue is drained as one goes: a signal is not sent, and
 * its effect comes back as an event, as long as too much stands in it.
 */
void
queue_settle(void)
{
	do
		exits_drain();
	while (queue_run(QUEUE_SOME));
}

/* One that was told to exit has its files again. */
static void
come_back(uint32_t i)
{
	if ((rec(i)->flags & BOARD_EXITED) == 0)
		return;
	state_flags(i, 0, BOARD_EXITED);
	supervise_open(i);
	service_find_log(i);
}

bool
wish_may(uint32_t i)
{
	uint16_t life = live(i)->life;

	queue_settle();
	return live(i)->life == life;
}

void
wish(uint32_t i, enum sv_event ev)
{
	/* What is to start does so by what its directory says now. */
	if ((ev == EV_UP || ev == EV_ONCE || ev == EV_RESTART) &&
	    sv_is_rest(state_word(i).sv))
		service_refresh(i);
	if (ev == EV_DOWN || ev == EV_EXIT) {
		group_leave(i);
		relations_end(i, ev);
		relations_settle();
		return;
	}
	if (ev == EV_UP || ev == EV_ONCE || ev == EV_RESTART) {
		come_back(i);
		relations_keep(i);
		if (rec(i)->flags & BOARD_RESCUED)
			state_flags(i, 0, BOARD_RESCUED);
	}
	step(i, ev, 0);
}

void
wish_force(uint32_t i)
{
	uint16_t life = live(i)->life;

	/* KILL first: the other way round it would get TERM as well. */
	relations_force(i);
	step(i, EV_KILL, 0);
	if (live(i)->life == life)
		step(i, EV_DOWN, 0);
	relations_settle();
}

bool
queue_run(unsigned most)
{
	struct event e;

	for (; most > 0 && event_take(&e); most--)
		if (live(e.record)->life == e.life && !is_stale(e))
			step(e.record, (enum sv_event)e.what, 0);
	return events_wait();
}
