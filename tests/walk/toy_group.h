/*
 * A toy tree: groups and their members with the real life machine, the exit
 * queue, held ends, and a svcd that may die before any store. It does with the
 * decisions of svc/core/group.h what svc/tree/life/group.c does.
 */
#include <setjmp.h>

#include "svc/core/group.h"

#define NODES 5
#define TABLE (1u << 22)
#define WORLDS (1u << 21)
#define LIMIT 1		/* deaths that a group with a limit survives */
#define LONG_ENOUGH 600 /* stores between two situations */

/* A service. `by_person` is what the last wish that it got was, if a person's:
 * it is asked for, or it is not. */
struct toy {
	uint32_t sv;
	uint8_t is_away : 1, is_held : 1, stays_down : 1, asked : 1,
	    refused : 1, has_failed : 1, is_restarted : 1, is_new : 1;
	uint8_t deaths; /* of a group: charged so far */
	uint16_t zero;
};
struct world {
	struct toy of[NODES];
};

/* The shape: who is whose member; 0 is the root, and what is a group. */
static struct shape {
	const char *name;
	unsigned nodes;
	int parent[NODES];
	bool is_group[NODES];
} shape;
static enum settings_strategy strategy[NODES];
static bool has_limit[NODES];

static struct world w;
static const char *fault;
static unsigned fuel, used, charges[NODES];
static jmp_buf crash;
static bool with_deaths; /* of svcd: three members would take too long */
static int exits[2];	 /* whose ends stand in the exit queue */
static unsigned nexits;
static enum sv_event dead_by;
static int wisher; /* whose next commit is a person's wish */

/* The decisions, which may be wrong ones. */
static struct group_decisions {
	const char *name;
	bool (*minds)(struct group, struct group_member);
	struct group_step (*judge)(struct group, bool);
	struct group_step (*look)(struct group, struct group_view);
	struct group_wish (*wish)(
	    enum group_order, struct group_member, enum group_place);
} by;

static const struct group_decisions right = {
    "ours", group_minds, group_judge, group_look, group_wish};

/* --- a world, as svc/tree would have it --- */

static struct {
	int node;
	enum sv_event event;
} queue[64];
static unsigned head, tail;
static bool is_due[NODES];

static void
blame(const char *what)
{
	if (fault == NULL)
		fault = what;
}

/* Before each store svcd may die. */
static void
store(void)
{
	if (++used > LONG_ENOUGH) {
		blame("does not end");
		longjmp(crash, 2);
	}
	if (fuel > 0 && --fuel == 0)
		longjmp(crash, 1);
}

static struct sv
sv_of(int i)
{
	return sv_unpack((uint64_t)w.of[i].sv << 38 | UINT64_C(1)).sv;
}

static void
post(int i, enum sv_event event)
{
	if (tail == 64) {
		memmove(queue, queue + head, (tail - head) * sizeof(queue[0]));
		tail -= head;
		head = 0;
	}
	if (tail == 64) {
		blame("events without end");
		longjmp(crash, 2);
	}
	queue[tail].node = i;
	queue[tail++].event = event;
}

static struct group
group_of(int i)
{
	return (struct group){.sv = sv_of(i),
	    .strategy = strategy[i],
	    .has_limit = has_limit[i],
	    .is_whole = true,
	    .is_new = w.of[i].is_new,
	    .has_failed = w.of[i].has_failed,
	    .is_restarted = w.of[i].is_restarted};
}

static struct group_member
member_of(int m)
{
	return (struct group_member){.number = (uint32_t)m,
	    .sv = sv_of(m),
	    .is_away = w.of[m].is_away,
	    .is_ending = w.of[m].is_held,
	    .stays_down = w.of[m].stays_down};
}

static void
carry_out(int m, enum group_order order, struct group_wish wish)
{
	store();
	if (wish.verb == GROUP_UP && w.of[m].refused && order != GROUP_START)
		blame("asks for one that a person has put down");
	w.of[m].is_away = wish.is_away;
	if (wish.verb == GROUP_KEEP)
		return;
	w.of[m].asked = false;
	if (wish.verb == GROUP_UP) {
		w.of[m].refused = false;
		w.of[m].is_held = false;
		post(m, EV_UP);
	} else {
		w.of[m].is_held = true;
	}
}

static void
give(int i, enum group_order order, int who_died)
{
	enum group_place place = GROUP_AFTER;

	is_due[i] = true;
	if (order == GROUP_NONE)
		return;
	for (int m = (int)shape.nodes - 1; m > 0; m--) {
		if (shape.parent[m] != i)
			continue;
		place = m == who_died ? GROUP_DEAD : place;
		carry_out(m, order, by.wish(order, member_of(m), place));
		place = m == who_died ? GROUP_BEFORE : place;
	}
}

static void
take(int i, struct group_step s, int who_died)
{
	store();
	w.of[i].has_failed = s.group.has_failed;
	w.of[i].is_restarted = s.group.is_restarted;
	give(i, s.order, who_died);
}

static void
judge(int i, int who_died)
{
	bool is_spent = has_limit[i] && w.of[i].deaths == LIMIT;

	store();
	charges[i]++;
	w.of[i].deaths += has_limit[i] && !is_spent;
	take(i, by.judge(group_of(i), is_spent), who_died);
}

