/*
 * Random graphs of services with real life machines on toy processes: wishes,
 * crashes and failures at random, then a calm in which everything must come to
 * where it belongs. What must hold at each moment: nothing is released before
 * what it needs is ready; nothing is told to end while what needs it lives; the
 * number of events is in proportion to the graph. A failing seed replays.
 *	graph [SEED]
 */
#include <stdlib.h>

#include "svc/core/graph.h"
#include "tests/unit/unit.h"
#include "tests/walk/asked.h"

#define NODES 24000
#define EDGES 96000
#define EVENTS 400000

static struct graph graph;
static struct graph_node nodes[NODES];
static struct graph_edge edges[EDGES];
static struct toy {
	struct sv sv;
	bool lives, is_told_to_end, is_waiting;
} toys[NODES];
static struct {
	uint32_t i;
	enum sv_event event;
} queue[EVENTS];
static size_t head, tail, stepped;
static uint32_t count;
static uint64_t seed;
static const char *fault;
static uint32_t fault_at;

/* A graph that is wrong in one way, to see that it would be found. */
static enum sabotage {
	SOUND,
	LOSES_LOST,
	LOSES_WAIT,
	LOSES_NEEDED,
	LOSES_OK,
	STOPS_AT_ONCE,
	SABOTAGES
} sabotage;

static uint32_t
roll(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)((seed >> 33) % n);
}

static void
blame(uint32_t i, const char *what)
{
	if (fault == NULL) {
		fault = what;
		fault_at = i;
	}
}

static void
post(uint32_t i, enum sv_event event)
{
	if (tail - head == EVENTS) {
		blame(i, "events without end");
		return;
	}
	queue[tail % EVENTS].i = i;
	queue[tail++ % EVENTS].event = event;
}

/* --- what must hold at each moment --- */

static bool
is_strong(const struct graph_edge *e)
{
	return e->kind == GRAPH_NEEDS || e->kind == GRAPH_BINDS;
}

static void
check_release(uint32_t i)
{
	for (uint32_t e = nodes[i].out; e != 0; e = edges[e].next_out)
		if (is_strong(&edges[e]) &&
		    (edges[e].to == 0 || !sv_is_ready(toys[edges[e].to].sv)))
			blame(i, "started before what it needs");
}

static void
check_end(uint32_t i, enum sv_event event)
{
	/* After a restart, a failure: those that need it stay. */
	if (event != EV_DOWN && event != EV_EXIT && event != EV_UNNEEDED &&
	    event != EV_DEPS_LOST)
		return;
	for (uint32_t e = nodes[i].in; e != 0; e = edges[e].next_in)
		if (is_strong(&edges[e]) && !sv_is_rest(toys[edges[e].from].sv))
			blame(i, "ended before what needs it");
}

/* --- the world --- */

static void
effect(uint32_t i, enum sv_effect_bit bit, enum sv_event event)
{
	struct toy *t = &toys[i];

	switch (bit) {
	case SV_BIT_RUN:
	case SV_BIT_PRE:
	case SV_BIT_FINISH:
		if (t->lives)
			blame(i, "a second process");
		post(i, EV_SPAWNED);
		break;
	case SV_BIT_UNGATE:
		t->lives = true;
		if (sv_role(t->sv) == SV_ROLE_RUN)
			check_release(i);
		break;
	case SV_BIT_DROP:
		post(i, EV_GATE);
		break;
	case SV_BIT_SIGNAL:
		check_end(i, event);
		t->is_told_to_end = true;
		break;
	case SV_BIT_KILL:
		t->is_told_to_end = true;
		break;
	case SV_BIT_SWEEP:
	case SV_BIT_SWEEP_KILL:
		post(i, EV_EMPTY);
		break;
	case SV_BIT_FREE:
	case SV_BIT_FORGIVE:
	case SV_BIT_DISARM:
	case SV_BIT_UNWATCH:
	case SV_BIT_TERM:
	case SV_BIT_PAUSE:
	case SV_BIT_CONT:
	case SV_BIT_RELOAD:
	case SV_BIT_WATCH:
	case SV_BIT_ADOPT:
	case SV_BIT_ARM:
	case SV_BIT_TELL:
		break;
	}
}

static void
step(uint32_t i, enum sv_event event)
{
	struct sv_step s = sv_step(toys[i].sv, event);

	stepped++;
	if (s.bug)
		blame(i, "an event that cannot happen");
	toys[i].sv = s.sv;
	for (int bit = 0; bit < SV_EFFECT_COUNT; bit++)
		if (s.effects & 1u << bit)
			effect(i, (enum sv_effect_bit)bit, event);
	graph_tell(&graph, i, toys[i].sv);
}

