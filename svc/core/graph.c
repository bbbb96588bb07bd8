/*
 * The relations at work. Every edge knows what it counts for at its two ends
 * (bits), every node has the sums; a change of one node looks at its own edges
 * and at nothing else. That is what keeps ten thousand services that need one
 * network linear.
 */
#include "svc/core/graph_inner.h"

/*
 * Queues: first everything is seen as it is, since a loss goes on from one to
 * the next; then come ends and needs; then what follows from them.
 */
enum {
	QUEUE_VIEW,
	QUEUE_WISH,
	QUEUE_DEPS
};

/* --- the queue of nodes to look at --- */

static void
enqueue_in(struct graph *g, uint32_t i, int q)
{
	struct graph_node *n = &g->nodes[i];

	if (n->is_queued[q])
		return;
	n->is_queued[q] = true;
	n->queued_next[q] = 0;
	if (g->last[q] != 0)
		g->nodes[g->last[q]].queued_next[q] = i;
	else
		g->first[q] = i;
	g->last[q] = i;
}

static void
enqueue(struct graph *g, uint32_t i)
{
	enqueue_in(g, i, QUEUE_VIEW);
	enqueue_in(g, i, QUEUE_WISH);
	enqueue_in(g, i, QUEUE_DEPS);
}

static uint32_t
dequeue(struct graph *g, int q)
{
	uint32_t i = g->first[q];

	if (i == 0)
		return 0;
	g->first[q] = g->nodes[i].queued_next[q];
	if (g->first[q] == 0)
		g->last[q] = 0;
	g->nodes[i].is_queued[q] = false;
	return i;
}

/* --- what an edge means now --- */

/* Who runs already goes on; it is its next start that is refused. */
static bool
is_kept_from_starting(const struct graph_node *n)
{
	return n->is_refused && !(n->facts & FACT_ALIVE);
}

/* Told to end, or about to be: its dependents go first. */
static bool
is_ending(const struct graph_node *n)
{
	return n->hold != 0 || n->losses > 0 || n->has_lost ||
	       is_kept_from_starting(n) || !(n->facts & FACT_WANTED);
}

/* It will not be ready unless somebody does something. */
static bool
is_lost(const struct graph_node *n)
{
	return !(n->facts & FACT_IS) || is_ending(n) ||
	       (n->facts & FACT_FAILED) != 0;
}

static unsigned
bits_outward(const struct graph *g, const struct graph_edge *e)
{
	const struct graph_node *to = &g->nodes[e->to];
	bool is_ready = (to->facts & FACT_READY) != 0 && !is_lost(to);
	bool is_coming = !is_lost(to) && (to->facts & FACT_TRIED) == 0;
	bool is_bound;

	/* What runs is not to be lost by a name that is mistyped. */
	if (e->to == 0)
		return g->nodes[e->from].facts & FACT_ALIVE ? BIT_WAIT
							    : BIT_LOSS;
	switch ((enum graph_kind)e->kind) {
	case GRAPH_NEEDS:
		return is_ready ? 0 : is_lost(to) ? BIT_LOSS : BIT_WAIT;
	case GRAPH_BINDS:
		/* One that does not run yet has nothing to lose; one that does
		 * has lost it, though it be back before it could end. */
		is_bound = g->nodes[e->from].facts & FACT_ALIVE;
		if (is_bound && (e->bits & BIT_LOSS))
			return BIT_LOSS;
		if (is_ready)
			return 0;
		return is_lost(to) || is_bound ? BIT_LOSS : BIT_WAIT;
	case GRAPH_WANTS:
	case GRAPH_AFTER:
		return !is_ready && is_coming ? BIT_WAIT : 0;
	case GRAPH_CONFLICTS:
		return to->facts & FACT_ALIVE ? BIT_WAIT : 0;
	case GRAPH_MEMBER:
		/* A group acts on its members by wishes, not through here. */
		return 0;
	}
	return 0;
}

static unsigned
bits_inward(const struct graph *g, const struct graph_edge *e)
{
	const struct graph_node *from = &g->nodes[e->from];
	bool is_alive = (from->facts & FACT_ALIVE) != 0;
	bool is_wanted = (from->facts & FACT_WANTED) != 0 && from->hold == 0 &&
			 !from->is_refused;
	unsigned bits = 0;

	if (e->kind == GRAPH_CONFLICTS || e->kind == GRAPH_MEMBER)
		return 0;
	if (e->kind != GRAPH_AFTER && (is_wanted || is_alive))
		bits |= BIT_WANTER;
	/* In a ring each would wait for the other's end. */
	if (is_alive && is_ending(from) && !from->is_refused)
		bits |= BIT_BLOCKER;
	return bits;
}

