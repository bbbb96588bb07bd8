/*
 * One loop for every role. Each turn does what is due, waits for the first of
 * all that may happen, and hears it. Effects stand in memo until they are done:
 * one that cannot be done now is tried again, and a fault forgets none.
 */
#include "init/run.h"

#include <poll.h>
#include <signal.h>

#include "init/asked.h"
#include "init/console.h"
#include "init/container.h"
#include "init/fault.h"
#include "init/helper.h"
#include "init/keep.h"
#include "init/last.h"
#include "init/line.h"
#include "init/progress.h"
#include "init/reap.h"
#include "init/runit.h"
#include "init/single_child.h"
#include "init/stage.h"
#include "init/upgrade.h"
#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/say.h"
#include "lib/sig.h"
#include "lib/sys.h"

#define RETRY_MS 100 /* for what the kernel could not do just now */
#define SIGNALS_A_TURN 64
#define AT_ONCE_MS 10000 /* for a tree that is to stop at once */

/* The dead may be there: looked for at the next turn, or a little later. */
static int64_t reap_ns;
/* There is no signalfd. */
static bool deaf;

static const struct plan *
plan(void)
{
	return &memo_step()->plan;
}

/* --- steps --- */

static int64_t
limit_ms(const struct plan *p)
{
	if (p->phase == PHASE_STOP && memo.at_once)
		return container_limit_ms(p, AT_ONCE_MS);
	return container_limit_ms(p, phase_limit_ms(p, memo.settings.limits));
}

static void
step(enum phase_event event, enum keep_ending ask)
{
	const unsigned pushes = EFFECT_PUSH_TERM | EFFECT_PUSH_KILL;
	struct memo_step next = *memo_step();
	struct phase_step s = phase_step(next.plan, event, ask);

	if (s.bug) {
		say_warnx("unexpected in phase %s: %s",
		    phase_name(next.plan.phase), phase_event_name(event));
		return;
	}
	next.plan = s.plan;
	if (s.effects != 0) {
		next.since_ns = mono_now().ns;
		int64_t limit = limit_ms(&next.plan);

		next.until_ns = limit > 0 ? next.since_ns + NS_OF_MS(limit) : 0;
		next.forget = !(s.effects & pushes);
		next.todo = next.forget ? s.effects : next.todo | s.effects;
	}
	memo_commit(next);
	if (s.effects == 0)
		return;
	progress_begin(&next);
}

static void
end_system(enum keep_ending how, bool now, int code)
{
	memo.exit_code = code;
	memo.at_once = now;
	step(now ? EVENT_NOW : EVENT_ASK, how);
}

static void
tree_done(int code)
{
	if (memo.exit_code == 0)
		memo.exit_code = code;
	step(EVENT_DONE, KEEP_END_NONE);
}

static void
again(void)
{
	fault_again();
	say_warn("cannot execute init again, going on as it is");
}

/* The kept child does not come up. */
static void
offer(void)
{
	if (plan()->role == ROLE_MACHINE && plan()->phase == PHASE_KEEP)
		stage_offer();
	else if (plan()->role != ROLE_MACHINE && !memo.kept.spoke)
		end_system(KEEP_END_EXIT, true, 111);
}

static const struct keep_asks asks = {end_system, tree_done, again, offer};

/* --- effects --- */

static void
kill_all(int sig)
{
	single_signal_rest(sig);
	if (sig == SIGTERM)
		single_signal_rest(SIGCONT);
	reap_ns = 0;
}

static void
begin_keeping(void)
{
	if (memo.runit.is) {
		runit_on();
		return;
	}
	keep_find();
	keep_on();
}

/* True: done, or it never can be. False: to be tried again. */
static bool
perform_one(enum phase_effect_bit effect)
{
	const struct plan *p = plan();
	static enum final final;

	switch (effect) {
	case EFFECT_BIT_LET_GO:
		keep_off();
		runit_off();
		return true;
	case EFFECT_BIT_PUSH_TERM:
		stage_push(PUSH_TERM);
		return true;
	case EFFECT_BIT_PUSH_KILL:
		stage_push(PUSH_KILL);
		return true;
	case EFFECT_BIT_TERM_ALL:
		kill_all(SIGTERM);
		return true;
	case EFFECT_BIT_KILL_ALL:
		kill_all(SIGKILL);
		return true;
	case EFFECT_BIT_MOUNT:
		return job_start(JOB_PHASE, helper_mount, NULL, 0) == 0;
	case EFFECT_BIT_BOOT:
	case EFFECT_BIT_RESCUE:
	case EFFECT_BIT_SHUTDOWN:
		return stage_start((enum phase)p->phase) == 0;
	case EFFECT_BIT_KEEP:
		begin_keeping();
		return true;
	case EFFECT_BIT_STOP:
		if (memo.runit.is)
			runit_stop();
		keep_stop(
		    (enum keep_ending)p->ending, memo.at_once, limit_ms(p));
		return true;
	case EFFECT_BIT_FINAL:
		final = (enum final)p->final;
		return job_start(JOB_PHASE, helper_final, &final, 0) == 0;
	case EFFECT_BIT_LAST:
		return last_act();
	case EFFECT_COUNT:
		break;
	}
	return true;
}

