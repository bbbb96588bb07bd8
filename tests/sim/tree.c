/*
 * All of svcd on the fake kernel, in four kinds of history:
 *
 *   - by seed: services die, people give commands, links come and go,
 *     clones and other calls fail, and svcd is killed at any of its calls;
 *   - the same with services that ask things of each other and with groups,
 *     and with trials of them in the end: town.c;
 *   - by script: svcd is killed at each of its calls and stores in turn, and at
 *     each pair of them, one in its first life and one in its second;
 *   - a large tree, of thousands.
 *
 *	build/tests/sim/tree		some of each: `make check`
 *	build/tests/sim/tree FROM N	N seeds from FROM on, every single point
 *	build/tests/sim/tree FROM N all	and every pair, and 5,000 services
 *	build/tests/sim/tree FROM N pairs	only every pair, and how far it
 *						is
 *	build/tests/sim/tree SCRIPT SEED A B	one history of points again
 *	build/tests/sim/tree town SEED		one of a town
 *
 * Always: no service has two main processes; none is born without a gate or to
 * another parent than the keeper. In the end: every service runs, and the word
 * of its record says so with its pid; then STOP, and nothing is left.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

#include "tests/fake/world.h"
#include "tests/sim/sim.h"
#include "tests/unit/unit.h"

static const struct script {
	const char *name, *kinds, *steps;
} scripts[] = {
    {"start", SIM_KINDS, ""},
    {"again", SIM_KINDS, "0t1t2t4t0d1d2d0u1u2u"},
    {"deaths", SIM_KINDS, "0X1X2X4X9S1X0X"},
    {"letters", SIM_KINDS, "0p0c1k4k0h3o4h3d3x3-3+"},
    {"coming and going", SIM_KINDS, "0-1-0+1+3-4-9S4+3+"},
    {"one", "1", "0X0t0d0u0-0+"},
    {"logged", "2", "0X0t0d0u"},
};
#define SCRIPTS (sizeof(scripts) / sizeof(scripts[0]))

static uint64_t seed_from = 1;
static unsigned seeds = 6;
static bool is_some = true, is_whole, is_verbose;

/* --- by seed --- */

static struct history
by_seed(uint64_t seed, unsigned services)
{
	return (struct history){.seed = seed,
	    .services = services,
	    .people = &people_apart,
	    .kinds = SIM_KINDS,
	    .commands = services * 8,
	    .deaths = services * 12,
	    .most_calls = services * 300};
}

static unsigned
run_seeds(bool with_faults)
{
	unsigned bad = 0;

	for (uint64_t seed = seed_from; seed < seed_from + seeds; seed++) {
		struct history h = by_seed(seed, 5);

		h.with_faults = with_faults;
		bad += !sim_run(&h);
		if (is_verbose)
			printf("# seed %llu: trace %016llx\n",
			    (unsigned long long)seed,
			    (unsigned long long)world->trace);
	}
	return bad;
}

static void
replays(void)
{
	struct history h = by_seed(seed_from, 5);
	uint64_t trace;

	HOLDS(sim_run(&h));
	trace = world->trace;
	HOLDS(sim_run(&h) && world->trace == trace);
}

static void
histories(void)
{
	HOLDS(run_seeds(false) == 0);
}

static void
histories_with_faults(void)
{
	HOLDS(run_seeds(true) == 0);
}

/* --- relations and groups, by seed --- */

static struct history
of_town(uint64_t seed)
{
	return (struct history){.seed = seed,
	    .services = 4 + (unsigned)(seed % 7),
	    .people = &people_together,
	    .commands = 30,
	    .deaths = 40,
	    .most_calls = 2000};
}

static void
together(void)
{
	unsigned bad = 0;

	for (uint64_t seed = seed_from; seed < seed_from + seeds * 5; seed++) {
		struct history h = of_town(seed);

		bad += !sim_run(&h);
	}
	HOLDS(bad == 0);
}

/* --- by script --- */

static struct history
by_script(const struct script *s)
{
	return (struct history){.seed = seed_from,
	    .services = (unsigned)strlen(s->kinds),
	    .people = &people_apart,
	    .kinds = s->kinds,
	    .script = s->steps,
	    .commands = (unsigned)strlen(s->steps) / 2,
	    .deaths = 0};
}

/* Every `step`-th pair that begins with point a. */
static unsigned
pairs(struct history h, unsigned step)
{
	uint64_t until = sim_figures.last[1];
	unsigned bad = 0;

	for (uint64_t b = 1 + h.points[0] % step; b <= until; b += step) {
		h.points[1] = b;
		bad += !sim_run(&h);
	}
	return bad;
}

static void
show_pairs(const struct script *s, uint64_t a, uint64_t until)
{
	printf("# %s: point %llu of %llu, each with all of the next life: "
	       "%llu histories\n",
	    s->name, (unsigned long long)a, (unsigned long long)until,
	    (unsigned long long)sim_figures.histories);
	fflush(stdout);
}

