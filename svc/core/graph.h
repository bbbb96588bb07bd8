/*
 * Relations between services: who may start, who must stop first, who is
 * needed. Pure: the graph is told what is true of each service and answers
 * with events for the life machine; it never looks at a service itself.
 *
 *	truth   graph_tell(): the service's value, after each commit
 *	wishes  graph_stop(): an end that must wait until what needs it is down
 *	answers graph_next(): (service, event), wishes before all others
 *
 * The order is the caller's part: all that is known is stepped and told first,
 * and then one answer is asked for, posted, stepped and told before the next.
 * So wishes settle before anything starts. Each change costs time in proportion
 * to the relations of the one service that changed: counters on both ends of
 * an edge say what holds, nothing is searched. No recursion anywhere.
 *
 * What a service asks of another (DESIGN section 3):
 *	NEEDS      starts when it is ready; stops before it does; stays up while
 *	           it is merely restarted; comes back with it
 *	BINDS      the same, and a crash of it is a stop
 *	WANTS      brings it up and waits until it is ready or has failed
 *	AFTER      waits for it only if it is on its way up
 *	CONFLICTS  both ways: the later wish stops the other and waits for that
 *	MEMBER     a group's; counts for nothing here but in rings
 * BEFORE is AFTER from the other end. A service in backoff has failed once and
 * keeps neither WANTS nor AFTER waiting.
 *
 * Stopping runs against the edges: a service whose need is lost, or that is
 * told to end, is first waited for by nobody: its end is held back until every
 * dependent that ends as well is at rest. Held wishes live in the graph only;
 * the tree marks the record, so that they can be given again after a crash.
 */
#ifndef SVC_CORE_GRAPH_H
#define SVC_CORE_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "svc/core/machine.h"

/* clang-format off */
#define GRAPH_KINDS(X) \
	X(NEEDS, "needs") X(BINDS, "binds") X(WANTS, "wants") \
	X(AFTER, "after") X(CONFLICTS, "conflicts") X(MEMBER, "members")
/* clang-format on */
#define GRAPH_ENUM(name, text) GRAPH_##name,
enum graph_kind {
	GRAPH_KINDS(GRAPH_ENUM)
};

/* Storage of the caller, zeroed; numbers begin with 1, 0 is none. */
struct graph_edge {
	uint32_t from, to; /* `from` asks it of `to`; to 0: no such service */
	uint32_t next_out; /* of the same from */
	uint32_t next_in, prev_in; /* of the same to */
	uint8_t kind;
	uint8_t bits; /* what it counts for at its ends */
};

struct graph_node {
	uint32_t out, in; /* edges */
	/* Of its own edges outwards: not ready, gone. */
	uint32_t waits, losses;
	/* Of edges inwards: wanted by, still alive and ending. */
	uint32_t wanters, blockers;
	uint32_t queued_next[3];
	uint16_t facts, view; /* what is true; what its edges were made of */
	uint8_t told_deps;    /* the last EV_DEPS_* it was given */
	uint8_t hold;	      /* the event that is held back, 0: none */
	bool told_needed, is_refused, is_queued[3];
	bool has_lost; /* what it binds, in this run: see graph_has_lost() */
	/* Of the search for rings. */
	uint8_t colour;
	uint32_t cursor, parent;
	uint32_t via; /* the edge of the group whose edges it goes along */
};

struct graph {
	struct graph_node *nodes; /* nodes[0 … node_max - 1] */
	struct graph_edge *edges;
	uint32_t node_max, edge_max;
	uint32_t edge_used, edge_free;
	uint32_t first[3], last[3]; /* queues: views, wishes, the rest */
	uint32_t holds;		    /* goes up with each wish to end */
};

/* The arrays zeroed, of at least 2 elements each. */
void graph_init(struct graph *g, struct graph_node *nodes, uint32_t node_max,
    struct graph_edge *edges, uint32_t edge_max);

/*
 * A service as it is found: its value says what it was told before (deps,
 * needed), which it is not told again. Relate it before graph_next().
 */
void graph_add(struct graph *g, uint32_t i, struct sv sv);
/* It is gone; what others asked of it is now asked of nobody. */
void graph_remove(struct graph *g, uint32_t i);

/*
 * `from` asks `kind` of `to`; BEFORE is written by the caller as AFTER the
 * other way, CONFLICTS once. to = 0: a name nobody has: NEEDS and BINDS are
 * lost, but who runs goes on; the others mean nothing. False: the table is
 * full.
 */
bool graph_relate(
    struct graph *g, uint32_t from, enum graph_kind kind, uint32_t to);
/* Takes back all that `from` asked (not what others ask of it). */
void graph_unrelate(struct graph *g, uint32_t from);
/* Never starts (a ring, bad settings): lost to all that need it. */
void graph_refuse(struct graph *g, uint32_t i, bool is_refused);

/* The truth about a service: call after each commit. */
void graph_tell(struct graph *g, uint32_t i, struct sv sv);
/*
 * EV_DOWN or EV_EXIT, to be given when nothing that needs it lives any more;
 * those stop first, by EV_DEPS_LOST.
 */
void graph_stop(struct graph *g, uint32_t i, enum sv_event event);
/* A wish for up: it is not to end any more, what conflicts with it is. */
void graph_unstop(struct graph *g, uint32_t i);
/* The end that was held back is given by other means. */
void graph_forget(struct graph *g, uint32_t i);
bool graph_is_held(const struct graph *g, uint32_t i);
/*
 * It runs, and what it binds has been lost since it started: it ends for that,
 * though that be back. Where the graph is made anew graph_lose() says it again.
 */
bool graph_has_lost(struct graph *g, uint32_t i);
void graph_lose(struct graph *g, uint32_t i);

/*
 * Something is about to happen to it, and it believes that all it needs is
 * ready, which is not so any more: true, and that is EV_DEPS_WAIT to it. Of
 * several that change in one turn none starts by what was true before.
 */
bool graph_withholds(struct graph *g, uint32_t i);

/* The next event to be posted; 0: none. */
uint32_t graph_next(struct graph *g, enum sv_event *event);

/* --- questions --- */

/*
 * The first relation that keeps it from starting or staying up, for `why`;
 * *to is 0 for a missing service. False: nothing does.
 */
bool graph_cause(
    const struct graph *g, uint32_t i, enum graph_kind *kind, uint32_t *to);
/* The next live service that needs or binds `i`, after `last` (0: first). */
uint32_t graph_dependent(const struct graph *g, uint32_t i, uint32_t *cursor);
/*
 * The next service that asks one of these kinds (bits 1 << kind) of `i`, or of
 * which `i` asks it, after cursor (0: first). What was related last comes first
 * among the latter.
 */
uint32_t graph_asker(
    const struct graph *g, uint32_t i, unsigned kinds, uint32_t *cursor);
uint32_t graph_asked(
    const struct graph *g, uint32_t i, unsigned kinds, uint32_t *cursor);
/*
 * A ring of NEEDS, BINDS, WANTS and AFTER among services that are not refused:
 * those in it in order, each asking something of the next and the last of the
 * first; a member asks for all that its group asks for. 0: there is none.
 * Linear; longer than `cap` is cut.
 */
size_t graph_ring(struct graph *g, uint32_t *ring, size_t cap);

const char *graph_kind_name(enum graph_kind kind);

#endif
