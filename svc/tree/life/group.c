/*
 * Groups: services without a process, whose run is that their members are up.
 * What is to be done is decided in svc/core/group.h; here the values are taken
 * from records, wishes are given, and the marks are kept. A group is told of
 * each commit of a member, and looks when all else has settled.
 */
#include "svc/tree/life/relations.h"

#include <string.h>

#include "lib/clock.h"
#include "lib/str.h"
#include "svc/core/group.h"
#include "svc/tree/life/life.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/service.h"
#include "svc/tree/state/state.h"
#include "svc/tree/state/todo.h"

static struct todo due;
static unsigned groups; /* ever seen: none, and nobody is asked */

void
group_start(void)
{
	todo_init(&due);
}

/* One whose process still lives was something else when it was started. */
bool
group_is(uint32_t i)
{
	return (rec(i)->flags & BOARD_GROUP) != 0 && state_word(i).pid == 0;
}

void
group_mark(uint32_t i)
{
	bool is_group = service_is_group(i);

	groups += is_group && !(rec(i)->flags & BOARD_GROUP);
	state_flags(i, is_group ? BOARD_GROUP : 0, BOARD_GROUP);
}

/* --- the values that are decided upon --- */

/* A member that it names and that is not there; NULL: all are. */
static const char *
missing_of(const struct settings *s)
{
	struct settings_list list = s->members;
	const char *name;

	while ((name = settings_each(&list)) != NULL)
		if (state_by_name(name) == 0)
			return name;
	return NULL;
}

static bool
is_whole(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL && missing_of(s) == NULL;
}

/* Why it is not ready, and no longer than that. */
static void
tell_missing(uint32_t i)
{
	const struct settings *s = define_view(i);
	const char *name = s != NULL ? missing_of(s) : NULL;
	bool is_told = rec(i)->cause == CAUSE_NEED_MISSING;

	if (state_word(i).sv.state != S_START || (name == NULL && !is_told))
		return;
	state_says(
	    i, name != NULL ? name : "", name != NULL ? strlen(name) : 0);
	state_cause(i, name != NULL ? CAUSE_NEED_MISSING : CAUSE_NONE, 0);
}

static struct group
value(uint32_t i)
{
	const struct board_record *r = rec(i);
	const struct settings *s = define_view(i);

	return (struct group){.sv = state_word(i).sv,
	    .strategy =
		s != NULL ? (enum settings_strategy)s->strategy : STRATEGY_ONE,
	    .has_limit = service_policy(i).count > 0,
	    .is_whole = is_whole(i),
	    .is_delayed = r->budget.wait_ns > 0,
	    .is_late = (r->flags & BOARD_SICK) != 0,
	    .is_new = (r->flags & BOARD_BEGUN) != 0,
	    .has_failed = r->cause == CAUSE_MEMBER,
	    .is_restarted = (r->flags & BOARD_RESTART) != 0};
}

static struct group_member
member(uint32_t m)
{
	uint32_t flags = rec(m)->flags;

	return (struct group_member){.number = m,
	    .sv = state_word(m).sv,
	    .is_away = (flags & BOARD_AGAIN) != 0,
	    .is_ending = (flags & BOARD_HELD) != 0,
	    .is_busy = sv_aux_unpack(rec(m)->aux).kind != AUX_NONE,
	    .stays_down = (flags & (BOARD_REMEMBERED | BOARD_UNLINKED |
				       BOARD_EXITED)) != 0};
}

/* --- what it asks of its members --- */

static void
mark_away(uint32_t m, bool is_away)
{
	bool was_away = (rec(m)->flags & BOARD_AGAIN) != 0;

	if (is_away != was_away)
		state_flags(m, is_away ? BOARD_AGAIN : 0, BOARD_AGAIN);
}

static void
want_down(uint32_t i, uint32_t m, bool is_away)
{
	/* In one store: whoever is sent away is on its way down. */
	state_flags(m, BOARD_HELD | (is_away ? BOARD_AGAIN : 0), BOARD_AGAIN);
	state_cause(m, CAUSE_GROUP, i);
	relations_end(m, EV_DOWN);
}

static void
carry_out(uint32_t i, uint32_t m, struct group_wish w)
{
	switch (w.verb) {
	case GROUP_KEEP:
		mark_away(m, w.is_away);
		return;
	case GROUP_UP:
		mark_away(m, w.is_away);
		relations_keep(m);
		post(m, EV_UP);
		return;
	case GROUP_DOWN:
		want_down(i, m, w.is_away);
		return;
	case GROUP_DOWN_NOW:
		mark_away(m, false);
		/* KILL first: the other way round it would get TERM as well. */
		relations_force(m);
		post(m, EV_KILL);
		post(m, EV_DOWN);
		return;
	}
}

/* The member that was related last comes first. */
static void
give(uint32_t i, enum group_order order, uint32_t dead)
{
	enum group_place place = GROUP_AFTER;
	uint32_t m, cursor = 0;

	while (order != GROUP_NONE && (m = relations_member(i, &cursor)) != 0) {
		place = m == dead ? GROUP_DEAD : place;
		carry_out(i, m, group_wish(order, member(m), place));
		place = m == dead ? GROUP_BEFORE : place;
	}
	todo_add(&due, i);
}

static void
for_members(uint32_t i, enum sv_event ev)
{
	uint32_t m, cursor = 0;

	while ((m = relations_member(i, &cursor)) != 0)
		post(m, ev);
}

