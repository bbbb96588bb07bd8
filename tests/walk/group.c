/*
 * Visits every situation that a group of three members, and a group within a
 * group, can come to: by any wish of a person, any end of a member, and a death
 * of svcd at any store, with the real life machine for each of them. What must
 * hold in each: a group at rest has nobody up but those a person asked for
 * since; one that runs has asked for everybody else; a death is answered once,
 * and as the strategy says; and left alone, all come to where they belong.
 * Then the same with wrong decisions, each of which must be found.
 */
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "tests/walk/toy_group.h"

#include "tests/walk/group_wrong.h" /* needs it */

/* --- what may happen --- */

enum move {
	BE_READY,
	DIE_NOW,
	DIE_LATER,
	DIE_STAY,
	DIE_FAIL,
	TIME,
	WISH_UP,
	WISH_DOWN,
	WISH_STAY_DOWN,
	WISH_RESTART,
	APPEAR,	      /* its directory is made, or made anew */
	DIE_TOGETHER, /* with the next of its group */
	MOVES
};

/* Who is not told that it is done may ask again: it counts once committed. */
static void
wish(int i, enum move move)
{
	store();
	if (move == WISH_DOWN || move == WISH_STAY_DOWN) {
		w.of[i].is_away = false;
		w.of[i].refused = w.of[i].is_held = true;
		w.of[i].asked = false;
		w.of[i].stays_down |= move == WISH_STAY_DOWN;
		return;
	}
	w.of[i].stays_down = w.of[i].is_held = false;
	wisher = i;
	step(i, move == WISH_UP ? EV_UP : EV_RESTART);
}

/* What has a process, or waits. False: this cannot happen to it now. */
static bool
is_possible(int i, enum move move)
{
	struct sv sv = sv_of(i);
	bool runs = sv_runs(sv) && !shape.is_group[i];

	switch (move) {
	case BE_READY:
		return runs && sv.state == S_START;
	case DIE_NOW:
	case DIE_LATER:
	case DIE_FAIL:
		return runs;
	case DIE_STAY:
		return runs || (sv.state == S_STOP && !shape.is_group[i]);
	case TIME:
		return sv.state == S_BACKOFF;
	case WISH_UP:
	case WISH_DOWN:
	case WISH_RESTART:
	case WISH_STAY_DOWN:
		return true;
	case APPEAR:
		return !shape.is_group[i] && sv.state == S_DOWN;
	case DIE_TOGETHER:
		return runs && i + 1 < (int)shape.nodes &&
		       shape.parent[i + 1] == shape.parent[i] &&
		       !shape.is_group[i + 1] && sv_runs(sv_of(i + 1));
	case MOVES:
		return false;
	}
	return false;
}

static void
make_new(int i)
{
	struct sv sv = sv_new((struct sv_config){0});

	w.of[i] = (struct toy){0};
	sv = sv_step(sv, EV_DEPS_OK).sv;
	w.of[i].sv = (uint32_t)(sv_pack(sv, 0, 0) >> 38);
}

static void
appear(int i)
{
	make_new(i);
	for (int g = 0; g < (int)shape.nodes; g++)
		is_due[g] = shape.is_group[g];
}

static void
let_die(int i, enum move move)
{
	static const enum sv_event ends[MOVES] = {[DIE_NOW] = EV_DIED_NOW,
	    [DIE_LATER] = EV_DIED_LATER,
	    [DIE_STAY] = EV_DIED_STAY,
	    [DIE_FAIL] = EV_DIED_FAIL,
	    [DIE_TOGETHER] = EV_DIED_NOW};

	dead_by = ends[move];
	exits[nexits++] = i;
	if (move == DIE_TOGETHER)
		exits[nexits++] = i + 1;
}

static void
begin_move(int i, enum move move)
{
	if (move == BE_READY)
		post(i, EV_READY);
	else if (move == TIME)
		post(i, EV_TIMER);
	else if (move == APPEAR)
		appear(i);
	else if (move >= WISH_UP && move <= WISH_RESTART)
		wish(i, move);
	else
		let_die(i, move);
}

/* The move, with a death of svcd before the n-th store (0: none). False: it
 * was over before that. */
