/*
 * svc/core/budget.c: a death at a time, the verdict and the wait.
 */
#include "svc/core/budget.h"
#include "tests/unit/unit.h"

#define S INT64_C(1000000000)

static const struct budget_policy always = {BUDGET_ALWAYS, 1000, 1000, 0, 0};
static const struct budget_policy grows = {
    BUDGET_ON_FAILURE, 1000, 30000, 0, 0};
static const struct budget_policy limited = {BUDGET_ON_FAILURE, 0, 0, 3, 60000};

static struct budget_verdict
die(struct budget_policy p, struct budget b, int64_t from, int64_t to,
    bool is_clean)
{
	struct budget_death d = {
	    .started = {from}, .now = {to}, .is_clean = is_clean};

	return budget_verdict(p, b, d);
}

static void
test_runit(void)
{
	struct budget_verdict v = die(always, (struct budget){0}, 0, 0, true);

	HOLDS(v.event == EV_DIED_LATER && v.budget.wait_ns == S);
	v = die(always, v.budget, 10 * S, 10 * S + S / 4, false);
	HOLDS(v.event == EV_DIED_LATER && v.budget.wait_ns == S * 3 / 4);
	v = die(always, v.budget, 20 * S, 22 * S, true);
	HOLDS(v.event == EV_DIED_NOW && v.budget.wait_ns == 0);
}

static void
test_growth(void)
{
	static const int64_t waits[] = {1, 2, 4, 8, 16, 30, 30};
	struct budget_verdict v = {.budget = {0}};

	for (unsigned i = 0; i < 7; i++) {
		v = die(grows, v.budget, 100 * S, 100 * S, false);
		HOLDS(v.event == EV_DIED_LATER);
		HOLDS(v.budget.wait_ns == waits[i] * S);
	}
	/* A long run begins anew, also for the one after it. */
	v = die(grows, v.budget, 100 * S, 130 * S, false);
	HOLDS(v.event == EV_DIED_NOW);
	v = die(grows, v.budget, 200 * S, 200 * S, false);
	HOLDS(v.budget.wait_ns == S);
}

static void
test_limit(void)
{
	struct budget_verdict v = {.budget = {0}};

	for (unsigned i = 0; i < 3; i++) {
		v = die(limited, v.budget, 100 * S, 101 * S, false);
		HOLDS(v.event == EV_DIED_NOW && !v.is_spent);
	}
	HOLDS(die(limited, v.budget, 100 * S, 159 * S, false).is_spent);
	HOLDS(die(limited, v.budget, 100 * S, 160 * S, false).event ==
	      EV_DIED_FAIL);
	v = die(limited, v.budget, 100 * S, 162 * S, false);
	HOLDS(v.event == EV_DIED_NOW && v.budget.restarts == 1);
}

static void
test_rules(void)
{
	struct budget_policy never = {.rule = BUDGET_NEVER};
	struct budget b = {0};
	struct budget_death d = {.is_fatal = true};

	HOLDS(die(grows, b, 0, 0, true).event == EV_DIED_STAY);
	HOLDS(die(never, b, 0, 0, true).event == EV_DIED_STAY);
	HOLDS(die(never, b, 0, 0, false).event == EV_DIED_FAIL);
	HOLDS(budget_verdict(always, b, d).event == EV_DIED_FAIL);
	d = (struct budget_death){.is_oneshot = true, .is_clean = true};
	HOLDS(budget_verdict(always, b, d).event == EV_DIED_STAY);
	d.is_clean = false;
	HOLDS(budget_verdict(always, b, d).event == EV_DIED_LATER);
}

static void
test_clocks(void)
{
	struct budget b = {.window_ns = 900 * S, .restarts = 3};

	/* A start in the future and a window in the future are no reason. */
	HOLDS(die(always, b, 50 * S, 0, true).budget.wait_ns == S);
	HOLDS(die(limited, b, 0, 0, false).event == EV_DIED_NOW);
	b.streak = UINT32_MAX;
	HOLDS(die(grows, b, 0, 0, false).budget.wait_ns == 30 * S);
	HOLDS(budget_no_spawn((struct budget){0}).wait_ns == S);
	HOLDS(budget_no_spawn(b).wait_ns == 60 * S);
}

int
main(void)
{
	TEST("the default is runit's: starts a second apart", test_runit);
	TEST("the distance doubles up to its most", test_growth);
	TEST("N in TIME is a limit", test_limit);
	TEST("each rule restarts what it says", test_rules);
	TEST("odd clocks and counters do no harm", test_clocks);
	return unit_done();
}