static void
count(uint32_t *sum, unsigned was, unsigned is, unsigned bit)
{
	if ((is & bit) != 0 && (was & bit) == 0)
		++*sum;
	else if ((is & bit) == 0 && (was & bit) != 0)
		--*sum;
}

/*
 * Brings the sums at both ends up to date. A node whose losses come or go is
 * seen differently by its own dependents: that is a change of it.
 */
static void
set_bits(struct graph *g, struct graph_edge *e, unsigned bits)
{
	struct graph_node *from = &g->nodes[e->from];
	struct graph_node *to = &g->nodes[e->to];

	if (bits == e->bits)
		return;
	if (e->kind == GRAPH_BINDS && (bits & BIT_LOSS) &&
	    (from->facts & FACT_ALIVE))
		from->has_lost = true;
	count(&from->waits, e->bits, bits, BIT_WAIT);
	count(&from->losses, e->bits, bits, BIT_LOSS);
	count(&to->wanters, e->bits, bits, BIT_WANTER);
	count(&to->blockers, e->bits, bits, BIT_BLOCKER);
	e->bits = (uint8_t)bits;
	enqueue(g, e->from);
	if (e->to != 0)
		enqueue(g, e->to);
}

static void
refresh_edge(struct graph *g, struct graph_edge *e)
{
	set_bits(g, e, bits_outward(g, e) | bits_inward(g, e));
}

/* All of a node that its edges are made of. */
static uint16_t
view_of(const struct graph_node *n)
{
	return (uint16_t)(n->facts | is_ending(n) << 8 | is_lost(n) << 9 |
			  (n->hold != 0) << 10 | n->is_refused << 11);
}

/* The edges of a node that is seen differently than before. */
static void
refresh(struct graph *g, uint32_t i)
{
	struct graph_node *n = &g->nodes[i];

	if (n->view == view_of(n))
		return;
	n->view = view_of(n);
	for (uint32_t e = n->out; e != 0; e = g->edges[e].next_out)
		refresh_edge(g, &g->edges[e]);
	for (uint32_t e = n->in; e != 0; e = g->edges[e].next_in)
		refresh_edge(g, &g->edges[e]);
}

/*
 * Its edges come and go: what the others were made of may hold no more, though
 * it is seen as before. No view looks like this.
 */
static void
doubt(struct graph *g, uint32_t i)
{
	g->nodes[i].view = UINT16_MAX;
	enqueue(g, i);
}

/* --- nodes and edges --- */

void
graph_init(struct graph *g, struct graph_node *nodes, uint32_t node_max,
    struct graph_edge *edges, uint32_t edge_max)
{
	*g = (struct graph){.nodes = nodes,
	    .edges = edges,
	    .node_max = node_max,
	    .edge_max = edge_max,
	    .edge_used = 1};
}

static uint16_t
facts_of(struct sv sv)
{
	unsigned facts = FACT_IS;

	if (sv_wanted(sv))
		facts |= FACT_WANTED;
	if (sv_is_ready(sv))
		facts |= FACT_READY;
	/* A oneshot that is done is to be undone: it is alive in that sense. */
	if (!sv_is_rest(sv) || sv.state == S_DONE)
		facts |= FACT_ALIVE;
	if (sv.state == S_FAILED || sv.state == S_ENDED)
		facts |= FACT_FAILED;
	if (sv.state == S_BACKOFF)
		facts |= FACT_TRIED;
	return (uint16_t)facts;
}

void
graph_add(struct graph *g, uint32_t i, struct sv sv)
{
	struct graph_node *n = &g->nodes[i];

	if (!is_node(g, i))
		return;
	n->told_deps = sv.deps ? EV_DEPS_OK : EV_DEPS_WAIT;
	n->told_needed = sv.needed;
	n->facts = facts_of(sv);
	refresh(g, i);
	enqueue(g, i);
}

static void
release_edge(struct graph *g, uint32_t e)
{
	g->edges[e] = (struct graph_edge){.next_out = g->edge_free};
	g->edge_free = e;
}

