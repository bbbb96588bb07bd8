/*
 * Machines with one deliberate fault each. The walk must find every one of
 * them, or it would not find an honest mistake either.
 */

static struct sv_step
forgets_restart_in_start(struct sv sv, enum sv_event event)
{
	if (event == EV_RESTART && sv.state == S_START)
		return (struct sv_step){.sv = sv};
	return sv_step(sv, event);
}

static struct sv_step
forgets_up_in_finish(struct sv sv, enum sv_event event)
{
	struct sv_step step = sv_step(sv, event);

	if (event == EV_UP && sv.state == S_FIN)
		step.sv.again = false;
	return step;
}

static struct sv_step
restarts_before_the_sweep(struct sv sv, enum sv_event event)
{
	if (event == EV_DIED_NOW && sv.has_sweep && !sv.is_oneshot) {
		sv.has_sweep = false;
		struct sv_step step = sv_step(sv, event);
		step.sv.has_sweep = true;
		return step;
	}
	return sv_step(sv, event);
}

static struct sv_step
gives_finish_no_limit(struct sv sv, enum sv_event event)
{
	struct sv_step step = sv_step(sv, event);

	if (step.sv.state == S_FIN && event == EV_SPAWNED)
		step.effects &= ~(uint32_t)DO_ARM;
	return step;
}

static struct sv_step
forgets_spawns_at_recovery(struct sv sv, enum sv_event event)
{
	struct sv_step step = sv_step(sv, event);

	if (event == EV_RECOVER)
		step.effects &= ~(uint32_t)DO_RUN;
	return step;
}

static struct sv_step
stops_without_cont(struct sv sv, enum sv_event event)
{
	struct sv_step step = sv_step(sv, event);

	if (step.effects & DO_SIGNAL)
		step.effects &= ~(uint32_t)DO_CONT;
	return step;
}

static struct sv_step
punishes_the_gate(struct sv sv, enum sv_event event)
{
	struct sv_step step = sv_step(sv, event);

	if (event == EV_GATE && step.sv.state == S_SPAWN)
		step = (struct sv_step){.sv = step.sv},
		step.sv.state = S_FAILED;
	if (event == EV_UP && sv.state == S_FAILED)
		return step;
	return step;
}

static struct sv_step
sends_term_twice(struct sv sv, enum sv_event event)
{
	struct sv_step step = sv_step(sv, event);

	if (event == EV_RECOVER && sv.state == S_STOP)
		step.effects |= DO_SIGNAL;
	return step;
}

static struct sv_step
is_down_while_cloning(struct sv sv, enum sv_event event)
{
	struct sv_step step = sv_step(sv, event);

	if (event == EV_DOWN && sv.state == S_SPAWN)
		step.sv.state = S_DOWN;
	return step;
}

static struct sv_step
opens_every_gate(struct sv sv, enum sv_event event)
{
	bool is_spawn = event == EV_SPAWNED && sv.state == S_SPAWN;

	if (is_spawn && !sv_wanted(sv)) {
		sv.state = S_START;
		return (struct sv_step){.sv = sv, .effects = DO_UNGATE};
	}
	return sv_step(sv, event);
}

static struct sv_step
forgets_at_once(struct sv sv, enum sv_event event)
{
	if (event == EV_EXIT && sv.state == S_UP)
		return (struct sv_step){.effects = DO_FREE};
	return sv_step(sv, event);
}

static struct sv_step
starts_without_needs(struct sv sv, enum sv_event event)
{
	struct sv lies = sv;
	struct sv_step step;

	if (event != EV_TIMER || sv.state != S_BACKOFF)
		return sv_step(sv, event);
	lies.deps = true;
	step = sv_step(lies, event);
	step.sv.deps = sv.deps;
	if (step.sv.state == S_SPAWN)
		step.sv.state = S_START, step.effects |= DO_UNGATE;
	return step;
}

static struct sv_step
loses_again_in_sweep(struct sv sv, enum sv_event event)
{
	struct sv_step step = sv_step(sv, event);

	if (event == EV_EMPTY)
		step.sv.again = false;
	return step;
}

static struct sv_step
resends_nothing(struct sv sv, enum sv_event event)
{
	struct sv_step step = sv_step(sv, event);

	if (event == EV_RECOVER && sv.state == S_STOP)
		step.effects &= ~(uint32_t)DO_ARM;
	return step;
}

static const struct {
	toy_machine *machine;
	const char *what;
} mutants[] = {
    {forgets_restart_in_start, "restart in the second of a start is ignored"},
    {forgets_up_in_finish, "up during finish is forgotten"},
    {restarts_before_the_sweep, "restarts beside leftovers"},
    {gives_finish_no_limit, "finish has no time limit"},
    {forgets_spawns_at_recovery, "recovery does not clone again"},
    {stops_without_cont, "a paused service is not continued to stop"},
    {punishes_the_gate, "a child that left at the gate counts as failed"},
    {sends_term_twice, "recovery sends TERM that is known to be sent"},
    {is_down_while_cloning, "down while a clone is under way"},
    {opens_every_gate, "an unwanted child is released"},
    {forgets_at_once, "forgets a service that runs"},
    {starts_without_needs, "starts without what it needs"},
    {loses_again_in_sweep, "a restart is lost in the sweep"},
    {resends_nothing, "recovery sets no deadline"},
};
