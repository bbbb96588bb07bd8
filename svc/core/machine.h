/*
 * The life of one service as a pure function: (value, event) -> next value and
 * a set of effects. Nothing here acts, waits, allocates or knows a clock; the
 * tree (svc/tree) feeds events in and performs the effects.
 *
 * How the tree drives it, always in this order:
 *
 *	1. step = sv_step(value, event)
 *	2. commit: ONE store of sv_pack(step.sv, generation, pid) in the word
 *	3. perform step.effects in the order of SV_EFFECTS
 *	4. what comes of them (EV_SPAWNED, EV_EMPTY, EV_SENT, ...) goes into the
 *	   queue of events; a step never calls a step
 *
 * A crash may fall between any two of these. After it the new svcd drains the
 * exit queue, and gives EV_RECOVER to every record that had no exit in it (an
 * exit's own step names all that is to be done): the machine names again the
 * effects that the committed value implies, and each of them is idempotent.
 *
 * Spawning takes two commits. Entering a *_SPAWN state commits the intention
 * with pid 0 (and, for run, generation + 1). The effect clones a gated child,
 * drains the exit queue (so no older record can name the new pid), and gives
 * EV_SPAWNED; the tree commits that step's value with the child's pid, and its
 * effect DO_UNGATE lets the child go on. If svcd dies before that the child
 * reads end-of-file, marks the fault word and leaves: EV_GATE, no penalty. A
 * *_SPAWN state found at recovery has no process: its effect is issued again.
 *
 * The word's pid belongs to the state: control/u in PRE, run (or a oneshot's
 * up) in START, UP and STOP, finish (or a oneshot's down) in FIN. sv_role()
 * says which; the tree uses it to turn an exit status into an event:
 *
 *	SV_ROLE_RUN	budget_verdict() gives one of the four EV_DIED_*
 *	SV_ROLE_PRE	EV_HELPED, whatever the status
 *	SV_ROLE_FIN	EV_FIN_FAIL for s6's exit 125, else EV_HELPED
 *	any		EV_GATE when the fault word of this generation says so
 *
 * Deadlines: DO_ARM means "this value waits with a time limit". The tree knows
 * the time (see each state below) and stores it in the record with sv_tag();
 * if the record's deadline already has this tag it stays as it was, so that a
 * recovery never makes a wait longer. No limit configured = nothing armed.
 *
 * Wishes are never lost: each is a bit that outlives any state. The signal
 * effects (SIGNAL, CONT, PAUSE, TERM, KILL, RELOAD, SWEEP) are answered by one
 * EV_SENT when they have been performed (or handed to a control script whose
 * own word is committed); until then a recovery repeats them, after it not.
 *
 * Events about a wait (EV_TIMER, EV_EMPTY, EV_SENT) are for the value that
 * asked for them: the tree queues them with its sv_tag() and drops those whose
 * tag is no longer the word's. Events about a process (EV_READY, EV_SICK, ...)
 * are for a generation: those of an older one are dropped.
 */
#ifndef SVC_CORE_MACHINE_H
#define SVC_CORE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* clang-format off */
/*
 * What a person sees.
 */
#define SV_SHOWN(X) \
	X(DOWN, "down") X(WAITING, "waiting") X(STARTING, "starting") \
	X(UP, "up") X(STOPPING, "stopping") X(FINISHING, "finishing") \
	X(BACKOFF, "backoff") X(FAILED, "failed") X(DONE, "done") \
	X(PAUSED, "paused")

/*
 * The machine's own states: name, number in the word (never reused), what a
 * person sees, meaning. `step` counts inside some of them.
 */
