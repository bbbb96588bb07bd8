/*
 * The decisions of groups: see group.h. Each looks at values only, and none
 * knows how many members there are.
 */
#include "svc/core/group.h"

/* Told to end and wanted all the same: somebody has asked for it since. */
static bool
is_asked_since(struct group_member m)
{
	return sv_wanted(m.sv) && !m.is_ending;
}

/* It is away, and nobody has asked for it since. */
static bool
is_sent(struct group_member m)
{
	return m.is_away && !is_asked_since(m);
}

/* --- what becomes of a start, and of a death --- */

/* Whom a person has put down since is not asked for again by a new svcd. */
enum group_order
group_begin(struct group g)
{
	return g.is_new ? GROUP_START : GROUP_JOIN;
}

bool
group_minds(struct group g, struct group_member m)
{
	return sv_runs(g.sv) && !g.has_failed && !g.is_restarted && !is_sent(m);
}

struct group_step
group_judge(struct group g, bool is_spent)
{
	struct group_step s = {.group = g};

	if (is_spent) {
		s.group.has_failed = true;
		return s;
	}
	switch (g.strategy) {
	case STRATEGY_ONE:
		s.order = GROUP_ONE;
		break;
	case STRATEGY_REST:
		s.order = GROUP_REST;
		break;
	case STRATEGY_ALL:
		s.group.is_restarted = true;
		break;
	}
	return s;
}

/* --- what it sees --- */

static bool
is_out(struct group_member m)
{
	return sv_is_rest(m.sv) && !sv_wanted(m.sv) && !m.is_busy;
}

/* Nobody need wait for it: it is up, or it is not going to be. */
static bool
is_settled(struct group_member m)
{
	return sv_is_ready(m.sv) || is_out(m) || m.sv.state == S_ENDED;
}

struct group_view
group_see(struct group_view v, struct group_member m)
{
	bool is_away = is_sent(m);

	if (m.sv.state == S_FAILED && sv_wanted(m.sv))
		v.failed = m.number;
	v.is_waiting |= !is_settled(m);
	v.is_alive |= !is_out(m) && !is_asked_since(m);
	v.has_away |= m.is_away;
	v.is_leaving |= is_away && !is_out(m);
	v.is_incomplete |= !is_away && !is_settled(m);
	v.has_new |= m.sv.want == WANT_NONE && !m.stays_down;
	return v;
}

static struct group_step
look_up(struct group g, struct group_view v)
{
	struct group_step s = {.group = g};

	if (g.is_new)
		s.group.is_new = false; /* all that it asked is committed */
	else if (g.has_failed || g.is_restarted)
		s.event = EV_SICK;
	else if (v.failed != 0 && g.has_limit)
		s.is_death = true;
	else if (v.failed != 0)
		s.group.has_failed = true;
	else if (v.has_new)
		s.order = GROUP_JOIN;
	else if (v.has_away && !v.is_leaving && !v.is_incomplete)
		s.order = GROUP_BACK;
	else if (g.sv.state == S_START && !v.is_waiting && g.is_whole)
		s.event = EV_READY;
	return s;
}

static struct group_step
look_down(struct group g, struct group_view v)
{
	struct group_step s = {.group = g};

	if (v.is_alive)
		return s;
	if (g.has_failed)
		s.event = EV_DIED_FAIL;
	else if (g.is_restarted)
		s.event = g.is_delayed ? EV_DIED_LATER : EV_DIED_NOW;
	else if (g.is_late)
		s.is_late = true;
	else
		s.event = EV_DIED_STAY;
	return s;
}

struct group_step
group_look(struct group g, struct group_view v)
{
	if (sv_runs(g.sv))
		return look_up(g, v);
	if (g.sv.state == S_STOP)
		return look_down(g, v);
	return (struct group_step){.group = g};
}

/* --- what that means for one member --- */

static struct group_wish
up(struct group_member m)
{
	return (struct group_wish){m.stays_down ? GROUP_KEEP : GROUP_UP, false};
}

static struct group_wish
down(struct group_member m, bool is_away)
{
	bool is_down = sv_is_rest(m.sv) && !sv_wanted(m.sv);

	return (struct group_wish){is_down ? GROUP_KEEP : GROUP_DOWN, is_away};
}

static struct group_wish
keep(struct group_member m)
{
	return (struct group_wish){GROUP_KEEP, m.is_away};
}

static struct group_wish
revive(struct group_member m)
{
	return m.sv.state == S_FAILED && sv_wanted(m.sv) ? up(m) : keep(m);
}

struct group_wish
group_wish(
    enum group_order order, struct group_member m, enum group_place place)
{
	switch (order) {
	case GROUP_NONE:
		return keep(m);
	case GROUP_START:
		return up(m);
	case GROUP_STOP:
		return down(m, false);
	case GROUP_KILL:
		return (struct group_wish){GROUP_DOWN_NOW, false};
	case GROUP_JOIN:
		return m.sv.want == WANT_NONE ? up(m) : keep(m);
	case GROUP_ONE:
		return place == GROUP_DEAD ? revive(m) : keep(m);
	case GROUP_REST:
		if (place == GROUP_AFTER && sv_wanted(m.sv))
			return down(m, true);
		return place == GROUP_DEAD ? revive(m) : keep(m);
	case GROUP_BACK:
		/* The mark goes when it is seen that it was asked for. */
		if (!m.is_away || m.stays_down || sv_wanted(m.sv))
			return (struct group_wish){GROUP_KEEP, false};
		return (struct group_wish){GROUP_UP, true};
	}
	return keep(m);
}
