/*
 * Visits every situation of (service value, toy world) that can be reached
 * from a new service by any wish, fact, fault of an effect, and a death of
 * svcd after any commit or effect, and checks in each what must hold. Then the
 * same with deliberately wrong machines, each of which must be found. Last,
 * what was seen is compared with docs/machine.txt.
 *
 *	machine			the test
 *	machine --print		docs/machine.txt, as it should be
 */
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "tests/walk/toy.h"

#define TABLE (1u << 24)

static uint64_t *seen;
static struct toy *queue;
static size_t queued, nseen;
/* How each was reached: for a person who reads of a fault. */
static struct {
	uint32_t from;
	enum sv_event event;
} * way;
static size_t here;
static enum sv_event by;
static toy_machine *machine = sv_step;
static const char *fault;
static struct toy fault_at;
static bool is_recording;

#include "tests/walk/page.h"

/* --- the set of situations --- */

static void
visit(const struct toy *t)
{
	uint64_t key = toy_key(t);
	size_t i = (key * UINT64_C(0x9e3779b97f4a7c15)) >> 40;

	if (t->fault != NULL) {
		if (fault == NULL) {
			fault = t->fault;
			fault_at = *t;
		}
		return;
	}
	while (seen[i] != 0 && seen[i] != key)
		i = (i + 1) % TABLE;
	if (seen[i] == key)
		return;
	seen[i] = key;
	nseen++;
	queue[queued] = *t;
	way[queued].from = (uint32_t)here;
	way[queued].event = by;
	queue[queued++].fresh = false;
}

/* --- what must hold --- */

static bool
is_waiting(const struct toy *t)
{
	if (t->proc != PROC_NONE || t->armed)
		return true;
	return t->left &&
	       (t->sv.state == S_SWEEP || t->sv.state == S_FIN_SWEEP);
}

static void
check_rest(struct toy *t)
{
	bool wanted = sv_wanted(t->sv);

	if (toy_lives(t))
		toy_blame(t, "says that nothing runs while a process lives");
	if (t->left && t->sv.has_sweep &&
	    (!t->sv.is_oneshot || t->sv.state == S_DOWN ||
		t->sv.state == S_NONE))
		toy_blame(t, "at rest beside what was left behind");
	if (t->sv.leave && t->sv.state != S_NONE)
		toy_blame(t, "not forgotten");
	if (wanted && t->sv.state == S_DOWN)
		toy_blame(t, "wanted and down");
	if (wanted && t->sv.deps && t->sv.state == S_WAIT)
		toy_blame(t, "could start and waits");
	if (!wanted && t->sv.state != S_NONE && t->sv.state != S_DOWN)
		toy_blame(t, "not wanted and not down");
	if (t->sv.state == S_BACKOFF && !t->armed)
		toy_blame(t, "backoff without a deadline");
}

/* Nothing is on its way: all that goes on must have a cause. */
static void
check_quiet(struct toy *t)
{
	if (sv_is_rest(t->sv)) {
		check_rest(t);
		return;
	}
	if (t->proc == PROC_CLONED)
		toy_blame(t, "a process that no word knows");
	if (!is_waiting(t))
		toy_blame(t, "waits for nothing");
	if (t->proc == PROC_LIVE && sv_role(t->sv) != t->role)
		toy_blame(t, "the word names another process");
	if (t->stopped && t->sv.state == S_STOP)
		toy_blame(
		    t, "stopped by SIGSTOP, told to end, never continued");
	if (!sv_wanted(t->sv) && t->proc == PROC_LIVE &&
	    (t->sv.state == S_START || t->sv.state == S_UP))
		toy_blame(t, "runs although nobody wants it");
	if (t->sv.state == S_FIN && !t->armed && t->sv.step == 0)
		toy_blame(t, "finish without a time limit");
	if (t->sv.state == S_START && !t->armed)
		toy_blame(t, "start without a deadline");
	if (t->sv.state == S_STOP && !t->armed && t->sv.step == 0 &&
	    t->proc == PROC_LIVE)
		toy_blame(t, "stop without a deadline");
}

/* --- one move --- */

/* Effects up to `stop_at` (crash there), effect `broken` fails. */
static void
perform(struct toy *t, uint32_t effects, int stop_at, int broken)
{
	for (int bit = 0; bit < SV_EFFECT_COUNT; bit++) {
		if (bit == stop_at)
			break;
		if (effects & 1u << bit)
			toy_effect(t, (enum sv_effect_bit)bit, bit == broken);
	}
	if (stop_at < SV_EFFECT_COUNT)
		toy_crash(t);
}