static bool
make(int i, enum move move, unsigned death_at)
{
	volatile bool has_crashed = false;
	int thrown;

	head = tail = 0;
	memset(is_due, 0, sizeof(is_due));
	nexits = 0;
	wisher = -1;
	used = 0;
	memset(charges, 0, sizeof(charges));
	fuel = death_at;
	thrown = setjmp(crash);
	if (thrown == 2)
		return false;
	has_crashed = thrown == 1;
	wisher = -1;
	if (has_crashed)
		recover();
	else
		begin_move(i, move);
	apply_exits();
	settle();
	return has_crashed;
}

/* --- what must hold --- */

static bool
lives(struct sv sv)
{
	return !sv_is_rest(sv);
}

static bool
is_asked_anew(int m)
{
	return w.of[m].asked && sv_wanted(sv_of(m));
}

/* Somebody of it is on the way, so that those who are away have to wait. */
static bool
has_moving(int g)
{
	for (int m = 1; m < (int)shape.nodes; m++)
		if (shape.parent[m] == g && is_moving(sv_of(m)))
			return true;
	return false;
}

static void
check_running(int g, int m)
{
	struct sv sv = sv_of(m);

	if (sv.state == S_FAILED && sv_wanted(sv))
		blame("runs beside a member that has failed");
	if (!sv_wanted(sv) && !w.of[m].refused && !w.of[m].stays_down &&
	    !w.of[m].is_away)
		blame("runs and has not asked for a member");
	if (w.of[m].is_away && !sv_wanted(sv) && !has_moving(g))
		blame("brings nobody back");
	if (w.of[m].stays_down && sv_wanted(sv) && !w.of[m].asked)
		blame("has asked for one that is to stay down");
}

static void
check_resting(int m)
{
	struct sv sv = sv_of(m);

	if (lives(sv) && !is_asked_anew(m) && !w.of[m].refused)
		blame("is over while a member lives");
	if (w.of[m].is_away)
		blame("is over and means to bring somebody back");
}

static void
check_group(int g)
{
	struct sv sv = sv_of(g);
	bool is_over = sv_is_rest(sv) && sv_wanted(sv) && sv.state == S_FAILED;

	if (sv_runs(sv) && (w.of[g].has_failed || w.of[g].is_restarted))
		blame("has decided to end and goes on");
	if (is_over && !w.of[g].has_failed)
		blame("has failed and does not say by whom");
	if (sv.state == S_ENDED)
		blame("ended as if it were well");
	for (int m = 1; m < (int)shape.nodes; m++) {
		if (shape.parent[m] != g)
			continue;
		if (sv_runs(sv))
			check_running(g, m);
		/* Before its first start its members are their own masters. */
		else if (sv_is_rest(sv) && sv.want != WANT_NONE)
			check_resting(m);
	}
}

/* --- the answer to a death, once --- */

static bool
is_heard(const struct world *was, int m, enum move move)
{
	struct world now = w;
	int g = shape.parent[m];
	bool answer;

	w = *was;
	answer =
	    g >= 0 && sv_runs(sv_of(g)) && sv_wanted(sv_of(m)) &&
	    !sv_of(m).again && sv_of(m).want != WANT_ONCE &&
	    (move == DIE_NOW || move == DIE_LATER || move == DIE_TOGETHER ||
		(move == DIE_FAIL && has_limit[g]));
	w = now;
	return answer;
}

static void
check_others(const struct world *was, int m, int g)
{
	for (int o = 1; o < (int)shape.nodes; o++) {
		struct sv now = sv_of(o), before;
		struct world keep = w;
		bool is_sent = strategy[g] == STRATEGY_ALL ||
			       (strategy[g] == STRATEGY_REST && o > m);
		if (o == m || shape.parent[o] != g)
			continue;
		w = *was;
		before = sv_of(o);
		w = keep;
		/* A group whose members are down already is back at once. */
		if (!shape.is_group[o] && sv_runs(before) &&
		    sv_runs(now) == is_sent)
			blame(is_sent ? "spares whom its strategy ends"
				      : "ends whom its strategy spares");
	}
}

/* Of two that die together the second was sent away by the first's death, or
 * counts for nothing any more. */
static unsigned
expected(const struct world *was, int m, enum move move)
{
	int g = shape.parent[m];
	bool is_spent = has_limit[g] && was->of[g].deaths == LIMIT;
	bool first = is_heard(was, m, move);

	if (move != DIE_TOGETHER || !is_heard(was, m + 1, move))
		return first;
	return first && (strategy[g] != STRATEGY_ONE || is_spent) ? 1
								  : first + 1u;
}

