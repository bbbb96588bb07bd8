/*
 * A toy world for one service: at most one process of its own, what it leaves
 * behind, a gate, a deadline, and the events that are on their way. Small
 * enough to be enumerated with the machine's value, and true to the rules of
 * svc/core/machine.h: commit, then effects in order, results through a queue,
 * and a svcd that may die between any two of these.
 */
#ifndef TESTS_WALK_TOY_H
#define TESTS_WALK_TOY_H

#include <stdbool.h>
#include <stdint.h>

#include "svc/core/machine.h"

enum toy_proc {
	PROC_NONE,
	PROC_CLONED, /* gated, its pid is not committed */
	PROC_GATED,  /* gated, known */
	PROC_LIVE,
	PROC_DEAD,     /* its exit is in the queue */
	PROC_LEFT_GATE /* the same, and it never was executed */
};

/* Events on their way. RECOVER comes before all but the exits. */
enum toy_pending {
	PEND_SPAWNED = 1,
	PEND_SPAWN_FAILED = 2,
	PEND_EMPTY = 4,
	PEND_SENT = 8,
	PEND_RECOVER = 16
};

struct toy {
	struct sv sv;
	enum toy_proc proc;
	enum sv_role role; /* of the process */
	bool left;	   /* something it left behind lives */
	bool stopped;	   /* by SIGSTOP */
	bool armed;	   /* the record has a deadline of this value */
	bool watched;	   /* readiness and health are watched */
	unsigned pending;
	/* Not part of the situation: what a run-out looks at. */
	bool fresh;	   /* a run was released since it was cleared */
	const char *fault; /* the first rule that was broken */
};

typedef struct sv_step toy_machine(struct sv sv, enum sv_event event);

static inline void
toy_blame(struct toy *t, const char *what)
{
	if (t->fault == NULL)
		t->fault = what;
}

static inline uint64_t
toy_key(const struct toy *t)
{
	return sv_pack(t->sv, 0, 0) >> 38 | (uint64_t)t->proc << 25 |
	       (uint64_t)t->role << 28 | (uint64_t)t->left << 30 |
	       (uint64_t)t->stopped << 31 | (uint64_t)t->armed << 32 |
	       (uint64_t)t->watched << 33 | (uint64_t)t->pending << 34 |
	       UINT64_C(1) << 40;
}

static inline bool
toy_lives(const struct toy *t)
{
	return t->proc == PROC_CLONED || t->proc == PROC_GATED ||
	       t->proc == PROC_LIVE;
}

static inline void
toy_clone(struct toy *t, enum sv_role role, bool fails)
{
	if (t->proc != PROC_NONE)
		toy_blame(t, "a second process");
	if (t->left && t->sv.has_sweep && role == SV_ROLE_RUN &&
	    !t->sv.is_oneshot)
		toy_blame(t, "run beside what the last one left behind");
	if (fails) {
		t->pending |= PEND_SPAWN_FAILED;
		return;
	}
	t->proc = PROC_CLONED;
	t->role = role;
	t->stopped = false;
	t->pending |= PEND_SPAWNED;
}

/* A process dies; with a heir, if the service is one that has them. */
static inline void
toy_die(struct toy *t, bool leaves)
{
	t->proc = PROC_DEAD;
	t->left = t->left || (leaves && t->role == SV_ROLE_RUN);
	t->stopped = false;
}

static inline void
toy_ungate(struct toy *t)
{
	/* A signal may have been faster than the gate. */
	if (t->proc != PROC_GATED)
		return;
	if (t->role == SV_ROLE_RUN && !t->sv.deps)
		toy_blame(t, "started without what it needs");
	if (t->role == SV_ROLE_RUN && !sv_wanted(t->sv))
		toy_blame(t, "started although nobody wants it");
	if (t->role == SV_ROLE_RUN)
		t->fresh = true;
	t->proc = PROC_LIVE;
}

/*
 * One effect. `fails` is the fault: a clone that fails, a gate that cannot be
 * opened, leftovers that are not there.
 */
static inline void
toy_effect(struct toy *t, enum sv_effect_bit effect, bool fails)
{
	switch (effect) {
	case SV_BIT_DISARM:
		t->armed = false;
		break;
	case SV_BIT_UNWATCH:
		t->watched = false;
		break;
	case SV_BIT_UNGATE:
		if (fails && t->proc == PROC_GATED)
			t->proc = PROC_LEFT_GATE;
		toy_ungate(t);
		break;
	case SV_BIT_DROP:
		if (t->proc == PROC_GATED)
			t->proc = PROC_LEFT_GATE;
		break;
	case SV_BIT_SIGNAL:
	case SV_BIT_TERM:
	case SV_BIT_RELOAD:
		t->pending |= PEND_SENT;
		break;
	case SV_BIT_KILL:
		if (toy_lives(t))
			toy_die(t, false);
		t->pending |= PEND_SENT;
		break;
	case SV_BIT_PAUSE:
		t->stopped = t->proc == PROC_LIVE;
		t->pending |= PEND_SENT;
		break;
	case SV_BIT_CONT:
		t->stopped = false;
		t->pending |= PEND_SENT;
		break;
	case SV_BIT_SWEEP:
		t->pending |= PEND_SENT | (t->left ? 0 : PEND_EMPTY);
		break;
	case SV_BIT_SWEEP_KILL:
		/* A fault: in uninterruptible sleep, it ends later. */
		t->left = t->left && fails;
		t->pending |= PEND_SENT | (t->left ? 0 : PEND_EMPTY);
		break;
	case SV_BIT_WATCH:
		t->watched = true;
		break;
	case SV_BIT_ARM:
		t->armed = true;
		break;
	case SV_BIT_PRE:
		toy_clone(t, SV_ROLE_PRE, fails);
		break;
	case SV_BIT_RUN:
		toy_clone(t, SV_ROLE_RUN, fails);
		break;
	case SV_BIT_FINISH:
		toy_clone(t, SV_ROLE_FIN, fails);
		break;
	case SV_BIT_FREE:
		if (toy_lives(t))
			toy_blame(t, "forgotten while a process lives");
		break;
	case SV_BIT_FORGIVE:
	case SV_BIT_ADOPT:
	case SV_BIT_TELL:
		break;
	}
}

/* svcd is killed: what only it knew or held is gone. */
static inline void
toy_crash(struct toy *t)
{
	if (t->proc == PROC_CLONED)
		t->proc = PROC_NONE; /* leaves at the gate, unknown to us */
	if (t->proc == PROC_GATED)
		t->proc = PROC_LEFT_GATE;
	t->watched = false;
	t->pending = PEND_RECOVER;
	if (t->sv.state == S_NONE)
		t->pending = 0;
}

/* What commit does to the world: a clone becomes known, old waits are void. */
static inline void
toy_commit(struct toy *t, struct sv next, enum sv_event event)
{
	bool is_other =
	    sv_tag(sv_pack(next, 0, 0)) != sv_tag(sv_pack(t->sv, 0, 0));

	if (is_other) {
		t->pending &= ~(unsigned)(PEND_EMPTY | PEND_SENT);
		t->armed = false;
	}
	if (event == EV_SPAWNED)
		t->proc = PROC_GATED;
	if (event == EV_ADOPTED && t->sv.state == S_ADOPT) {
		t->proc = PROC_LIVE;
		t->role = SV_ROLE_RUN;
		t->left = false;
	}
	t->sv = next;
}

#endif