static struct sv_step
decide(struct toy *t, enum sv_event event)
{
	struct sv_step step = machine(t->sv, event);

	by = event;
	if (is_recording)
		record(t->sv, event, step);
	if (step.bug)
		toy_blame(t, "an event that cannot happen");
	if (event == EV_RECOVER && t->sv.sent &&
	    (step.effects & (DO_SIGNAL | DO_TERM)))
		toy_blame(t, "a signal that is known to be sent is sent again");
	return step;
}

/* The event in all its variants: no fault, each fault, each crash. */
static void
give(struct toy t, enum sv_event event)
{
	struct toy after;
	struct sv_step step = decide(&t, event);

	if (step.moot)
		return;
	toy_commit(&t, step.sv, event);
	for (int bit = 0; bit <= SV_EFFECT_COUNT; bit++) {
		if (bit < SV_EFFECT_COUNT && !(step.effects & 1u << bit))
			continue;
		after = t;
		perform(&after, step.effects, SV_EFFECT_COUNT, bit);
		visit(&after);
		if (bit == SV_EFFECT_COUNT)
			break;
		after = t;
		perform(&after, step.effects, bit, -1);
		visit(&after);
	}
}

static void
give_exit(struct toy t)
{
	static const enum sv_event died[] = {
	    EV_DIED_NOW, EV_DIED_LATER, EV_DIED_STAY, EV_DIED_FAIL};
	bool at_gate = t.proc == PROC_LEFT_GATE;
	enum sv_role role = sv_role(t.sv);

	t.proc = PROC_NONE;
	/* Its step names all that the new value implies. */
	t.pending &= ~(unsigned)PEND_RECOVER;
	if (role != t.role)
		toy_blame(&t, "an exit that no word explains");
	if (at_gate) {
		give(t, EV_GATE);
		return;
	}
	if (role == SV_ROLE_PRE || role == SV_ROLE_FIN)
		give(t, EV_HELPED);
	if (role == SV_ROLE_FIN)
		give(t, EV_FIN_FAIL);
	for (unsigned i = 0; i < 4 && role == SV_ROLE_RUN; i++)
		give(t, died[i]);
	if (role == SV_ROLE_RUN && t.sv.state != S_STOP &&
	    t.sv.state != S_ADOPT && !t.sv.is_oneshot && t.left)
		give(t, EV_FORKED);
}

static void
give_pending(struct toy t)
{
	static const struct {
		unsigned bit;
		enum sv_event event;
	} kinds[] = {{PEND_SPAWNED, EV_SPAWNED},
	    {PEND_SPAWN_FAILED, EV_SPAWN_FAILED}, {PEND_EMPTY, EV_EMPTY},
	    {PEND_SENT, EV_SENT}, {PEND_RECOVER, EV_RECOVER}};

	for (unsigned i = 0; i < 5; i++) {
		struct toy after = t;
		if (!(t.pending & kinds[i].bit))
			continue;
		after.pending &= ~kinds[i].bit;
		give(after, kinds[i].event);
	}
}

/* What the world does by itself. */
static void
give_world(struct toy t)
{
	struct toy after = t;

	if (t.armed) {
		after.armed = false;
		give(after, EV_TIMER);
	}
	if (t.watched && t.proc == PROC_LIVE) {
		give(t, EV_READY);
		give(t, EV_SICK);
	}
	if (t.proc == PROC_LIVE && t.role == SV_ROLE_RUN)
		give(t, EV_ADOPTED);
	if (t.sv.state == S_ADOPT && t.left)
		give(t, EV_ADOPTED);
	if (t.proc == PROC_LIVE && !t.stopped) {
		after = t;
		toy_die(&after, false);
		visit(&after);
		after = t;
		toy_die(&after, true);
		visit(&after);
	}
	if (t.left) {
		after = t;
		after.left = false;
		if (t.sv.state == S_SWEEP || t.sv.state == S_FIN_SWEEP)
			after.pending |= PEND_EMPTY;
		visit(&after);
	}
	after = t;
	toy_crash(&after);
	visit(&after);
}

/* --- a wish and the days after --- */

/* The event, quietly: no fault, no crash. */
static void
live(struct toy *t, enum sv_event event)
{
	struct sv_step step = decide(t, event);

	if (step.moot)
		return;
	toy_commit(t, step.sv, event);
	perform(t, step.effects, SV_EFFECT_COUNT, -1);
}

