/*
 * The restart budget: see budget.h for the rules. No clock is read here.
 */
#include "svc/core/budget.h"

#define SECOND INT64_C(1000000000)
#define MINUTE (60 * SECOND)
#define MS INT64_C(1000000)

/* delay doubled `times` times, but never beyond max. */
static int64_t
doubled(int64_t delay, uint32_t times, int64_t max)
{
	while (times-- > 0 && delay < max)
		delay = delay > max / 2 ? max : delay * 2;
	return delay < max ? delay : max;
}

/* One more restart at `now`; false: the limit is reached. */
static bool
spend(struct budget_policy policy, struct budget *budget, struct mono now)
{
	int64_t window = policy.window_ms * MS;
	bool is_over = budget->restarts == 0 ||
		       now.ns - budget->window_ns >= window ||
		       now.ns < budget->window_ns;

	if (policy.count == 0)
		return true;
	if (is_over) {
		budget->window_ns = now.ns;
		budget->restarts = 0;
	}
	if (budget->restarts >= policy.count)
		return false;
	budget->restarts++;
	return true;
}

/* How long from now until the next start may be made. */
static int64_t
wait_ns(struct budget_policy policy, struct budget *budget,
    struct budget_death death)
{
	int64_t delay = policy.delay_ms * MS, max = policy.max_ms * MS;
	int64_t ran = death.now.ns - death.started.ns, wait;

	if (max < delay)
		max = delay;
	if (ran >= max)
		budget->streak = 0;
	wait = doubled(delay, budget->streak, max) - (ran > 0 ? ran : 0);
	if (ran < max && budget->streak < 63)
		budget->streak++;
	return wait > 0 ? wait : 0;
}

static bool
is_restarted(enum budget_rule rule, struct budget_death death)
{
	switch (rule) {
	case BUDGET_ALWAYS:
		return !(death.is_oneshot && death.is_clean);
	case BUDGET_ON_FAILURE:
		return !death.is_clean;
	case BUDGET_NEVER:
		return false;
	}
	return false;
}

struct budget_verdict
budget_verdict(struct budget_policy policy, struct budget budget,
    struct budget_death death)
{
	struct budget_verdict v = {.budget = budget};

	if (death.is_fatal) {
		v.event = EV_DIED_FAIL;
		return v;
	}
	if (!is_restarted(policy.rule, death)) {
		v.event = death.is_clean ? EV_DIED_STAY : EV_DIED_FAIL;
		return v;
	}
	if (!spend(policy, &v.budget, death.now)) {
		v.event = EV_DIED_FAIL;
		v.is_spent = true;
		return v;
	}
	v.budget.wait_ns = wait_ns(policy, &v.budget, death);
	v.event = v.budget.wait_ns > 0 ? EV_DIED_LATER : EV_DIED_NOW;
	return v;
}

struct budget
budget_no_spawn(struct budget budget)
{
	budget.wait_ns = doubled(SECOND, budget.streak, MINUTE);
	if (budget.streak < 63)
		budget.streak++;
	return budget;
}

#define NAME(name, text) text,
static const char *const names[] = {BUDGET_RULES(NAME)};

const char *
budget_rule_name(enum budget_rule rule)
{
	return (unsigned)rule <= BUDGET_NEVER ? names[rule] : "?";
}
