/*
 * svc/core/word.c: the 64-bit word, its tag, and the names.
 */
#include "svc/core/machine.h"
#include "tests/unit/unit.h"

static const struct sv full = {.state = S_STOP,
    .want = WANT_ONCE,
    .next = NEXT_STAY,
    .pause = PAUSE_ENDING,
    .step = 13,
    .needed = true,
    .again = true,
    .sent = true,
    .is_oneshot = true,
    .has_finish = true};

static void
test_round(void)
{
	struct sv_word w = sv_unpack(sv_pack(full, 65535, 4194303));

	HOLDS(w.sv.state == S_STOP && w.sv.want == WANT_ONCE);
	HOLDS(w.sv.next == NEXT_STAY && w.sv.pause == PAUSE_ENDING);
	HOLDS(w.sv.step == 13 && w.sv.needed && !w.sv.deps && w.sv.again);
	HOLDS(!w.sv.leave && w.sv.sent && !w.sv.reload);
	HOLDS(w.sv.is_oneshot && !w.sv.has_pre && w.sv.has_finish);
	HOLDS(!w.sv.has_sweep && w.generation == 65535 && w.pid == 4194303);
	HOLDS(sv_pack(full, 65535, 4194303) >> 63 == 0);
}

static void
test_free(void)
{
	struct sv none = {.state = S_NONE, .want = WANT_UP};

	HOLDS(sv_pack(none, 7, 7) == 0);
	HOLDS(sv_unpack(0).sv.state == S_NONE && sv_unpack(0).pid == 0);
	HOLDS(sv_pack(sv_new((struct sv_config){0}), 0, 0) != 0);
}

static void
test_foreign(void)
{
	uint64_t seed = 1;

	HOLDS(sv_valid(0) && sv_valid(sv_pack(full, 1, 2)));
	HOLDS(!sv_valid(UINT64_C(1) << 63 | sv_pack(full, 1, 2)));
	HOLDS(!sv_valid((uint64_t)SV_STATE_TEXT << 38));
	for (int i = 0; i < 100000; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963;
		struct sv_word w = sv_unpack(seed ^ seed >> 29);
		HOLDS((unsigned)w.sv.state < SV_STATE_COUNT);
		HOLDS((unsigned)w.sv.pause <= PAUSE_ENDING);
		for (int e = 0; e < SV_EVENT_COUNT; e++) {
			struct sv_step s = sv_step(w.sv, (enum sv_event)e);
			HOLDS((unsigned)s.sv.state < SV_STATE_COUNT);
			HOLDS(s.sv.step <= 15);
			HOLDS(s.effects < 1u << SV_EFFECT_COUNT);
		}
	}
}

static void
test_tag(void)
{
	struct sv up = {.state = S_UP}, stop = {.state = S_STOP};
	uint32_t at_first = sv_tag(sv_pack(stop, 3, 0));

	HOLDS(at_first != 0);
	stop.sent = true;
	HOLDS(sv_tag(sv_pack(stop, 3, 99)) == at_first);
	HOLDS(sv_tag(sv_pack(stop, 4, 0)) != at_first);
	stop.step = 1;
	HOLDS(sv_tag(sv_pack(stop, 3, 0)) != at_first);
	at_first = sv_tag(sv_pack(up, 3, 0));
	up.step = 2;
	HOLDS(sv_tag(sv_pack(up, 3, 0)) == at_first);
}

static void
test_target(void)
{
	struct sv sv = {.state = S_UP};

	HOLDS(sv_target(sv, 5, EV_UP) == 5);
	HOLDS(sv_target(sv, 5, EV_RESTART) == 6);
	HOLDS(sv_target(sv, 65535, EV_RESTART) == 0);
	sv.state = S_SPAWN;
	HOLDS(sv_target(sv, 5, EV_RESTART) == 5);
	sv.state = S_DOWN;
	HOLDS(sv_target(sv, 5, EV_UP) == 6);
	HOLDS(sv_target(sv, 5, EV_DOWN) == 5);
}

