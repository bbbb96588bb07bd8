/*
 * The inside of the life machine: the moves between states and the events in
 * two groups. Only machine.c, moves.c, wishes.c and world.c use it; all others
 * call sv_step().
 */
#ifndef SVC_CORE_MOVES_H
#define SVC_CORE_MOVES_H

#include "svc/core/machine.h"

/* The four kinds of answer. */
struct sv_step move_go(struct sv sv, uint32_t effects);
struct sv_step move_stay(struct sv sv);
struct sv_step move_moot(struct sv sv);
struct sv_step move_bug(struct sv sv);
struct sv_step move_with(struct sv_step step, uint32_t effects);

/* A state without a process; nothing of the last one is left in the value. */
struct sv move_rest(struct sv sv, enum sv_state state);
/* Towards a new run: wait for what it needs, control/u, run. */
struct sv_step move_start(struct sv sv);
/* No process lives: all wishes and the verdict say what comes. */
struct sv_step move_settle(struct sv sv);
/* The way down: stop schedule, sweep, finish, sweep. */
struct sv_step move_stop(struct sv sv);
struct sv_step move_ended(struct sv sv);
struct sv_step move_sweep(struct sv sv, enum sv_state state);
struct sv_step move_sweep_harder(struct sv sv);
struct sv_step move_finish(struct sv sv);
struct sv_step move_after_finish(struct sv sv);
struct sv_step move_off(struct sv sv);
struct sv_step move_kill_helper(struct sv sv);
/* This instance, or the attempt to make one, is to end. */
struct sv_step move_halt(struct sv sv);

struct sv_step wish_up(struct sv sv);
struct sv_step wish_restart(struct sv sv, bool even_if_down);
struct sv_step wish_down(struct sv sv);
struct sv_step wish_keep(struct sv sv);
struct sv_step wish_term(struct sv sv);
struct sv_step wish_kill(struct sv sv);
struct sv_step wish_pause(struct sv sv);
struct sv_step wish_cont(struct sv sv);
struct sv_step wish_reload(struct sv sv);
struct sv_step wish_wake(struct sv sv);
struct sv_step wish_deps_ok(struct sv sv);
struct sv_step wish_deps_wait(struct sv sv);
struct sv_step wish_deps_lost(struct sv sv);
struct sv_step wish_needed(struct sv sv);
struct sv_step wish_unneeded(struct sv sv);

struct sv_step world_spawned(struct sv sv);
struct sv_step world_spawn_failed(struct sv sv);
struct sv_step world_gate(struct sv sv);
struct sv_step world_ready(struct sv sv);
struct sv_step world_forked(struct sv sv);
struct sv_step world_adopted(struct sv sv);
struct sv_step world_sick(struct sv sv);
struct sv_step world_died(struct sv sv, enum sv_next next);
struct sv_step world_helped(struct sv sv, bool is_failure);
struct sv_step world_empty(struct sv sv);
struct sv_step world_sent(struct sv sv);
struct sv_step world_timer(struct sv sv);

#endif
