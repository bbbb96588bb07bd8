/*
 * Every situation that the phases of init can be in, with everything that can
 * happen in each: what must hold in all of them.
 */
#include <stdio.h>
#include <string.h>

#include "init/phase.h"
#include "tests/unit/unit.h"

#define MAX 20000
#define STEPS_TO_LAST (FINAL_COUNT * 3 + 40)

static struct plan seen[MAX];
static size_t count;
static int64_t limits[PHASE_COUNT];
static const char *wrong;
static struct plan wrong_at;

static void
complain(const char *what, struct plan p)
{
	if (wrong == NULL) {
		wrong = what;
		wrong_at = p;
	}
}

/* Tells the first complaint, and fails the test that made it. */
static void
verdict(void)
{
	if (wrong != NULL)
		printf("# %s: role %s phase %s push %d ending %s final %d "
		       "emergency %d rescue %d booted %d\n",
		    wrong, role_name(wrong_at.role), phase_name(wrong_at.phase),
		    wrong_at.push, ending_name(wrong_at.ending), wrong_at.final,
		    wrong_at.emergency, wrong_at.rescue, wrong_at.booted);
	HOLDS(wrong == NULL);
	wrong = NULL;
}

static void
visit(struct plan p)
{
	for (size_t i = 0; i < count; i++)
		if (memcmp(&seen[i], &p, sizeof(p)) == 0)
			return;
	if (count < MAX)
		seen[count++] = p;
	else
		complain("too many situations", p);
}

/* What the world can do to a system in this situation. */
static bool
possible(const struct plan *p, enum phase_event event)
{
	switch (event) {
	case EVENT_BEGIN:
		return p->phase == PHASE_START;
	case EVENT_CHILD:
		return phase_has_child(p);
	case EVENT_LATE:
		return phase_limit_ms(p, limits) > 0;
	case EVENT_DONE:
	case EVENT_ALONE:
	case EVENT_ASK:
	case EVENT_NOW:
		return true;
	case EVENT_COUNT:
		break;
	}
	return false;
}

/* All that may follow p. */
static void
each(struct plan p, void (*f)(struct plan from, enum phase_event event,
			enum keep_ending ask, struct phase_step s))
{
	for (int e = 0; e < EVENT_COUNT; e++) {
		bool asks = e == EVENT_ASK || e == EVENT_NOW;

		if (!possible(&p, (enum phase_event)e))
			continue;
		for (int ask = 0; ask <= (asks ? KEEP_END_EXIT : 0); ask++)
			f(p, (enum phase_event)e, (enum keep_ending)ask,
			    phase_step(
				p, (enum phase_event)e, (enum keep_ending)ask));
	}
}

static void
follow(struct plan from, enum phase_event event, enum keep_ending ask,
    struct phase_step s)
{
	(void)from;
	(void)event;
	(void)ask;
	visit(s.plan);
}

static void
explore(void)
{
	for (int role = 0; role < ROLE_COUNT; role++)
		for (int i = 0; i < 8; i++) {
			struct plan p = plan_begin((enum role)role);

			p.alone = i & 1 && role == ROLE_MACHINE;
			p.emergency = !!(i & 2);
			p.rescue = !!(i & 4);
			if (role == ROLE_MACHINE || i == 0)
				visit(p);
		}
	for (size_t i = 0; i < count; i++)
		each(seen[i], follow);
}

static void
no_bug(struct plan from, enum phase_event event, enum keep_ending ask,
    struct phase_step s)
{
	(void)event;
	(void)ask;
	if (s.bug)
		complain("a possible event is a bug", from);
}

