/*
 * One history of svcd on the fake kernel: a tree of services, what happens to
 * it, and where svcd is killed. keeper.c gives svcd one life after the other,
 * people.c is who types commands and looks at the end whether all is as it
 * must be, tree.c chooses the histories.
 */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include <stdbool.h>
#include <stdint.h>

#define SIM_KINDS "01234" /* see people.c */
#define SIM_POINTS 2

/* What those who have services do, and look at. The last three may be NULL. */
struct board_record;
struct process;
struct sv;
struct people {
	void (*make)(void);	 /* their services */
	void (*something)(void); /* as the seed says */
	void (*want)(void);	 /* what is to be in the end */
	bool (*rests)(void);	 /* it is so, or is said; false: more to come */
	/* A transition is about to be stored. */
	void (*committed)(
	    const struct board_record *r, struct sv was, struct sv is);
	/* A program that runs says that it is ready; false: it has. */
	bool (*says_ready)(struct process *p);
	void (*buries)(const struct process *p); /* it is dead */
};
extern const struct people people_apart;    /* people.c */
extern const struct people people_together; /* town.c */

struct history {
	uint64_t seed;
	unsigned services;
	const struct people *people;
	const char *kinds;   /* of the services, in turn */
	const char *script;  /* what people do; NULL: what the seed says */
	unsigned commands;   /* so much of that */
	unsigned deaths;     /* of services, by chance */
	unsigned most_calls; /* killed at one of so many calls; 0: never */
	bool with_faults;    /* a call fails in each life */
	uint64_t points[SIM_POINTS]; /* life n is killed there; 0: it is not */
};
extern const struct history *sim;
extern char sim_top[64], sim_scan[80], sim_homes[80], sim_run_dir[80];

/* Calls and stores of all histories, and what became of svcd in them. */
extern struct sim_figures {
	uint64_t histories, calls, lives, kills, faults, births, deaths;
	uint64_t last[SIM_POINTS + 1]; /* calls of the last one's first lives */
} sim_figures;

/* In a directory of its own; false: it ended badly, and says how, if it may. */
bool sim_run(const struct history *h);
extern bool sim_is_quiet;

/* mutants.c: svcd with one of its rules broken. */
extern enum sim_mutant {
	SIM_SOUND,
	SIM_TWO_STORES,	    /* for one transition */
	SIM_TOLD_EARLY,	    /* who goes is told of while it is there */
	SIM_FORGETS_LINES,  /* that wait in a pipe for a logger */
	SIM_STALE,	    /* starts by what was true before this turn */
	SIM_ENDS_AT_ONCE,   /* whoever needs it */
	SIM_ALONE,	    /* every group is of the strategy `one` */
	SIM_FORGETS_HOLDS,  /* an end that waits, when svcd dies */
	SIM_FORGETS_LOSSES, /* of binders, when what they bind is back */
	SIM_MUTANTS
} sim_mutant;

/* watcher.c: who looks at the board only when told must know all of it. */
void watcher_check(void);

/* people.c */
/* Its directory, and the link that makes it a service. */
void people_settle(unsigned k);
void people_make_file(unsigned k, const char *name);
/* Letters for a service; its link is made, or goes. */
void people_command(unsigned k, const char *letters);
void people_link(unsigned k, bool is_wanted);
/* Its process crashes, if it has one. */
void people_kill(unsigned k);
/* By chance: one of these commands for it, or it goes or comes back, time
 * passes, or clones fail for a while. */
void people_something(unsigned k, const char *const *letters, unsigned count);
/* All that is wanted is said; once more, if this life has not heard it. */
void people_want(void);
bool people_were_heard(void);
/* Nothing happens any more: the next thing does. */
void people_next(void);
/* What the keeper says on its end of the line to stop everything. */
void people_stop(int line);

#endif
