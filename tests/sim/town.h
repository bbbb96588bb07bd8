/*
 * The houses of a town, by number; each a service s0, s1, ...: town.c. What is
 * tried with them: trial.c.
 */
#ifndef TESTS_SIM_TOWN_H
#define TESTS_SIM_TOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "svc/core/machine.h"

#define HOUSES 10
#define BIT(k) (1u << (k))

enum house_kind {
	PROCESS,
	ONESHOT,
	GROUP
};
enum strategy {
	ONE,
	REST,
	ALL
};
/* What one asks of others, each a setting of that name. */
enum asking {
	NEEDS,
	BINDS,
	WANTS,
	AFTER,
	CONFLICTS,
	MEMBERS,
	ASKINGS
};

struct house {
	enum house_kind kind;
	bool has_finish, says_ready, has_limit;
	enum strategy strategy;
	unsigned asks[ASKINGS]; /* bits of houses, all of lower numbers */
	unsigned before;	/* bits: who is to start after it */
};
extern struct house town_houses[HOUSES];
extern unsigned town_count;
/* The last one, and the one it cannot be beside. */
extern unsigned town_rival, town_rivalled;

/* These, and all that cannot be up without one of them: they stop before. */
unsigned town_dependents(unsigned of);
unsigned town_binders(unsigned k);
/* Its number; 0: in none. */
unsigned town_group_of(unsigned k);
unsigned town_in_doubt(unsigned touched);
unsigned town_companions(unsigned k);

uint32_t town_record(unsigned k);
struct sv town_value(unsigned k);

/* What struct people asks for. */
struct board_record;
struct process;
void town_make(void);
void town_something(void);
void town_committed(const struct board_record *r, struct sv was, struct sv is);
bool town_says_ready(struct process *p);
void town_buries(const struct process *p);

/* Nothing has been tried yet. */
void trial_none(void);

#endif
