/*
 * The life machine's events that are wishes: of people, and of the graph of
 * relations. Each sets its bit first (see machine.c) and then asks what the
 * present state does about it.
 */
#include "svc/core/moves.h"

/* Wanted up (or once): set out, or come back when the way down is over. */
struct sv_step
wish_up(struct sv sv)
{
	switch (sv.state) {
	case S_NONE:
		return move_bug(sv);
	case S_DOWN:
	case S_BACKOFF:
	case S_FAILED:
	case S_ENDED:
		return move_with(move_start(sv), DO_FORGIVE);
	case S_DONE:
		if (sv.want == WANT_ONCE)
			return move_with(move_start(sv), DO_FORGIVE);
		return move_stay(sv);
	case S_START:
	case S_UP:
		/* TERM is on its way to it: this wish is for the next one. */
		sv.again = sv.again || sv.step > 0;
		return move_stay(sv);
	case S_WAIT:
	case S_PRE_SPAWN:
	case S_PRE:
	case S_SPAWN:
	case S_ADOPT:
		return move_stay(sv);
	case S_STOP:
	case S_SWEEP:
	case S_FIN_SPAWN:
	case S_FIN:
	case S_FIN_SWEEP:
		sv.again = true;
		return move_go(sv, DO_FORGIVE);
	}
	return move_bug(sv);
}

struct sv_step
wish_restart(struct sv sv, bool even_if_down)
{
	switch (sv.state) {
	case S_NONE:
		return move_bug(sv);
	case S_DOWN:
	case S_WAIT:
	case S_BACKOFF:
	case S_FAILED:
	case S_ENDED:
		return even_if_down ? wish_up(sv) : move_moot(sv);
	case S_PRE_SPAWN:
	case S_PRE:
	case S_SPAWN:
		/* Nothing ran yet: the process to come is the new one. */
		return move_stay(sv);
	case S_START:
	case S_UP:
	case S_ADOPT:
	case S_DONE:
		sv.again = sv_wanted(sv);
		return move_with(move_halt(sv), DO_FORGIVE);
	case S_STOP:
	case S_SWEEP:
	case S_FIN_SPAWN:
	case S_FIN:
	case S_FIN_SWEEP:
		sv.again = sv_wanted(sv);
		return sv.again ? move_go(sv, DO_FORGIVE) : move_moot(sv);
	}
	return move_bug(sv);
}

/* A wish for an end: what was asked to come back before it does not. */
struct sv_step
wish_down(struct sv sv)
{
	sv.again = false;
	return move_halt(sv);
}

struct sv_step
wish_keep(struct sv sv)
{
	if (sv.state == S_NONE)
		return move_bug(sv);
	if (!sv.leave)
		return move_stay(sv);
	sv.leave = false;
	if (!sv_wanted(sv))
		return move_stay(sv);
	return wish_up(sv);
}

struct sv_step
wish_term(struct sv sv)
{
	switch (sv.state) {
	case S_NONE:
		return move_bug(sv);
	case S_START:
	case S_UP:
		/* As with runit, `t` after `o` is the end of that run. */
		sv.again = sv_wanted_on(sv);
		sv.step = 1;
		return move_go(sv, DO_TERM);
	case S_STOP:
		return move_go(sv, DO_TERM);
	case S_DOWN:
	case S_WAIT:
	case S_PRE_SPAWN:
	case S_PRE:
	case S_SPAWN:
	case S_ADOPT:
	case S_SWEEP:
	case S_FIN_SPAWN:
	case S_FIN:
	case S_FIN_SWEEP:
	case S_BACKOFF:
	case S_FAILED:
	case S_ENDED:
	case S_DONE:
		return move_moot(sv);
	}
	return move_bug(sv);
}

struct sv_step
wish_kill(struct sv sv)
{
	switch (sv.state) {
	case S_NONE:
		return move_bug(sv);
	case S_START:
	case S_UP:
		sv.again = sv_wanted(sv);
		sv = move_stop(sv).sv;
		sv.step = SV_STEP_KILL;
		return move_go(sv, DO_KILL);
	case S_STOP:
		sv.step = SV_STEP_KILL;
		sv.sent = false;
		return move_go(sv, DO_KILL);
	case S_PRE:
	case S_FIN:
		return move_kill_helper(sv);
	case S_ADOPT:
		sv.again = sv_wanted(sv);
		return move_sweep_harder(move_sweep(sv, S_SWEEP).sv);
	case S_SWEEP:
	case S_FIN_SWEEP:
		return move_sweep_harder(sv);
	case S_FIN_SPAWN:
		/* It waits to be cloned at last: done without. */
		return sv.step == 1 ? move_after_finish(sv) : move_moot(sv);
	case S_DOWN:
	case S_WAIT:
	case S_PRE_SPAWN:
	case S_SPAWN:
	case S_BACKOFF:
	case S_FAILED:
	case S_ENDED:
	case S_DONE:
		return move_moot(sv);
	}
	return move_bug(sv);
}

