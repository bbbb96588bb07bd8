/*
 * Relations that a walk has made, to be made again: as the tree does when a
 * service comes or goes, since names may then mean others.
 */
#ifndef TESTS_WALK_ASKED_H
#define TESTS_WALK_ASKED_H

#include "svc/core/graph.h"

struct asked {
	uint32_t from, to;
	enum graph_kind kind;
};

static inline void
asked_anew(struct graph *g, uint32_t nodes, const struct asked *a, size_t n)
{
	for (uint32_t i = 1; i <= nodes; i++)
		graph_unrelate(g, i);
	for (size_t k = 0; k < n; k++)
		graph_relate(g, a[k].from, a[k].kind, a[k].to);
}

#endif
