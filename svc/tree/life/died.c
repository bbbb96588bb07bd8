/*
 * From an exit status to an event: what the record says about the process that
 * ended, and what the restart policy makes of it.
 */
#include "svc/tree/life/life.h"

#include <signal.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/say.h"
#include "lib/spawn.h"
#include "svc/tree/birth/birth.h"
#include "svc/tree/birth/births.h"
#include "svc/tree/birth/command.h"
#include "svc/tree/life/begin.h"
#include "svc/tree/life/relations.h"
#include "svc/tree/output/output.h"
#include "svc/tree/output/said.h"
#include "svc/tree/state/cgroups.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/service.h"
#include "svc/tree/state/state.h"
#include "svc/tree/talk/talk.h"

/* It left at the gate: nothing was executed. */
static bool
left_at_gate(const struct board_record *r, const struct keep_exit *e)
{
	struct board_fault f = board_fault_unpack(r->fault);

	return f.pid == (uint32_t)e->pid && f.step == BOARD_FAULT_GATE;
}

/* Its program was never executed: a step before that could not be done. */
static bool
has_fault(const struct board_record *r, const struct keep_exit *e)
{
	struct board_fault f = board_fault_unpack(r->fault);

	return f.pid == (uint32_t)e->pid && f.step != BOARD_FAULT_GATE;
}

/* Of standard input, output or error: what was to be opened. */
static const char *
stdio_path(const struct settings *s, int fd)
{
	return fd == 0	 ? s->stdin_.path
	       : fd == 1 ? s->stdout_.path
			 : s->stderr_.path;
}

/* What the step that failed was about, if its definition tells; or NULL. */
static const char *
fault_object(uint32_t i, struct board_fault f, struct buf *room)
{
	const struct settings *s = define_view(i);

	if (s == NULL)
		return NULL;
	switch (f.step) {
	case SPAWN_CHDIR:
		return s->dir;
	case SPAWN_CHROOT:
		return s->root;
	case SPAWN_GROUPS:
		return settings_has(s, SET_groups) ? NULL : s->user;
	case SPAWN_UID:
	case SPAWN_GID:
		return s->user;
	case SPAWN_TTY:
		return s->tty;
	case SPAWN_OPEN:
		return stdio_path(s, f.number);
	case SPAWN_RLIMIT:
		return birth_limit_key(f.number);
	case SPAWN_EXEC:
		if (command_is(i))
			return tree.command[0];
		if (s->run == NULL)
			return NULL;
		buf_put(room, s->run, strcspn(s->run, " \t"));
		return room->p;
	default:
		return NULL;
	}
}

/* Said, and kept for those who ask. */
static void
say_fault(uint32_t i, const struct board_record *r, const struct keep_exit *e)
{
	struct board_fault f = board_fault_unpack(r->fault);
	enum spawn_op op = (enum spawn_op)f.step;
	char name[BOARD_NAME_MAX + 1], room[256];
	struct buf b = BUF(room);
	const char *object;

	if (!has_fault(r, e))
		return;
	object = fault_object(i, f, &b);
	if (object == NULL)
		object = "";
	say_warnx("%s: cannot %s: %s%s%s", state_name(i, name),
	    spawn_op_text(op), object, object[0] != '\0' ? ": " : "",
	    spawn_op_error(op, f.error));
	state_says(i, object, strlen(object));
}

static void
add_exit(uint32_t i, struct sv_word w, const struct keep_exit *e)
{
	struct board_record *r = rec(i);

	board_begin(r);
	board_add_exit(
	    r, (struct board_exit){.real_ns = real_ns(),
		   .pid = (uint32_t)e->pid & 0x3fffff,
		   .role = sv_role(w.sv) & 3,
		   .code = (unsigned)e->code & 15,
		   .is_unborn = has_fault(r, e),
		   .is_failure = !service_is_clean(i, e->code, e->value),
		   .generation = w.generation,
		   .value = (uint8_t)e->value});
	r->exit_seq = e->seq;
	r->session = 0;
	board_end(r);
}

/* A logger whose service is gone for good. */
static bool
is_left(const struct board_record *r)
{
	return (r->flags & BOARD_LOG) && (r->flags & BOARD_UNLINKED);
}

/* It ends by itself and is not missed, but where there is more to read: it was
 * killed before its end, or that was taken back. */
static bool
is_over(uint32_t i, const struct keep_exit *e)
{
	return is_left(rec(i)) &&
	       ((e->code == CLD_EXITED && !live(i)->is_resumed) ||
		   !logpipe_has_lines(logpipe_input(i)));
}

static void
set_cause(uint32_t i, const struct keep_exit *e, bool is_spent)
{
	struct board_record *r = rec(i);
	struct sv sv = state_word(i).sv;

	/* Whoever wanted it down explains more than how it ended; a reader
	 * that ends with everything is wanted once more until its end. */
	if (r->cause == CAUSE_SHUTDOWN ||
	    (!sv_wanted(sv) &&
		(r->cause == CAUSE_ASKED || r->cause == CAUSE_GROUP ||
		    r->cause == CAUSE_CONFLICT)))
		return;
	/* So does whoever brought it up, where nothing went wrong. */
	if (r->cause == CAUSE_NEEDED_BY && sv.is_oneshot &&
	    service_is_clean(i, e->code, e->value))
		return;
	if (!(r->flags & BOARD_SICK))
		r->cause = CAUSE_EXITED;
	if (has_fault(r, e)) {
		r->cause = CAUSE_EXEC;
	} else if (r->flags & BOARD_OOM) {
		r->cause = CAUSE_OOM;
	} else if (service_is_fatal(i, e->code, e->value)) {
		r->cause = CAUSE_GIVE_UP_ON;
	} else if (is_spent) {
		r->cause = CAUSE_SPENT;
		r->cause_arg = (int32_t)r->budget.restarts;
	} else if (talk_said(i, SAID_ERRNO)) {
		r->cause = CAUSE_NOTIFY; /* better than its code */
		r->cause_arg = (int32_t)kept(i, false)->error;
	}
}

