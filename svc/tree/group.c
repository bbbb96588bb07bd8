/*
 * Groups: services without a process, whose run is that their members are up.
 * A group acts on its members as a person would, by wishes, so that all it has
 * asked for stands in their words; what it has decided about itself stands in
 * marks of its own record. What it sees of them, it is told by each commit, and
 * looks when all else has settled.
 *
 * A member that dies is restarted by its own policy; the group's strategy says
 * who else is, and its own restart limit how often. A member that has given up
 * is one death more where the group has a limit; else the group fails with it.
 */
#include "svc/tree/define.h"

#include "lib/clock.h"
#include "lib/str.h"

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

static void
set_cause(uint32_t i, enum board_cause cause, uint32_t record)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->cause = cause;
	r->cause_record = record;
	board_end(r);
}

static void
add(uint32_t i)
{
	if (live(i)->is_due)
		return;
	live(i)->is_due = true;
	todo_add(&due, i);
}

/* --- what it asks of its members
 * ------------------------------------------------------------
 */

static void
want_up(uint32_t i)
{
	if (rec(i)->flags & BOARD_REMEMBERED)
		return;
	relations_keep(i);
	post(i, EV_UP);
}

static void
want_down(uint32_t i, uint32_t group)
{
	if (!sv_wanted(state_word(i).sv) && sv_is_rest(state_word(i).sv))
		return;
	set_cause(i, CAUSE_GROUP, group);
	relations_end(i, EV_DOWN);
}

static void
force_down(uint32_t i)
{
	relations_force(i);
	post(i, EV_DOWN);
	post(i, EV_KILL);
}

static void
for_members(uint32_t i, enum sv_event ev)
{
	uint32_t m, cursor = 0;

	while ((m = relations_member(i, &cursor)) != 0)
		post(m, ev);
}

static void
end_members(uint32_t i, bool at_once)
{
	uint32_t m, cursor = 0;

	while ((m = relations_member(i, &cursor)) != 0) {
		state_flags(m, 0, BOARD_AGAIN);
		if (at_once)
			force_down(m);
		else
			want_down(m, i);
	}
	add(i);
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
	r->flags &= ~(uint32_t)BOARD_RESTART;
	if (r->cause == CAUSE_MEMBER)
		r->cause = CAUSE_NONE;
	board_end(r);
	post(i, EV_SPAWNED);
}

static void
start_members(uint32_t i)
{
	uint32_t m, cursor = 0;

	while (state_word(i).sv.state == S_START &&
	       (m = relations_member(i, &cursor)) != 0)
		want_up(m);
	add(i);
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

	if (!group_is(i))
		return false;
	if (bit == SV_BIT_RUN)
		begin_run(i);
	else if (bit == SV_BIT_WATCH)
		start_members(i);
	else if (bit == SV_BIT_SIGNAL || bit == SV_BIT_KILL)
		end_members(i, bit == SV_BIT_KILL);
	else if (wishes[bit] != EV_NOTHING && state_word(i).sv.state != S_STOP)
		for_members(i, wishes[bit]);
	else
		return bit == SV_BIT_UNGATE || bit == SV_BIT_CONT;
	return true;
}

/* --- what becomes of a death
 * ----------------------------------------------------------------
 */

/* Counts a death among its members; false: once too often. */
static bool
charge(uint32_t i)
{
	struct board_record *r = rec(i);
	struct budget_verdict v = budget_verdict(service_policy(i), r->budget,
	    (struct budget_death){
		.started = {r->start_mono_ns}, .now = mono_now()});

	board_begin(r);
	r->budget = v.budget;
	board_end(r);
	return v.event != EV_DIED_FAIL;
}

/* Those that are named after `m`; the last related comes first. */
static void
end_rest(uint32_t i, uint32_t m)
{
	uint32_t other, cursor = 0;

	while ((other = relations_member(i, &cursor)) != 0 && other != m) {
		if (!sv_wanted(state_word(other).sv))
			continue;
		state_flags(other, BOARD_AGAIN, 0);
		want_down(other, i);
	}
}

static void
judge(uint32_t i, uint32_t m)
{
	const struct settings *s = define_view(i);
	unsigned strategy = s != NULL ? s->strategy : STRATEGY_ONE;

	if (!charge(i))
		set_cause(i, CAUSE_MEMBER, m);
	else if (strategy == STRATEGY_ALL)
		state_flags(i, BOARD_RESTART, 0);
	else if (strategy == STRATEGY_REST)
		end_rest(i, m);
	add(i);
}