static void
test_aux(void)
{
	struct sv_aux a = {AUX_CONTROL, 't', 15, true, 500, 4000000}, b;

	b = sv_aux_unpack(sv_aux_pack(a));
	HOLDS(b.kind == AUX_CONTROL && b.arg == 't' && b.after == 15);
	HOLDS(b.killed && b.generation == 500 && b.pid == 4000000);
	HOLDS(sv_aux_pack((struct sv_aux){.kind = AUX_NONE, .pid = 3}) == 0);
	HOLDS(sv_aux_unpack(~UINT64_C(0)).kind == AUX_NONE);
}

static void
test_shown(void)
{
	struct sv sv = {.state = S_UP, .pause = PAUSE_YES};

	SAME(sv_shown_name(sv_shown(sv)), "paused");
	sv.pause = PAUSE_NO;
	SAME(sv_shown_name(sv_shown(sv)), "up");
	sv.state = S_FIN;
	SAME(sv_shown_name(sv_shown(sv)), "finishing");
	sv.is_oneshot = true;
	SAME(sv_shown_name(sv_shown(sv)), "stopping");
	SAME(sv_state_name(S_ENDED), "ENDED");
	SAME(sv_event_name(EV_DIED_NOW), "DIED_NOW");
	SAME(sv_effect_name(SV_BIT_UNGATE), "UNGATE");
	SAME(sv_event_name((enum sv_event)99), "?");
}

/* A moot wish and an impossible event leave nothing behind. */
static void
test_traces(void)
{
	struct sv sv = sv_new((struct sv_config){0});
	struct sv_step s = sv_step(sv, EV_PAUSE);

	HOLDS(s.moot && s.effects == 0 && s.sv.state == S_DOWN);
	s = sv_step(sv, EV_SPAWNED);
	HOLDS(s.bug && s.effects == 0 && s.sv.state == S_DOWN);
	s = sv_step((struct sv){.state = S_NONE}, EV_UP);
	HOLDS(s.bug && s.sv.want == WANT_NONE);
}

static void
test_questions(void)
{
	struct sv sv = {.state = S_UP, .step = 1};

	HOLDS(sv_role(sv) == SV_ROLE_RUN && !sv_is_settled(sv));
	sv.step = 0;
	HOLDS(sv_is_settled(sv) && sv_is_ready(sv) && !sv_is_rest(sv));
	sv.state = S_WAIT;
	HOLDS(!sv_is_settled(sv) && sv_is_rest(sv) && !sv_is_ready(sv));
	HOLDS(sv_role(sv) == SV_ROLE_NONE);
	sv.state = S_DONE;
	HOLDS(sv_is_settled(sv) && sv_is_ready(sv));
	HOLDS(sv_target(sv, 9, EV_ONCE) == 10 && sv_target(sv, 9, EV_UP) == 9);
	HOLDS(sv_is_new_run(
	    (struct sv){.state = S_BACKOFF}, (struct sv){.state = S_SPAWN}));
	HOLDS(!sv_is_new_run(
	    (struct sv){.state = S_SPAWN}, (struct sv){.state = S_SPAWN}));
}

/* The type of what lives or is done does not change under it. */
static void
test_configure(void)
{
	struct sv_config c = {true, true, true, true};
	struct sv sv = sv_configure((struct sv){.state = S_UP}, c);

	HOLDS(sv.has_finish && sv.has_sweep && !sv.is_oneshot && !sv.has_pre);
	sv = sv_configure((struct sv){.state = S_DONE}, c);
	HOLDS(!sv.is_oneshot);
	sv = sv_configure((struct sv){.state = S_BACKOFF}, c);
	HOLDS(sv.is_oneshot && sv.has_pre);
}

int
main(void)
{
	TEST("a word holds every field", test_round);
	TEST("zero is a free record and nothing else is", test_free);
	TEST("no word is too foreign for unpack and step", test_foreign);
	TEST("a tag names one wait", test_tag);
	TEST("a wish has a generation that answers it", test_target);
	TEST("the auxiliary word holds every field", test_aux);
	TEST("states have the words a person sees", test_shown);
	TEST("moot and impossible events change nothing", test_traces);
	TEST("questions about a value", test_questions);
	TEST("new settings", test_configure);
	return unit_done();
}