/* Each effect belongs to a phase, and each phase begins with its effect. */
static void
effects_fit(struct plan from, enum phase_event event, enum keep_ending ask,
    struct phase_step s)
{
	static const unsigned wants[PHASE_COUNT] = {
	    [PHASE_MOUNT] = EFFECT_MOUNT,
	    [PHASE_BOOT] = EFFECT_BOOT,
	    [PHASE_RESCUE] = EFFECT_RESCUE,
	    [PHASE_KEEP] = EFFECT_KEEP,
	    [PHASE_STOP] = EFFECT_STOP,
	    [PHASE_SHUTDOWN] = EFFECT_SHUTDOWN,
	    [PHASE_TERM] = EFFECT_TERM_ALL,
	    [PHASE_KILL] = EFFECT_KILL_ALL,
	    [PHASE_FINAL] = EFFECT_FINAL,
	    [PHASE_LAST] = EFFECT_LAST,
	};
	const unsigned starts = EFFECT_MOUNT | EFFECT_BOOT | EFFECT_RESCUE |
				EFFECT_KEEP | EFFECT_STOP | EFFECT_SHUTDOWN |
				EFFECT_TERM_ALL | EFFECT_KILL_ALL |
				EFFECT_FINAL | EFFECT_LAST;
	const unsigned pushes = EFFECT_PUSH_TERM | EFFECT_PUSH_KILL;

	(void)event;
	(void)ask;
	if (s.plan.phase != from.phase && !(s.effects & wants[s.plan.phase]))
		complain("a phase begins without its effect", from);
	if (s.effects & starts & ~wants[s.plan.phase])
		complain("an effect of another phase", from);
	if (s.effects & pushes && s.plan.phase != from.phase)
		complain("a push leads elsewhere", from);
	if (s.effects & pushes && !phase_has_child(&from))
		complain("nobody there to push", from);
}

/* While the kept child is on, nobody else's turn has come. */
static void
kept_is_let_go(struct plan from, enum phase_event event, enum keep_ending ask,
    struct phase_step s)
{
	bool was = from.phase == PHASE_KEEP || from.phase == PHASE_STOP;
	bool is = s.plan.phase == PHASE_KEEP || s.plan.phase == PHASE_STOP;

	(void)event;
	(void)ask;
	if (was && !is && !(s.effects & EFFECT_LET_GO))
		complain("the kept child is left on", from);
	if (from.role == ROLE_KEEPER &&
	    s.effects & (EFFECT_TERM_ALL | EFFECT_KILL_ALL))
		complain("a keeper kills everybody", from);
	if (s.effects & EFFECT_FINAL && !from.alone)
		complain("somebody else's file systems are left", from);
}

/* The worst world there is: every limit passes, every push is ignored. */
static struct phase_step
worst(struct plan p)
{
	return phase_step(p,
	    phase_limit_ms(&p, limits) > 0 ? EVENT_LATE : EVENT_CHILD,
	    KEEP_END_NONE);
}

static void
always_waits_for_something(void)
{
	for (size_t i = 0; i < count; i++) {
		struct plan p = seen[i];

		if (p.phase != PHASE_KEEP && p.phase != PHASE_START &&
		    phase_limit_ms(&p, limits) == 0 && !phase_has_child(&p))
			complain("waits for nothing", p);
	}
	verdict();
}

/* From anywhere, an ending that was asked for comes, whatever happens. */
static void
every_ending_comes(void)
{
	for (size_t i = 0; i < count; i++) {
		for (int ask = KEEP_END_POWEROFF; ask <= KEEP_END_EXIT; ask++) {
			struct plan p = phase_step(
			    seen[i], EVENT_ASK, (enum keep_ending)ask)
					    .plan;
			int n = 0;

			if (ask == KEEP_END_RESCUE)
				continue;
			if (p.phase == PHASE_START)
				p = phase_step(p, EVENT_BEGIN, KEEP_END_NONE)
					.plan;
			while (p.phase != PHASE_LAST && n++ < STEPS_TO_LAST)
				p = worst(p).plan;
			if (p.phase != PHASE_LAST)
				complain("does not end", seen[i]);
		}
	}
	verdict();
}

