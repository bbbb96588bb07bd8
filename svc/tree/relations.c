/*
 * Between the definitions, which name services, and the graph of svc/core,
 * which knows numbers. A tree in which nothing asks anything of another has no
 * graph; the first relation makes it, with all that is there.
 *
 * Names are resolved anew whenever a service comes, goes or is defined anew:
 * once a turn, for all, because any of them may have meant that name.
 */
#include "svc/tree/define.h"

#include <string.h>
#include <sys/mman.h>

#include "lib/buf.h"
#include "lib/fmt.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/core/graph.h"

#define EDGES (TREE_RECORDS * 4)
#define RING 64

static struct graph graph;
static bool is_on, is_stale;
static bool is_moved; /* told of something, not asked since */

static void *
reserve(size_t bytes)
{
	void *p = sys_mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == NULL)
		say_warn("no memory for relations");
	return p;
}

static struct sv
value(uint32_t i)
{
	return sv_unpack(board_word(rec(i))).sv;
}

static void
turn_on(void)
{
	struct graph_node *nodes = reserve(TREE_RECORDS * sizeof(*nodes));
	struct graph_edge *edges = reserve(EDGES * sizeof(*edges));

	if (nodes == NULL || edges == NULL)
		return;
	graph_init(&graph, nodes, TREE_RECORDS, edges, EDGES);
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		graph_add(&graph, i, value(i));
	is_on = true;
}

/* --- names
 * ----------------------------------------------------------------------------
 */

static bool
provides(uint32_t i, const char *role)
{
	const struct settings *s = define_view(i);
	struct settings_list l;
	const char *name;

	if (s == NULL)
		return false;
	l = s->provides;
	while ((name = settings_each(&l)) != NULL)
		if (str_eq(name, role))
			return true;
	return false;
}

static uint32_t
resolve(const char *name)
{
	uint32_t i = state_by_name(name);

	if (i != 0)
		return i;
	for (i = state_next(0); i != 0; i = state_next(i))
		if (provides(i, name))
			return i;
	return 0;
}

/* define_view() is for one record at a time: the names are taken out first. */
static void
relate_list(uint32_t i, struct settings_list list, enum graph_kind kind,
    bool is_from_other_end)
{
	char names[4096];
	struct buf b = BUF(names);
	const char *name;

	while ((name = settings_each(&list)) != NULL) {
		buf_puts(&b, name);
		buf_putc(&b, '\n');
	}
	for (char *p = names; *p != '\0' && !b.full;) {
		size_t n = strcspn(p, "\n");
		uint32_t to;
		p[n] = '\0';
		to = resolve(p);
		if (!is_from_other_end)
			graph_relate(&graph, i, kind, to);
		else if (to != 0)
			graph_relate(&graph, to, kind, i);
		p += n + 1;
	}
}

static void
relate(uint32_t i)
{
	static struct settings s;
	size_t len;
	const void *blob = blob_of(i, &len);

	if (blob == NULL)
		return;
	settings_view(&s, blob, len);
	relate_list(i, s.needs, GRAPH_NEEDS, false);
	relate_list(i, s.binds, GRAPH_BINDS, false);
	relate_list(i, s.wants, GRAPH_WANTS, false);
	relate_list(i, s.after, GRAPH_AFTER, false);
	relate_list(i, s.conflicts, GRAPH_CONFLICTS, false);
	relate_list(i, s.before, GRAPH_AFTER, true);
}

/* Who waits for itself never starts: the whole ring is said, by name. */
static void
refuse_rings(void)
{
	uint32_t ring[RING];
	char room[1024], name[BOARD_NAME_MAX + 1];
	size_t n;

	while ((n = graph_ring(&graph, ring, RING)) > 0) {
		struct buf b = BUF(room);
		for (size_t k = 0; k < n && k < RING; k++) {
			buf_puts(&b, state_name(ring[k], name));
			buf_puts(&b, " -> ");
		}
		buf_puts(&b, state_name(ring[0], name));
		say_warnx("a ring of relations: %s", room);
		for (size_t k = 0; k < n && k < RING; k++) {
			graph_refuse(&graph, ring[k], true);
			rec(ring[k])->cause = CAUSE_CYCLE;
			board_set_status(tree.board, ring[k], b.p, b.len);
		}
	}
}

static void
relate_all(void)
{
	is_stale = false;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i)) {
		graph_unrelate(&graph, i);
		graph_refuse(&graph, i, false);
	}
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		relate(i);
	refuse_rings();
}

/* --- from outside
 * ---------------------------------------------------------------------------
 */

bool
relations_has(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL &&
	       (settings_has(s, SET_needs) || settings_has(s, SET_binds) ||
		   settings_has(s, SET_wants) || settings_has(s, SET_after) ||
		   settings_has(s, SET_before) ||
		   settings_has(s, SET_conflicts));
}

void
relations_defined(uint32_t i)
{
	if (!is_on && relations_has(i))
		turn_on();
	is_stale = is_moved = is_stale || is_on;
}

void
relations_add(uint32_t i)
{
	if (!is_on) {
		relations_defined(i);
		return;
	}
	graph_add(&graph, i, value(i));
	is_stale = is_moved = true;
}

void
relations_remove(uint32_t i)
{
	if (!is_on)
		return;
	graph_remove(&graph, i);
	is_stale = is_moved = true;
}

void
relations_tell(uint32_t i)
{
	is_moved = is_on;
	if (is_on)
		graph_tell(&graph, i, value(i));
}

/* DOWN or EXIT: what needs it ends first. */
void
relations_end(uint32_t i, enum sv_event ev)
{
	is_moved = is_on;
	if (is_on)
		graph_stop(&graph, i, ev);
	else
		post(i, ev);
}

void
relations_keep(uint32_t i)
{
	if (is_on)
		graph_unstop(&graph, i);
}

/* Why it waits, for those who ask. */
void
relations_cause(uint32_t i)
{
	static const enum board_cause causes[] = {
	    [GRAPH_NEEDS] = CAUSE_WAITS_FOR,
	    [GRAPH_BINDS] = CAUSE_WAITS_FOR,
	    [GRAPH_WANTS] = CAUSE_WAITS_FOR,
	    [GRAPH_AFTER] = CAUSE_WAITS_FOR,
	    [GRAPH_CONFLICTS] = CAUSE_CONFLICT};
	struct board_record *r = rec(i);
	enum graph_kind kind;
	uint32_t to;

	if (!is_on || r->cause == CAUSE_CYCLE ||
	    !graph_cause(&graph, i, &kind, &to))
		return;
	board_begin(r);
	r->cause = to == 0 ? CAUSE_NEED_MISSING : causes[kind];
	r->cause_record = to;
	board_end(r);
}

/* One answer; true: there was one. */
static bool
answer(void)
{
	enum sv_event ev;
	uint32_t i;

	if (!is_on)
		return false;
	if (is_stale)
		relate_all();
	i = graph_next(&graph, &ev);
	is_moved = i != 0;
	if (i == 0)
		return false;
	step(i, ev, 0);
	return true;
}

/* Each answer is done, with all that comes of it, before the next is asked. */
void
relations_settle(void)
{
	do
		queue_settle();
	while (answer());
}

bool
relations_wait(void)
{
	return is_moved;
}