#define SV_STATES(X) \
	X(NONE, 0, DOWN, "no service: the record is free") \
	X(DOWN, 1, DOWN, "nothing runs and nothing is to run") \
	X(WAIT, 2, WAITING, "wanted, but what it needs is not ready") \
	X(PRE_SPAWN, 3, STARTING, "control/u is being cloned (step 1: retry at the deadline)") \
	X(PRE, 4, STARTING, "control/u runs; deadline: timeout-finish (step 1: KILL sent)") \
	X(SPAWN, 5, STARTING, "run is being cloned") \
	X(START, 6, STARTING, "run lives, not ready; deadline: timeout-up") \
	X(ADOPT, 7, STARTING, "a forking service's parent has left, its pidfile is awaited; deadline: timeout-up") \
	X(UP, 8, UP, "ready (step 1: TERM asked for, 2: TERM sent)") \
	X(STOP, 9, STOPPING, "ending run; step is the index in the stop schedule, 15: KILL; deadline: that step's time") \
	X(SWEEP, 10, STOPPING, "run has ended, what it left behind is being ended (step 0: TERM, 1-3: KILL)") \
	X(FIN_SPAWN, 11, FINISHING, "finish is being cloned (step 1: retry at the deadline)") \
	X(FIN, 12, FINISHING, "finish runs; deadline: timeout-finish (step 1: KILL sent)") \
	X(FIN_SWEEP, 13, FINISHING, "as SWEEP, after finish or a oneshot") \
	X(BACKOFF, 14, BACKOFF, "wanted; the next try is at the deadline") \
	X(FAILED, 15, FAILED, "gave up: only a wish starts it again") \
	X(ENDED, 16, DOWN, "ended by itself and policy does not restart it") \
	X(DONE, 17, DONE, "a oneshot that has run")
#define SV_STATE_TEXT 31 /* not a service: see board.h, text slots */

/* What was asked for. */
#define SV_WANTS(X) \
	X(NONE, "not asked for: up only while something needs it") \
	X(UP, "up") \
	X(ONCE, "run once, no restart") \
	X(DOWN, "down, whatever needs it")

/* What comes once the present process is over, unless a wish says otherwise. */
#define SV_NEXTS(X) \
	X(NOW, "start at once") \
	X(LATER, "start after the budget's delay") \
	X(STAY, "it ended well: stay down (a oneshot: done)") \
	X(FAIL, "give up")

/*
 * Events. The first group are wishes of people, the second those of the graph
 * of relations, the third is what happened in the world.
 */
#define SV_EVENTS(X) \
	X(NOTHING, "no event") \
	X(UP, "wanted up; ends a backoff, leaves failed") \
	X(DOWN, "wanted down") \
	X(ONCE, "run once; a done oneshot runs again") \
	X(RESTART, "wanted up by a new process, whatever runs now") \
	X(CYCLE, "a new process if one runs; else nothing") \
	X(TERM, "letter t: TERM, and start again if wanted up") \
	X(KILL, "letter k: KILL run or finish at once") \
	X(PAUSE, "stop the process (SIGSTOP)") \
	X(CONT, "let it go on (SIGCONT)") \
	X(RELOAD, "reload command or signal, once it is ready") \
	X(WAKE, "end a backoff now; no change of wish") \
	X(EXIT, "letter x, or the link was removed: stop, then forget") \
	X(KEEP, "the link is back: do not forget") \
	X(UNASKED, "no wish of its own: up as long as it is needed") \
	X(DEPS_OK, "all it needs is ready") \
	X(DEPS_WAIT, "something it needs is not ready now: do not start; stay up") \
	X(DEPS_LOST, "something it needs is gone: stop, wait, come back") \
	X(NEEDED, "something that needs it is wanted") \
	X(UNNEEDED, "nothing that needs it is wanted") \
	X(SPAWNED, "the gated child exists, the queue is drained: commit its pid") \
	X(SPAWN_FAILED, "clone failed (fork, memory, pids)") \
	X(GATE, "the child left at the gate, nothing was executed") \
	X(READY, "ready; with `ready = started`: it has been executed") \
	X(FORKED, "type forking: the parent exited well, main pid unknown") \
	X(ADOPTED, "a new main process: commit its pid (pidfile, MAINPID)") \
	X(SICK, "watchdog, check or timeout: end it, a failure") \
	X(DIED_NOW, "run ended, verdict: restart at once") \
	X(DIED_LATER, "run ended, verdict: restart after a delay") \
	X(DIED_STAY, "run ended, verdict: it is over and well") \
	X(DIED_FAIL, "run ended, verdict: give up") \
	X(HELPED, "control/u or finish ended") \
	X(FIN_FAIL, "finish ended with 125: permanent failure") \
	X(EMPTY, "nothing is left behind") \
	X(SENT, "the signal effects have been performed") \
	X(TIMER, "the deadline of this value has come") \
	X(RECOVER, "svcd was restarted: name the pending effects again")

/*
 * Effects, in the order in which they are performed. Every one can be done
 * twice without harm.
 */