/* False: something is left to do. */
static bool
perform(void)
{
	struct memo_step *s = memo_step();

	if (s->forget) {
		job_forget(JOB_PHASE);
		s->forget = false;
	}
	for (int bit = 0; bit < EFFECT_COUNT; bit++) {
		if (!(s->todo & 1u << bit))
			continue;
		if (!perform_one((enum phase_effect_bit)bit))
			return false;
		s->todo &= ~(1u << bit);
	}
	return true;
}

/* --- what happens --- */

/*
 * The kernel gave us the console. Whoever holds a terminal can be killed by its
 * secure attention key; children open it for themselves.
 */
static void
leave_console(void)
{
	int fd = fd_open_null();

	for (int i = 0; fd >= 0 && i <= 2; i++)
		sys_dup2(fd, i);
	if (fd > 2)
		sys_close(fd);
}

static void
phase_child_ended(const struct job_end *end)
{
	enum phase phase = (enum phase)plan()->phase;

	bool is_stage = phase == PHASE_BOOT || phase == PHASE_SHUTDOWN;

	if (phase == PHASE_MOUNT)
		leave_console();
	if (phase == PHASE_MOUNT && !memo.runit.is)
		asked_by_kernel();
	if (is_stage && memo.runit.is && runit_stage_ended(phase, end))
		return;
	if (is_stage && !memo.runit.is)
		stage_ended(phase, end);
	/* The turn sees that the phase's child is gone. */
	job_forget(JOB_PHASE);
}

static void
ended(enum job job, const struct job_end *end)
{
	switch (job) {
	case JOB_KEPT:
		keep_ended(end);
		break;
	case JOB_PHASE:
		if (!memo_step()->forget)
			phase_child_ended(end);
		else
			job_forget(JOB_PHASE);
		break;
	case JOB_SHELL:
		job_forget(JOB_SHELL);
		break;
	case JOB_CONSOLE:
		console_ended(end, mono_now().ns);
		break;
	case JOB_TRIAL:
		upgrade_tried(end);
		break;
	case JOB_STAGE:
	case JOB_FLAGS:
		runit_job_ended(job, end);
		break;
	case JOB_COUNT:
		break;
	}
}

static void
reap(int64_t now_ns)
{
	static const struct reap_asks who = {ended, keep_stopped, keep_told};

	if (now_ns < reap_ns)
		return;
	enum reaped reaped = reap_pass(&who);

	keep_queue_full(reaped == REAPED_FULL);
	switch (reaped) {
	case REAPED_SOME:
		reap_ns = 0;
		return;
	case REAPED_LATER:
		reap_ns = now_ns + NS_OF_MS(RETRY_MS);
		return;
	case REAPED_ALONE:
		step(EVENT_ALONE, KEEP_END_NONE);
		break;
	case REAPED_ALL:
	case REAPED_FULL:
		break;
	}
	reap_ns = INT64_MAX;
}

/* A code that was given stays; in a container a second signal hurries. */
static void
end_by_signal(enum keep_ending how, bool now)
{
	bool again = plan()->ending != KEEP_END_NONE;

	now |= again && plan()->role == ROLE_CONTAINER;
	end_system(how, now, again ? memo.exit_code : 0);
}

static void
hear_signal(int sig, const struct sig_info *info)
{
	/* The kernel's own have a code above 0. Who is not in our namespace has
	   no pid, and PID 1 has no parent. */
	bool from_outside = info->code <= 0 && info->pid == sys_getppid();
	struct request r = container_request(sig, from_outside);
	bool now = r.kind == REQUEST_NOW;

	if (runit_hears(sig)) {
		runit_signal(sig);
		return;
	}
	switch (r.kind) {
	case REQUEST_UNKNOWN:
		say_warnx("signal %d means nothing here: ignored", sig);
		break;
	case REQUEST_NOTHING:
		break;
	case REQUEST_CHILD:
		reap_ns = 0;
		break;
	case REQUEST_PASS:
		/* Nobody there who could judge the power: believe the worst. */
		if (sig == SIGPWR && !keep_is_ready())
			end_system(KEEP_END_POWEROFF, false, 0);
		else
			keep_signal(sig);
		break;
	case REQUEST_END:
	case REQUEST_NOW:
		now |= sig == SIGINT &&
		       burst_hit(&memo.burst, mono_now().ns / NS_OF_MS(1));
		end_by_signal(r.ending, now);
		break;
	case REQUEST_AGAIN:
		again();
		break;
	}
}

