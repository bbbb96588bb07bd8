/*
 * A town by seed: services that ask things of each other, and belong to
 * groups. What must hold at each commit is looked at here, by what the town was
 * built as and by nothing that svcd has made of it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "svc/tree/state/state.h"
#include "tests/fake/world.h"
#include "tests/sim/sim.h"
#include "tests/sim/town.h"

struct house town_houses[HOUSES];
unsigned town_count, town_rival, town_rivalled;

/* When each set out; outlives svcd, as the world does. */
static struct {
	uint32_t commits, left[HOUSES];
} * since;

/* --- who asks what of whom --- */

/* All that cannot be up without one of these: they stop before it does. */
unsigned
town_dependents(unsigned of)
{
	unsigned was = 0;

	while (was != of) {
		was = of;
		for (unsigned k = 0; k < town_count; k++)
			if ((town_houses[k].asks[NEEDS] |
				town_houses[k].asks[BINDS]) &
			    of)
				of |= BIT(k);
		for (unsigned k = 0; k < town_count; k++)
			if (of & BIT(k))
				of |= town_houses[k].asks[MEMBERS];
	}
	return of;
}

unsigned
town_binders(unsigned k)
{
	unsigned found = 0;

	for (unsigned b = 0; b < town_count; b++)
		if (town_houses[b].asks[BINDS] & BIT(k))
			found |= BIT(b);
	return found;
}

/* Its number, and 0 for none: groups are never the first. */
unsigned
town_group_of(unsigned k)
{
	for (unsigned g = 0; g < town_count; g++)
		if (town_houses[g].asks[MEMBERS] & BIT(k))
			return g;
	return 0;
}

/* A group that loses members has a will of its own. */
unsigned
town_in_doubt(unsigned touched)
{
	unsigned found = 0;

	for (unsigned g = 0; g < town_count; g++)
		if (town_houses[g].asks[MEMBERS] & touched)
			found |= BIT(g);
	return town_dependents(found);
}

/* Whom the group of a dead one ends with it. */
unsigned
town_companions(unsigned k)
{
	const struct house *g = &town_houses[town_group_of(k)];

	if (town_group_of(k) == 0 || g->strategy == ONE)
		return 0;
	if (g->strategy == ALL)
		return g->asks[MEMBERS] & ~BIT(k);
	return g->asks[MEMBERS] & ~(BIT(k + 1) - 1);
}

/* --- building it --- */

/* All that one of these waits for; a member for all that its group does. */
static unsigned
reached_from(unsigned from)
{
	unsigned was = 0;

	while (was != from) {
		was = from;
		for (unsigned k = 0; k < town_count; k++) {
			const struct house *h = &town_houses[k];
			unsigned asks = h->asks[NEEDS] | h->asks[BINDS] |
					h->asks[WANTS] | h->asks[AFTER];

			for (unsigned to = 0; to < town_count; to++)
				if (town_houses[to].before & BIT(k))
					asks |= BIT(to);
			if ((BIT(k) | h->asks[MEMBERS]) & from)
				from |= asks;
			if (BIT(k) & from)
				from |= h->asks[MEMBERS];
		}
	}
	return from;
}

/* Such a ring would be refused. */
static bool
is_in_ring(unsigned k)
{
	unsigned asks = 0;

	for (unsigned a = 0; a < CONFLICTS; a++)
		asks |= town_houses[k].asks[a];
	for (unsigned to = 0; to < k; to++)
		if (town_houses[to].before & BIT(k))
			asks |= BIT(to);
	return reached_from(asks) & town_houses[k].asks[MEMBERS];
}

static void
ask_nothing(unsigned k)
{
	for (unsigned a = 0; a < CONFLICTS; a++)
		town_houses[k].asks[a] = 0;
	for (unsigned to = 0; to < k; to++)
		town_houses[to].before &= ~BIT(k);
}