/* At once means: through KILL and the file systems, nothing else. */
static void
at_once_is_short(void)
{
	for (size_t i = 0; i < count; i++) {
		struct plan p = seen[i];
		int64_t ms = 0;
		int n = 0;

		if (p.role == ROLE_KEEPER || p.phase == PHASE_START ||
		    p.phase == PHASE_FINAL || p.phase == PHASE_LAST)
			continue;
		p = phase_step(p, EVENT_NOW, KEEP_END_REBOOT).plan;
		/* A container's tree is told first, once. */
		if (p.role == ROLE_CONTAINER && p.phase == PHASE_STOP)
			p = phase_step(p, EVENT_NOW, KEEP_END_REBOOT).plan;
		if (p.phase != PHASE_KILL)
			complain("at once does not kill", seen[i]);
		while (p.phase != PHASE_LAST && n++ < STEPS_TO_LAST) {
			ms += phase_limit_ms(&p, limits);
			p = worst(p).plan;
		}
		if (ms > limits[PHASE_KILL] +
			     FINAL_COUNT * (limits[PHASE_FINAL] + 2000))
			complain("at once takes long", seen[i]);
	}
	verdict();
}

/* Nobody asks for anything: the services come up, or an end that began ends. */
static void
leads_on(void)
{
	for (size_t i = 0; i < count; i++) {
		struct plan p = seen[i];
		int n = 0;

		if (p.phase == PHASE_START)
			p = phase_step(p, EVENT_BEGIN, KEEP_END_NONE).plan;
		while (p.phase != PHASE_KEEP && p.phase != PHASE_LAST &&
		       n++ < STEPS_TO_LAST)
			p = worst(p).plan;
		if (p.phase != PHASE_KEEP && p.phase != PHASE_LAST)
			complain("leads nowhere", seen[i]);
	}
	verdict();
}

/* reboot(2) refused, over and over: there is a shell, and then the services. */
static void
refusal_is_no_end(void)
{
	for (int ask = KEEP_END_POWEROFF; ask <= KEEP_END_SOFT_REBOOT; ask++) {
		struct plan p = plan_begin(ROLE_MACHINE);
		int n = 0;

		p.phase = PHASE_LAST;
		p.booted = true;
		p.ending = (uint8_t)ask;
		while (p.phase == PHASE_LAST && n++ < 5)
			p = phase_step(p, EVENT_CHILD, KEEP_END_NONE).plan;
		if (p.phase != PHASE_RESCUE)
			complain("a refused reboot gives no shell", p);
		p = phase_step(p, EVENT_CHILD, KEEP_END_NONE).plan;
		if (p.phase != PHASE_KEEP)
			complain("no services after the shell", p);
	}
	verdict();
}

static void
check_each(void (*f)(
    struct plan, enum phase_event, enum keep_ending, struct phase_step))
{
	for (size_t i = 0; i < count; i++)
		each(seen[i], f);
	verdict();
}

static void
is_never_a_bug(void)
{
	check_each(no_bug);
}

static void
has_fitting_effects(void)
{
	check_each(effects_fit);
}

static void
lets_go(void)
{
	check_each(kept_is_let_go);
}

static void
phases_are_all_reached(void)
{
	bool reached[PHASE_COUNT] = {false};

	for (size_t i = 0; i < count; i++)
		reached[seen[i].phase] = true;
	for (int phase = 0; phase < PHASE_COUNT; phase++)
		if (!reached[phase])
			complain("a phase is never reached",
			    (struct plan){.phase = (uint8_t)phase});
	verdict();
}

int
main(void)
{
	phase_default_limits(limits);
	explore();
	printf("# %zu situations\n", count);
	TEST("every phase is reached", phases_are_all_reached);
	TEST("no possible event is a bug", is_never_a_bug);
	TEST("effects fit the phase they begin", has_fitting_effects);
	TEST("who may be killed, and who is let go", lets_go);
	TEST("every phase but supervise has a limit or a child",
	    always_waits_for_something);
	TEST("an ending comes from everywhere, through the worst world",
	    every_ending_comes);
	TEST("at once goes to KILL, and is bounded from there",
	    at_once_is_short);
	TEST("every situation leads to the services or to the end", leads_on);
	TEST("a kernel that refuses every ending gives a shell",
	    refusal_is_no_end);
	return unit_done();
}