static void
unlink_in(struct graph *g, uint32_t e)
{
	const struct graph_edge *edge = &g->edges[e];

	if (edge->to == 0)
		return;
	if (edge->prev_in != 0)
		g->edges[edge->prev_in].next_in = edge->next_in;
	else
		g->nodes[edge->to].in = edge->next_in;
	if (edge->next_in != 0)
		g->edges[edge->next_in].prev_in = edge->prev_in;
}

static void
unlink_out(struct graph *g, uint32_t e)
{
	uint32_t *at = &g->nodes[g->edges[e].from].out;

	while (*at != e && *at != 0)
		at = &g->edges[*at].next_out;
	if (*at == e)
		*at = g->edges[e].next_out;
}

/* An edge of a conflict has a twin the other way. */
static void
remove_twin(struct graph *g, uint32_t from, uint32_t to)
{
	for (uint32_t e = g->nodes[from].out; e != 0;
	     e = g->edges[e].next_out) {
		if (g->edges[e].kind != GRAPH_CONFLICTS || g->edges[e].to != to)
			continue;
		set_bits(g, &g->edges[e], 0);
		unlink_out(g, e);
		unlink_in(g, e);
		release_edge(g, e);
		return;
	}
}

void
graph_unrelate(struct graph *g, uint32_t from)
{
	struct graph_node *n = &g->nodes[from];

	while (is_node(g, from) && n->out != 0) {
		uint32_t e = n->out, to = g->edges[e].to;
		bool is_conflict = g->edges[e].kind == GRAPH_CONFLICTS;
		set_bits(g, &g->edges[e], 0);
		n->out = g->edges[e].next_out;
		unlink_in(g, e);
		release_edge(g, e);
		if (is_conflict && to != 0)
			remove_twin(g, to, from);
	}
}

void
graph_remove(struct graph *g, uint32_t i)
{
	struct graph_node *n = &g->nodes[i];

	if (!is_node(g, i))
		return;
	graph_unrelate(g, i);
	while (n->in != 0) {
		uint32_t e = n->in;
		set_bits(g, &g->edges[e], 0);
		unlink_in(g, e);
		g->edges[e].to = g->edges[e].next_in = g->edges[e].prev_in = 0;
		refresh_edge(g, &g->edges[e]);
	}
	/* It may still be queued: graph_next() finds nothing to say. */
	n->facts = 0;
	n->hold = 0;
	n->is_refused = false;
	n->has_lost = false;
}

static bool
add_edge(struct graph *g, uint32_t from, enum graph_kind kind, uint32_t to)
{
	uint32_t e = g->edge_free;

	if (e != 0)
		g->edge_free = g->edges[e].next_out;
	else if (g->edge_used < g->edge_max)
		e = g->edge_used++;
	else
		return false;
	g->edges[e] = (struct graph_edge){.from = from,
	    .to = to,
	    .kind = (uint8_t)kind,
	    .next_out = g->nodes[from].out};
	g->nodes[from].out = e;
	if (to != 0) {
		g->edges[e].next_in = g->nodes[to].in;
		if (g->nodes[to].in != 0)
			g->edges[g->nodes[to].in].prev_in = e;
		g->nodes[to].in = e;
	}
	refresh_edge(g, &g->edges[e]);
	doubt(g, from);
	return true;
}

bool
graph_relate(struct graph *g, uint32_t from, enum graph_kind kind, uint32_t to)
{
	if (!is_node(g, from) || (to != 0 && !is_node(g, to)))
		return false;
	if (to == 0 && kind != GRAPH_NEEDS && kind != GRAPH_BINDS)
		return true;
	/* A service that asks something of itself asks nothing. */
	if (to == from)
		return true;
	if (!add_edge(g, from, kind, to))
		return false;
	return kind != GRAPH_CONFLICTS || add_edge(g, to, kind, from);
}

void
graph_refuse(struct graph *g, uint32_t i, bool is_refused)
{
	if (!is_node(g, i) || g->nodes[i].is_refused == is_refused)
		return;
	g->nodes[i].is_refused = is_refused;
	refresh(g, i);
	enqueue(g, i);
}

/* --- truth and wishes --- */

/* It is to be up now: what conflicts with it is not. */
static void
push_aside(struct graph *g, uint32_t i)
{
	for (uint32_t e = g->nodes[i].out; e != 0; e = g->edges[e].next_out)
		if (g->edges[e].kind == GRAPH_CONFLICTS &&
		    (g->nodes[g->edges[e].to].facts & FACT_WANTED))
			graph_stop(g, g->edges[e].to, EV_DOWN);
}

