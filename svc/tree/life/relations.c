/*
 * Between the definitions, which name services, and the graph of svc/core,
 * which knows numbers. A tree in which nothing asks anything of another has no
 * graph; the first relation makes it, with all that is there.
 *
 * Names are resolved anew whenever a service comes, goes or is defined anew:
 * once a turn, for all, because any of them may have meant that name.
 */
#include "svc/tree/life/relations.h"

#include <string.h>
#include <sys/mman.h>

#include "lib/buf.h"
#include "lib/fmt.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/core/feed.h"
#include "svc/core/graph.h"
#include "svc/tree/birth/command.h"
#include "svc/tree/life/life.h"
#include "svc/tree/life/roles.h"
#include "svc/tree/output/pipeline.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/state.h"

#define EDGES (TREE_RECORDS * 4)
#define RING 64
/* Those whom it may keep waiting. */
#define ASKERS                                                       \
	(1u << GRAPH_NEEDS | 1u << GRAPH_BINDS | 1u << GRAPH_WANTS | \
	    1u << GRAPH_AFTER | 1u << GRAPH_CONFLICTS)

static struct graph graph;
static bool is_on, is_stale;
static bool is_moved; /* told of something, not asked since */

static struct graph_node *nodes;
static struct graph_edge *edges;

void
relations_start(void)
{
	nodes = mem_pages(TREE_RECORDS * sizeof(*nodes));
	edges = mem_pages(EDGES * sizeof(*edges));
	if (nodes == NULL || edges == NULL)
		die(111, "cannot reserve memory");
	roles_start();
}

static void
turn_on(void)
{
	graph_init(&graph, nodes, TREE_RECORDS, edges, EDGES);
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		graph_add(&graph, i, state_word(i).sv);
	is_on = true;
}

/* --- names --- */

uint32_t
relations_find(const char *name)
{
	uint32_t i = state_by_name(name);

	return i != 0 ? i : roles_find(name);
}

/* define_view() is for one record at a time: the names are taken out first. */
static void
relate_list(uint32_t i, struct settings_list list, enum graph_kind kind,
    bool is_from_other_end)
{
	static char names[SETTINGS_BLOB_MAX];
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
		to = relations_find(p);
		if (!is_from_other_end)
			graph_relate(&graph, i, kind, to);
		else if (to != 0)
			graph_relate(&graph, to, kind, i);
		p += n + 1;
	}
}

/* By number and not by name: there is no list that could be full. */
static void
relate_command(uint32_t i)
{
	for (uint32_t to = state_next(0); to != 0; to = state_next(to))
		if (to != i && !(rec(to)->flags & (BOARD_LOG | BOARD_MANUAL)))
			graph_relate(&graph, i, GRAPH_WANTS, to);
}

static void
relate(uint32_t i)
{
	static struct settings s;
	char reader[BOARD_NAME_MAX + 1];
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
	relate_list(i, s.members, GRAPH_MEMBER, false);
	relate_list(i, s.before, GRAPH_AFTER, true);
	/* Who writes to a service starts after it and stops before. */
	if (feed_reader(&s, reader))
		graph_relate(&graph, i, GRAPH_AFTER, relations_find(reader));
	pipeline_pairs(i, s.consumer_for);
	if (command_waits(i))
		relate_command(i);
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
		graph_refuse(&graph, i, define_is_lacking(i));
	}
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		relate(i);
	refuse_rings();
}

/* There is a graph, and it is of the names as they are. */
static bool
is_related(void)
{
	if (is_on && is_stale)
		relate_all();
	return is_on;
}

/* --- why, for those who ask --- */

/* The name that nothing has. */
static const char *
first_missing(struct settings_list list)
{
	const char *name;

	while ((name = settings_each(&list)) != NULL)
		if (relations_find(name) == 0)
			return name;
	return NULL;
}

static const char *
missing(uint32_t i)
{
	static struct settings s;
	const char *name;
	size_t len;
	const void *blob = blob_of(i, &len);

	if (blob == NULL)
		return NULL;
	settings_view(&s, blob, len);
	name = first_missing(s.needs);
	return name != NULL ? name : first_missing(s.binds);
}

static void
say_missing(uint32_t i)
{
	const char *name = missing(i);

	if (name != NULL)
		state_says(i, name, strlen(name));
	state_cause(i, CAUSE_NEED_MISSING, 0);
}

static enum board_cause
cause_of(enum graph_kind kind, uint32_t to)
{
	struct sv sv = state_word(to).sv;

	if (kind == GRAPH_CONFLICTS)
		return CAUSE_CONFLICT;
	if (sv.state == S_FAILED)
		return CAUSE_NEED_FAILED;
	/* One that waits, or is on its way, explains itself. */
	if (sv_is_rest(sv) && sv.state != S_WAIT && sv.state != S_BACKOFF &&
	    rec(to)->cause != CAUSE_CYCLE)
		return CAUSE_NEED_DOWN;
	return CAUSE_WAITS_FOR;
}

