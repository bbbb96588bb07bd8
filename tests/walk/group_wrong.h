/*
 * Groups that decide wrongly in one way each. The walk must find every one of
 * them, or it would not find an honest mistake either.
 */

static bool
minds_nothing(struct group g, struct group_member m)
{
	(void)g;
	(void)m;
	return false;
}

static bool
minds_twice(struct group g, struct group_member m)
{
	g.is_restarted = false;
	m.is_away = false;
	return group_minds(g, m);
}

static struct group_step
judges_without_end(struct group g, bool is_spent)
{
	(void)is_spent;
	return group_judge(g, false);
}

static struct group_step
judges_all_as_one(struct group g, bool is_spent)
{
	if (g.strategy == STRATEGY_ALL)
		g.strategy = STRATEGY_ONE;
	return group_judge(g, is_spent);
}

static struct group_step
never_brings_back(struct group g, struct group_view v)
{
	v.has_away = false;
	return group_look(g, v);
}

static struct group_step
brings_back_too_soon(struct group g, struct group_view v)
{
	v.is_leaving = v.is_incomplete = false;
	return group_look(g, v);
}

static struct group_step
is_over_too_soon(struct group g, struct group_view v)
{
	v.is_alive = false;
	return group_look(g, v);
}

static struct group_step
forgives_its_failure(struct group g, struct group_view v)
{
	if (g.sv.state == S_STOP)
		g.has_failed = false;
	return group_look(g, v);
}

static struct group_step
overlooks_a_failure(struct group g, struct group_view v)
{
	v.failed = 0;
	return group_look(g, v);
}

static struct group_step
is_ready_too_soon(struct group g, struct group_view v)
{
	v.is_waiting = false;
	return group_look(g, v);
}

static struct group_step
asks_for_nobody_new(struct group g, struct group_view v)
{
	v.has_new = false;
	return group_look(g, v);
}

static struct group_wish
sends_all_away(
    enum group_order order, struct group_member m, enum group_place place)
{
	return group_wish(
	    order, m, place == GROUP_BEFORE ? GROUP_AFTER : place);
}

static struct group_wish
forgets_who_is_away(
    enum group_order order, struct group_member m, enum group_place place)
{
	struct group_wish wish = group_wish(order, m, place);

	if (order == GROUP_BACK)
		wish.is_away = false;
	return wish;
}

static struct group_wish
overrules_people(
    enum group_order order, struct group_member m, enum group_place place)
{
	m.stays_down = false;
	return group_wish(order, m, place);
}

static struct group_wish
leaves_the_dead(
    enum group_order order, struct group_member m, enum group_place place)
{
	return group_wish(order, m, place == GROUP_DEAD ? GROUP_BEFORE : place);
}

/* clang-format off */
static const struct group_decisions wrong[] = {
    {"minds nothing", minds_nothing, group_judge, group_look, group_wish},
    {"minds twice", minds_twice, group_judge, group_look, group_wish},
    {"judges without end", group_minds, judges_without_end, group_look, group_wish},
    {"judges all as one", group_minds, judges_all_as_one, group_look, group_wish},
    {"never brings back", group_minds, group_judge, never_brings_back, group_wish},
    {"brings back too soon", group_minds, group_judge, brings_back_too_soon, group_wish},
    {"is over too soon", group_minds, group_judge, is_over_too_soon, group_wish},
    {"forgives its failure", group_minds, group_judge, forgives_its_failure, group_wish},
    {"overlooks a failure", group_minds, group_judge, overlooks_a_failure, group_wish},
    {"is ready too soon", group_minds, group_judge, is_ready_too_soon, group_wish},
    {"asks for nobody new", group_minds, group_judge, asks_for_nobody_new, group_wish},
    {"sends all away", group_minds, group_judge, group_look, sends_all_away},
    {"forgets who is away", group_minds, group_judge, group_look, forgets_who_is_away},
    {"overrules people", group_minds, group_judge, group_look, overrules_people},
    {"leaves the dead", group_minds, group_judge, group_look, leaves_the_dead}};
/* clang-format on */
