/*
 * The life machine's events that are facts: what became of processes, gates,
 * signals and deadlines.
 */
#include "svc/core/moves.h"

/* A gated child exists. It goes on only if it is still to be. */
struct sv_step
world_spawned(struct sv sv)
{
	bool is_on = sv_wanted(sv) && sv.deps;

	if (sv.step != 0)
		return move_bug(sv);
	if (sv.state == S_FIN_SPAWN) {
		sv.state = S_FIN;
		return move_go(sv, DO_UNGATE | DO_ARM);
	}
	if (sv.state == S_PRE_SPAWN && is_on) {
		sv.state = S_PRE;
		return move_go(sv, DO_UNGATE | DO_ARM);
	}
	if (sv.state == S_SPAWN && is_on) {
		sv.state = S_START;
		return move_go(sv, DO_UNGATE | DO_WATCH | DO_ARM);
	}
	if (sv.state != S_PRE_SPAWN && sv.state != S_SPAWN)
		return move_bug(sv);
	/* Nothing is sent: an unopened gate makes it leave by itself. */
	sv.step = sv.state == S_SPAWN ? SV_STEP_KILL : 1;
	sv.state = sv.state == S_SPAWN ? S_STOP : S_PRE;
	sv.sent = true;
	sv.again = sv_wanted(sv);
	return move_go(sv, DO_DROP);
}

struct sv_step
world_spawn_failed(struct sv sv)
{
	if (sv.state == S_SPAWN && sv_wanted(sv))
		return move_go(move_rest(sv, S_BACKOFF), DO_ARM);
	if (sv.state == S_SPAWN)
		return move_off(sv);
	if (sv.step != 0 ||
	    (sv.state != S_PRE_SPAWN && sv.state != S_FIN_SPAWN))
		return move_bug(sv);
	if (sv.state == S_PRE_SPAWN && !sv_wanted(sv))
		return move_off(sv);
	sv.step = 1;
	return move_go(sv, DO_ARM);
}

struct sv_step
world_gate(struct sv sv)
{
	switch (sv.state) {
	case S_PRE:
	case S_START:
	case S_UP:
	case S_STOP:
		sv.next = NEXT_NOW;
		return sv_wanted(sv) ? move_start(sv) : move_off(sv);
	case S_FIN:
		return move_finish(sv);
	case S_NONE:
	case S_DOWN:
	case S_WAIT:
	case S_PRE_SPAWN:
	case S_SPAWN:
	case S_ADOPT:
	case S_SWEEP:
	case S_FIN_SPAWN:
	case S_FIN_SWEEP:
	case S_BACKOFF:
	case S_FAILED:
	case S_ENDED:
	case S_DONE:
		return move_bug(sv);
	}
	return move_bug(sv);
}

struct sv_step
world_ready(struct sv sv)
{
	if (sv.state == S_NONE)
		return move_bug(sv);
	/* A oneshot is ready when it is done, not when it was executed. */
	if (sv.state != S_START || sv.is_oneshot)
		return move_stay(sv);
	sv.state = S_UP;
	return move_go(sv, DO_WATCH | (sv.reload ? DO_RELOAD : 0));
}

struct sv_step
world_forked(struct sv sv)
{
	if (!sv_runs(sv) || sv.is_oneshot)
		return move_bug(sv);
	sv.state = S_ADOPT;
	sv.step = 0;
	sv.pause = PAUSE_NO;
	sv.sent = sv.reload = false;
	return move_go(sv, DO_ADOPT | DO_ARM);
}

struct sv_step
world_adopted(struct sv sv)
{
	switch (sv.state) {
	case S_ADOPT:
		sv.state = S_START;
		return move_go(sv, DO_WATCH | DO_ARM);
	case S_START:
	case S_UP:
		return move_go(sv, DO_TELL);
	case S_STOP:
		/* The signals so far went to another process. */
		sv.sent = false;
		return move_go(sv,
		    DO_TELL | (sv.step == SV_STEP_KILL ? DO_KILL
						       : DO_SIGNAL | DO_CONT));
	case S_NONE:
	case S_DOWN:
	case S_WAIT:
	case S_PRE_SPAWN:
	case S_PRE:
	case S_SPAWN:
	case S_SWEEP:
	case S_FIN_SPAWN:
	case S_FIN:
	case S_FIN_SWEEP:
	case S_BACKOFF:
	case S_FAILED:
	case S_ENDED:
	case S_DONE:
		return move_bug(sv);
	}
	return move_bug(sv);
}

