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

/* Goes from grey node to grey node; the ring if one is closed, else 0. */
static uint32_t
search(struct graph *g, uint32_t start)
{
	uint32_t i = start;

	g->nodes[i].colour = GREY;
	g->nodes[i].cursor = g->nodes[i].out;
	g->nodes[i].parent = 0;
	while (i != 0) {
		struct graph_node *n = &g->nodes[i];
		uint32_t e = n->cursor, to;
		if (e == 0) {
			n->colour = BLACK;
			i = n->parent;
			continue;
		}
		n->cursor = g->edges[e].next_out;
		to = g->edges[e].to;
		if (to == 0 || g->edges[e].kind == GRAPH_CONFLICTS ||
		    g->nodes[to].is_refused || g->nodes[to].colour == BLACK)
			continue;
		if (g->nodes[to].colour == GREY) {
			/* Back along the parents, from here to there. */
			g->nodes[0].cursor = to;
			return i;
		}
		g->nodes[to].colour = GREY;
		g->nodes[to].cursor = g->nodes[to].out;
		g->nodes[to].parent = i;
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
