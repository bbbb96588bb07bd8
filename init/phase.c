/*
 * What follows what. A step looks at the plan and the event only; every switch
 * names every value, so that a new phase or event is thought of everywhere.
 */
#include "init/phase.h"

static struct phase_step
stay(struct plan p)
{
	return (struct phase_step){.plan = p};
}

static struct phase_step
bug(struct plan p)
{
	return (struct phase_step){.plan = p, .bug = true};
}

static struct phase_step
enter(struct plan p, enum phase phase, unsigned effects)
{
	p.phase = (uint8_t)phase;
	p.push = PUSH_NONE;
	return (struct phase_step){.plan = p, .effects = effects};
}

/* The phase's child has had its time, or is in the way. */
static struct phase_step
push(struct plan p, enum push how)
{
	p.push = (uint8_t)how;
	return (struct phase_step){.plan = p,
	    .effects = how == PUSH_TERM ? EFFECT_PUSH_TERM : EFFECT_PUSH_KILL};
}

struct plan
plan_begin(enum role role)
{
	return (struct plan){.role = (uint8_t)role, .phase = PHASE_START};
}

static struct phase_step
enter_term(struct plan p)
{
	return enter(p, PHASE_TERM, EFFECT_TERM_ALL);
}

/* Ending before there were services: undo only what was begun. */
static struct phase_step
leave_early(struct plan p)
{
	if (p.booted)
		return enter(p, PHASE_SHUTDOWN, EFFECT_SHUTDOWN);
	return enter_term(p);
}

static struct phase_step
after_mount(struct plan p)
{
	if (p.ending != KEEP_END_NONE)
		return leave_early(p);
	if (p.emergency) {
		p.emergency = false;
		return enter(p, PHASE_RESCUE, EFFECT_RESCUE);
	}
	p.booted = true;
	return enter(p, PHASE_BOOT, EFFECT_BOOT);
}

static struct phase_step
after_boot(struct plan p)
{
	if (p.ending != KEEP_END_NONE)
		return leave_early(p);
	if (p.rescue) {
		p.rescue = false;
		return enter(p, PHASE_RESCUE, EFFECT_RESCUE);
	}
	return enter(p, PHASE_KEEP, EFFECT_KEEP);
}

static struct phase_step
after_rescue(struct plan p)
{
	if (p.ending != KEEP_END_NONE)
		return leave_early(p);
	return p.booted ? after_boot(p) : after_mount(p);
}

/* The tree has stopped, or has had its time. */
static struct phase_step
after_stop(struct plan p)
{
	if (p.role == ROLE_KEEPER)
		return enter(p, PHASE_LAST, EFFECT_LET_GO | EFFECT_LAST);
	if (p.ending == KEEP_END_RESCUE) {
		p.ending = KEEP_END_NONE;
		return enter(p, PHASE_RESCUE, EFFECT_LET_GO | EFFECT_RESCUE);
	}
	return enter(p, PHASE_SHUTDOWN, EFFECT_LET_GO | EFFECT_SHUTDOWN);
}

/*
 * Everybody is gone. File systems are left by a machine only, and not before
 * a reboot of the user space alone, which wants them once more.
 */
static struct phase_step
after_kill(struct plan p)
{
	if (p.role != ROLE_MACHINE || !p.alone ||
	    p.ending == KEEP_END_SOFT_REBOOT)
		return enter(p, PHASE_LAST, EFFECT_LAST);
	p.final = 0;
	return enter(p, PHASE_FINAL, EFFECT_FINAL);
}

static struct phase_step
after_final(struct plan p)
{
	if (p.final + 1 >= FINAL_COUNT)
		return enter(p, PHASE_LAST, EFFECT_LAST);
	p.final++;
	return enter(p, PHASE_FINAL, EFFECT_FINAL);
}

/*
 * reboot(2) came back. The next best ending; a machine that refuses them all
 * gets a shell, and its services back after that.
 */
static struct phase_step
after_last(struct plan p)
{
	enum keep_ending ending = p.ending;

	/* An exit cannot be refused; a soft reboot can. */
	if (p.role != ROLE_MACHINE) {
		p.ending = KEEP_END_EXIT;
		return enter(p, PHASE_LAST, EFFECT_LAST);
	}
	switch (ending) {
	case KEEP_END_KEXEC:
	case KEEP_END_SOFT_REBOOT:
		p.ending = KEEP_END_REBOOT;
		break;
	case KEEP_END_POWEROFF:
	case KEEP_END_REBOOT:
	case KEEP_END_EXIT:
		p.ending = KEEP_END_HALT;
		break;
	case KEEP_END_HALT:
	case KEEP_END_NONE:
	case KEEP_END_RESCUE:
		p.ending = KEEP_END_NONE;
		return enter(p, PHASE_RESCUE, EFFECT_RESCUE);
	}
	return enter(p, PHASE_LAST, EFFECT_LAST);
}