static bool
runs(uint32_t i)
{
	return group_is(i) && sv_runs(state_word(i).sv);
}

/* A run of it ended by itself; before that is committed. */
void
group_death(uint32_t m)
{
	uint32_t i, cursor = 0;

	while (groups > 0 && (i = relations_group(m, &cursor)) != 0)
		if (runs(i) && rec(i)->cause != CAUSE_MEMBER)
			judge(i, m);
}

/* --- what it sees
 * ---------------------------------------------------------------------------
 */

struct seen {
	bool all_ready, all_rest, rest_is_down, others_ready, any_again;
	uint32_t failed;
};

static struct seen
look_at(uint32_t i)
{
	struct seen s = {true, true, true, true, false, 0};
	uint32_t m, cursor = 0;

	while ((m = relations_member(i, &cursor)) != 0) {
		struct sv sv = state_word(m).sv;
		bool is_again = (rec(m)->flags & BOARD_AGAIN) != 0;
		bool is_rest = sv_is_rest(sv) &&
			       sv_aux_unpack(rec(m)->aux).kind == AUX_NONE;
		bool is_out = is_rest && !sv_wanted(sv);
		if (sv.state == S_FAILED && sv_wanted(sv))
			s.failed = m;
		s.all_rest = s.all_rest && is_out;
		s.all_ready = s.all_ready && (sv_is_ready(sv) || is_out);
		s.any_again = s.any_again || is_again;
		if (is_again)
			s.rest_is_down = s.rest_is_down && is_out;
		else
			s.others_ready =
			    s.others_ready && (sv_is_ready(sv) || is_out);
	}
	return s;
}

static void
bring_back(uint32_t i)
{
	uint32_t m, cursor = 0;

	while ((m = relations_member(i, &cursor)) != 0) {
		if ((rec(m)->flags & BOARD_AGAIN) == 0)
			continue;
		state_flags(m, 0, BOARD_AGAIN);
		want_up(m);
	}
}

/* A member has given up: one death more, or the group's own end. */
static void
take_failure(uint32_t i, uint32_t m)
{
	if (service_policy(i).count == 0) {
		set_cause(i, CAUSE_MEMBER, m);
		return;
	}
	judge(i, m);
	if (rec(i)->cause != CAUSE_MEMBER)
		want_up(m);
}

static enum sv_event
look_up(uint32_t i)
{
	struct seen s = look_at(i);

	if (s.failed != 0 && rec(i)->cause != CAUSE_MEMBER)
		take_failure(i, s.failed);
	if (rec(i)->cause == CAUSE_MEMBER || (rec(i)->flags & BOARD_RESTART))
		return EV_SICK;
	if (s.any_again && s.rest_is_down && s.others_ready)
		bring_back(i);
	if (state_word(i).sv.state != S_START || !s.all_ready ||
	    !relations_is_whole(i))
		return EV_NOTHING;
	return EV_READY;
}

static enum sv_event
look_down(uint32_t i)
{
	if (!look_at(i).all_rest)
		return EV_NOTHING;
	if (rec(i)->cause == CAUSE_MEMBER)
		return EV_DIED_FAIL;
	if (rec(i)->flags & BOARD_RESTART)
		return rec(i)->budget.wait_ns > 0 ? EV_DIED_LATER : EV_DIED_NOW;
	return EV_DIED_STAY;
}

/* One group is looked at; false: none is due. */
bool
group_answer(void)
{
	enum sv_event ev = EV_NOTHING;
	uint32_t i = todo_take(&due);

	if (i == 0)
		return false;
	live(i)->is_due = false;
	if (board_word(rec(i)) == 0)
		return true;
	if (runs(i))
		ev = look_up(i);
	else if (group_is(i) && state_word(i).sv.state == S_STOP)
		ev = look_down(i);
	if (ev != EV_NOTHING)
		step(i, ev, 0);
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
		add(m);
	while ((i = relations_group(m, &cursor)) != 0)
		add(i);
}

/* --- who is a member
 * ------------------------------------------------------------------------
 */

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

/* A group was taken up: members that were found before it wait for it. */
void
group_begin(uint32_t i)
{
	char name[BOARD_NAME_MAX + 1];

	groups++;
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
	add(i);
}