static void
settle_in(unsigned k)
{
	struct house *h = &town_houses[k];
	unsigned free = BIT(k) - 2; /* the first is in no group */

	*h = (struct house){.has_finish = world_random(4) == 0,
	    .says_ready = world_random(2) == 0,
	    .has_limit = world_random(2) == 0,
	    .strategy = (enum strategy)world_random(3)};
	for (unsigned g = 0; g < k; g++)
		free &= ~(town_houses[g].asks[MEMBERS] |
			  (town_houses[g].kind == GROUP ? BIT(g) : 0));
	if (k > 2 && free != 0 && world_random(3) == 0)
		h->kind = GROUP;
	else if (world_random(5) == 0)
		h->kind = ONESHOT;
	for (unsigned to = 0; to < k; to++) {
		unsigned what = world_random(12);

		if (h->kind == GROUP && (free & BIT(to)) && what > 5)
			h->asks[MEMBERS] |= BIT(to);
		else if (what < CONFLICTS)
			h->asks[what] |= BIT(to);
		else if (what == CONFLICTS)
			town_houses[to].before |= BIT(k);
	}
	if (h->kind == GROUP && h->asks[MEMBERS] == 0)
		h->asks[MEMBERS] = free & -free;
	if (is_in_ring(k))
		ask_nothing(k);
}

/* The last one wants to be where another is, who is in no group. */
static void
settle_rival(void)
{
	town_rival = town_count - 1;
	town_houses[town_rival] = (struct house){.kind = PROCESS};
	do
		town_rivalled = world_random(town_rival);
	while (town_group_of(town_rivalled) != 0 ||
	       town_houses[town_rivalled].kind == GROUP);
	town_houses[town_rival].asks[CONFLICTS] = BIT(town_rivalled);
	for (unsigned k = 0; k < town_count; k++)
		town_houses[k].before &= ~BIT(town_rival);
}

static void
write_names(FILE *f, const char *key, unsigned bits)
{
	if (bits == 0)
		return;
	fprintf(f, "%s =", key);
	/* One in three by the role that it provides. */
	for (unsigned k = 0; k < town_count; k++)
		if (bits & BIT(k))
			fprintf(f,
			    world_random(3) == 0 && key[0] == 'n' ? " r%u"
								  : " s%u",
			    k);
	fputc('\n', f);
}

static void
write_definition(unsigned k)
{
	static const char *const types[] = {"process", "oneshot", "group"};
	static const char *const strategies[] = {"one", "rest", "all"};
	static const char *const keys[ASKINGS] = {
	    "needs", "binds", "wants", "after", "conflicts", "members"};
	const struct house *h = &town_houses[k];
	char path[160];
	FILE *f;

	snprintf(path, sizeof(path), "%s/s%u/service", sim_homes, k);
	f = fopen(path, "we");
	if (f == NULL)
		return;
	fprintf(f, "type = %s\nprovides = r%u\n", types[h->kind], k);
	fprintf(f, "restart = always 100ms..2s%s\n",
	    h->has_limit ? ", 3 in 1h" : "");
	if (h->kind == PROCESS && h->says_ready)
		fprintf(f, "ready = file %s/ready.%u\n", sim_top, k);
	if (h->kind == GROUP)
		fprintf(f, "strategy = %s\n", strategies[h->strategy]);
	for (unsigned a = 0; a < ASKINGS; a++)
		write_names(f, keys[a], h->asks[a]);
	write_names(f, "before", h->before);
	fclose(f);
}