/* Every `step`-th point of it, and of each some pairs; 0: none. */
static unsigned
points(const struct script *s, unsigned step, unsigned pairs_step)
{
	struct history h = by_script(s);
	unsigned bad = !sim_run(&h);
	uint64_t until = sim_figures.last[0];

	if (is_verbose)
		printf(
		    "# %s: %llu points\n", s->name, (unsigned long long)until);
	for (uint64_t a = 1 + seed_from % step; a <= until && bad < 5;
	     a += step) {
		h.points[0] = a;
		h.points[1] = 0;
		bad += !sim_run(&h);
		if (pairs_step > 0)
			bad += pairs(h, pairs_step);
		if (pairs_step == 1)
			show_pairs(s, a, until);
	}
	return bad;
}

static void
every_point(void)
{
	for (size_t i = 0; i < SCRIPTS; i++)
		HOLDS(points(&scripts[i], is_some ? 31 : 1, 0) == 0);
}

static void
every_pair(void)
{
	for (size_t i = 0; i < SCRIPTS; i++)
		if (strlen(scripts[i].kinds) == 1)
			HOLDS(points(&scripts[i], is_whole ? 1 : 47,
				  is_whole ? 1 : 67) == 0);
}

/* --- rules broken --- */

/* Within so many seeds. */
static bool
is_caught(enum sim_mutant mutant, unsigned most)
{
	bool is_caught = false;

	sim_mutant = mutant;
	sim_is_quiet = true;
	for (uint64_t seed = 1; seed <= most && !is_caught; seed++) {
		struct history h =
		    mutant < SIM_STALE ? by_seed(seed, 5) : of_town(seed);

		is_caught = !sim_run(&h);
		if (is_caught && is_verbose)
			fprintf(stderr, "# mutant %d, seed %llu: %s\n", mutant,
			    (unsigned long long)seed, world->bad);
	}
	sim_mutant = SIM_SOUND;
	sim_is_quiet = false;
	return is_caught;
}

static void
it_bites(void)
{
	for (int m = SIM_SOUND + 1; m < SIM_MUTANTS; m++) {
		bool is_found = is_caught((enum sim_mutant)m, 500);

		if (!is_found)
			printf("# mutant %d lives\n", m);
		HOLDS(is_found);
	}
}

/* --- a large tree --- */

static void
large(void)
{
	struct history h = by_seed(seed_from, is_whole ? 5000 : 200);

	h.commands = h.services / 4;
	h.deaths = h.services / 2;
	h.most_calls = h.services * 100;
	HOLDS(sim_run(&h));
}

/* --- what there was --- */

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
show_figures(double took)
{
	const struct sim_figures *f = &sim_figures;

	printf("# %llu histories, %llu lives of svcd, %llu kills, %llu faults; "
	       "%llu births, %llu deaths; %llu calls and stores in %.1f s, "
	       "%.1f million a minute\n",
	    (unsigned long long)f->histories, (unsigned long long)f->lives,
	    (unsigned long long)f->kills, (unsigned long long)f->faults,
	    (unsigned long long)f->births, (unsigned long long)f->deaths,
	    (unsigned long long)f->calls, took,
	    (double)f->calls * 60 / took / 1e6);
}

static int
one_again(char **argv)
{
	for (size_t i = 0; i < SCRIPTS; i++) {
		struct history h = by_script(&scripts[i]);

		if (strcmp(argv[1], scripts[i].name) != 0)
			continue;
		h.seed = strtoull(argv[2], NULL, 10);
		h.points[0] = strtoull(argv[3], NULL, 10);
		h.points[1] = strtoull(argv[4], NULL, 10);
		return !sim_run(&h);
	}
	return 100;
}

/* Descriptors: one for each service of the large tree, and the world's. */
static void
take_descriptors(void)
{
	struct rlimit files;

	getrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_max > WORLD_HANDLES)
		files.rlim_max = WORLD_HANDLES;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur > 4096)
		world_fd = (int)files.rlim_cur - 2048;
}

int
main(int argc, char **argv)
{
	double begun = seconds();

	world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	take_descriptors();
	if (argc == 5)
		return one_again(argv);
	if (argc == 3 && strcmp(argv[1], "town") == 0) {
		struct history h = of_town(strtoull(argv[2], NULL, 10));

		return !sim_run(&h);
	}
	if (argc > 1)
		seed_from = strtoull(argv[1], NULL, 10), is_verbose = true;
	if (argc > 2)
		seeds = (unsigned)atoi(argv[2]), is_some = false;
	is_whole = argc > 3;
	if (is_whole && strcmp(argv[3], "pairs") == 0) {
		TEST(
		    "sim: the same at pairs of them, in two lives", every_pair);
		show_figures(seconds() - begun);
		return unit_done();
	}
	TEST("sim: a seed is the same history again", replays);
	TEST("sim: it bites: svcd with a rule broken is found out", it_bites);
	TEST("sim: killed at any call, svcd loses nothing and doubles nothing",
	    histories);
	TEST("sim: a call that fails is survived, or mended by the next life",
	    histories_with_faults);
	TEST(
	    "sim: the same at each call and store of each script", every_point);
	TEST("sim: the same with many services", large);
	TEST("sim: the same at pairs of them, in two lives", every_pair);
	TEST("sim: services that ask things of each other, and groups, end "
	     "where "
	     "they belong",
	    together);
	show_figures(seconds() - begun);
	return unit_done();
}
