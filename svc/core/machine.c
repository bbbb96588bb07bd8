/*
 * The life of one service: what each event means in each state. This file
 * decides and nothing else; what a decision costs in system calls, and what
 * happens when one fails, is svc/tree's business and comes back as an event.
 *
 * The wishes are bits (want, needed, deps, again, leave) that every state
 * carries along; an event sets its bit first and then asks what the present
 * state does about it. So a wish cannot be lost: the places where a process is
 * over (move_settle) and where one is born (world_spawned) look at all of them.
 */
#include "svc/core/machine.h"

#include "svc/core/moves.h"

bool
sv_wanted(struct sv sv)
{
	if (sv.leave)
		return false;
	switch (sv.want) {
	case WANT_NONE:
		return sv.needed;
	case WANT_UP:
	case WANT_ONCE:
		return true;
	case WANT_DOWN:
		return false;
	}
	return false;
}

/* What the committed value implies and may not have been done. */
static uint32_t
pending(struct sv sv)
{
	uint32_t signals = 0;

	if (sv_runs(sv))
		signals = (sv.pause == PAUSE_YES ? DO_PAUSE : 0) |
			  (sv.pause == PAUSE_ENDING ? DO_CONT : 0) |
			  (sv.step == 1 ? DO_TERM : 0);
	switch (sv.state) {
	case S_NONE:
	case S_DOWN:
	case S_WAIT:
	case S_FAILED:
	case S_ENDED:
		return 0;
	case S_DONE:
		return sv.reload ? DO_RELOAD : 0;
	case S_PRE_SPAWN:
		return sv.step == 0 ? DO_PRE : DO_ARM;
	case S_SPAWN:
		return DO_RUN;
	case S_FIN_SPAWN:
		return sv.step == 0 ? DO_FINISH : DO_ARM;
	case S_PRE:
	case S_FIN:
		if (sv.step == 0)
			return DO_ARM;
		return sv.sent ? 0 : DO_KILL;
	case S_START:
		return signals | DO_WATCH | DO_ARM;
	case S_UP:
		return signals | DO_WATCH | (sv.reload ? DO_RELOAD : 0);
	case S_ADOPT:
		return DO_ADOPT | DO_ARM;
	case S_STOP:
		if (sv.step == SV_STEP_KILL)
			return sv.sent ? 0 : DO_KILL;
		return DO_ARM | (sv.sent ? 0 : DO_SIGNAL | DO_CONT);
	case S_SWEEP:
	case S_FIN_SWEEP:
		if (sv.step == 0)
			return DO_SWEEP | DO_ARM;
		return DO_SWEEP_KILL | (sv.step < 3 ? DO_ARM : 0);
	case S_BACKOFF:
		return DO_ARM;
	}
	return 0;
}

bool
sv_wanted_on(struct sv sv)
{
	return sv_wanted(sv) && sv.want != WANT_ONCE;
}

static struct sv_step
decide(struct sv sv, enum sv_event event)
{
	switch (event) {
	case EV_NOTHING:
		return move_stay(sv);
	case EV_UP:
		sv.want = WANT_UP;
		sv.leave = false;
		return wish_up(sv);
	case EV_ONCE:
		sv.want = WANT_ONCE;
		sv.leave = false;
		return wish_up(sv);
	case EV_DOWN:
		sv.want = WANT_DOWN;
		return wish_down(sv);
	case EV_RESTART:
		sv.want = WANT_UP;
		sv.leave = false;
		return wish_restart(sv, true);
	case EV_CYCLE:
		return wish_restart(sv, false);
	case EV_TERM:
		return wish_term(sv);
	case EV_KILL:
		return wish_kill(sv);
	case EV_PAUSE:
		return wish_pause(sv);
	case EV_CONT:
		return wish_cont(sv);
	case EV_RELOAD:
		return wish_reload(sv);
	case EV_WAKE:
		return wish_wake(sv);
	case EV_EXIT:
		sv.leave = true;
		return wish_down(sv);
	case EV_KEEP:
		return wish_keep(sv);
	case EV_UNASKED:
		sv.want = WANT_NONE;
		return sv_wanted(sv) ? wish_up(sv) : wish_down(sv);
	case EV_DEPS_OK:
		return wish_deps_ok(sv);
	case EV_DEPS_WAIT:
		return wish_deps_wait(sv);
	case EV_DEPS_LOST:
		return wish_deps_lost(sv);
	case EV_NEEDED:
		return wish_needed(sv);
	case EV_UNNEEDED:
		return wish_unneeded(sv);
	case EV_SPAWNED:
		return world_spawned(sv);
	case EV_SPAWN_FAILED:
		return world_spawn_failed(sv);
	case EV_GATE:
		return world_gate(sv);
	case EV_READY:
		return world_ready(sv);
	case EV_FORKED:
		return world_forked(sv);
	case EV_ADOPTED:
		return world_adopted(sv);
	case EV_SICK:
		return world_sick(sv);
	case EV_DIED_NOW:
		return world_died(sv, NEXT_NOW);
	case EV_DIED_LATER:
		return world_died(sv, NEXT_LATER);
	case EV_DIED_STAY:
		return world_died(sv, NEXT_STAY);
	case EV_DIED_FAIL:
		return world_died(sv, NEXT_FAIL);
	case EV_HELPED:
		return world_helped(sv, false);
	case EV_FIN_FAIL:
		return world_helped(sv, true);
	case EV_EMPTY:
		return world_empty(sv);
	case EV_SENT:
		return world_sent(sv);
	case EV_TIMER:
		return world_timer(sv);
	case EV_RECOVER:
		return move_go(sv, pending(sv));
	}
	return move_bug(sv);
}