static int
wait_signal(const struct timespec *limit, struct sig_info *info)
{
	siginfo_t got;
	int sig = sys_rt_sigtimedwait(SIG_ALL & ~fault_signals(), &got, limit);

	if (sig > 0)
		*info = (struct sig_info){
		    .pid = got.si_pid, .uid = got.si_uid, .code = got.si_code};
	return sig;
}

/*
 * By descriptor; and where none could be had, by asking, which only costs a
 * turn now and then.
 */
static int
next_signal(struct sig_info *info)
{
	const struct timespec now = {0};

	return deaf ? wait_signal(&now, info) : sig_read(FD_SIGNALS, info);
}

/* By the other way, and not at once again, so that this does not spin. */
static void
wait_blind(void)
{
	const struct timespec t = {.tv_nsec = NS_OF_MS(RETRY_MS)};
	struct sig_info info;
	int sig = wait_signal(&t, &info);

	if (sig > 0)
		hear_signal(sig, &info);
	reap_ns = 0;
}

static void
hear_signals(void)
{
	for (int i = 0; i < SIGNALS_A_TURN; i++) {
		struct sig_info info;
		int sig = next_signal(&info);

		if (sig == -1 && !deaf)
			wait_blind();
		if (sig <= 0)
			return;
		hear_signal(sig, &info);
	}
}

/* --- the loop --- */

/* What this phase waited for is there, or its time has passed. */
static bool
phase_turn(int64_t now_ns)
{
	const struct memo_step *s = memo_step();

	if (s->plan.phase == PHASE_START)
		step(EVENT_BEGIN, KEEP_END_NONE);
	else if (s->todo == 0 && phase_has_child(&s->plan) &&
		 !job_runs(JOB_PHASE))
		step(EVENT_CHILD, KEEP_END_NONE);
	else if (s->plan.phase == PHASE_STOP && s->todo == 0 &&
		 (memo.runit.is ? runit_has_stopped() : keep_is_hopeless()))
		step(EVENT_DONE, KEEP_END_NONE);
	else if (s->until_ns != 0 && now_ns >= s->until_ns)
		step(EVENT_LATE, KEEP_END_NONE);
	else
		return false;
	return true;
}

static int64_t
earliest(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When to turn again though nothing happens. */
static int64_t
next_ns(bool all_done, int64_t now_ns)
{
	const struct memo_step *s = memo_step();
	int64_t next = earliest(reap_ns, job_next_ns());

	next = earliest(next, earliest(keep_next_ns(), console_next_ns()));
	next = earliest(next, runit_next_ns());
	if (s->until_ns != 0)
		next = earliest(next, earliest(s->until_ns, memo.say_ns));
	if (!all_done || deaf)
		next = earliest(next, now_ns + NS_OF_MS(RETRY_MS));
	return next;
}

static void
wait_until(int64_t until_ns, int64_t now_ns)
{
	bool line = line_is_open();
	struct pollfd p[] = {
	    {.fd = deaf ? -1 : FD_SIGNALS, .events = POLLIN},
	    {.fd = line ? FD_LINE : -1, .events = keep_events()},
	    {.fd = memo.kept.full ? FD_QUEUE_IN : -1, .events = POLLOUT},
	};
	struct timespec t = mono_timespec(until_ns - now_ns);
	int ready = sys_ppoll(p, 3, until_ns == INT64_MAX ? NULL : &t);

	if (ready == -1)
		wait_blind();
	hear_signals();
	if (line && ready > 0 && p[1].revents != 0)
		keep_listen();
	if (ready > 0 && p[2].revents != 0)
		reap_ns = 0;
}

_Noreturn void
run(const char *const *kept_argv)
{
	keep_init(&asks, kept_argv);
	runit_init(&asks);
	reap_ns = 0;
	deaf = !fd_is_open(FD_SIGNALS);
	for (;;) {
		bool all_done = perform();
		int64_t now_ns = mono_now().ns;

		job_limits(now_ns);
		reap(now_ns);
		keep_turn(now_ns);
		runit_turn(now_ns);
		progress_remind(now_ns);
		console_turn(now_ns);
		/* What was heard in this turn may have given more to do. */
		if (phase_turn(now_ns) || (all_done && memo_step()->todo != 0))
			continue;
		fault_turned();
		wait_until(next_ns(all_done, now_ns), now_ns);
	}
}