static void
check_answer(const struct world *was, int m, enum move move)
{
	int g = shape.parent[m];

	if (g < 0)
		return;
	if (charges[g] != expected(was, m, move))
		blame("does not answer a death once");
	if (move == DIE_TOGETHER || !is_heard(was, m, move))
		return;
	if (has_limit[g] && was->of[g].deaths == LIMIT) {
		/* Unless the group above has asked for it again. */
		if (sv_runs(sv_of(g)) && (g == 0 || charges[0] == 0))
			blame("outlives its limit");
		return;
	}
	if (w.of[g].has_failed)
		blame("fails before its limit");
	check_others(was, m, g);
}

/* --- left alone, all come to where they belong --- */

static bool
let_happen(int i)
{
	struct sv sv = sv_of(i);

	if (sv.state == S_STOP && !shape.is_group[i])
		(void)make(i, DIE_STAY, 0);
	else if (sv.state == S_START && !shape.is_group[i])
		(void)make(i, BE_READY, 0);
	else if (sv.state == S_BACKOFF)
		(void)make(i, TIME, 0);
	else
		return false;
	return true;
}

static void
check_calm(void)
{
	for (int i = 0; i < (int)shape.nodes; i++) {
		struct sv sv = sv_of(i);
		if (lives(sv) && sv.state != S_UP)
			blame("never comes to rest");
		if (w.of[i].is_away)
			blame("never brings back whom it sent away");
		if (sv.state == S_UP && !sv_wanted(sv))
			blame("up, and nobody wants it");
		if (shape.is_group[i] && sv_wanted(sv) && sv.state != S_UP &&
		    sv.state != S_FAILED)
			blame("wanted, and neither up nor failed");
		if (!shape.is_group[i] && sv_wanted(sv) && sv.state == S_DOWN)
			blame("wanted and down");
	}
}

static void
run_out(void)
{
	struct world here = w;
	bool has_moved = true;

	for (int n = 0; has_moved && fault == NULL; n++) {
		has_moved = false;
		for (int i = (int)shape.nodes - 1; i >= 0; i--)
			has_moved = let_happen(i) || has_moved;
		if (n > 50)
			blame("goes round in circles");
	}
	if (fault == NULL)
		check_calm();
	w = here;
}

/* --- all situations --- */

static struct world *seen;
static uint32_t *table;
static uint32_t nseen;

static uint64_t
hash(const struct world *world)
{
	uint64_t h = 1469598103934665603u;
	const unsigned char *p = (const unsigned char *)world;

	for (size_t n = 0; n < sizeof(*world); n++)
		h = (h ^ p[n]) * 1099511628211u;
	return h ^ h >> 29;
}

static void
visit(void)
{
	uint32_t at = (uint32_t)(hash(&w) % TABLE);

	while (table[at] != 0 && memcmp(&seen[table[at]], &w, sizeof(w)) != 0)
		at = (at + 1) % TABLE;
	if (table[at] != 0)
		return;
	if (nseen + 1 == WORLDS) {
		blame("more situations than there is room for");
		return;
	}
	table[at] = ++nseen;
	seen[nseen] = w;
	for (int i = 0; i < (int)shape.nodes && fault == NULL; i++)
		if (shape.is_group[i])
			check_group(i);
	if (fault == NULL)
		run_out();
}

static void
explore(uint32_t from, int i, enum move move)
{
	bool has_crashed = true;

	for (unsigned death_at = 0; fault == NULL; death_at++) {
		w = seen[from];
		if (!is_possible(i, move))
			return;
		has_crashed = make(i, move, death_at);
		if (death_at == 0 && fault == NULL)
			check_answer(&seen[from], i, move);
		if (fault == NULL)
			visit();
		if (!with_deaths || (death_at > 0 && !has_crashed))
			return;
	}
}

