/*
 * The moves of the life machine: how a service comes to rest, sets out, and
 * goes down. Every event ends in one of these, so that each rule stands once.
 */
#include "svc/core/moves.h"

struct sv_step
move_go(struct sv sv, uint32_t effects)
{
	return (struct sv_step){.sv = sv, .effects = effects};
}

struct sv_step
move_stay(struct sv sv)
{
	return move_go(sv, 0);
}

struct sv_step
move_moot(struct sv sv)
{
	return (struct sv_step){.sv = sv, .moot = true};
}

struct sv_step
move_bug(struct sv sv)
{
	return (struct sv_step){.sv = sv, .bug = true};
}

struct sv_step
move_with(struct sv_step step, uint32_t effects)
{
	step.effects |= effects;
	return step;
}

/* --- where a service comes to rest, and where it sets out --- */

/* A state without a process; nothing of the last one remains in the value. */
struct sv
move_rest(struct sv sv, enum sv_state state)
{
	sv.state = state;
	sv.step = 0;
	sv.next = NEXT_NOW;
	sv.pause = PAUSE_NO;
	sv.again = sv.sent = sv.reload = false;
	return sv;
}

struct sv_step
move_start(struct sv sv)
{
	if (!sv.deps)
		return move_stay(move_rest(sv, S_WAIT));
	if (sv.has_pre)
		return move_go(move_rest(sv, S_PRE_SPAWN), DO_PRE);
	return move_go(move_rest(sv, S_SPAWN), DO_RUN);
}

/* A run by `once` is over and nobody asked for another. */
static struct sv_step
once_over(struct sv sv)
{
	enum sv_next next = sv.next;

	if (!sv.is_oneshot) {
		sv.want = WANT_DOWN;
		return move_stay(move_rest(sv, S_DOWN));
	}
	sv.want = WANT_UP;
	return move_stay(move_rest(sv, next == NEXT_STAY ? S_DONE : S_FAILED));
}

/* Nothing runs any more: all wishes together say what comes now. */
struct sv_step
move_settle(struct sv sv)
{
	if (sv.leave)
		return move_go((struct sv){.state = S_NONE}, DO_FREE);
	if (!sv_wanted(sv))
		return move_stay(move_rest(sv, S_DOWN));
	if (sv.again)
		return move_start(sv);
	if (sv.want == WANT_ONCE)
		return once_over(sv);
	switch (sv.next) {
	case NEXT_NOW:
		return move_start(sv);
	case NEXT_LATER:
		return move_go(move_rest(sv, S_BACKOFF), DO_ARM);
	case NEXT_STAY:
		return move_stay(
		    move_rest(sv, sv.is_oneshot ? S_DONE : S_ENDED));
	case NEXT_FAIL:
		return move_stay(move_rest(sv, S_FAILED));
	}
	return move_bug(sv);
}

/* --- the way down: stop, sweep, finish, sweep --- */

struct sv_step
move_stop(struct sv sv)
{
	sv.state = S_STOP;
	sv.step = 0;
	sv.pause = PAUSE_NO;
	sv.sent = sv.reload = false;
	return move_go(sv, DO_SIGNAL | DO_CONT | DO_ARM);
}

struct sv_step
move_sweep(struct sv sv, enum sv_state state)
{
	sv.state = state;
	sv.step = 0;
	sv.pause = PAUSE_NO;
	sv.sent = sv.reload = false;
	return move_go(sv, DO_SWEEP | DO_ARM);
}

/* Steps 1 to 3 send KILL; after the third only EV_EMPTY is awaited. */
struct sv_step
move_sweep_harder(struct sv sv)
{
	if (sv.step >= 3)
		return move_go(sv, DO_SWEEP_KILL);
	sv.step++;
	sv.sent = false;
	return move_go(sv, DO_SWEEP_KILL | (sv.step < 3 ? DO_ARM : 0));
}

struct sv_step
move_after_finish(struct sv sv)
{
	return sv.has_sweep ? move_sweep(sv, S_FIN_SWEEP) : move_settle(sv);
}

/*
 * Nothing of this attempt runs. What an earlier run of a oneshot left behind
 * is its work, and ends only here.
 */
struct sv_step
move_off(struct sv sv)
{
	return sv.is_oneshot ? move_after_finish(sv) : move_settle(sv);
}

struct sv_step
move_finish(struct sv sv)
{
	sv.state = S_FIN_SPAWN;
	sv.step = 0;
	sv.pause = PAUSE_NO;
	sv.sent = sv.reload = false;
	return move_go(sv, DO_FINISH);
}

/* The main process is over and sv.next is its verdict. */
struct sv_step
move_ended(struct sv sv)
{
	bool has_done = sv.is_oneshot && sv.next == NEXT_STAY;

	if (has_done && sv_wanted(sv) && !sv.again)
		return move_settle(sv);
	/* It did its work and is not wanted any more: that is undone. */
	if (has_done && sv.has_finish)
		return move_finish(sv);
	if (sv.is_oneshot)
		return move_after_finish(sv);
	if (sv.has_sweep)
		return move_sweep(sv, S_SWEEP);
	return sv.has_finish ? move_finish(sv) : move_settle(sv);
}

struct sv_step
move_kill_helper(struct sv sv)
{
	sv.step = 1;
	sv.sent = false;
	return move_go(sv, DO_KILL);
}

/* This instance, or the attempt to make one, is to end. */
struct sv_step
move_halt(struct sv sv)
{
	switch (sv.state) {
	case S_NONE:
		return move_bug(sv);
	case S_DOWN:
	case S_ENDED:
		return move_settle(sv);
	case S_WAIT:
	case S_BACKOFF:
	case S_FAILED:
		return move_off(sv);
	case S_PRE_SPAWN:
		/* Step 0: a clone is under way, world_spawned looks again. */
		return sv.step == 0 ? move_stay(sv) : move_off(sv);
	case S_SPAWN:
		return move_stay(sv);
	case S_PRE:
		return move_kill_helper(sv);
	case S_START:
	case S_UP:
		return move_stop(sv);
	case S_ADOPT:
		return move_sweep(sv, S_SWEEP);
	case S_DONE:
		sv.next = NEXT_STAY;
		return sv.has_finish ? move_finish(sv) : move_after_finish(sv);
	case S_STOP:
	case S_SWEEP:
	case S_FIN_SPAWN:
	case S_FIN:
	case S_FIN_SWEEP:
		return move_stay(sv);
	}
	return move_bug(sv);
}