static struct phase_step
begin(struct plan p)
{
	if (p.phase != PHASE_START)
		return bug(p);
	switch ((enum role)p.role) {
	case ROLE_MACHINE:
		return enter(p, PHASE_MOUNT, EFFECT_MOUNT);
	case ROLE_CONTAINER:
		return after_mount(p);
	case ROLE_KEEPER:
	case ROLE_COUNT:
		break;
	}
	if (p.ending != KEEP_END_NONE)
		return enter(p, PHASE_LAST, EFFECT_LAST);
	return enter(p, PHASE_KEEP, EFFECT_KEEP);
}

static struct phase_step
child(struct plan p)
{
	switch ((enum phase)p.phase) {
	case PHASE_MOUNT:
		return after_mount(p);
	case PHASE_BOOT:
		return after_boot(p);
	case PHASE_RESCUE:
		return after_rescue(p);
	case PHASE_SHUTDOWN:
		return enter_term(p);
	case PHASE_FINAL:
		return after_final(p);
	case PHASE_LAST:
		return after_last(p);
	case PHASE_START:
	case PHASE_KEEP:
	case PHASE_STOP:
	case PHASE_TERM:
	case PHASE_KILL:
	case PHASE_COUNT:
		break;
	}
	return bug(p);
}

/* A child that outlives even KILL hangs in the kernel: go on without it. */
static struct phase_step
late_child(struct plan p)
{
	bool ours = p.phase == PHASE_MOUNT || p.phase == PHASE_FINAL ||
		    p.phase == PHASE_LAST;

	switch ((enum push)p.push) {
	case PUSH_NONE:
		return push(p, ours ? PUSH_KILL : PUSH_TERM);
	case PUSH_TERM:
		return push(p, PUSH_KILL);
	case PUSH_KILL:
	case PUSH_COUNT:
		break;
	}
	return child(p);
}

static struct phase_step
late(struct plan p)
{
	switch ((enum phase)p.phase) {
	case PHASE_MOUNT:
	case PHASE_BOOT:
	case PHASE_RESCUE:
	case PHASE_SHUTDOWN:
	case PHASE_FINAL:
	case PHASE_LAST:
		return late_child(p);
	case PHASE_STOP:
		return after_stop(p);
	case PHASE_TERM:
		return enter(p, PHASE_KILL, EFFECT_KILL_ALL);
	case PHASE_KILL:
		return after_kill(p);
	case PHASE_START:
	case PHASE_KEEP:
	case PHASE_COUNT:
		break;
	}
	return bug(p);
}

/* What was asked for, as far as this role can do it. */
static enum keep_ending
possible(const struct plan *p, enum keep_ending ask)
{
	if (p->role == ROLE_KEEPER && ask != KEEP_END_NONE)
		return ask == KEEP_END_RESCUE ? KEEP_END_NONE : KEEP_END_EXIT;
	if (p->role == ROLE_CONTAINER && ask == KEEP_END_RESCUE)
		return KEEP_END_NONE;
	if (p->role == ROLE_MACHINE && ask == KEEP_END_EXIT)
		return KEEP_END_POWEROFF;
	return ask;
}

/*
 * An ending takes the place of the one that was; a shell that of what would
 * come next, while that is not the end. What is in the way is asked to end.
 */
static struct phase_step
ask_ending(struct plan p, enum keep_ending ask)
{
	ask = possible(&p, ask);
	bool shell = ask == KEEP_END_RESCUE;

	if (ask == KEEP_END_NONE)
		return stay(p);
	switch ((enum phase)p.phase) {
	case PHASE_KEEP:
		p.ending = (uint8_t)ask;
		return enter(p, PHASE_STOP, EFFECT_STOP);
	case PHASE_START:
	case PHASE_MOUNT:
	case PHASE_BOOT:
		if (shell)
			p.rescue = true;
		else
			p.ending = (uint8_t)ask;
		break;
	case PHASE_RESCUE:
	case PHASE_STOP:
	case PHASE_SHUTDOWN:
	case PHASE_TERM:
	case PHASE_KILL:
	case PHASE_FINAL:
	case PHASE_LAST:
	case PHASE_COUNT:
		if (shell)
			return stay(p);
		p.ending = (uint8_t)ask;
		break;
	}
	if ((p.phase == PHASE_BOOT || p.phase == PHASE_RESCUE) &&
	    p.push == PUSH_NONE)
		return push(p, PUSH_TERM);
	return stay(p);
}