static void
say(uint32_t from, int i, enum move move)
{
	static const char *const moves[] = {"is ready", "dies, now",
	    "dies, later", "dies, stay", "dies, fail", "timer", "up", "down",
	    "stays down", "restart", "appears", "dies with the next"};

	printf("# %s: %d %s: %s; after %u stores\n", shape.name, i, moves[move],
	    fault, used);
	for (int n = 0; n < (int)shape.nodes; n++) {
		struct world now = w;
		w = seen[from];
		printf("#   %d %s %s%s%s%s", n, sv_state_name(sv_of(n).state),
		    sv_want_name(sv_of(n).want), w.of[n].is_away ? " away" : "",
		    w.of[n].has_failed ? " has failed" : "",
		    w.of[n].is_restarted ? " restarted" : "");
		w = now;
		printf(" -> %s %s%s%s%s\n", sv_state_name(sv_of(n).state),
		    sv_want_name(sv_of(n).want), w.of[n].is_away ? " away" : "",
		    w.of[n].has_failed ? " has failed" : "",
		    w.of[n].is_restarted ? " restarted" : "");
	}
}

static void
walk(bool is_loud)
{
	memset(&w, 0, sizeof(w));
	memset(table, 0, TABLE * sizeof(*table));
	nseen = 0;
	fault = NULL;
	for (unsigned i = 0; i < shape.nodes; i++)
		make_new((int)i);
	visit();
	for (uint32_t from = 1; from <= nseen && fault == NULL; from++)
		for (int i = 0; i < (int)shape.nodes; i++)
			for (int move = 0; move < MOVES; move++) {
				bool was_sound = fault == NULL;
				if (was_sound)
					explore(from, i, (enum move)move);
				if (was_sound && fault != NULL && is_loud)
					say(from, i, (enum move)move);
			}
}

static const struct shape three = {
    "a group of three", 4, {-1, 0, 0, 0}, {true, false, false, false}};
static const struct shape two = {
    "a group of two, and svcd may die", 3, {-1, 0, 0}, {true, false, false}};
static const struct shape deep = {
    "a group in a group, and svcd may die", 3, {-1, 0, 1}, {true, true, false}};

static void
walk_one(const struct shape *s, enum settings_strategy outer, unsigned limits,
    bool is_loud)
{
	shape = *s;
	with_deaths = s != &three;
	strategy[0] = outer;
	strategy[1] = STRATEGY_ALL;
	has_limit[0] = (limits & 1) != 0;
	has_limit[1] = (limits & 2) != 0;
	walk(is_loud);
}

/* A strategy, and which of the groups have a limit. */
struct way {
	enum settings_strategy strategy;
	unsigned limits;
};
static const struct way all_ways[] = {{STRATEGY_ONE, 0}, {STRATEGY_ONE, 1},
    {STRATEGY_ALL, 0}, {STRATEGY_ALL, 1}, {STRATEGY_REST, 0},
    {STRATEGY_REST, 1}};
/* Three: one before the dead one and one after, which two cannot have. */
static const struct way rest[] = {{STRATEGY_REST, 0}};
static const struct way climbing[] = {{STRATEGY_ONE, 3}, {STRATEGY_ALL, 1}};

/* False: a fault was found. */
static bool
walk_all(
    const struct shape *s, const struct way *ways, size_t count, bool is_loud)
{
	uint32_t total = 0;

	fault = NULL;
	for (unsigned n = 0; n < count && fault == NULL; n++) {
		walk_one(s, ways[n].strategy, ways[n].limits, is_loud);
		total += nseen;
	}
	if (is_loud)
		printf("# %s: %u situations\n", s->name, (unsigned)total);
	return fault == NULL;
}

static void
test_flat(void)
{
	by = right;
	HOLDS(walk_all(&three, rest, 1, true));
	HOLDS(walk_all(&two, all_ways, 6, true));
}

static void
test_deep(void)
{
	by = right;
	HOLDS(walk_all(&deep, climbing, 2, true));
}

static void
test_wrong(void)
{
	for (size_t n = 0; n < sizeof(wrong) / sizeof(wrong[0]); n++) {
		by = wrong[n];
		HOLDS(!walk_all(&two, all_ways, 6, false));
		printf("# %s: %s\n", by.name, fault != NULL ? fault : "-");
	}
}

int
main(void)
{
	seen = calloc(WORLDS, sizeof(*seen));
	table = calloc(TABLE, sizeof(*table));
	if (seen == NULL || table == NULL)
		return 111;
	TEST("groups: every situation of their members is answered", test_flat);
	TEST("groups: what is spent climbs to the group above", test_deep);
	TEST("groups: each wrong decision is found", test_wrong);
	return unit_done();
}