void
relations_cause(uint32_t i)
{
	enum graph_kind kind;
	uint32_t to;

	/* What goes down with everything else comes back with it. */
	if (!is_on || tree.is_ending || rec(i)->cause == CAUSE_CYCLE)
		return;
	if (define_is_lacking(i))
		state_cause(i, CAUSE_SETTINGS, 0);
	if (!graph_cause(&graph, i, &kind, &to))
		return;
	if (to == 0)
		say_missing(i);
	else
		state_cause(i, cause_of(kind, to), to);
}

static bool
waits(uint32_t i)
{
	return state_word(i).sv.state == S_WAIT;
}

/* What one is seen as has changed: those that wait for it know why. */
void
relations_news(uint32_t i)
{
	uint32_t other, cursor = 0;

	if (!is_on)
		return;
	while ((other = graph_asker(&graph, i, ASKERS, &cursor)) != 0)
		if (waits(other))
			relations_cause(other);
}

/* Names mean others than before. */
static void
explain_all(void)
{
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if (waits(i))
			relations_cause(i);
}

static void
warn_missing(uint32_t i)
{
	const char *needed = missing(i);
	char name[BOARD_NAME_MAX + 1];

	if (needed != NULL)
		say_warnx("%s: needs %s, which does not exist: it goes on, but "
			  "would not start again",
		    state_name(i, name), needed);
}

/* The graph has told it something. */
static void
explain(uint32_t i, enum sv_event ev)
{
	uint32_t cursor = 0;

	if (ev == EV_NEEDED && state_word(i).sv.want == WANT_NONE)
		state_cause(i, CAUSE_NEEDED_BY,
		    graph_asker(&graph, i, ASKERS, &cursor));
	else if (ev == EV_DEPS_LOST || waits(i))
		relations_cause(i);
	else if (ev == EV_DEPS_WAIT && sv_runs(state_word(i).sv))
		warn_missing(i);
}

uint32_t
relations_dependent(uint32_t i, uint32_t *cursor)
{
	uint32_t other;

	if (!is_related())
		return 0;
	/* Who is on its way down itself is no obstacle. */
	while ((other = graph_dependent(&graph, i, cursor)) != 0)
		if (sv_wanted(state_word(other).sv) &&
		    !graph_is_held(&graph, other))
			return other;
	return 0;
}

uint32_t
relations_needed_by(uint32_t i, uint32_t *cursor)
{
	return !is_related() ? 0 : graph_dependent(&graph, i, cursor);
}

bool
relations_holds_back(uint32_t i)
{
	uint32_t other, cursor = 0;

	if (!is_on)
		return false;
	if (is_stale)
		relate_all();
	while ((other = graph_asker(&graph, i, ASKERS, &cursor)) != 0)
		if (rec(other)->cause_record == i)
			return true;
	/* It may be the one that asked not to run beside the other. */
	cursor = 0;
	while ((other = graph_asked(
		    &graph, i, 1U << GRAPH_CONFLICTS, &cursor)) != 0)
		if (rec(other)->cause_record == i)
			return true;
	return false;
}

/* --- from outside --- */

bool
relations_has(uint32_t i)
{
	const struct settings *s = define_view(i);
	char reader[BOARD_NAME_MAX + 1];

	/* One without any is refused, as one in a ring is. */
	if (s == NULL)
		return define_is_lacking(i);
	return command_waits(i) || settings_has(s, SET_needs) ||
	       settings_has(s, SET_binds) || settings_has(s, SET_wants) ||
	       settings_has(s, SET_after) || settings_has(s, SET_before) ||
	       settings_has(s, SET_conflicts) || settings_has(s, SET_members) ||
	       settings_has(s, SET_consumer_for) || feed_reader(s, reader);
}

void
relations_defined(uint32_t i)
{
	roles_changed();
	if (!is_on && relations_has(i))
		turn_on();
	is_stale = is_moved = is_stale || is_on;
}

void
relations_add(uint32_t i)
{
	roles_changed();
	if (!is_on) {
		relations_defined(i);
		return;
	}
	graph_add(&graph, i, state_word(i).sv);
	is_stale = is_moved = true;
}

void
relations_remove(uint32_t i)
{
	roles_changed();
	if (!is_on)
		return;
	graph_remove(&graph, i);
	is_stale = is_moved = true;
}

static void
mark(uint32_t i, uint32_t flag, bool is_so)
{
	bool was_so = rec(i)->flags & flag;

	if (is_so != was_so)
		state_flags(i, is_so ? flag : 0, flag);
}