static void
live_exit(struct toy *t)
{
	bool at_gate = t->proc == PROC_LEFT_GATE;
	bool is_run = sv_role(t->sv) == SV_ROLE_RUN;
	/* Told to end, policy would let it be: only the wish brings it back. */
	bool is_told = t->sv.state == S_STOP || t->sv.step > 0;
	enum sv_event died =
	    is_told || t->sv.is_oneshot ? EV_DIED_STAY : EV_DIED_NOW;

	t->proc = PROC_NONE;
	t->pending &= ~(unsigned)PEND_RECOVER;
	live(t, at_gate ? EV_GATE : is_run ? died : EV_HELPED);
}

/* One thing that a well-behaved world does next; false: all is quiet. */
static bool
live_on(struct toy *t)
{
	bool is_starting = t->sv.state == S_START && !t->sv.is_oneshot;

	if (t->proc == PROC_DEAD || t->proc == PROC_LEFT_GATE) {
		live_exit(t);
	} else if (t->pending & PEND_RECOVER) {
		t->pending = 0;
		live(t, EV_RECOVER);
	} else if (t->pending & PEND_SPAWNED) {
		t->pending &= ~(unsigned)PEND_SPAWNED;
		live(t, EV_SPAWNED);
	} else if (t->pending & PEND_SPAWN_FAILED) {
		t->pending &= ~(unsigned)PEND_SPAWN_FAILED;
		live(t, EV_SPAWN_FAILED);
	} else if (t->pending & PEND_SENT) {
		t->pending &= ~(unsigned)PEND_SENT;
		live(t, EV_SENT);
	} else if (t->pending & PEND_EMPTY) {
		t->pending &= ~(unsigned)PEND_EMPTY;
		live(t, EV_EMPTY);
	} else if (t->left && !sv_is_rest(t->sv) && t->sv.state != S_ADOPT) {
		t->left = false;
		if (t->sv.state == S_SWEEP || t->sv.state == S_FIN_SWEEP)
			t->pending |= PEND_EMPTY;
	} else if (t->sv.state == S_ADOPT) {
		live(t, EV_ADOPTED);
	} else if (t->stopped) {
		/* Only a person's wish moves a paused one. */
		return false;
	} else if (t->proc == PROC_LIVE && is_starting && t->watched &&
		   t->sv.step == 0) {
		live(t, EV_READY);
	} else if (t->proc == PROC_LIVE &&
		   (t->sv.state != S_UP || t->sv.step > 0)) {
		toy_die(t, false);
	} else if (t->armed && t->sv.state != S_UP) {
		t->armed = false;
		live(t, EV_TIMER);
	} else {
		return false;
	}
	return true;
}

static void
settle_down(struct toy *t)
{
	for (int i = 0; i < 100 && t->fault == NULL; i++)
		if (!live_on(t))
			return;
	toy_blame(t, "never comes to rest");
}

/* Whether the wish was fulfilled once all is quiet. */
static void
check_wish(struct toy *t, enum sv_event wish, bool was_rest)
{
	bool is_up = t->sv.state == S_UP || t->sv.state == S_DONE;

	bool is_asleep = wish == EV_UNASKED && !sv_wanted(t->sv);
	bool is_kept = wish == EV_UNASKED && sv_wanted(t->sv);

	if ((wish == EV_DOWN || is_asleep) &&
	    ((t->sv.state != S_DOWN && t->sv.state != S_NONE) || toy_lives(t)))
		toy_blame(t, "the wish for down was lost");
	if (wish == EV_EXIT && (t->sv.state != S_NONE || toy_lives(t)))
		toy_blame(t, "the wish to be forgotten was lost");
	if ((wish == EV_UP || is_kept) && !is_up && !t->stopped)
		toy_blame(t, "the wish for up was lost");
	if (wish == EV_RESTART && !(is_up && t->fresh))
		toy_blame(t, "restart was not a restart");
	if (wish == EV_ONCE && was_rest && !t->fresh)
		toy_blame(t, "the wish to run once was lost");
}

/*
 * A wish in this situation, plain or with a crash after its commit, and then
 * a world that behaves: it must come true. What it needs is ready, and
 * policy is not asked: the last wish counts.
 */
