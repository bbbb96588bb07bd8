/*
 * svc/core/graph_ring.c, and the edges of graph.c: full tables, odd numbers.
 * The relations at work are walked by tests/walk/graph.c.
 */
#include "svc/core/graph.h"
#include "tests/unit/unit.h"

#define NODES 32
#define EDGES 128

static struct graph graph;
static struct graph_node nodes[NODES];
static struct graph_edge edges[EDGES];
static uint64_t seed;

static uint32_t
roll(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)((seed >> 33) % n);
}

static void
begin(uint32_t n)
{
	memset(nodes, 0, sizeof(nodes));
	memset(edges, 0, sizeof(edges));
	graph_init(&graph, nodes, NODES, edges, EDGES);
	for (uint32_t i = 1; i <= n; i++)
		graph_add(&graph, i, sv_new((struct sv_config){0}));
}

static bool
asks(uint32_t from, uint32_t to)
{
	for (uint32_t e = nodes[from].out; e != 0; e = edges[e].next_out)
		if (edges[e].to == to && edges[e].kind != GRAPH_CONFLICTS)
			return true;
	return false;
}

static void
test_small(void)
{
	uint32_t ring[8];

	begin(4);
	graph_relate(&graph, 1, GRAPH_NEEDS, 2);
	graph_relate(&graph, 2, GRAPH_AFTER, 3);
	graph_relate(&graph, 4, GRAPH_NEEDS, 1);
	HOLDS(graph_ring(&graph, ring, 8) == 0);
	graph_relate(&graph, 3, GRAPH_WANTS, 1);
	HOLDS(graph_ring(&graph, ring, 8) == 3);
	for (size_t i = 0; i < 3; i++)
		HOLDS(asks(ring[i], ring[(i + 1) % 3]));
	HOLDS(graph_ring(&graph, ring, 2) == 2);
	graph_refuse(&graph, 2, true);
	HOLDS(graph_ring(&graph, ring, 8) == 0);
}

/*
 * 1 is a group, 2 its member, and 3 comes between them: 1 would end when 2 has,
 * 2 after 3, and 3 after 1.
 */
static void
test_group(void)
{
	uint32_t ring[8];

	begin(3);
	graph_relate(&graph, 1, GRAPH_MEMBER, 2);
	graph_relate(&graph, 1, GRAPH_NEEDS, 3);
	HOLDS(graph_ring(&graph, ring, 8) == 0);
	graph_relate(&graph, 3, GRAPH_AFTER, 2);
	HOLDS(graph_ring(&graph, ring, 8) == 3);
	HOLDS(ring[0] + ring[1] + ring[2] == 6);
	HOLDS(graph_ring(&graph, ring, 1) == 1);
	graph_refuse(&graph, 3, true);
	HOLDS(graph_ring(&graph, ring, 8) == 0);
}

/* Two that conflict name each other, and that is no ring. */
static void
test_conflict(void)
{
	uint32_t ring[8];

	begin(2);
	graph_relate(&graph, 1, GRAPH_CONFLICTS, 2);
	HOLDS(graph_ring(&graph, ring, 8) == 0);
	graph_relate(&graph, 1, GRAPH_NEEDS, 1);
	HOLDS(graph_ring(&graph, ring, 8) == 0);
}

static void
test_random(void)
{
	uint32_t ring[64];

	for (seed = 1; seed <= 500; seed++) {
		uint64_t kept = seed;
		size_t n, rings = 0;
		begin(30);
		for (uint32_t i = 2; i <= 30; i++)
			graph_relate(&graph, i, (enum graph_kind)roll(4),
			    1 + roll(i - 1));
		HOLDS(graph_ring(&graph, ring, 64) == 0);
		for (int back = 0; back < 9; back++)
			graph_relate(
			    &graph, 1 + roll(15), GRAPH_NEEDS, 16 + roll(15));
		while ((n = graph_ring(&graph, ring, 64)) > 0 && rings < 31) {
			for (size_t i = 0; i < n; i++)
				HOLDS(asks(ring[i], ring[(i + 1) % n]));
			graph_refuse(&graph, ring[0], true);
			rings++;
		}
		HOLDS(n == 0);
		seed = kept;
	}
}