#define SV_EFFECTS(X) \
	X(FORGIVE, "reset the restart budget") \
	X(DISARM, "the value that was waited for has passed: no deadline") \
	X(UNWATCH, "stop watching readiness, checks and watchdog") \
	X(UNGATE, "let the child whose pid was just committed go on") \
	X(DROP, "close its gate unopened: it leaves, EV_GATE follows") \
	X(SIGNAL, "send the signal of schedule step `step` (or control/x)") \
	X(TERM, "letter t: control/t or TERM to the main process") \
	X(KILL, "KILL to the process of the word (kill = group: its group)") \
	X(PAUSE, "SIGSTOP") \
	X(CONT, "SIGCONT; after SIGNAL, so that a paused one gets it") \
	X(RELOAD, "start the reload command or send reload-signal") \
	X(SWEEP, "TERM and CONT to what is left, unless `sent`; EV_EMPTY at once if nothing") \
	X(SWEEP_KILL, "KILL to what is left (cgroup.kill); EV_EMPTY when gone") \
	X(WATCH, "begin to watch for exec and readiness, checks, watchdog") \
	X(ADOPT, "look for the pidfile: EV_ADOPTED") \
	X(ARM, "set the deadline of this value, if one is configured") \
	X(PRE, "clone control/u: EV_SPAWNED or EV_SPAWN_FAILED") \
	X(RUN, "clone run (generation + 1 was committed)") \
	X(FINISH, "clone finish (a oneshot's down)") \
	X(TELL, "what a person sees has changed: events, relations, files") \
	X(FREE, "forget the service: its record becomes free")
/* clang-format on */

#define SV_ENUM_SHOWN(name, text) SV_SHOWN_##name,
enum sv_shown {
	SV_SHOWN(SV_ENUM_SHOWN)
};
#define SV_ENUM_STATE(name, number, shown, text) S_##name = number,
enum sv_state {
	SV_STATES(SV_ENUM_STATE)
};
#define SV_ENUM_WANT(name, text) WANT_##name,
enum sv_want {
	SV_WANTS(SV_ENUM_WANT)
};
#define SV_ENUM_NEXT(name, text) NEXT_##name,
enum sv_next {
	SV_NEXTS(SV_ENUM_NEXT)
};
#define SV_ENUM_EVENT(name, text) EV_##name,
enum sv_event {
	SV_EVENTS(SV_ENUM_EVENT)
};
#define SV_ENUM_EFFECT(name, text) SV_BIT_##name,
enum sv_effect_bit {
	SV_EFFECTS(SV_ENUM_EFFECT)
};
#define SV_ENUM_DO(name, text) DO_##name = 1 << SV_BIT_##name,
enum sv_effect {
	SV_EFFECTS(SV_ENUM_DO)
};
/* How many there are of each; apart, so that switches need not name them. */
#define SV_ONE(...) +1
enum {
	SV_SHOWN_COUNT = 0 SV_SHOWN(SV_ONE),
	SV_STATE_COUNT = 0 SV_STATES(SV_ONE),
	SV_EVENT_COUNT = 0 SV_EVENTS(SV_ONE),
	SV_EFFECT_COUNT = 0 SV_EFFECTS(SV_ONE)
};

enum sv_pause {
	PAUSE_NO,
	PAUSE_YES,
	PAUSE_ENDING
};
enum sv_role {
	SV_ROLE_NONE,
	SV_ROLE_PRE,
	SV_ROLE_RUN,
	SV_ROLE_FIN
};

/* KILL was asked for: beyond every step of a schedule. */
#define SV_STEP_KILL 15
/* Most steps of a stop schedule. */
#define SV_STEPS_MAX 15

/* All that a decision may depend on: 25 bits. */
struct sv {
	enum sv_state state;
	enum sv_want want;
	enum sv_next next;   /* verdict on the process that is ending */
	enum sv_pause pause; /* in START and UP */
	unsigned step;	     /* 0..15, see the states */
	bool needed;	     /* something that needs it is wanted */
	bool deps;	     /* all that it needs is ready */
	bool again;	     /* start when this is over, whatever `next` says */
	bool leave;	     /* forget it once it is down */
	bool sent;	     /* the signals of this value have been sent */
	bool reload;	     /* a reload is still to be done */
	/* What the settings say; sv_configure() changes these. */
	bool is_oneshot;
	bool has_pre;	 /* control/u is there */
	bool has_finish; /* finish is there; a oneshot: down */
	bool has_sweep;	 /* end what the main process leaves behind */
};

