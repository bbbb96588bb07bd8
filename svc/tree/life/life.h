/*
 * The life of a service: events, one step after the other, and what follows
 * from each.
 */
#ifndef SVC_TREE_LIFE_H
#define SVC_TREE_LIFE_H

#include "svc/tree/birth/births.h"
#include "svc/tree/state/tree.h"

/* --- queue.c: events, one step after the other --- */
/*
 * What has happened is taken in before anything is made of a wish: its answer
 * names a generation, and the next may have begun. False: the record is gone
 * by it. Not from within a step.
 */
bool wish_may(uint32_t i);
/* A wish of a person, after wish_may(); committed when this returns. */
void wish(uint32_t i, enum sv_event ev);
/* Down, whoever needs it, with KILL. */
void wish_force(uint32_t i);
/* One step now: only from the queue, a drain or a batch of births. */
void step(uint32_t i, enum sv_event ev, uint32_t pid);
/* Takes events until none is left or `most` were taken. True: more to do. */
bool queue_run(unsigned most);
#define QUEUE_SOME 256 /* between two looks at the exit queue */
void queue_settle(void);

/* --- do.c: effects --- */
void do_effects(uint32_t i, struct sv before, struct sv now, uint32_t effects);
/* Its logger reads to the end, for nobody; false: it has none. */
bool service_leave_logger(uint32_t i);

/* --- born.c --- */
void born(uint32_t i, enum birth_kind kind, uint32_t pid);
void born_not(uint32_t i, enum birth_kind kind, int error);

/* --- died.c, deadlines.c --- */
/* Somebody of the keeper's, or of ours: whose that was is found out here. */
void died_told(const struct keep_exit *e);
/* One more death: what its restart policy says, which is written down. */
struct budget_verdict died_charge(uint32_t i, struct budget_death death);
/* Nobody of it came in time: what its restart policy makes of that. */
enum sv_event died_late(uint32_t i);
void deadline_arm(uint32_t i);
void deadline_disarm(uint32_t i);
/* Sets the timer from what the record says (after a change, at start). */
void deadline_sync(uint32_t i);
/* Whether this moment is past; 0: never. */
bool deadline_past(int64_t at_ns);

/* --- aux.c: control scripts beside the main process --- */
/* Runs control/LETTER if there is one; false: there is none. */
bool aux_control(uint32_t i, char letter, int after);
/* Runs the check, now or as the next; false: the last is past its time. */
bool aux_check(uint32_t i, bool is_health);
/* Nobody wants to know any more. */
void aux_end_check(uint32_t i);
/* Runs the reload command if there is one. */
bool aux_reload(uint32_t i);
void aux_spawned(uint32_t i, uint32_t pid);
void aux_spawn_failed(uint32_t i);
void aux_late(uint32_t i);
void aux_recover(uint32_t i);
void died_aux(uint32_t i, const struct keep_exit *e);

/* --- forking.c: who goes into the background --- */
void forking_start(void);
bool forking_awaits(uint32_t i);
bool forking_leaves(uint32_t i, struct sv sv, const struct keep_exit *e);
void forking_look(uint32_t i);
bool forking_answer(void);
/* No process of its own was named in time. */
void forking_late(uint32_t i);
bool forking_waits(void);

/* --- schedule.c: who runs every so often --- */
/* When it is to run next; 0: not now. */
int64_t schedule_at(uint32_t i);
void schedule_due(uint32_t i);
/* What was posted has been taken: its value has changed. */
void schedule_moved(uint32_t i);
/* Its settings are others than before. */
void schedule_defined(uint32_t i);

/* --- failed.c: what follows when a service is over --- */
/* After whatever may have ended it, and in a new life. */
void failed_look(uint32_t i);

/* --- ending.c: the order in which all end --- */
void ending_start(void);
/* All are told, but readers of those who still live. */
void ending_begin(void);
/* Those it reads from are over. */
bool ending_may(uint32_t i);
/* It came down with everything, and that was taken back. */
bool ending_is_past(uint32_t i);
/* Then: what makes it wanted as it was. */
enum sv_event ending_undo(uint32_t i);
/* No line waits for a reader that is to come back. */
bool ending_is_over(void);
/* It may be that this one lives no more: who reads from it is next. */
void ending_rested(uint32_t i);
/* Down, with KILL. */
void ending_now(uint32_t i);

/* --- sweep.c: what a service leaves behind --- */
void sweep(uint32_t i, int sig);
/* Somebody died whom no record names. */
void sweep_look(pid_t died);
/* Its main process has ended: whether others of it live on is shown. */
void sweep_left(uint32_t i);

#endif
