/*
 * What a group makes of its members: who is to be up, who is ended when one of
 * them dies, when the group is ready, and when it is over. Pure: members'
 * values in, wishes for them and an event for the group's own life out.
 *
 * A group has no process. Its run is that its members are up, and it acts on
 * them as a person would, by wishes; what it has decided about itself stands in
 * marks (is_new, has_failed, is_restarted), what it has decided about a member
 * in one of that member's (is_away), so that a crash forgets nothing.
 *
 *	a run of it begins	group_begin()
 *	a member's run ends	group_minds(); if so the caller charges the
 *				group's restart limit and asks group_judge()
 *	anything has changed	group_see() for each member, then group_look()
 *	either has an order	group_wish() for each member
 *
 * A member is restarted by its own policy; the strategy says who else is. One
 * that has given up is one death more where the group has a limit, and is
 * asked for again; a group without a limit fails with it. A person's wish for a
 * member comes before the group's, and nothing waits for one that was so asked.
 */
#ifndef SVC_CORE_GROUP_H
#define SVC_CORE_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "svc/core/machine.h"
#include "svc/core/settings.h"

/* What is asked of the members. */
enum group_order {
	GROUP_NONE,
	GROUP_START, /* all are to be up */
	GROUP_STOP,  /* all are to be down */
	GROUP_KILL,  /* the same, at once */
	GROUP_JOIN,  /* those that nobody has asked for yet are to be up */
	GROUP_ONE,   /* the dead one is to be up, if it has given up */
	GROUP_REST,  /* the same, and those named after it are sent away */
	GROUP_BACK   /* those that were sent away are to be up */
};

struct group {
	struct sv sv;
	enum settings_strategy strategy;
	bool has_limit;	   /* of deaths: restart = …, N in TIME */
	bool is_whole;	   /* all members that it names are there */
	bool is_delayed;   /* its last charge wants a wait before a restart */
	bool is_late;	   /* it was not ready in time */
	bool is_new;	   /* its members are still to be asked for */
	bool has_failed;   /* by a member */
	bool is_restarted; /* its members are ended, to be started again */
};

struct group_member {
	uint32_t number;
	struct sv sv;
	bool is_away;	 /* ended by its group, which brings it back */
	bool is_ending;	 /* a wish for its end is held back until it may end */
	bool is_busy;	 /* a script of it runs beside it */
	bool stays_down; /* a person said so, or its link is gone */
};

/* All members together. */
struct group_view {
	bool is_waiting;    /* one is neither ready nor over */
	bool is_alive;	    /* one has not ended as it was told */
	bool has_away;	    /* one is away, */
	bool is_leaving;    /* and has not ended yet, */
	bool is_incomplete; /* or one that stayed is not ready */
	bool has_new;	    /* nobody has asked for one */
	uint32_t failed;    /* the last seen that has given up; 0: none */
};

struct group_step {
	struct group group; /* with its marks as they are to be */
	enum group_order order;
	enum sv_event event; /* for the group's own life */
	bool is_death;	     /* charge it, and ask group_judge() */
	bool is_late;	     /* its own restart policy gives the event */
};

/* Where a member stands, in the order of the names, beside the dead one. */
enum group_place {
	GROUP_BEFORE,
	GROUP_DEAD,
	GROUP_AFTER
};
enum group_verb {
	GROUP_KEEP,
	GROUP_UP,
	GROUP_DOWN,
	GROUP_DOWN_NOW
};
struct group_wish {
	enum group_verb verb;
	bool is_away; /* its mark from now on */
};

/* Its run begins, or svcd has begun anew and it runs. */
enum group_order group_begin(struct group g);

/* The group runs, and this end of a member's run is one it did not ask for. */
bool group_minds(struct group g, struct group_member m);
/* `is_spent`: that was once too often. */
struct group_step group_judge(struct group g, bool is_spent);

struct group_view group_see(struct group_view v, struct group_member m);
struct group_step group_look(struct group g, struct group_view v);

struct group_wish group_wish(
    enum group_order order, struct group_member m, enum group_place place);

#endif