static enum sv_event
sabotaged(enum sv_event event)
{
	if (sabotage == LOSES_LOST && event == EV_DEPS_LOST)
		return EV_DEPS_WAIT;
	if (sabotage == LOSES_WAIT && event == EV_DEPS_WAIT)
		return EV_DEPS_OK;
	if (sabotage == LOSES_NEEDED && event == EV_NEEDED)
		return EV_NOTHING;
	if (sabotage == LOSES_OK && event == EV_DEPS_OK)
		return EV_NOTHING;
	return event;
}

/* Until nothing is to be done and the graph has nothing to say. */
static void
drain(void)
{
	enum sv_event event;
	uint32_t i;

	for (;;) {
		while (head < tail) {
			size_t at = head++ % EVENTS;
			step(queue[at].i, queue[at].event);
		}
		i = graph_next(&graph, &event);
		if (i == 0 || fault != NULL)
			return;
		post(i, sabotaged(event));
	}
}

/* One thing that happens by itself to a service. False: nothing would. */
static bool
happen(uint32_t i, bool is_calm)
{
	struct toy *t = &toys[i];

	if (t->lives && t->is_told_to_end) {
		t->lives = t->is_told_to_end = false;
		post(i,
		    sv_role(t->sv) == SV_ROLE_RUN ? EV_DIED_STAY : EV_HELPED);
	} else if (t->lives && sv_role(t->sv) != SV_ROLE_RUN) {
		t->lives = false;
		post(i, EV_HELPED);
	} else if (t->lives && t->sv.state == S_START) {
		bool is_done = t->sv.is_oneshot;
		t->lives = !is_done;
		post(i, is_done ? EV_DIED_STAY : EV_READY);
	} else if (t->sv.state == S_BACKOFF) {
		post(i, EV_TIMER);
	} else if (!is_calm && t->lives) {
		static const enum sv_event ends[] = {
		    EV_DIED_NOW, EV_DIED_LATER, EV_DIED_LATER, EV_DIED_FAIL};
		t->lives = false;
		post(i, ends[roll(4)]);
	} else {
		return false;
	}
	drain();
	return true;
}

static void
wish(uint32_t i)
{
	switch (roll(6)) {
	case 0:
	case 1:
		graph_unstop(&graph, i);
		post(i, EV_UP);
		break;
	case 2:
		graph_unstop(&graph, i);
		post(i, EV_RESTART);
		break;
	case 3:
	case 4:
		if (sabotage == STOPS_AT_ONCE)
			post(i, EV_DOWN);
		else
			graph_stop(&graph, i, EV_DOWN);
		break;
	default:
		post(i, EV_ONCE);
		break;
	}
	drain();
}

/* --- graphs --- */

static void
begin(uint32_t n)
{
	count = n;
	head = tail = stepped = 0;
	fault = NULL;
	memset(nodes, 0, sizeof(nodes[0]) * (n + 1));
	memset(toys, 0, sizeof(toys[0]) * (n + 1));
	memset(edges, 0, sizeof(edges));
	graph_init(&graph, nodes, NODES, edges, EDGES);
	for (uint32_t i = 1; i <= n; i++) {
		struct sv_config config = {.is_oneshot = roll(5) == 0,
		    .has_finish = roll(4) == 0,
		    .has_sweep = roll(4) == 0,
		    .has_pre = roll(8) == 0};
		toys[i].sv = sv_new(config);
		graph_add(&graph, i, toys[i].sv);
	}
}

static struct asked asked[EDGES];
static size_t asked_count;

/* Edges only to lower numbers: no rings. */
static void
relate_at_random(uint32_t each)
{
	asked_count = 0;
	for (uint32_t i = 2; i <= count; i++)
		for (uint32_t n = roll(each + 1); n > 0; n--) {
			uint32_t kind = roll(6), to = 1 + roll(i - 1);
			struct asked *a = &asked[asked_count++];
			bool is_missing = roll(40) == 0;
			*a = (struct asked){
			    i, is_missing ? 0 : to, (enum graph_kind)kind};
			graph_relate(&graph, i, a->kind, a->to);
		}
}

/* --- the calm, and where everything belongs --- */

static bool
is_settled(uint32_t i)
{
	return sv_is_rest(toys[i].sv) || toys[i].sv.state == S_UP;
}

static void
calm(void)
{
	bool is_moving = true;

	for (int rounds = 0; is_moving && fault == NULL; rounds++) {
		is_moving = false;
		/* Up and down in turn: starts go one way, ends the other. */
		for (uint32_t n = 1; n <= count; n++) {
			uint32_t i = rounds % 2 == 0 ? n : count + 1 - n;
			is_moving = happen(i, true) || is_moving;
		}
		if (rounds > 10000)
			blame(0, "never calm");
	}
}

