/*
 * Rings among relations: services that wait for each other would wait for
 * ever, so they are found before and named. A depth-first search that keeps
 * its way in the nodes, since nothing here may recurse or allocate.
 */
#include "svc/core/graph.h"

enum colour {
	WHITE,
	GREY,
	BLACK
};

static uint32_t
membership(const struct graph *g, uint32_t e)
{
	while (e != 0 && g->edges[e].kind != GRAPH_MEMBER)
		e = g->edges[e].next_in;
	return e;
}

/*
 * Of its own edges, and then of those of each group it is a member of: a group
 * has ended when its members have, so what it asks for they ask for too.
 */
static uint32_t
next_edge(const struct graph *g, struct graph_node *n)
{
	for (;;) {
		uint32_t e = n->cursor;

		while (
		    e != 0 && n->via != 0 && g->edges[e].kind == GRAPH_MEMBER)
			e = g->edges[e].next_out;
		if (e != 0) {
			n->cursor = g->edges[e].next_out;
			return e;
		}
		n->via = membership(
		    g, n->via == 0 ? n->in : g->edges[n->via].next_in);
		if (n->via == 0)
			return 0;
		n->cursor = g->nodes[g->edges[n->via].from].out;
	}
}

static void
enter(struct graph *g, uint32_t i, uint32_t parent)
{
	struct graph_node *n = &g->nodes[i];

	n->colour = GREY;
	n->cursor = n->out;
	n->via = 0;
	n->parent = parent;
}

/* Goes from grey node to grey node; the ring if one is closed, else 0. */
static uint32_t
search(struct graph *g, uint32_t start)
{
	uint32_t i = start;

	enter(g, i, 0);
	while (i != 0) {
		struct graph_node *n = &g->nodes[i];
		uint32_t e = next_edge(g, n), to;

		if (e == 0) {
			n->colour = BLACK;
			i = n->parent;
			continue;
		}
		to = g->edges[e].to;
		if (to == 0 || g->edges[e].kind == GRAPH_CONFLICTS ||
		    g->nodes[to].is_refused || g->nodes[to].colour == BLACK)
			continue;
		if (g->nodes[to].colour == GREY) {
			/* Back along the parents, from here to there. */
			g->nodes[0].cursor = to;
			return i;
		}
		enter(g, to, i);
		i = to;
	}
	return 0;
}

size_t
graph_ring(struct graph *g, uint32_t *ring, size_t cap)
{
	uint32_t last = 0, first;
	size_t n = 0;

	for (uint32_t i = 1; i < g->node_max; i++)
		g->nodes[i].colour = WHITE;
	for (uint32_t i = 1; i < g->node_max && last == 0; i++)
		if (g->nodes[i].facts != 0 && !g->nodes[i].is_refused &&
		    g->nodes[i].colour == WHITE)
			last = search(g, i);
	if (last == 0)
		return 0;
	first = g->nodes[0].cursor;
	for (uint32_t i = last; n < cap; i = g->nodes[i].parent) {
		if (g->nodes[i].via != 0)
			ring[n++] = g->edges[g->nodes[i].via].from;
		if (n < cap)
			ring[n++] = i;
		if (i == first)
			break;
	}
	/* Found from the last to the first: turn it round. */
	for (size_t a = 0, b = n; a + 1 < b; a++) {
		uint32_t swap = ring[a];
		ring[a] = ring[--b];
		ring[b] = swap;
	}
	return n;
}
