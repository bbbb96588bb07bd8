/*
 * Rings among definitions: found by the graph that svcd uses, related in the
 * same manner, so that what one refuses the other does.
 */
#include "svc/cmd/definition.h"

#include "svc/cmd/memory.h"
#include "svc/core/graph.h"

struct making {
	struct definitions *all;
	struct graph graph;
};

static size_t
count_list(struct settings_list list)
{
	size_t n = 0;

	while (settings_each(&list) != NULL)
		n++;
	return n;
}

static size_t
count_edges(const struct definitions *all)
{
	size_t n = 2;

	for (size_t i = 0; i < all->count; i++) {
		const struct settings *s = &all->d[i].settings;
		n += count_list(s->needs) + count_list(s->binds) +
		     count_list(s->wants) + count_list(s->after) +
		     count_list(s->before) + count_list(s->members);
	}
	return n;
}

static void
relate(struct making *m, size_t i, struct settings_list list,
    enum graph_kind kind, bool is_from_other_end)
{
	uint32_t from = (uint32_t)i + 1;
	const char *name;

	while ((name = settings_each(&list)) != NULL) {
		const struct definition *d = definitions_find(m->all, name);
		uint32_t to = d != NULL ? (uint32_t)(d - m->all->d) + 1 : 0;
		if (to == 0)
			continue;
		if (is_from_other_end)
			graph_relate(&m->graph, to, kind, from);
		else
			graph_relate(&m->graph, from, kind, to);
	}
}

static void
relate_all(struct making *m)
{
	for (size_t i = 0; i < m->all->count; i++) {
		const struct settings *s = &m->all->d[i].settings;
		relate(m, i, s->needs, GRAPH_NEEDS, false);
		relate(m, i, s->binds, GRAPH_BINDS, false);
		relate(m, i, s->wants, GRAPH_WANTS, false);
		relate(m, i, s->after, GRAPH_AFTER, false);
		relate(m, i, s->before, GRAPH_AFTER, true);
		relate(m, i, s->members, GRAPH_MEMBER, false);
	}
}

/* The ring as seen by its member at `from`. */
static const char *
ring_text(
    const struct definitions *all, const uint32_t *ring, size_t n, size_t from)
{
	const char *text = "";

	for (size_t k = 0; k < n; k++)
		text = memory_text(
		    "%s%s -> ", text, all->d[ring[(from + k) % n] - 1].name);
	return memory_text("%s%s", text, all->d[ring[from] - 1].name);
}

void
definitions_rings(struct definitions *all)
{
	struct making m = {.all = all};
	size_t edges = count_edges(all), n;
	uint32_t *ring = memory_get(all->count + 1, sizeof *ring);

	graph_init(&m.graph,
	    memory_get(all->count + 2, sizeof(struct graph_node)),
	    (uint32_t)all->count + 1,
	    memory_get(edges, sizeof(struct graph_edge)), (uint32_t)edges);
	for (uint32_t i = 1; i <= all->count; i++)
		graph_add(&m.graph, i, sv_new((struct sv_config){0}));
	relate_all(&m);
	while ((n = graph_ring(&m.graph, ring, all->count)) > 0)
		for (size_t k = 0; k < n; k++) {
			all->d[ring[k] - 1].ring = ring_text(all, ring, n, k);
			graph_refuse(&m.graph, ring[k], true);
		}
}