/* Whether it may run, by DESIGN section 3 and nothing of graph.c. */
static bool
belongs_up(uint32_t i)
{
	struct sv sv = toys[i].sv;

	if (!sv_wanted(sv) || sv.state == S_FAILED || sv.state == S_ENDED)
		return false;
	for (uint32_t e = nodes[i].out; e != 0; e = edges[e].next_out)
		if (is_strong(&edges[e]) &&
		    (edges[e].to == 0 || toys[edges[e].to].is_waiting ||
			!sv_is_ready(toys[edges[e].to].sv)))
			return false;
	return true;
}

/* Somebody who is to be up wants it to be. */
static bool
is_needed(uint32_t i)
{
	for (uint32_t e = nodes[i].in; e != 0; e = edges[e].next_in)
		if ((is_strong(&edges[e]) || edges[e].kind == GRAPH_WANTS) &&
		    sv_wanted(toys[edges[e].from].sv))
			return true;
	return false;
}

static void
check_calm(void)
{
	/* Lower numbers first: what it needs has been looked at. */
	for (uint32_t i = 1; i <= count; i++) {
		bool is_up = sv_is_ready(toys[i].sv);
		toys[i].is_waiting = !belongs_up(i);
		if (!is_settled(i))
			blame(i, "not at rest in the calm");
		if (is_up && toys[i].is_waiting)
			blame(i, "up without what it needs");
		if (!is_up && !toys[i].is_waiting)
			blame(i, "could be up and is not");
		if (toys[i].sv.needed != is_needed(i))
			blame(i, "needed and not told, or told and not needed");
		if (graph_is_held(&graph, i))
			blame(i, "a wish to end was lost");
	}
}

static void
live(uint32_t n, uint32_t each, uint32_t days)
{
	begin(n);
	relate_at_random(each);
	for (uint32_t day = 0; day < days && fault == NULL; day++) {
		uint32_t i = 1 + roll(n);
		if (n < 100 && roll(8) == 0) {
			asked_anew(&graph, n, asked, asked_count);
			drain();
		}
		if (roll(3) == 0)
			wish(i);
		else
			(void)happen(i, roll(4) != 0);
	}
	calm();
	check_calm();
	if (stepped > 400 * ((size_t)n * (each + 1) + days))
		blame(0, "more events than the graph explains");
}

static void
say(uint64_t from)
{
	if (fault == NULL)
		return;
	printf("# seed %llu, service %u (%s): %s\n", (unsigned long long)from,
	    fault_at, sv_state_name(toys[fault_at].sv.state), fault);
	for (uint32_t e = nodes[fault_at].out; e != 0; e = edges[e].next_out)
		printf("#   %s %u (%s)\n",
		    graph_kind_name((enum graph_kind)edges[e].kind),
		    edges[e].to, sv_state_name(toys[edges[e].to].sv.state));
}

static void
test_random(void)
{
	for (uint64_t s = 1; s <= 3000 && !unit_bad; s++) {
		seed = s;
		live(2 + roll(30), 1 + roll(4), 200);
		say(s);
		HOLDS(fault == NULL);
	}
}

static void
test_sabotage(void)
{
	for (int kind = LOSES_LOST; kind < SABOTAGES; kind++) {
		bool is_found = false;
		sabotage = (enum sabotage)kind;
		for (uint64_t s = 1; s <= 300 && !is_found; s++) {
			seed = s;
			live(2 + roll(30), 1 + roll(4), 200);
			is_found = fault != NULL;
		}
		printf("# sabotage %d: %s\n", kind, is_found ? fault : "-");
		HOLDS(is_found);
	}
	sabotage = SOUND;
}

static void
test_large(void)
{
	seed = 7;
	live(20000, 3, 2000);
	say(7);
	HOLDS(fault == NULL);
}

/* All need one: its every change is told, and each of theirs costs little. */
static void
test_hub(void)
{
	const uint32_t n = 20000;

	seed = 1;
	begin(n);
	for (uint32_t i = 2; i <= n; i++)
		graph_relate(&graph, i, GRAPH_NEEDS, 1);
	for (uint32_t i = 2; i <= n; i++)
		post(i, EV_UP);
	drain();
	calm();
	check_calm();
	HOLDS(fault == NULL && sv_is_ready(toys[n].sv));
	HOLDS(toys[1].sv.needed && toys[1].sv.want == WANT_NONE);
	graph_stop(&graph, 1, EV_DOWN);
	drain();
	HOLDS(sv_is_ready(toys[1].sv) && graph_is_held(&graph, 1));
	calm();
	HOLDS(toys[1].sv.state == S_DOWN && toys[n].sv.state == S_WAIT);
	post(1, EV_UP);
	drain();
	calm();
	check_calm();
	HOLDS(fault == NULL && sv_is_ready(toys[n].sv));
	HOLDS(stepped < 60 * (size_t)n);
}

