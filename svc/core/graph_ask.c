/*
 * Questions about the edges of the graph alone: who asks what of whom.
 */
#include "svc/core/graph_inner.h"

static bool
is_one_of(const struct graph_edge *e, unsigned kinds)
{
	return (kinds & 1u << e->kind) != 0;
}

uint32_t
graph_asker(const struct graph *g, uint32_t i, unsigned kinds, uint32_t *cursor)
{
	uint32_t e;

	if (!is_node(g, i))
		return 0;
	e = *cursor == 0 ? g->nodes[i].in : g->edges[*cursor].next_in;
	while (e != 0 && !is_one_of(&g->edges[e], kinds))
		e = g->edges[e].next_in;
	*cursor = e;
	return e != 0 ? g->edges[e].from : 0;
}

uint32_t
graph_asked(const struct graph *g, uint32_t i, unsigned kinds, uint32_t *cursor)
{
	uint32_t e;

	if (!is_node(g, i))
		return 0;
	e = *cursor == 0 ? g->nodes[i].out : g->edges[*cursor].next_out;
	while (
	    e != 0 && (!is_one_of(&g->edges[e], kinds) || g->edges[e].to == 0))
		e = g->edges[e].next_out;
	*cursor = e;
	return e != 0 ? g->edges[e].to : 0;
}

const char *
graph_kind_name(enum graph_kind kind)
{
	static const char *const names[] = {
#define NAME(name, text) text,
	    GRAPH_KINDS(NAME)};

	return (unsigned)kind < sizeof(names) / sizeof(names[0]) ? names[kind]
								 : "?";
}

bool
graph_is_held(const struct graph *g, uint32_t i)
{
	return i > 0 && i < g->node_max && g->nodes[i].hold != 0;
}

bool
graph_cause(
    const struct graph *g, uint32_t i, enum graph_kind *kind, uint32_t *to)
{
	uint32_t found = 0;

	if (!is_node(g, i))
		return false;
	for (uint32_t e = g->nodes[i].out; e != 0; e = g->edges[e].next_out) {
		unsigned bits = g->edges[e].bits;
		/* What is gone explains more than what is on its way. */
		if ((bits & BIT_LOSS) || ((bits & BIT_WAIT) && found == 0))
			found = e;
		if (bits & BIT_LOSS)
			break;
	}
	if (found == 0)
		return false;
	*kind = (enum graph_kind)g->edges[found].kind;
	*to = g->edges[found].to;
	return true;
}

uint32_t
graph_dependent(const struct graph *g, uint32_t i, uint32_t *cursor)
{
	uint32_t e;

	if (!is_node(g, i))
		return 0;
	e = *cursor == 0 ? g->nodes[i].in : g->edges[*cursor].next_in;
	for (; e != 0; e = g->edges[e].next_in) {
		uint32_t from = g->edges[e].from;
		bool is_strong = g->edges[e].kind == GRAPH_NEEDS ||
				 g->edges[e].kind == GRAPH_BINDS;
		if (!is_strong || !(g->nodes[from].facts & FACT_ALIVE))
			continue;
		*cursor = e;
		return from;
	}
	return 0;
}