static void
effect(int i, enum sv_effect_bit bit)
{
	if (bit == SV_BIT_RUN) {
		post(i, EV_SPAWNED);
		w.of[i].has_failed = w.of[i].is_restarted = false;
		w.of[i].is_new = shape.is_group[i];
	}
	if (bit == SV_BIT_DROP)
		post(i, EV_GATE);
	if (bit == SV_BIT_FORGIVE)
		w.of[i].deaths = 0;
	if (!shape.is_group[i])
		return;
	if (bit == SV_BIT_WATCH)
		give(i, group_begin(group_of(i)), 0);
	if (bit == SV_BIT_SIGNAL)
		give(i, GROUP_STOP, 0);
}

static void
take_exit(int i)
{
	if (nexits == 0 || exits[0] != i)
		return;
	exits[0] = exits[1];
	nexits--;
}

static bool
is_moving(struct sv sv)
{
	return sv.state == S_START || sv.state == S_STOP ||
	       sv.state == S_BACKOFF || sv.state == S_SPAWN;
}

static void
check_ready(int g)
{
	for (int m = 1; m < (int)shape.nodes; m++)
		if (shape.parent[m] == g && is_moving(sv_of(m)))
			blame("is ready before its members are");
}

/* Those that return together are on their way already. */
static void
check_return(int m)
{
	for (int o = 1; o < (int)shape.nodes; o++) {
		struct sv sv = sv_of(o);
		if (o == m || shape.parent[o] != shape.parent[m])
			continue;
		if (w.of[o].is_away ? sv.state == S_STOP : is_moving(sv))
			blame("brings back before all that was is settled");
	}
}

static void
step(int i, enum sv_event event)
{
	struct sv_step s = sv_step(sv_of(i), event);

	if (s.bug)
		blame("an event that cannot happen");
	if (s.bug || s.moot)
		return;
	store();
	if (event == EV_READY && shape.is_group[i])
		check_ready(i);
	if (event == EV_UP && w.of[i].is_away && wisher != i)
		check_return(i);
	if (event == EV_DIED_FAIL && shape.is_group[i] && !w.of[i].has_failed)
		blame("fails for no reason");
	w.of[i].sv = (uint32_t)(sv_pack(s.sv, 0, 0) >> 38);
	take_exit(i);
	if (wisher == i) {
		w.of[i].asked = true;
		w.of[i].refused = false;
		wisher = -1;
	}
	if (shape.is_group[i])
		is_due[i] = true;
	if (shape.parent[i] >= 0)
		is_due[shape.parent[i]] = true;
	for (int bit = 0; bit < SV_EFFECT_COUNT; bit++)
		if (s.effects & 1u << bit)
			effect(i, (enum sv_effect_bit)bit);
	if (s.effects & (DO_SIGNAL | DO_CONT | DO_KILL | DO_TERM))
		post(i, EV_SENT);
}

static void
look(int i)
{
	struct group g = group_of(i);
	struct group_view v = {0};
	struct group_step s;

	for (int m = (int)shape.nodes - 1; m > 0; m--)
		if (shape.parent[m] == i)
			v = group_see(v, member_of(m));
	s = by.look(g, v);
	if (s.is_death)
		judge(i, (int)v.failed);
	else if (s.group.has_failed && !g.has_failed)
		take(i, s, (int)v.failed);
	else if (s.group.is_new != g.is_new)
		w.of[i].is_new = false, is_due[i] = true;
	else if (s.order != GROUP_NONE)
		give(i, s.order, 0);
	if (s.event != EV_NOTHING)
		step(i, s.event);
}

/* Before an end of a run is committed the groups are told. */
static void
apply_exit(int i)
{
	struct sv sv = sv_of(i);
	int g = shape.parent[i];

	if ((dead_by == EV_DIED_NOW || dead_by == EV_DIED_LATER) &&
	    sv_wanted(sv) && !sv.again && g >= 0 &&
	    by.minds(group_of(g), member_of(i)))
		judge(g, i);
	step(i, dead_by);
	take_exit(i);
}

static void
apply_exits(void)
{
	while (nexits > 0)
		apply_exit(exits[0]);
}

static bool
answer_held(void)
{
	for (int i = 0; i < (int)shape.nodes; i++)
		if (w.of[i].is_held) {
			step(i, EV_DOWN);
			w.of[i].is_held = false;
			return true;
		}
	return false;
}

static bool
answer_due(void)
{
	for (int i = 0; i < (int)shape.nodes; i++)
		if (is_due[i]) {
			is_due[i] = false;
			look(i);
			return true;
		}
	return false;
}

static void
settle(void)
{
	do {
		while (head < tail) {
			unsigned at = head++;
			step(queue[at].node, queue[at].event);
		}
	} while (answer_held() || answer_due());
}

/* A new svcd: what stood in records and in the exit queue is all there is. The
 * step of an exit names all that its record implies. */
static void
recover(void)
{
	bool has_exit[NODES] = {false};

	for (unsigned n = 0; n < nexits; n++)
		has_exit[exits[n]] = true;
	head = tail = 0;
	apply_exits();
	for (int i = 0; i < (int)shape.nodes; i++) {
		is_due[i] = shape.is_group[i];
		if (!has_exit[i])
			post(i, EV_RECOVER);
	}
}
