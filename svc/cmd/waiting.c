/*
 * svc wait: until services are in a state.
 */
#include <stdio.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/scan.h"
#include "lib/str.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/report.h"
#include "svc/cmd/view.h"

extern const struct cmd cmd_wait;

static const struct cmd_option options[] = {
    {'t', "timeout", "TIME", "how long at most: 30s, 5m; 0: only look", 0},
    {'o', "any", NULL, "one of them is enough", 0},
    {'q', "quiet", NULL, "say nothing, only the exit code tells", 0},
    {'j', "json", NULL, "say it in JSON", 0},
    {0},
};

/* clang-format off */
/* What may be waited for. */
#define GOALS(X) \
	X(UP, "up", "its process runs, ready or not") \
	X(READY, "ready", "ready for others to build on; a oneshot has run") \
	X(DOWN, "down", "nothing of it runs") \
	X(FAILED, "failed", "it was given up") \
	X(SETTLED, "settled", "up, down, done or failed: not on its way")
/* clang-format on */
#define GOAL_ENUM(name, word, text) GOAL_##name,
enum goal {
	GOALS(GOAL_ENUM) GOAL_COUNT
};
#define GOAL_WORD(name, word, text) word,
static const char *const goals[] = {GOALS(GOAL_WORD) NULL};

struct waiting {
	enum goal goal;
	bool is_any, is_quiet, is_json;
	struct mono deadline;
	struct client *client;
	struct views some;
};

static bool
is_there(enum goal goal, const struct view *v)
{
	struct sv sv = v->word.sv;

	switch (goal) {
	case GOAL_UP:
		return sv.state == S_START || sv.state == S_UP ||
		       sv.state == S_DONE;
	case GOAL_READY:
		return sv_is_ready(sv);
	case GOAL_DOWN:
		return sv_is_rest(sv);
	case GOAL_FAILED:
		return v->shown == SV_SHOWN_FAILED;
	case GOAL_SETTLED:
		return sv_is_settled(sv);
	case GOAL_COUNT:
		break;
	}
	return false;
}

/* A service that is gone is down; anything else it will never be. */
static bool
is_over(struct waiting *w)
{
	size_t there = 0;

	for (size_t i = 0; i < w->some.count; i++) {
		struct view *v = &w->some.v[i];
		bool exists = view_again(w->client, v);
		v->picked =
		    exists ? is_there(w->goal, v) : w->goal == GOAL_DOWN;
		there += v->picked;
	}
	return w->is_any ? there > 0 : there == w->some.count;
}

static int
tell_missing(const struct waiting *w, const struct views *all)
{
	for (size_t i = 0; i < w->some.count; i++) {
		const struct view *v = &w->some.v[i];
		const char *text = view_phrase(v, "", view_note(all, v));
		if (v->picked)
			continue;
		printf("%s: not %s but %s\n",
		    screen_text(v->name, strlen(v->name)), goals[w->goal],
		    screen_text(text, strlen(text)));
	}
	return EXITCODE_NO;
}

static int
tell_json(const struct waiting *w, const struct views *all, int code)
{
	struct json j = json_to(stdout);

	json_open(&j, '[');
	for (size_t i = 0; i < w->some.count; i++) {
		const struct view *v = &w->some.v[i];
		struct report_end end = {
		    v->name, v, NULL, v->picked, !v->picked, view_note(all, v)};
		report_put_end(&j, &end);
	}
	json_close(&j);
	return code;
}

static int
tell(const struct waiting *w, int code)
{
	struct views all;

	if (w->is_quiet || (code == EXITCODE_YES && !w->is_json))
		return code;
	all = views_of(w->client);
	return w->is_json ? tell_json(w, &all, code) : tell_missing(w, &all);
}

static int
await(struct waiting *w)
{
	struct client_message m;

	while (!is_over(w))
		switch (client_receive(w->client, &m, w->deadline)) {
		case CLIENT_GOT:
			break;
		case CLIENT_GONE:
			if (!client_again(w->client, w->deadline))
				return EXITCODE_SYSTEM;
			break;
		case CLIENT_LATE:
			return tell(w, EXITCODE_NO);
		}
	return tell(w, EXITCODE_YES);
}

/* Without names: whatever is wanted up (or, for down, everything). */
static void
pick_wanted(struct views *all, enum goal goal)
{
	for (size_t i = 0; i < all->count; i++)
		all->v[i].picked =
		    goal == GOAL_DOWN || sv_wanted(all->v[i].word.sv);
}

static int
begin(struct waiting *w, int count, char **names)
{
	static struct client client;
	struct views all;
	int code = EXITCODE_YES;

	bool has_limit = mono_before(w->deadline, mono_never());

	/* Who says how long waits for svcd, too. */
	if (!(has_limit ? client_await(&client, w->deadline)
			: client_open(&client)) ||
	    !client_subscribe(&client))
		return EXITCODE_SYSTEM;
	w->client = &client;
	all = views_about(&client, count, names);
	if (count == 0)
		pick_wanted(&all, w->goal);
	else if (!views_pick(&all, count, names, &code))
		return code;
	w->some = views_picked(&all);
	return await(w);
}

static int
run(int argc, char **argv)
{
	struct waiting w = {.deadline = mono_never()};
	struct options o;
	int64_t ms;
	int code;

	options_init(&o, &cmd_wait, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 't':
			if (!scan_duration_ms(o.value, &ms))
				return options_refuse(
				    &o, "not a time such as 30s or 5m");
			w.deadline = mono_add_ms(mono_now(), ms);
			break;
		case 'o':
			w.is_any = true;
			break;
		case 'q':
			w.is_quiet = true;
			break;
		case 'j':
			w.is_json = true;
			break;
		default:
			return options_wrong(&o, code);
		}
	if (o.count == 0)
		return options_refuse(&o, "for what?");
	while (w.goal < GOAL_COUNT && !str_eq(o.operands[0], goals[w.goal]))
		w.goal++;
	if (w.goal == GOAL_COUNT) {
		const char *near = str_nearest(o.operands[0], goals);
		return options_refuse(&o, "cannot wait for %s%s",
		    screen_text(o.operands[0], strlen(o.operands[0])),
		    options_near(near));
	}
	return begin(&w, o.count - 1, o.operands + 1);
}

#define GOAL_LINE(name, word, text) "\n  " word ": " text

const struct cmd cmd_wait = {
    .name = "wait",
    .group = GROUP_SEE,
    .usage = "[-oqj] [-t TIME] up | ready | down | failed | settled [NAME...]",
    .help = "wait until services are in a state",
    .about = "Without a NAME: all that are wanted up." GOALS(GOAL_LINE),
    .options = options,
    .args = {ARG_WORD, ARG_SERVICE},
    .run = run,
};