struct sv_step
wish_pause(struct sv sv)
{
	if (!sv_runs(sv))
		return sv.state == S_NONE ? move_bug(sv) : move_moot(sv);
	sv.pause = PAUSE_YES;
	return move_go(sv, DO_PAUSE);
}

struct sv_step
wish_cont(struct sv sv)
{
	if (sv.state == S_STOP)
		return move_go(sv, DO_CONT);
	if (!sv_runs(sv))
		return sv.state == S_NONE ? move_bug(sv) : move_moot(sv);
	sv.pause = PAUSE_ENDING;
	return move_go(sv, DO_CONT);
}

struct sv_step
wish_reload(struct sv sv)
{
	switch (sv.state) {
	case S_NONE:
		return move_bug(sv);
	case S_UP:
	case S_DONE:
		sv.reload = true;
		return move_go(sv, DO_RELOAD);
	case S_START:
		/* Done once it is ready: until then it may not listen. */
		sv.reload = true;
		return move_stay(sv);
	case S_PRE_SPAWN:
	case S_PRE:
	case S_SPAWN:
	case S_ADOPT:
		/* It has not read anything yet, or is about to. */
		return move_stay(sv);
	case S_DOWN:
	case S_WAIT:
	case S_STOP:
	case S_SWEEP:
	case S_FIN_SPAWN:
	case S_FIN:
	case S_FIN_SWEEP:
	case S_BACKOFF:
	case S_FAILED:
	case S_ENDED:
		return move_moot(sv);
	}
	return move_bug(sv);
}

struct sv_step
wish_wake(struct sv sv)
{
	bool waits = sv.state == S_BACKOFF ||
		     (sv.step == 1 &&
			 (sv.state == S_PRE_SPAWN || sv.state == S_FIN_SPAWN));

	if (sv.state == S_NONE)
		return move_bug(sv);
	return waits ? world_timer(sv) : move_moot(sv);
}

/* --- wishes of the graph --- */

struct sv_step
wish_deps_ok(struct sv sv)
{
	if (sv.state == S_NONE)
		return move_bug(sv);
	sv.deps = true;
	return sv.state == S_WAIT ? move_start(sv) : move_stay(sv);
}

struct sv_step
wish_deps_wait(struct sv sv)
{
	if (sv.state == S_NONE)
		return move_bug(sv);
	sv.deps = false;
	return move_stay(sv);
}

struct sv_step
wish_deps_lost(struct sv sv)
{
	sv.deps = false;
	switch (sv.state) {
	case S_NONE:
		return move_bug(sv);
	case S_PRE_SPAWN:
	case S_PRE:
	case S_SPAWN:
	case S_START:
	case S_ADOPT:
	case S_UP:
	case S_DONE:
		/* Whatever the verdict on this end: it comes back. */
		sv.again = sv_wanted(sv);
		return move_halt(sv);
	case S_DOWN:
	case S_WAIT:
	case S_STOP:
	case S_SWEEP:
	case S_FIN_SPAWN:
	case S_FIN:
	case S_FIN_SWEEP:
	case S_BACKOFF:
	case S_FAILED:
	case S_ENDED:
		return move_stay(sv);
	}
	return move_bug(sv);
}

struct sv_step
wish_needed(struct sv sv)
{
	bool was = sv.needed;

	if (sv.state == S_NONE)
		return move_bug(sv);
	sv.needed = true;
	/* A restart of svcd tells it again: only news counts. */
	if (was || !sv_wanted(sv) || sv.state == S_BACKOFF)
		return move_stay(sv);
	if (sv.want == WANT_NONE || sv.state == S_FAILED || sv.state == S_ENDED)
		return wish_up(sv);
	return move_stay(sv);
}

struct sv_step
wish_unneeded(struct sv sv)
{
	bool was = sv.needed;

	if (sv.state == S_NONE)
		return move_bug(sv);
	sv.needed = false;
	if (!was || sv_wanted(sv) || sv.want != WANT_NONE)
		return move_stay(sv);
	return wish_down(sv);
}