static void
test_full(void)
{
	enum sv_event event;

	begin(3);
	for (unsigned i = 1; i < EDGES; i++)
		HOLDS(graph_relate(&graph, 2, GRAPH_AFTER, 1));
	HOLDS(!graph_relate(&graph, 2, GRAPH_AFTER, 1));
	graph_unrelate(&graph, 2);
	HOLDS(nodes[1].in == 0 && nodes[2].out == 0);
	for (unsigned i = 1; i < EDGES; i++)
		HOLDS(graph_relate(&graph, 3, GRAPH_NEEDS, 1));
	graph_remove(&graph, 3);
	HOLDS(nodes[1].in == 0 && nodes[1].wanters == 0);
	HOLDS(!graph_relate(&graph, 0, GRAPH_NEEDS, 1));
	HOLDS(!graph_relate(&graph, NODES, GRAPH_NEEDS, 1));
	HOLDS(!graph_relate(&graph, 1, GRAPH_NEEDS, NODES));
	graph_remove(&graph, 0);
	graph_stop(&graph, NODES + 5, EV_DOWN);
	while (graph_next(&graph, &event) != 0)
		HOLDS(event == EV_DEPS_OK);
	SAME(graph_kind_name(GRAPH_BINDS), "binds");
}

/* One out of many: the others still ask what they asked. */
static void
test_middle(void)
{
	uint32_t cursor = 0;
	struct sv up = {.state = S_UP, .want = WANT_UP, .deps = true};

	begin(5);
	for (uint32_t i = 2; i <= 5; i++) {
		graph_relate(&graph, i, GRAPH_CONFLICTS, i == 5 ? 4 : 5);
		graph_relate(&graph, i, GRAPH_AFTER, 1);
		graph_relate(&graph, i, GRAPH_NEEDS, 1);
		graph_tell(&graph, i, up);
	}
	graph_unrelate(&graph, 3);
	graph_remove(&graph, 4);
	HOLDS(graph_dependent(&graph, 1, &cursor) == 5);
	HOLDS(graph_dependent(&graph, 1, &cursor) == 2);
	HOLDS(graph_dependent(&graph, 1, &cursor) == 0);
	HOLDS(nodes[1].wanters == 2);
	for (uint32_t e = nodes[5].out; e != 0; e = edges[e].next_out)
		HOLDS(edges[e].kind != GRAPH_CONFLICTS || edges[e].to != 3);
}

static void
test_strangers(void)
{
	enum graph_kind kind;
	uint32_t to, cursor = 0;

	begin(1);
	graph_add(&graph, NODES, (struct sv){.state = S_DOWN});
	graph_refuse(&graph, NODES, true);
	graph_unrelate(&graph, NODES);
	HOLDS(!graph_cause(&graph, NODES, &kind, &to));
	HOLDS(!graph_cause(&graph, 1, &kind, &to));
	HOLDS(graph_dependent(&graph, NODES, &cursor) == 0);
	HOLDS(graph_relate(&graph, 1, GRAPH_WANTS, 0) && nodes[1].out == 0);
	HOLDS(!graph_is_held(&graph, NODES));
}

int
main(void)
{
	TEST("a ring is named whole and in order", test_small);
	TEST("what comes between a group and its member is a ring", test_group);
	TEST("a conflict is no ring", test_conflict);
	TEST("every ring of random graphs is found", test_random);
	TEST("a full table refuses, strange numbers do no harm", test_full);
	TEST("one of many is taken out", test_middle);
	TEST("numbers of nobody", test_strangers);
	return unit_done();
}