/*
 * The answer. `bug`: this pair cannot happen; the value is as it was, the tree
 * says so and goes on. `moot`: a wish without an object (pause of a service
 * that is down); nothing has changed and the asker is told.
 */
struct sv_step {
	struct sv sv;
	uint32_t effects;
	bool bug;
	bool moot;
};

struct sv_config {
	bool is_oneshot, has_pre, has_finish, has_sweep;
};

struct sv_step sv_step(struct sv sv, enum sv_event event);

/* A service nobody has asked for yet: DOWN, WANT_NONE, nothing ready. */
struct sv sv_new(struct sv_config config);
/*
 * New settings. has_finish and has_sweep are taken at once (s6 and runit read
 * files when they use them), the rest only while no process lives.
 */
struct sv sv_configure(struct sv sv, struct sv_config config);

/*
 * The word: sv (25 bits) | generation (16) | pid (22), top bit zero. Zero is a
 * free record. unpack takes any 64 bits and returns a value in range; valid
 * says whether it was one that pack makes.
 */
struct sv_word {
	struct sv sv;
	uint16_t generation;
	uint32_t pid;
};
uint64_t sv_pack(struct sv sv, uint16_t generation, uint32_t pid);
struct sv_word sv_unpack(uint64_t word);
bool sv_valid(uint64_t word);
/* Names the wait a deadline or a `since` belongs to: state, step, generation.*/
uint32_t sv_tag(uint64_t word);

enum sv_shown sv_shown(struct sv sv);
enum sv_role sv_role(struct sv sv);
bool sv_wanted(struct sv sv);
/* Wanted, and started again when it ends: not by `once`. */
bool sv_wanted_on(struct sv sv);
/* A new run process is intended by this step: commit generation + 1. */
bool sv_is_new_run(struct sv before, struct sv after);
/* Ready for others to build on: UP, or a oneshot that is DONE. */
bool sv_is_ready(struct sv sv);
/* Its run process lives and nobody has told it to end. */
bool sv_runs(struct sv sv);
/* No process of its own lives or is being made. */
bool sv_is_rest(struct sv sv);
/* Not on its way to anything by itself: up, down, failed, ended, done. */
bool sv_is_settled(struct sv sv);
/*
 * The generation whose outcome answers this wish: the client waits until the
 * record has it (or a later one) and is settled, up or down.
 */
uint16_t sv_target(struct sv sv, uint16_t generation, enum sv_event wish);

const char *sv_state_name(enum sv_state state); /* "START" */
const char *sv_state_text(enum sv_state state); /* its meaning */
const char *sv_shown_name(enum sv_shown shown); /* "starting" */
const char *sv_event_name(enum sv_event event); /* "DIED_NOW" */
const char *sv_event_text(enum sv_event event);
const char *sv_effect_name(enum sv_effect_bit b); /* "UNGATE" */
const char *sv_effect_text(enum sv_effect_bit b);
const char *sv_want_name(enum sv_want want);
const char *sv_next_name(enum sv_next next);

/*
 * The second word: the auxiliary process. One at a time; what is asked for
 * while it runs waits in the record (board.h, aux_pending).
 */
/* clang-format off */
#define SV_AUXES(X) \
	X(NONE, 0, "none") \
	X(CONTROL, 1, "control")  /* arg: the letter of control/LETTER */ \
	X(CHECK, 2, "check")      /* arg: 0 readiness, 1 health */ \
	X(RELOAD, 3, "reload")
/* clang-format on */
#define SV_ENUM_AUX(name, number, text) AUX_##name = number,
enum sv_aux_kind {
	SV_AUXES(SV_ENUM_AUX)
};

struct sv_aux {
	enum sv_aux_kind kind;
	unsigned arg;	/* 8 bits */
	unsigned after; /* signal to send if it does not exit 0; 0 = none */
	bool killed;	/* its time was over, KILL sent */
	uint16_t generation;
	uint32_t pid; /* 0: being cloned; found so at recovery: clone again */
};
uint64_t sv_aux_pack(struct sv_aux aux);
struct sv_aux sv_aux_unpack(uint64_t word);
const char *sv_aux_name(enum sv_aux_kind kind);

#endif
