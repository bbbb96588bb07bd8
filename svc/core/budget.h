/*
 * How often and how soon a service may be restarted. Pure arithmetic on
 * moments given by the caller; the counters live in the service's record.
 *
 * Two starts are at least DELAY apart. Every death doubles that distance, up
 * to MAX; a run that lasted MAX begins anew. So a service that has run a while
 * is back at once, and one that dies as soon as it starts is slowed down. With
 * `N in TIME` the N+1st restart inside TIME is not made: the service failed.
 */
#ifndef SVC_CORE_BUDGET_H
#define SVC_CORE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/mono.h"
#include "svc/core/machine.h"

/* clang-format off */
#define BUDGET_RULES(X) \
	X(ALWAYS, "always") X(ON_FAILURE, "on-failure") X(NEVER, "never")
/* clang-format on */
#define BUDGET_ENUM(name, text) BUDGET_##name,
enum budget_rule {
	BUDGET_RULES(BUDGET_ENUM)
};

struct budget_policy {
	enum budget_rule rule;
	int64_t delay_ms; /* 0: at once, always */
	int64_t max_ms;	  /* at least delay_ms */
	uint32_t count;	  /* 0: no limit */
	int64_t window_ms;
};

/* In the record; all zero at first and after DO_FORGIVE. 24 bytes. */
struct budget {
	int64_t window_ns; /* when the present window began */
	uint32_t restarts; /* in this window */
	uint32_t streak;   /* deaths in a row of runs shorter than MAX */
	int64_t wait_ns;   /* length of the wait that DO_ARM is to set */
};

/* How a process ended, as the caller sees it. */
struct budget_death {
	struct mono started, now;
	bool is_clean;	 /* success-codes, or a clean signal */
	bool is_fatal;	 /* give-up-on, exec failure that cannot mend itself */
	bool is_oneshot; /* clean: done. Else rule `always` means on-failure */
};

struct budget_verdict {
	enum sv_event event; /* EV_DIED_NOW, _LATER, _STAY or _FAIL */
	bool is_spent;	     /* FAIL because of `N in TIME` */
	struct budget budget;
};

struct budget_verdict budget_verdict(struct budget_policy policy,
    struct budget budget, struct budget_death death);

/* Clone failed: try again after a second, twice as long each time, to 1 min. */
struct budget budget_no_spawn(struct budget budget);

const char *budget_rule_name(enum budget_rule rule);

#endif