bool
sv_runs(struct sv sv)
{
	return sv.state == S_START || sv.state == S_UP;
}

struct sv_step
sv_step(struct sv sv, enum sv_event event)
{
	struct sv_step step = decide(sv, event);
	bool has_moved =
	    sv_tag(sv_pack(step.sv, 0, 0)) != sv_tag(sv_pack(sv, 0, 0));

	if (step.bug || step.moot) {
		/* Neither leaves a trace: what was set in passing is undone. */
		step.sv = sv;
		step.effects = 0;
		return step;
	}
	if (has_moved)
		step.effects |= DO_DISARM;
	if (sv_runs(sv) && !sv_runs(step.sv))
		step.effects |= DO_UNWATCH;
	/* The wish is part of what supervise/status shows. */
	if (sv_shown(sv) != sv_shown(step.sv) ||
	    sv_wanted_on(sv) != sv_wanted_on(step.sv))
		step.effects |= DO_TELL;
	return step;
}

struct sv
sv_new(struct sv_config config)
{
	return sv_configure((struct sv){.state = S_DOWN}, config);
}

struct sv
sv_configure(struct sv sv, struct sv_config config)
{
	sv.has_finish = config.has_finish;
	sv.has_sweep = config.has_sweep;
	if (!sv_is_rest(sv) || sv.state == S_DONE)
		return sv;
	sv.has_pre = config.has_pre;
	sv.is_oneshot = config.is_oneshot;
	return sv;
}

bool
sv_is_rest(struct sv sv)
{
	return sv.state == S_NONE || sv.state == S_DOWN || sv.state == S_WAIT ||
	       sv.state == S_BACKOFF || sv.state == S_FAILED ||
	       sv.state == S_ENDED || sv.state == S_DONE;
}

bool
sv_is_settled(struct sv sv)
{
	return (sv_is_rest(sv) && sv.state != S_WAIT &&
		   sv.state != S_BACKOFF) ||
	       (sv.state == S_UP && sv.step == 0);
}

bool
sv_is_ready(struct sv sv)
{
	return sv.state == S_UP || sv.state == S_DONE;
}

bool
sv_is_new_run(struct sv before, struct sv after)
{
	return after.state == S_SPAWN && before.state != S_SPAWN;
}

enum sv_role
sv_role(struct sv sv)
{
	if (sv.state == S_PRE)
		return SV_ROLE_PRE;
	if (sv.state == S_FIN)
		return SV_ROLE_FIN;
	if (sv_runs(sv) || sv.state == S_STOP || sv.state == S_ADOPT)
		return SV_ROLE_RUN;
	return SV_ROLE_NONE;
}

uint16_t
sv_target(struct sv sv, uint16_t generation, enum sv_event wish)
{
	bool is_new = wish == EV_RESTART || wish == EV_CYCLE || wish == EV_TERM;
	bool is_up = is_new || wish == EV_UP || wish == EV_ONCE;
	uint16_t next = (uint16_t)(generation + 1);

	if (!is_up || sv.state == S_SPAWN)
		return generation;
	if (is_new)
		return next;
	if (sv.state == S_DONE)
		return wish == EV_ONCE ? next : generation;
	if (sv_runs(sv))
		return sv.step > 0 ? next : generation;
	return sv.state == S_ADOPT ? generation : next;
}