struct budget_verdict
died_charge(uint32_t i, struct budget_death death)
{
	struct board_record *r = rec(i);
	struct budget_verdict v;

	death.started = (struct mono){r->start_mono_ns};
	death.now = mono_now();
	v = budget_verdict(service_policy(i), r->budget, death);
	board_begin(r);
	r->budget = v.budget;
	board_end(r);
	return v;
}

static enum sv_event
verdict(uint32_t i, const struct keep_exit *e)
{
	struct board_record *r = rec(i);
	struct budget_verdict v = died_charge(
	    i, (struct budget_death){
		   .is_clean = !(r->flags & BOARD_SICK) &&
			       service_is_clean(i, e->code, e->value),
		   .is_fatal = service_is_fatal(i, e->code, e->value),
		   .is_oneshot = state_word(i).sv.is_oneshot});

	board_begin(r);
	set_cause(i, e, v.is_spent);
	board_end(r);
	if (is_over(i, e))
		return EV_DIED_STAY;
	/* An end it had read, which was taken back, is no failure. */
	return live(i)->is_resumed ? EV_DIED_NOW : v.event;
}

/* Before it is committed: a group's own marks come first. */
static void
tell_groups(uint32_t i, enum sv_event event)
{
	struct sv sv = state_word(i).sv;

	if ((event == EV_DIED_NOW || event == EV_DIED_LATER) && sv_wanted(sv) &&
	    !sv.again && !group_is(i))
		group_death(i);
}

enum sv_event
died_late(uint32_t i)
{
	struct budget_verdict v = died_charge(i, (struct budget_death){0});

	if (v.is_spent) {
		rec(i)->cause_arg = (int32_t)v.budget.restarts;
		state_cause(i, CAUSE_SPENT, 0);
	}
	tell_groups(i, v.event);
	return v.event;
}

/* KILL came from somewhere: where the kernel sent it for want of memory, its
 * cgroup has counted it. */
static void
look_for_oom(uint32_t i, const struct keep_exit *e)
{
	char name[BOARD_NAME_MAX + 1];
	bool is_oom = e->code != CLD_EXITED && e->value == SIGKILL &&
		      cgroups_has(i) && cgroups_oom(i);

	if (is_oom)
		say_warnx("%s: killed for want of memory", state_name(i, name));
	state_flags(i, is_oom ? BOARD_OOM : 0, BOARD_OOM);
}

static void
log_over(uint32_t i)
{
	if (is_left(rec(i)) && sv_is_settled(state_word(i).sv))
		post(i, EV_EXIT);
}

/* What is left at the end of a container has nobody to live for. */
static void
leave_nobody(uint32_t i)
{
	struct sv_word w = state_word(i);

	w.sv.has_sweep |= tree.is_container;
	state_commit(i, w.sv, w.generation, w.pid);
}

static void
died(uint32_t i, const struct keep_exit *told)
{
	struct board_record *r = rec(i);
	struct keep_exit end = *told, *e = &end;
	struct sv_word w;
	enum sv_event event;

	/* Its last words; they may have named another main process. */
	notify_drain(i);
	w = state_word(i);
	if (w.pid != (uint32_t)e->pid)
		return;
	talk_judge(i, e);
	if (left_at_gate(r, e)) {
		step(i, EV_GATE, 0);
		return;
	}
	if (forking_leaves(i, w.sv, e)) {
		talk_main_over(i);
		rec(i)->session = (uint32_t)e->pid;
		step(i, EV_FORKED, 0);
		return;
	}
	say_fault(i, r, e);
	said_over(i);
	add_exit(i, w, e);
	switch (sv_role(w.sv)) {
	case SV_ROLE_RUN:
		talk_main_over(i);
		if (command_is(i))
			command_died(i, e);
		if (tree.is_ending)
			leave_nobody(i);
		else /* or it will not be started again */
			service_refresh(i);
		if (sv_wanted_on(w.sv) && !w.sv.again)
			rec(i)->flags |= BOARD_FELL;
		look_for_oom(i, e);
		if (!tree.is_ending) /* or nobody will see it */
			sweep_left(i);
		event = verdict(i, e);
		tell_groups(i, event);
		step(i, event, 0);
		log_over(i);
		return;
	case SV_ROLE_PRE:
		step(i, EV_HELPED, 0);
		return;
	case SV_ROLE_FIN:
		step(i,
		    service_finish_gives_up(i) && e->code == CLD_EXITED &&
			    e->value == 125
			? EV_FIN_FAIL
			: EV_HELPED,
		    0);
		return;
	case SV_ROLE_NONE:
		say_warnx(
		    "process %d ended in a state without one", (int)e->pid);
		state_commit(i, w.sv, w.generation, 0);
		return;
	}
}

void
died_told(const struct keep_exit *e)
{
	bool is_aux = false;
	uint32_t i = state_by_pid((uint32_t)e->pid, &is_aux);

	if (i == 0) {
		births_stray(e->pid);
		sweep_look(e->pid);
	} else if (is_aux) {
		died_aux(i, e);
	} else {
		died(i, e);
	}
}