/*
 * An end that is held back is not in the word yet: a mark in the record says
 * it to the next svcd.
 */
static void
mark_held(uint32_t i, bool is_held)
{
	mark(i, BOARD_HELD, is_held);
}

/*
 * What it binds is about to be ready again: that it was lost can be told by
 * nothing else then, and must not be forgotten with this svcd.
 */
void
relations_expect_ready(uint32_t i)
{
	uint32_t binder, cursor = 0;

	if (!is_on)
		return;
	while (
	    (binder = graph_asker(&graph, i, 1u << GRAPH_BINDS, &cursor)) != 0)
		if (graph_has_lost(&graph, binder))
			mark(binder, BOARD_BEREFT, true);
}

/* Only as long as it runs. */
static void
keep_loss(uint32_t i)
{
	if (rec(i)->flags & BOARD_BEREFT)
		mark(i, BOARD_BEREFT, graph_has_lost(&graph, i));
}

/* `i` is to be up: what conflicts with it may have been told to end. */
static void
mark_pushed(uint32_t i, uint32_t holds)
{
	uint32_t other, cursor = 0;

	if (graph.holds == holds)
		return;
	while ((other = graph_asked(
		    &graph, i, 1u << GRAPH_CONFLICTS, &cursor)) != 0)
		if (graph_is_held(&graph, other) &&
		    !(rec(other)->flags & BOARD_HELD)) {
			mark_held(other, true);
			state_cause(other, CAUSE_CONFLICT, i);
		}
}

void
relations_tell(uint32_t i)
{
	uint32_t holds = graph.holds;

	is_moved = is_on;
	if (!is_on)
		return;
	graph_tell(&graph, i, state_word(i).sv);
	keep_loss(i);
	mark_pushed(i, holds);
	group_tell(i);
}

void
relations_expect(uint32_t i, enum sv_event ev)
{
	if (is_on && !is_stale)
		graph_tell(&graph, i, sv_step(state_word(i).sv, ev).sv);
}

bool
relations_withhold(uint32_t i)
{
	return is_on && !is_stale && graph_withholds(&graph, i);
}

/* DOWN or EXIT: what needs it ends first. */
void
relations_end(uint32_t i, enum sv_event ev)
{
	is_moved = is_on;
	if (!is_on) {
		post(i, ev);
		return;
	}
	mark_held(i, true);
	graph_stop(&graph, i, ev);
}

void
relations_keep(uint32_t i)
{
	uint32_t holds = graph.holds;

	mark_held(i, false);
	if (!is_on)
		return;
	graph_unstop(&graph, i);
	is_moved = true;
	mark_pushed(i, holds);
}

void
relations_force(uint32_t i)
{
	if (is_on)
		graph_forget(&graph, i);
	mark_held(i, false);
}

/* After a death of svcd: what was held back is so again. */
void
relations_recover(uint32_t i)
{
	uint32_t flags = rec(i)->flags;
	bool is_gone = (flags & BOARD_UNLINKED) && !(flags & BOARD_LOG);

	if (is_gone || (flags & BOARD_HELD))
		relations_end(
		    i, is_gone || (flags & BOARD_EXITED) ? EV_EXIT : EV_DOWN);
	if (flags & BOARD_BEREFT) {
		graph_lose(&graph, i);
		keep_loss(i);
	}
}

uint32_t
relations_member(uint32_t i, uint32_t *cursor)
{
	return is_related() ? graph_asked(&graph, i, 1u << GRAPH_MEMBER, cursor)
			    : 0;
}

uint32_t
relations_group(uint32_t i, uint32_t *cursor)
{
	return is_related() ? graph_asker(&graph, i, 1u << GRAPH_MEMBER, cursor)
			    : 0;
}

void
relations_resolve(void)
{
	if (!is_stale)
		return;
	relate_all();
	explain_all();
	group_renamed();
}

/* One answer; true: there was one. */
static bool
answer(void)
{
	enum sv_event ev;
	uint16_t life;
	uint32_t i;

	if (!is_on)
		return false;
	relations_resolve();
	i = graph_next(&graph, &ev);
	is_moved = i != 0;
	if (i == 0)
		return false;
	life = live(i)->life;
	step(i, ev, 0);
	if (live(i)->life != life)
		return true;
	if (ev == EV_DOWN || ev == EV_EXIT)
		mark_held(i, false);
	else
		explain(i, ev);
	return true;
}

/* Each answer is done, with all that comes of it, before the next is asked. */
void
relations_settle(void)
{
	do
		queue_settle();
	while (answer() || group_answer() || forking_answer());
}

bool
relations_wait(void)
{
	return is_moved || group_waits() || forking_waits();
}
