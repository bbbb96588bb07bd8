/*
 * Why a service is as it is, in a phrase; what counts as wanted; what is in
 * need of a look. The services are made up, no svcd is asked.
 */
#include <errno.h>
#include <signal.h>

#include "lib/exitcode.h"
#include "lib/spawn.h"

#include "svc/cmd/view.h"

#include "tests/unit/unit.h"

#define S INT64_C(1000000000)

static struct view services[3];
static struct views all = {
    .v = services, .count = 3, .now = {100 * INT64_C(1000000000)}};

/* Service 1 is what is tested, 2 is "db", 3 is "cache". */
static struct view *
made(enum sv_state state, enum board_cause cause)
{
	memset(services, 0, sizeof services);
	for (uint32_t i = 0; i < 3; i++) {
		services[i].record = i + 1;
		services[i].name = i == 0 ? "web" : i == 1 ? "db" : "cache";
		services[i].path = services[i].status = "";
	}
	struct view *v = &services[0];
	v->word.sv.state = state;
	v->word.sv.want = WANT_UP;
	v->shown = sv_shown(v->word.sv);
	v->r.word = sv_pack(v->word.sv, 7, 0);
	v->word = sv_unpack(v->r.word);
	v->r.cause = (uint16_t)cause;
	v->r.since_mono_ns = 92 * S;
	return v;
}

static void
exited(struct view *v, int code, int value)
{
	struct board_exit e = {
	    .code = (uint32_t)code & 15, .value = (uint8_t)value};

	board_add_exit(&v->r, e);
}

static void
waiting(void)
{
	struct view *v = made(S_WAIT, CAUSE_WAITS_FOR);

	v->r.cause_record = 2;
	SAME(view_note(&all, v), "waiting for db");
	SAME(view_phrase(v, "", view_note(&all, v)), "waiting for db");
	SAME(view_phrase(v, "", "waitingly"), "waiting: waitingly");
	SAME(view_phrase(v, " (pid 7)", "so"), "waiting (pid 7): so");
	SAME(view_phrase(v, "", ""), "waiting");
	v->r.cause = CAUSE_NEED_FAILED;
	SAME(view_note(&all, v), "db, which it needs, failed");
	/* A record that is gone by now has no name. */
	v->r.cause_record = 77;
	SAME(view_note(&all, v), "?, which it needs, failed");
	v->r.cause = CAUSE_NEED_MISSING;
	v->status = "redis";
	SAME(view_note(&all, v), "something it needs does not exist (redis)");
}

static void
backing_off(void)
{
	struct view *v = made(S_BACKOFF, CAUSE_EXITED);

	exited(v, CLD_EXITED, 1);
	SAME(view_note(&all, v), "exit 1");
	v->r.deadline_ns = 104 * S;
	v->r.deadline_tag = sv_tag(v->r.word);
	SAME(view_note(&all, v), "exit 1; next try in 4 s");
	/* A deadline of another state is none. */
	v->r.deadline_tag++;
	SAME(view_note(&all, v), "exit 1");
}

static void
failing(void)
{
	struct view *v = made(S_FAILED, CAUSE_EXEC);
	struct board_fault fault = {
	    .pid = 1, .step = SPAWN_EXEC, .error = ENOENT};

	v->r.fault = board_fault_pack(fault);
	SAME(view_note(&all, v), "cannot execute: no such file or directory");
	v->r.cause = CAUSE_SPENT;
	v->r.cause_arg = 5;
	SAME(view_note(&all, v), "restart limit reached: 5 restarts");
	v->r.cause = CAUSE_EXITED;
	exited(v, CLD_KILLED, SIGSEGV);
	SAME(view_note(&all, v), "killed by SIGSEGV");
}