static void
try_wish(struct toy t, enum sv_event wish, bool crash)
{
	struct sv_step step;
	bool was_rest = sv_is_rest(t.sv);

	t.fresh = false;
	live(&t, EV_DEPS_OK);
	step = decide(&t, wish);
	if (!step.moot) {
		toy_commit(&t, step.sv, wish);
		perform(&t, step.effects, crash ? 0 : SV_EFFECT_COUNT, -1);
	}
	settle_down(&t);
	check_wish(&t, wish, was_rest);
	if (t.fault != NULL && fault == NULL) {
		fault = t.fault;
		fault_at = t;
	}
}

/* --- the walk --- */

static void
expand(struct toy t)
{
	static const enum sv_event wishes[] = {
	    EV_DOWN, EV_UP, EV_RESTART, EV_ONCE, EV_EXIT, EV_UNASKED};

	if (t.pending == 0 && t.proc != PROC_DEAD && t.proc != PROC_LEFT_GATE)
		check_quiet(&t);
	visit(&t);
	if (t.sv.state == S_NONE || t.fault != NULL)
		return;
	if (t.proc == PROC_DEAD || t.proc == PROC_LEFT_GATE)
		give_exit(t);
	give_pending(t);
	if (t.pending & PEND_RECOVER)
		return;
	give_world(t);
	for (int event = EV_UP; event <= EV_UNNEEDED; event++)
		give(t, (enum sv_event)event);
	for (unsigned i = 0; i < 2 * sizeof(wishes) / sizeof(wishes[0]); i++)
		try_wish(t, wishes[i / 2], i % 2 != 0);
}

/* All configurations, from a service nobody has asked for yet. */
static void
walk(void)
{
	memset(seen, 0, TABLE * sizeof(*seen));
	queued = nseen = 0;
	fault = NULL;
	for (unsigned i = 0; i < 16; i++) {
		struct toy t = {.sv = sv_new((struct sv_config){
				    i & 1, i & 2, i & 4, i & 8})};
		visit(&t);
	}
	for (size_t i = 0; i < queued && fault == NULL; i++) {
		if (queued > TABLE / 2) {
			fault = "more situations than the table holds";
			return;
		}
		here = i;
		by = EV_NOTHING;
		expand(queue[i]);
	}
}

#include "tests/walk/mutants.h"

static void
say_fault(void)
{
	const struct sv *sv = &fault_at.sv;

	printf("# %s: state %s step %u want %s next %s needed %d deps %d "
	       "again %d leave %d sent %d pause %d\n# proc %d role %d left %d "
	       "armed %d pending %u oneshot %d pre %d finish %d sweep %d\n",
	    fault, sv_state_name(sv->state), sv->step, sv_want_name(sv->want),
	    sv_next_name(sv->next), sv->needed, sv->deps, sv->again, sv->leave,
	    sv->sent, (int)sv->pause, (int)fault_at.proc, (int)fault_at.role,
	    fault_at.left, fault_at.armed, fault_at.pending, sv->is_oneshot,
	    sv->has_pre, sv->has_finish, sv->has_sweep);
	printf("# by %s, from", sv_event_name(by));
	for (size_t i = here; i >= 16; i = way[i].from)
		printf(" %s/%d/%u<%s", sv_state_name(queue[i].sv.state),
		    (int)queue[i].proc, queue[i].pending,
		    sv_event_name(way[i].event));
	printf("\n");
}

static void
test_walk(void)
{
	is_recording = true;
	walk();
	is_recording = false;
	if (fault != NULL)
		say_fault();
	HOLDS(fault == NULL);
	HOLDS(nseen > 10000);
	printf("# %zu situations\n", nseen);
}

static void
test_mutants(void)
{
	for (size_t i = 0; i < sizeof(mutants) / sizeof(mutants[0]); i++) {
		machine = mutants[i].machine;
		walk();
		if (fault == NULL)
			printf("# not found: %s\n", mutants[i].what);
		else
			printf("# found: %s: %s\n", mutants[i].what, fault);
		HOLDS(fault != NULL);
	}
	machine = sv_step;
}

int
main(int argc, char **argv)
{
	seen = calloc(TABLE, sizeof(*seen));
	queue = calloc(TABLE, sizeof(*queue));
	way = calloc(TABLE, sizeof(*way));
	if (seen == NULL || queue == NULL || way == NULL)
		return 111;
	if (argc > 1 && strcmp(argv[1], "--print") == 0) {
		is_recording = true;
		walk();
		print_page(stdout);
		return fault != NULL;
	}
	TEST("no reachable situation breaks a rule", test_walk);
	TEST("docs/machine.txt is what the machine does", test_page);
	TEST("each wrong machine is found", test_mutants);
	return unit_done();
}