void
town_make(void)
{
	if (since == NULL)
		since = mmap(NULL, sizeof(*since), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memset(since, 0, sizeof(*since));
	memset(town_houses, 0, sizeof(town_houses));
	town_count = sim->services;
	trial_none();
	for (unsigned k = 0; k < town_count; k++)
		settle_in(k);
	settle_rival();
	for (unsigned k = 0; k < town_count; k++) {
		people_settle(k);
		write_definition(k);
		if (town_houses[k].kind == PROCESS)
			people_make_file(k, "/run");
		if (town_houses[k].kind == ONESHOT)
			people_make_file(k, "/up");
		if (town_houses[k].kind == ONESHOT && town_houses[k].has_finish)
			people_make_file(k, "/down");
		if (town_houses[k].kind == PROCESS && town_houses[k].has_finish)
			people_make_file(k, "/finish");
	}
}

/* --- what its programs do --- */

static bool
ready_path(char to[96], const struct process *p)
{
	const char *name = strrchr(p->dir, '/');

	if (name == NULL || name[1] != 's' || strcmp(p->file, "./run") != 0)
		return false;
	snprintf(to, 96, "%s/ready.%s", sim_top, name + 2);
	return true;
}

/* Ready some time after its start, as its file says, until it is dead. */
bool
town_says_ready(struct process *p)
{
	char path[96];
	int fd;

	if (p->is_ready || !ready_path(path, p))
		return false;
	p->is_ready = true;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void
town_buries(const struct process *p)
{
	char path[96];

	if (ready_path(path, p))
		unlink(path);
}

/* --- what must hold at each commit --- */

uint32_t
town_record(unsigned k)
{
	char name[16];

	snprintf(name, sizeof(name), "s%u", k);
	return state_by_name(name);
}

struct sv
town_value(unsigned k)
{
	uint32_t i = town_record(k);

	return i != 0 ? state_word(i).sv : (struct sv){.state = S_NONE};
}

/* And not about to be told that it is to end. */
static bool
is_on_its_way(unsigned k)
{
	struct sv sv = town_value(k);

	for (unsigned to = 0; to < town_count; to++)
		if (((town_houses[k].asks[NEEDS] | town_houses[k].asks[BINDS]) &
			BIT(to)) &&
		    !sv_is_ready(town_value(to)))
			return false;
	return sv_wanted(sv) && sv.deps &&
	       (rec(town_record(k))->flags & BOARD_HELD) == 0 &&
	       (sv.state == S_PRE_SPAWN || sv.state == S_PRE ||
		   sv.state == S_SPAWN || sv.state == S_START);
}

/* It is let go: what it asked for is so. */
static void
check_start(unsigned k)
{
	const struct house *h = &town_houses[k];

	for (unsigned to = 0; to < town_count; to++) {
		struct sv sv = town_value(to);
		bool is_after = (h->asks[AFTER] | h->asks[WANTS]) & BIT(to) ||
				(town_houses[to].before & BIT(k));
		bool is_rival = (h->asks[CONFLICTS] & BIT(to)) ||
				(town_houses[to].asks[CONFLICTS] & BIT(k));

		if (((h->asks[NEEDS] | h->asks[BINDS]) & BIT(to)) &&
		    !sv_is_ready(sv))
			world_bad("s%u starts, and needs s%u: %s", k, to,
			    sv_state_name(sv.state));
		if (is_rival && !sv_is_rest(sv))
			world_bad("s%u starts beside s%u: %s", k, to,
			    sv_state_name(sv.state));
		if (is_after && is_on_its_way(to) &&
		    since->left[to] < since->left[k])
			world_bad("s%u starts before s%u: %s", k, to,
			    sv_state_name(sv.state));
	}
}

/* It is told to end, for good: what needs it has ended. */
static void
check_end(unsigned k)
{
	for (unsigned by = 0; by < town_count; by++) {
		struct sv sv = town_value(by);

		if (((town_houses[by].asks[NEEDS] |
			 town_houses[by].asks[BINDS]) &
			BIT(k)) &&
		    !sv_is_rest(sv))
			world_bad("s%u is to end before s%u, which needs it: "
				  "%s",
			    k, by, sv_state_name(sv.state));
	}
}

/* It is back: who bound it, and runs since before, has lost it for all that. */
static void
check_losses(unsigned k)
{
	for (unsigned by = 0; by < town_count; by++) {
		struct sv sv = town_value(by);
		bool is_alive = !sv_is_rest(sv) || sv.state == S_DONE;

		if ((town_houses[by].asks[BINDS] & BIT(k)) && is_alive &&
		    (rec(town_record(by))->flags & BOARD_BEREFT) == 0)
			world_bad(
			    "s%u has lost s%u, which nothing says", by, k);
	}
}

void
town_committed(const struct board_record *r, struct sv was, struct sv is)
{
	bool sets_out =
	    is.state == S_SPAWN || (is.state == S_PRE_SPAWN && !was.step);

	since->commits++;
	for (unsigned k = 0; k < town_count; k++) {
		if (town_record(k) == 0 || rec(town_record(k)) != r)
			continue;
		if (sets_out && was.state != is.state && was.state != S_PRE)
			since->left[k] = since->commits;
		if (is.state == S_START && was.state == S_SPAWN)
			check_start(k);
		if (is.state == S_STOP && sv_runs(was) && was.deps &&
		    (!sv_wanted(is) || !is.deps))
			check_end(k);
		if (!sv_is_ready(was) && sv_is_ready(is))
			check_losses(k);
	}
}

/* --- chaos --- */

void
town_something(void)
{
	static const char *const letters[] = {
	    "u", "d", "t", "o", "p", "c", "du", "ud", "u", "d", "k", "k"};

	for (unsigned n = 1 + world_random(3); n > 0; n--) {
		unsigned k = world_random(town_count);

		/* KILL to a group ends its members at once. */
		people_something(
		    k, letters, town_houses[k].kind == GROUP ? 10 : 12);
	}
}