static void
running(void)
{
	struct view *v = made(S_UP, CAUSE_ASKED);

	SAME(view_note(&all, v), "");
	v->status = "serving 12 requests";
	SAME(view_note(&all, v), "serving 12 requests");
	v->r.flags = BOARD_CHANGED | BOARD_LEFT;
	v->r.left = 2;
	SAME(view_note(&all, v),
	    "serving 12 requests; settings changed since start: restart to "
	    "apply; 2 processes of former runs live on");
}

static void
wanted(void)
{
	struct view *v = made(S_UP, CAUSE_NONE);

	HOLDS(view_is_as_wanted(v));
	v = made(S_START, CAUSE_NONE);
	HOLDS(!view_is_as_wanted(v));
	v = made(S_DOWN, CAUSE_NONE);
	HOLDS(!view_is_as_wanted(v));
	v->word.sv.want = WANT_DOWN;
	HOLDS(view_is_as_wanted(v));
	v = made(S_DONE, CAUSE_NONE);
	HOLDS(view_is_as_wanted(v));
	v = made(S_FAILED, CAUSE_NONE);
	v->word.sv.want = WANT_DOWN;
	HOLDS(!view_is_as_wanted(v));
}

static void
answers(void)
{
	struct view *v = made(S_UP, CAUSE_NONE);

	HOLDS(view_is_answered(v, 7));
	HOLDS(view_is_answered(v, 6));
	HOLDS(!view_is_answered(v, 8));
	/* Generations go round. */
	v->word.generation = 3;
	HOLDS(view_is_answered(v, 65530));
	v->word.generation = 65530;
	HOLDS(!view_is_answered(v, 3));
	v = made(S_START, CAUSE_NONE);
	HOLDS(!view_is_answered(v, 7));
}

static void
order(void)
{
	struct sv down = {.state = S_DOWN, .want = WANT_DOWN};

	made(S_UP, CAUSE_NONE);
	services[1].word.sv = down;
	services[1].shown = SV_SHOWN_DOWN;
	services[2].word.sv = (struct sv){.state = S_FAILED};
	services[2].shown = SV_SHOWN_FAILED;
	views_sort_by_need(&all);
	SAME(services[0].name, "cache");
	SAME(services[1].name, "web");
	SAME(services[2].name, "db");
}

/* What a line of names means: "web db " or "nothing". */
static const char *
picked(const char *line, int *code)
{
	static char text[64], words[64];
	char *names[4] = {NULL};
	int count = 0;

	snprintf(words, sizeof words, "%s", line);
	for (char *w = strtok(words, " "); w != NULL; w = strtok(NULL, " "))
		names[count++] = w;
	made(S_UP, CAUSE_NONE);
	services[2].name = "db/log";
	services[2].r.flags = BOARD_LOG;
	*code = EXITCODE_YES;
	if (!views_pick(&all, count, names, code))
		return "nothing";
	text[0] = '\0';
	for (size_t i = 0; i < all.count; i++)
		if (all.v[i].picked)
			snprintf(text + strlen(text),
			    sizeof text - strlen(text), "%s ", all.v[i].name);
	return text;
}

static void
picks(void)
{
	int code;

	SAME(picked("", &code), "web db db/log ");
	SAME(picked("db", &code), "db ");
	SAME(picked("*", &code), "web db ");
	SAME(picked("*/log", &code), "db/log ");
	SAME(picked("w?? db/log", &code), "web db/log ");
	SAME(picked("web dbb", &code), "nothing");
	HOLDS(code == EXITCODE_USAGE);
	SAME(picked("x*", &code), "nothing");
	HOLDS(code == EXITCODE_NO);
}

int
main(void)
{
	fclose(stderr);
	TEST("waiting: for whom", waiting);
	TEST("backoff: why and until when", backing_off);
	TEST("failed: why", failing);
	TEST("up: what it says, and what a person should do", running);
	TEST("down on purpose is as wanted", wanted);
	TEST("an answer is one to this very wish", answers);
	TEST("trouble comes first", order);
	TEST("names, patterns and loggers", picks);
	return unit_done();
}