void
graph_tell(struct graph *g, uint32_t i, struct sv sv)
{
	struct graph_node *n = &g->nodes[i];
	uint16_t was, now = facts_of(sv);

	if (!is_node(g, i) || !(n->facts & FACT_IS) || n->facts == now)
		return;
	was = n->facts;
	n->facts = now;
	n->has_lost = n->has_lost && (now & FACT_ALIVE);
	if (!(was & FACT_WANTED) && (now & FACT_WANTED))
		push_aside(g, i);
	refresh(g, i);
	enqueue(g, i);
}

void
graph_stop(struct graph *g, uint32_t i, enum sv_event event)
{
	if (!is_node(g, i) || !(g->nodes[i].facts & FACT_IS))
		return;
	g->nodes[i].hold = (uint8_t)event;
	g->holds++;
	refresh(g, i);
	enqueue(g, i);
}

void
graph_lose(struct graph *g, uint32_t i)
{
	if (!is_node(g, i) || !(g->nodes[i].facts & FACT_ALIVE))
		return;
	g->nodes[i].has_lost = true;
	refresh(g, i);
	enqueue(g, i);
}

void
graph_forget(struct graph *g, uint32_t i)
{
	if (!graph_is_held(g, i))
		return;
	g->nodes[i].hold = EV_NOTHING;
	refresh(g, i);
	enqueue(g, i);
}

void
graph_unstop(struct graph *g, uint32_t i)
{
	graph_forget(g, i);
	/* A new wish, though it was wanted all the time. */
	if (is_node(g, i) && (g->nodes[i].facts & FACT_WANTED))
		push_aside(g, i);
}

/* --- answers --- */

/* Until nobody is seen otherwise than he is. */
static void
look(struct graph *g)
{
	uint32_t i;

	while ((i = dequeue(g, QUEUE_VIEW)) != 0)
		refresh(g, i);
}

bool
graph_has_lost(struct graph *g, uint32_t i)
{
	look(g);
	return is_node(g, i) && g->nodes[i].has_lost;
}

/* What its own needs say; an end waits for the dependents' ends. */
static enum sv_event
deps_event(const struct graph_node *n)
{
	if (n->losses > 0 || n->has_lost || is_kept_from_starting(n))
		return n->blockers > 0 ? EV_DEPS_WAIT : EV_DEPS_LOST;
	return n->waits > 0 || n->is_refused ? EV_DEPS_WAIT : EV_DEPS_OK;
}

static enum sv_event
deps_answer(struct graph *g, uint32_t i)
{
	struct graph_node *n = &g->nodes[i];
	enum sv_event event = deps_event(n);

	if (event == (enum sv_event)n->told_deps)
		return EV_NOTHING;
	n->told_deps = (uint8_t)event;
	return event;
}

bool
graph_withholds(struct graph *g, uint32_t i)
{
	struct graph_node *n;

	if (!is_node(g, i) || !(g->nodes[i].facts & FACT_IS))
		return false;
	look(g);
	n = &g->nodes[i];
	if (n->told_deps != EV_DEPS_OK || deps_event(n) == EV_DEPS_OK)
		return false;
	n->told_deps = EV_DEPS_WAIT;
	return true;
}

/* Bad news is a wish too: a need that is told first would start it. */
static enum sv_event
wish_answer(struct graph *g, uint32_t i)
{
	struct graph_node *n = &g->nodes[i];
	bool is_needed = n->wanters > 0;
	enum sv_event event = (enum sv_event)n->hold;

	if (event != EV_NOTHING && n->blockers == 0) {
		n->hold = EV_NOTHING;
		refresh(g, i);
		return event;
	}
	if (deps_event(n) != EV_DEPS_OK && n->told_deps == EV_DEPS_OK)
		return deps_answer(g, i);
	if (is_needed == n->told_needed)
		return EV_NOTHING;
	n->told_needed = is_needed;
	return is_needed ? EV_NEEDED : EV_UNNEEDED;
}

uint32_t
graph_next(struct graph *g, enum sv_event *event)
{
	look(g);
	for (int q = QUEUE_WISH; q <= QUEUE_DEPS; q++) {
		uint32_t i;
		while ((i = dequeue(g, q)) != 0) {
			if (!(g->nodes[i].facts & FACT_IS))
				continue;
			*event = q == QUEUE_WISH ? wish_answer(g, i)
						 : deps_answer(g, i);
			if (*event == EV_NOTHING)
				continue;
			/* There may be more to tell it. */
			enqueue(g, i);
			return i;
		}
	}
	return 0;
}
