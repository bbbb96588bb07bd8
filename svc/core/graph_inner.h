/*
 * What the files of the graph know of each other: how facts and relations are
 * written down in nodes and edges.
 */
#ifndef SVC_CORE_GRAPH_INNER_H
#define SVC_CORE_GRAPH_INNER_H

#include "svc/core/graph.h"

/* What is true of a service. */
enum fact {
	FACT_IS = 1,	  /* there is one */
	FACT_WANTED = 2,  /* is to be up */
	FACT_READY = 4,	  /* others may build on it */
	FACT_ALIVE = 8,	  /* something of it runs, or is on its way */
	FACT_FAILED = 16, /* for good, or ended: only a wish starts it */
	FACT_TRIED = 32	  /* in backoff: it failed at least once */
};

/* What an edge counts for: the first two at `from`, the others at `to`. */
enum bit {
	BIT_WAIT = 1,
	BIT_LOSS = 2,
	BIT_WANTER = 4,
	BIT_BLOCKER = 8
};

static inline bool
is_node(const struct graph *g, uint32_t i)
{
	return i > 0 && i < g->node_max;
}

#endif
