/*
 * The phases of a system's life, as one pure function: what is, and what
 * happened, give what is next and what is to be done about it. Nothing here
 * knows a pid, a descriptor or a clock, so tests/walk visits every situation.
 *
 *	mount -> boot -> supervise -> stop -> shutdown -> term -> kill
 *	      -> final -> last (-> boot again: soft reboot)
 *
 * Every phase but supervise has a time limit or a child that it waits for, and
 * whatever ends it, or fails to, leads on.
 */
#ifndef INIT_PHASE_H
#define INIT_PHASE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/keeper.h"

/* Who we are: what may be mounted, killed and rebooted. */
/* clang-format off */
#define ROLES(X) \
	X(MACHINE, "machine")     /* PID 1 with a kernel to itself */ \
	X(CONTAINER, "container") /* PID 1 of a container: ends with a code */ \
	X(KEEPER, "keeper")       /* above svcd, under some other init */

/* Each with the milliseconds it may take where nothing else is said; 0: any. */
#define PHASES(X) \
	X(START, 0, "start") \
	X(MOUNT, 10000, "mount") \
	X(BOOT, 1800000, "boot") \
	X(RESCUE, 0, "rescue") \
	X(KEEP, 0, "supervise") \
	X(STOP, 300000, "stop") \
	X(SHUTDOWN, 300000, "shutdown") \
	X(TERM, 5000, "term") \
	X(KILL, 2000, "kill") \
	X(FINAL, 20000, "final")  /* each of its steps; only with a kernel \
	    of our own, for file systems are shared beyond namespaces */ \
	X(LAST, 10000, "last")

/* The steps of FINAL: each a child, whatever came of the one before. */
#define FINALS(X) \
	X(SYNC, "writing what is not on disk yet") \
	X(SWAP, "turning swap off") \
	X(UNMOUNT, "unmounting file systems") \
	X(LOOP, "detaching loop devices") \
	X(MAPPER, "detaching mapped devices") \
	X(AGAIN, "unmounting what is left") \
	X(SYNC_AGAIN, "writing what is not on disk yet")

/* How hard the child of a phase was asked to end. */
#define PUSHES(X) X(NONE, 0) X(TERM, 5000) X(KILL, 2000)

#define PHASE_EVENTS(X) \
	X(BEGIN)  /* init is set up */ \
	X(CHILD)  /* the child of this phase has ended, or never was */ \
	X(LATE)   /* the limit of this phase has passed */ \
	X(DONE)   /* the kept child says that everything has stopped */ \
	X(ALONE)  /* nobody else lives */ \
	X(ASK)    /* an ending is asked for */ \
	X(NOW)    /* the same, at once */

/* What is to be done, in this order. */
#define PHASE_EFFECTS(X) \
	X(LET_GO)     /* end the kept child and do not start it again */ \
	X(PUSH_TERM)  /* ask the phase's child to end */ \
	X(PUSH_KILL)  /* make it */ \
	X(TERM_ALL)   /* TERM to everybody */ \
	X(KILL_ALL)   /* KILL to everybody */ \
	X(MOUNT)      /* start the child that mounts */ \
	X(BOOT)       /* start the stage */ \
	X(RESCUE)     /* start the rescue program on the console */ \
	X(SHUTDOWN)   /* start the stage */ \
	X(KEEP)       /* keep the kept child alive from now on */ \
	X(STOP)       /* tell the kept child to stop everything */ \
	X(FINAL)      /* start the child for step `final` */ \
	X(LAST)       /* reboot, exit or begin anew */
/* clang-format on */

#define ROLE_ENUM(name, text) ROLE_##name,
enum role {
	ROLES(ROLE_ENUM) ROLE_COUNT
};
#define PHASE_ENUM(name, ms, text) PHASE_##name,
enum phase {
	PHASES(PHASE_ENUM) PHASE_COUNT
};
#define FINAL_ENUM(name, text) FINAL_##name,
enum final {
	FINALS(FINAL_ENUM) FINAL_COUNT
};
#define PUSH_ENUM(name, ms) PUSH_##name,
enum push {
	PUSHES(PUSH_ENUM) PUSH_COUNT
};
#define PHASE_EVENT_ENUM(name) EVENT_##name,
enum phase_event {
	PHASE_EVENTS(PHASE_EVENT_ENUM) EVENT_COUNT
};
#define PHASE_EFFECT_BIT(name) EFFECT_BIT_##name,
enum phase_effect_bit {
	PHASE_EFFECTS(PHASE_EFFECT_BIT) EFFECT_COUNT
};
#define PHASE_EFFECT_ENUM(name) EFFECT_##name = 1u << EFFECT_BIT_##name,
enum phase_effect {
	PHASE_EFFECTS(PHASE_EFFECT_ENUM)
};

/* All that a step may depend on. Bytes, so that it is the same everywhere. */
struct plan {
	uint8_t role;	   /* enum role */
	uint8_t phase;	   /* enum phase */
	uint8_t push;	   /* enum push */
	uint8_t ending;	   /* enum keep_ending: how it is to end */
	uint8_t final;	   /* enum final, within PHASE_FINAL */
	uint8_t emergency; /* a shell is wanted before the boot stage */
	uint8_t rescue;	   /* a shell is wanted after it */
	uint8_t booted;	   /* the boot stage was begun */
	uint8_t hurried;   /* a container's tree was told to stop at once */
	uint8_t alone;	   /* no other system shares this kernel */
};

struct phase_step {
	struct plan plan;
	unsigned effects; /* enum phase_effect, or'ed */
	bool bug;	  /* "cannot happen": plan is as it was */
};

struct plan plan_begin(enum role role);
/* `ask` says how to end, with ASK and NOW. */
struct phase_step phase_step(
    struct plan plan, enum phase_event event, enum keep_ending ask);

/* A child of its own is what this phase waits for. */
bool phase_has_child(const struct plan *plan);
/* Milliseconds this phase may take as it is pushed now; 0: for ever. */
int64_t phase_limit_ms(const struct plan *plan, const int64_t *limits);
/* The limits of the table above. */
void phase_default_limits(int64_t limits[PHASE_COUNT]);

const char *role_name(enum role role);
const char *phase_name(enum phase phase);
const char *phase_event_name(enum phase_event event);
const char *final_text(enum final final);
const char *ending_name(enum keep_ending ending);

#endif