static void
test_chain(void)
{
	const uint32_t n = 20000;

	seed = 2;
	begin(n);
	for (uint32_t i = 2; i <= n; i++)
		graph_relate(&graph, i, GRAPH_NEEDS, i - 1);
	post(n, EV_UP);
	drain();
	calm();
	check_calm();
	HOLDS(fault == NULL && sv_is_ready(toys[n].sv));
	graph_stop(&graph, n, EV_DOWN);
	drain();
	calm();
	check_calm();
	/* Nobody asked for the rest: it went down with it, last first. */
	HOLDS(fault == NULL && toys[1].sv.state == S_DOWN);
	HOLDS(stepped < 80 * (size_t)n);
}

/* --- small stories, told in full --- */

static void
up(uint32_t i)
{
	post(i, EV_UP);
	drain();
	calm();
}

static void
test_stories(void)
{
	enum graph_kind kind;
	uint32_t to, cursor = 0;

	/* 3 needs 2, 2 binds 1: a crash of 1 takes 2 and 3 down, and back. */
	begin(3);
	graph_relate(&graph, 3, GRAPH_NEEDS, 2);
	graph_relate(&graph, 2, GRAPH_BINDS, 1);
	for (uint32_t i = 1; i <= 3; i++)
		toys[i].sv.is_oneshot = false;
	up(3);
	HOLDS(toys[1].sv.state == S_UP && toys[3].sv.state == S_UP);
	toys[1].lives = false;
	post(1, EV_DIED_LATER);
	drain();
	HOLDS(!sv_is_ready(toys[2].sv) || toys[2].sv.state == S_UP);
	calm();
	HOLDS(toys[2].sv.state == S_UP && toys[3].sv.state == S_UP);
	HOLDS(fault == NULL);
	/* A restart of 2 leaves 3 alone. */
	post(2, EV_RESTART);
	drain();
	HOLDS(toys[2].sv.state == S_STOP && toys[3].sv.state == S_UP);
	calm();
	HOLDS(graph_dependent(&graph, 2, &cursor) == 3);
	HOLDS(graph_dependent(&graph, 2, &cursor) == 0);
	/* It fails for good: 3 stops and says why. */
	toys[2].lives = false;
	post(2, EV_DIED_FAIL);
	drain();
	calm();
	HOLDS(toys[3].sv.state == S_WAIT);
	HOLDS(graph_cause(&graph, 3, &kind, &to));
	HOLDS(kind == GRAPH_NEEDS && to == 2);
	HOLDS(fault == NULL);
}

static void
test_removal(void)
{
	enum graph_kind kind;
	uint32_t to;

	begin(3);
	for (uint32_t i = 1; i <= 3; i++)
		toys[i].sv.is_oneshot = false;
	graph_relate(&graph, 2, GRAPH_NEEDS, 1);
	graph_relate(&graph, 2, GRAPH_CONFLICTS, 3);
	up(2);
	HOLDS(toys[1].sv.state == S_UP && toys[2].sv.state == S_UP);
	up(3);
	HOLDS(toys[2].sv.state == S_DOWN && toys[3].sv.state == S_UP);
	/* Nobody asked for 1 itself. */
	HOLDS(toys[1].sv.state == S_DOWN);
	up(2);
	HOLDS(toys[3].sv.state == S_DOWN && toys[2].sv.state == S_UP);
	graph_stop(&graph, 1, EV_EXIT);
	drain();
	calm();
	HOLDS(toys[1].sv.state == S_NONE && toys[2].sv.state == S_WAIT);
	graph_remove(&graph, 1);
	drain();
	HOLDS(graph_cause(&graph, 2, &kind, &to) && to == 0);
	graph_unrelate(&graph, 2);
	drain();
	calm();
	HOLDS(toys[2].sv.state == S_UP);
	/* The conflict is gone from both ends. */
	up(3);
	HOLDS(toys[2].sv.state == S_UP && toys[3].sv.state == S_UP);
	HOLDS(fault == NULL);
}

int
main(int argc, char **argv)
{
	if (argc > 1) {
		uint64_t from = strtoull(argv[1], NULL, 10);
		seed = from;
		live(2 + roll(30), 1 + roll(4), 200);
		say(from);
		return fault != NULL;
	}
	TEST("small stories come out as told", test_stories);
	TEST("removal and conflicts", test_removal);
	TEST("3,000 random graphs end where they belong", test_random);
	TEST("each wrong graph is found", test_sabotage);
	TEST("20,000 services at random", test_large);
	TEST("20,000 services that need one", test_hub);
	TEST("a chain of 20,000", test_chain);
	return unit_done();
}