static void
begin_run(uint32_t i)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->start_mono_ns = mono_now().ns;
	r->start_real_ns = real_ns();
	r->ready_mono_ns = 0;
	r->restart_count += r->start_count != 0;
	r->start_count++;
	r->flags &= ~(uint32_t)(BOARD_RESTART | BOARD_SICK);
	r->flags |= BOARD_BEGUN;
	if (r->cause == CAUSE_MEMBER || ending_is_past(i))
		r->cause = CAUSE_NONE;
	board_end(r);
	post(i, EV_SPAWNED);
}

/* True: this effect is done, or means nothing to a group. */
bool
group_effect(uint32_t i, enum sv_effect_bit bit)
{
	static const enum sv_event wishes[SV_EFFECT_COUNT] = {
	    [SV_BIT_TERM] = EV_CYCLE,
	    [SV_BIT_PAUSE] = EV_PAUSE,
	    [SV_BIT_CONT] = EV_CONT,
	    [SV_BIT_RELOAD] = EV_RELOAD};
	static const enum group_order orders[SV_EFFECT_COUNT] = {
	    [SV_BIT_SIGNAL] = GROUP_STOP, [SV_BIT_KILL] = GROUP_KILL};

	if (!group_is(i))
		return false;
	if (bit == SV_BIT_RUN)
		begin_run(i);
	else if (bit == SV_BIT_DROP)
		post(i, EV_GATE);
	else if (bit == SV_BIT_WATCH)
		give(i, group_begin(value(i)), 0);
	else if (orders[bit] != GROUP_NONE)
		give(i, orders[bit], 0);
	else if (wishes[bit] != EV_NOTHING && state_word(i).sv.state != S_STOP)
		for_members(i, wishes[bit]);
	else
		return bit == SV_BIT_UNGATE || bit == SV_BIT_CONT;
	return true;
}

/* --- what becomes of a death, and what it sees --- */

/* What has been decided about it, and for the one that made it so. */
static void
take(uint32_t i, struct group_step s, uint32_t dead)
{
	if (s.group.has_failed)
		state_cause(i, CAUSE_MEMBER, dead);
	if (s.group.is_restarted)
		state_flags(i, BOARD_RESTART, 0);
	give(i, s.order, dead);
}

static void
judge(uint32_t i, uint32_t dead)
{
	struct budget_verdict v = died_charge(i, (struct budget_death){0});

	take(i, group_judge(value(i), v.event == EV_DIED_FAIL), dead);
}

/* A run of it ended by itself; before that is committed. */
void
group_death(uint32_t m)
{
	uint32_t i, cursor = 0;

	while (groups > 0 && (i = relations_group(m, &cursor)) != 0)
		if (group_is(i) && group_minds(value(i), member(m)))
			judge(i, m);
}

static void
look(uint32_t i)
{
	struct group g = value(i);
	struct group_view v = {0};
	struct group_step s;
	uint32_t m, cursor = 0;

	tell_missing(i);
	while ((m = relations_member(i, &cursor)) != 0)
		v = group_see(v, member(m));
	s = group_look(g, v);
	if (s.group.is_new != g.is_new)
		state_flags(i, 0, BOARD_BEGUN);
	if (s.is_death)
		judge(i, v.failed);
	else if (s.group.has_failed && !g.has_failed)
		take(i, s, v.failed);
	else if (s.group.is_new != g.is_new || s.order != GROUP_NONE)
		give(i, s.order, 0);
	if (s.is_late)
		s.event = died_late(i);
	if (s.event != EV_NOTHING)
		step(i, s.event, 0);
}

/* One group is looked at; false: none is due. */
bool
group_answer(void)
{
	uint32_t i = todo_take(&due);

	if (i == 0)
		return false;
	if (board_word(rec(i)) != 0 && group_is(i))
		look(i);
	return true;
}

bool
group_waits(void)
{
	return due.len > 0;
}

void
group_tell(uint32_t m)
{
	uint32_t i, cursor = 0;

	if (groups == 0)
		return;
	if (group_is(m))
		todo_add(&due, m);
	while ((i = relations_group(m, &cursor)) != 0)
		todo_add(&due, i);
}

/* --- who is a member --- */

static bool
names(uint32_t i, const char *name)
{
	const struct settings *s = define_view(i);
	struct settings_list list;
	const char *member;

	if (s == NULL)
		return false;
	list = s->members;
	while ((member = settings_each(&list)) != NULL)
		if (str_eq(member, name))
			return true;
	return false;
}

/* A member is started by its group and not by itself. */
bool
group_has(const char *name)
{
	if (groups == 0)
		return false;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if ((rec(i)->flags & BOARD_GROUP) && names(i, name))
			return true;
	return false;
}

/* Names mean others than before. */
void
group_renamed(void)
{
	if (groups == 0)
		return;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if (group_is(i))
			todo_add(&due, i);
}

/* A person has put it down: its group does not bring it back. */
void
group_leave(uint32_t m)
{
	mark_away(m, false);
}

/* A group was taken up: members that were found before it wait for it. */
void
group_add(uint32_t i)
{
	char name[BOARD_NAME_MAX + 1];

	for (uint32_t m = state_next(0); m != 0; m = state_next(m)) {
		if (rec(m)->start_count != 0 || (rec(m)->flags & BOARD_MANUAL))
			continue;
		if (!names(i, state_name(m, name)))
			continue;
		state_flags(m, BOARD_MANUAL, 0);
		post(m, EV_DOWN);
	}
}

void
group_recover(uint32_t i)
{
	if ((rec(i)->flags & BOARD_GROUP) == 0)
		return;
	groups++;
	todo_add(&due, i);
}
