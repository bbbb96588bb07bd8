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

struct history {
	uint64_t seed;
	unsigned services;
	const char *kinds;   /* of the services, in turn */
	const char *script;  /* what people do; NULL: what the seed says */
	unsigned commands;   /* so much of that */
	unsigned deaths;     /* of services, by chance */
	unsigned most_calls; /* killed at one of so many calls; 0: never */
	bool with_faults;    /* a call fails in each life */
	uint64_t points[SIM_POINTS]; /* life n is killed there; 0: it is not */
};
extern const struct history *sim;
extern char sim_top[64], sim_scan[80], sim_run_dir[80];

/* Calls and stores of all histories, and what became of svcd in them. */
extern struct sim_figures {
	uint64_t histories, calls, lives, kills, faults, births, deaths;
	uint64_t last[SIM_POINTS + 1]; /* calls of the last one's first lives */
} sim_figures;

/* In a directory of its own; false: it ended badly, and says how, if it may. */
bool sim_run(const struct history *h);
extern bool sim_is_quiet;

/* mutants.c: a transition is two stores, which is wrong. */
extern bool sim_two_stores;

/* watcher.c: who looks at the board only when told must know all of it. */
void watcher_check(void);
/* That somebody goes is told while he is still there, which is wrong. */
extern bool sim_told_early;

/* people.c */
void people_make_services(void);
/* Nothing happens any more: the next thing does. */
void people_next(void);
/* What the keeper says on its end of the line to stop everything. */
void people_stop(int line);

#endif