/* It does not do its work: ended as a stop does, judged by its death. */
struct sv_step
world_sick(struct sv sv)
{
	if (sv.state == S_NONE)
		return move_bug(sv);
	if (sv_runs(sv))
		return move_stop(sv);
	if (sv.state != S_ADOPT)
		return move_stay(sv);
	sv.next = NEXT_LATER;
	return move_sweep(sv, S_SWEEP);
}

struct sv_step
world_died(struct sv sv, enum sv_next next)
{
	if (!sv_runs(sv) && sv.state != S_STOP && sv.state != S_ADOPT)
		return move_bug(sv);
	sv.next = next;
	return move_ended(sv);
}

struct sv_step
world_helped(struct sv sv, bool is_failure)
{
	if (sv.state == S_PRE) {
		sv.step = 0;
		sv.sent = false;
		if (!sv_wanted(sv) || !sv.deps) {
			sv.again = sv_wanted(sv);
			return move_off(sv);
		}
		return move_go(move_rest(sv, S_SPAWN), DO_RUN);
	}
	if (sv.state != S_FIN)
		return move_bug(sv);
	if (is_failure)
		sv.next = NEXT_FAIL;
	return move_after_finish(sv);
}

struct sv_step
world_empty(struct sv sv)
{
	if (sv.state == S_FIN_SWEEP)
		return move_settle(sv);
	if (sv.state != S_SWEEP)
		return move_bug(sv);
	return sv.has_finish ? move_finish(sv) : move_settle(sv);
}

struct sv_step
world_sent(struct sv sv)
{
	if (sv.state == S_NONE)
		return move_bug(sv);
	if (sv_runs(sv)) {
		sv.step = sv.step == 1 ? 2 : sv.step;
		if (sv.pause == PAUSE_ENDING)
			sv.pause = PAUSE_NO;
	}
	if (sv.state == S_UP || sv.state == S_DONE)
		sv.reload = false;
	sv.sent = sv.state == S_STOP || sv.state == S_SWEEP ||
		  sv.state == S_FIN_SWEEP ||
		  (sv.step == 1 && (sv.state == S_PRE || sv.state == S_FIN));
	return move_stay(sv);
}

static struct sv_step
stop_harder(struct sv sv)
{
	if (sv.step == SV_STEP_KILL)
		return move_bug(sv);
	sv.step++;
	sv.sent = false;
	if (sv.step == SV_STEP_KILL)
		return move_go(sv, DO_KILL);
	return move_go(sv, DO_SIGNAL | DO_CONT | DO_ARM);
}

struct sv_step
world_timer(struct sv sv)
{
	switch (sv.state) {
	case S_PRE_SPAWN:
	case S_FIN_SPAWN:
		if (sv.step == 0)
			return move_bug(sv);
		sv.step = 0;
		return move_go(
		    sv, sv.state == S_PRE_SPAWN ? DO_PRE : DO_FINISH);
	case S_PRE:
	case S_FIN:
		return sv.step == 0 ? move_kill_helper(sv) : move_bug(sv);
	case S_START:
	case S_ADOPT:
		return world_sick(sv);
	case S_STOP:
		return stop_harder(sv);
	case S_SWEEP:
	case S_FIN_SWEEP:
		return sv.step < 3 ? move_sweep_harder(sv) : move_bug(sv);
	case S_BACKOFF:
		return move_start(sv);
	case S_NONE:
	case S_DOWN:
	case S_WAIT:
	case S_SPAWN:
	case S_UP:
	case S_FAILED:
	case S_ENDED:
	case S_DONE:
		return move_bug(sv);
	}
	return move_bug(sv);
}