/*
 * At once. A keeper may not kill everybody, so its tree is told to; so is a
 * container's, once, since what its services said last is to come out;
 * everybody else goes straight to KILL. File systems are still left in order,
 * until it is asked for yet again.
 */
static struct phase_step
ask_now(struct plan p, enum keep_ending ask)
{
	ask = possible(&p, ask);
	if (ask == KEEP_END_NONE || ask == KEEP_END_RESCUE)
		return ask_ending(p, ask);
	p.ending = (uint8_t)ask;
	switch ((enum phase)p.phase) {
	case PHASE_KEEP:
	case PHASE_STOP:
		if (p.role == ROLE_CONTAINER && !p.hurried) {
			p.hurried = true;
			return enter(p, PHASE_STOP, EFFECT_STOP);
		}
		/* fall through */
	case PHASE_START:
	case PHASE_MOUNT:
	case PHASE_BOOT:
	case PHASE_RESCUE:
	case PHASE_SHUTDOWN:
	case PHASE_TERM:
		if (p.role == ROLE_KEEPER)
			return enter(p, PHASE_STOP, EFFECT_STOP);
		return enter(p, PHASE_KILL, EFFECT_LET_GO | EFFECT_KILL_ALL);
	case PHASE_FINAL:
		return enter(p, PHASE_LAST, EFFECT_LAST);
	case PHASE_KILL:
	case PHASE_LAST:
	case PHASE_COUNT:
		break;
	}
	return stay(p);
}

struct phase_step
phase_step(struct plan p, enum phase_event event, enum keep_ending ask)
{
	switch (event) {
	case EVENT_BEGIN:
		return begin(p);
	case EVENT_CHILD:
		return child(p);
	case EVENT_LATE:
		return late(p);
	case EVENT_DONE:
		return p.phase == PHASE_STOP ? after_stop(p) : stay(p);
	case EVENT_ALONE:
		return p.phase == PHASE_TERM || p.phase == PHASE_KILL
			   ? after_kill(p)
			   : stay(p);
	case EVENT_ASK:
		return ask_ending(p, ask);
	case EVENT_NOW:
		return ask_now(p, ask);
	case EVENT_COUNT:
		break;
	}
	return bug(p);
}

bool
phase_has_child(const struct plan *p)
{
	return !child(*p).bug;
}

int64_t
phase_limit_ms(const struct plan *p, const int64_t *limits)
{
#define PUSH_MS(name, ms) ms,
	static const int64_t push_ms[] = {PUSHES(PUSH_MS)};

	return p->push == PUSH_NONE ? limits[p->phase] : push_ms[p->push];
}

void
phase_default_limits(int64_t limits[PHASE_COUNT])
{
#define PHASE_MS(name, ms, text) ms,
	static const int64_t ms[] = {PHASES(PHASE_MS)};

	for (int i = 0; i < PHASE_COUNT; i++)
		limits[i] = ms[i];
}

/* Names come from the lists; a number outside them can only be a mistake. */
#define NAME_OF(name, type, list, item, count)                           \
	const char *name(type v)                                         \
	{                                                                \
		static const char *const names[] = {list(item)};         \
		return (unsigned)v < (unsigned)(count) ? names[v] : "?"; \
	}
#define SECOND(name, text) text,
#define THIRD(name, number, text) text,
#define ITSELF(name) #name,

/* clang-format off */
NAME_OF(role_name, enum role, ROLES, SECOND, ROLE_COUNT)
NAME_OF(phase_name, enum phase, PHASES, THIRD, PHASE_COUNT)
NAME_OF(phase_event_name, enum phase_event, PHASE_EVENTS, ITSELF, EVENT_COUNT)
NAME_OF(final_text, enum final, FINALS, SECOND, FINAL_COUNT)
NAME_OF(ending_name, enum keep_ending, KEEP_ENDINGS, THIRD, KEEP_END_EXIT + 1)
/* clang-format on */
