/*
 * Trials, when a town has calmed down: one thing happens to it while all is up,
 * and it is said beforehand who goes down, who comes again and who is left
 * alone; svcd is killed in the middle of some.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "svc/tree/state/state.h"
#include "tests/fake/world.h"
#include "tests/sim/sim.h"
#include "tests/sim/town.h"

#define TRIALS 6
#define HOUR_NS INT64_C(3600000000000)

enum trial_kind {
	TRIAL_DOWN,  /* it is put down */
	TRIAL_DEATH, /* it crashes */
	TRIAL_TERM,  /* it is asked to end, and comes again */
	TRIAL_FAIL,  /* it crashes until it gives up */
	TRIAL_AWAY,  /* its link goes */
	TRIAL_RIVAL, /* what it conflicts with is wanted */
	TRIAL_KINDS
};

/* What outlives svcd, beside the world. */
static struct trial {
	bool is_crashed; /* svcd is killed in the middle of the trial */
	enum trial_kind kind;
	unsigned number, about, deaths;
	uint32_t life; /* in which the trial began */
	bool is_tried; /* its outcome is to be looked at */
	uint16_t generation[HOUSES];
	unsigned ends, comes, any; /* bits: what is to become of them */
} * trial;

void
trial_none(void)
{
	if (trial == NULL)
		trial = mmap(NULL, sizeof(*trial), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memset(trial, 0, sizeof(*trial));
}

static void
want_all(void)
{
	for (unsigned k = 0; k < town_count; k++)
		people_command(k, k == town_rival ? "cd" : "cu");
}

static void
check_house(unsigned k, bool is_up)
{
	struct sv sv = town_value(k);
	char name[32];
	bool runs;

	snprintf(name, sizeof(name), "/s%u", k);
	runs = world_process(name, "./run") != NULL;
	if (is_up ? !sv_is_ready(sv) : !sv_is_rest(sv) || sv_is_ready(sv))
		world_bad("s%u is to be %s, after trial %u of s%u: %s, want "
			  "%u, deps %d",
		    k, is_up ? "up" : "down", trial->kind, trial->about,
		    sv_state_name(sv.state), sv.want, sv.deps);
	if (town_houses[k].kind == PROCESS && runs != is_up)
		world_bad("s%u %s, after trial %u of s%u: %s", k,
		    runs ? "runs" : "does not run", trial->kind, trial->about,
		    sv_state_name(sv.state));
}

static void
check_all_up(void)
{
	for (unsigned k = 0; k < town_count; k++)
		check_house(k, k != town_rival);
}

static void
check_trial(void)
{
	unsigned any = trial->any & ~(trial->ends | trial->comes);

	for (unsigned k = 0; k < town_count; k++) {
		uint32_t i = town_record(k);
		bool is_same =
		    i != 0 && state_word(i).generation == trial->generation[k];

		if (trial->ends & BIT(k)) {
			check_house(k, false);
			continue;
		}
		if (!(any & BIT(k)))
			check_house(
			    k, k != town_rival || trial->kind == TRIAL_RIVAL);
		if ((trial->comes & BIT(k)) && is_same)
			world_bad("s%u was to come again: trial %u of s%u", k,
			    trial->kind, trial->about);
		else if (!((trial->comes | any) & BIT(k)) && !is_same &&
			 k != town_rival)
			world_bad("s%u was to be left alone: trial %u of s%u",
			    k, trial->kind, trial->about);
	}
}

/* What is to become of everybody. */
static void
foresee(void)
{
	unsigned k = trial->about, all = town_dependents(BIT(k));

	trial->ends = trial->comes = 0;
	switch (trial->kind) {
	case TRIAL_DOWN:
	case TRIAL_AWAY:
	case TRIAL_FAIL:
	case TRIAL_RIVAL:
		trial->ends = all;
		break;
	case TRIAL_DEATH:
		trial->comes = BIT(k) | town_dependents(town_binders(k)) |
			       town_dependents(town_companions(k));
		break;
	case TRIAL_TERM:
	case TRIAL_KINDS:
		trial->comes = BIT(k) | town_dependents(town_binders(k));
		break;
	}
	trial->any = town_in_doubt(trial->ends | trial->comes);
}

/* Whether this may happen to it, so that anything can be said. */
static bool
suits(enum trial_kind kind, unsigned k)
{
	bool is_process = town_houses[k].kind == PROCESS;

	switch (kind) {
	case TRIAL_DOWN:
		return true;
	case TRIAL_DEATH:
	case TRIAL_TERM:
		return is_process;
	case TRIAL_FAIL:
		return is_process && town_houses[k].has_limit &&
		       town_group_of(k) == 0;
	case TRIAL_AWAY:
		return town_houses[k].kind != GROUP && town_group_of(k) == 0;
	case TRIAL_RIVAL:
		return k == town_rivalled;
	case TRIAL_KINDS:
		break;
	}
	return false;
}

/* What a svcd that was killed may not have heard is said again. */
static void
act(bool is_again)
{
	switch (trial->kind) {
	case TRIAL_DOWN:
		people_command(trial->about, "d");
		break;
	case TRIAL_DEATH:
		if (!is_again)
			people_kill(trial->about);
		break;
	case TRIAL_TERM:
		people_command(trial->about, "t");
		break;
	case TRIAL_FAIL:
		people_kill(trial->about);
		break;
	case TRIAL_AWAY:
		people_link(trial->about, false);
		break;
	case TRIAL_RIVAL:
		people_command(town_rival, "u");
		break;
	case TRIAL_KINDS:
		break;
	}
	trial->life = world->lives;
}

static void
begin_trial(void)
{
	do {
		trial->kind = (enum trial_kind)world_random(TRIAL_KINDS);
		trial->about = world_random(town_rival);
	} while (!suits(trial->kind, trial->about));
	for (unsigned k = 0; k < town_count; k++)
		trial->generation[k] = state_word(town_record(k)).generation;
	trial->is_crashed = sim->most_calls > 0 && world_random(2) == 0;
	foresee();
	trial->is_tried = true;
	trial->deaths = 0;
	trial->number++;
	/* No limit of restarts is near. */
	world->now_ns += 2 * HOUR_NS;
	if (trial->is_crashed)
		world->crash_at =
		    world->calls + 1 + world_random(40 * town_count);
	act(false);
}

/* True: it has not come to its end yet. */
static bool
goes_on(void)
{
	if (trial->life != world->lives) {
		act(true);
		return true;
	}
	if (trial->kind != TRIAL_FAIL ||
	    town_value(trial->about).state == S_FAILED || ++trial->deaths > 8)
		return false;
	act(true);
	return true;
}

/* One step on; true: all has been tried. */
static bool
town_rests(void)
{
	if (trial->is_tried) {
		if (goes_on())
			return false;
		check_trial();
		trial->is_tried = false;
		people_link(trial->about, true);
		people_want();
		return false;
	}
	if (!people_were_heard())
		return false;
	check_all_up();
	if (trial->number == TRIALS)
		return true;
	begin_trial();
	return false;
}

const struct people people_together = {.make = town_make,
    .something = town_something,
    .want = want_all,
    .rests = town_rests,
    .committed = town_committed,
    .says_ready = town_says_ready,
    .buries = town_buries};
