/*
 * svc why: from a service down the chain of causes to the root, what shows it,
 * what would mend it, and what else is held back.
 */
#include <stdio.h>
#include <string.h>

#include "lib/spawn.h"

#include "svc/cmd/detail.h"
#include "svc/cmd/json.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/report.h"
#include "svc/cmd/view.h"

extern const struct cmd cmd_why;

#define CHAIN_MAX 64 /* a ring of causes ends here */
#define LINES 5

static const struct cmd_option options[] = {
    {'j', "json", NULL, "say it in JSON", 0},
    {0},
};

struct chain {
	const struct view *link[CHAIN_MAX];
	size_t length;
};

static bool
points_on(const struct view *v)
{
	enum board_cause cause = v->r.cause;

	/* A service that is up by somebody's need is no trouble's effect. */
	return cause == CAUSE_WAITS_FOR || cause == CAUSE_NEED_DOWN ||
	       cause == CAUSE_NEED_FAILED || cause == CAUSE_CONFLICT ||
	       cause == CAUSE_NEEDED_BY || cause == CAUSE_GROUP ||
	       cause == CAUSE_MEMBER;
}

static struct chain
chain_of(const struct views *all, const struct view *v)
{
	struct chain chain = {0};

	while (v != NULL && chain.length < CHAIN_MAX) {
		for (size_t i = 0; i < chain.length; i++)
			if (chain.link[i] == v)
				return chain;
		chain.link[chain.length++] = v;
		v = points_on(v) ? views_record(all, v->r.cause_record) : NULL;
	}
	return chain;
}

static const char *
sentence(const struct views *all, const struct view *v)
{
	const char *note = view_note(all, v);

	/* Up or done needs no trouble to explain it, but has a cause. */
	return view_phrase(v, "", *note != '\0' ? note : view_cause(all, v));
}

/* The step that failed executes what `run` says; the others are settings. */
static bool
is_of_command(const struct view *v)
{
	unsigned step = board_fault_unpack(v->r.fault).step;

	return step == SPAWN_EXEC || step == SPAWN_WORDS;
}

/* What would mend what the root suffers from; "" where nothing is wrong. */
static const char *
remedy(const struct views *all, const struct view *v)
{
	const char *name = v->name;

	if ((v->r.flags & BOARD_BROKEN) != 0 || v->r.cause == CAUSE_SETTINGS ||
	    v->r.cause == CAUSE_CYCLE)
		return memory_text("mend its settings; svc check %s", name);
	switch (v->shown) {
	case SV_SHOWN_DOWN:
		if (view_is_as_wanted(v))
			return memory_text("svc up %s", name);
		return "";
	case SV_SHOWN_FAILED:
	case SV_SHOWN_BACKOFF:
		if (v->r.cause == CAUSE_EXEC)
			return memory_text("mend its %s, then svc up %s",
			    is_of_command(v) ? "command" : "settings", name);
		if (v->r.cause == CAUSE_TIMEOUT_UP)
			return "let it say that it is ready, or raise "
			       "timeout-up";
		return memory_text(
		    "mend what made it end, then svc up %s", name);
	case SV_SHOWN_WAITING:
		if (v->r.cause == CAUSE_NEED_MISSING)
			return "define or enable what it needs";
		if (views_record(all, v->r.cause_record) == NULL)
			return "";
		return memory_text(
		    "svc up %s", views_record(all, v->r.cause_record)->name);
	case SV_SHOWN_PAUSED:
		return memory_text("svc cont %s", name);
	case SV_SHOWN_STOPPING:
		return memory_text("svc down --force %s", name);
	case SV_SHOWN_UP:
		return (v->r.flags & BOARD_CHANGED) != 0
			   ? memory_text("svc restart %s", name)
			   : "";
	case SV_SHOWN_STARTING:
		if (v->r.cause == CAUSE_NEED_MISSING)
			return "define or enable what it needs";
		if (v->word.sv.state != S_START || v->word.sv.is_oneshot)
			return "";
		return "let it say that it is ready, as its line ready tells";
	case SV_SHOWN_FINISHING:
		return memory_text("svc kill KILL %s ends that", name);
	case SV_SHOWN_DONE:
		break;
	}
	return "";
}

static void
add_name(const struct view *other, void *arg)
{
	const char **names = arg;

	*names = **names == '\0' ? other->name
				 : memory_text("%s %s", *names, other->name);
}

static void
say(const char *label, const char *text)
{
	if (*text == '\0')
		return;
	int at = printf("  %s: ", label);
	screen_wrap(screen_text(text, strlen(text)), (unsigned)at, 4);
	putchar('\n');
}

static void
tell(struct client *c, const struct views *all, const struct view *v)
{
	struct chain chain = chain_of(all, v);
	const struct view *root = chain.link[chain.length - 1];
	const char *held = "", *text;

	for (size_t i = 0; i < chain.length; i++) {
		const struct view *link = chain.link[i];
		int at = printf("%*s%s%s is ", (int)(2 * i), "",
		    i > 0 ? "because " : "",
		    screen_text(link->name, strlen(link->name)));
		text = sentence(all, link);
		fputs(screen_on(view_ink(link)), stdout);
		screen_wrap(screen_text(text, strlen(text)), (unsigned)at,
		    (unsigned)(2 * i + 4));
		puts(screen_off(view_ink(link)));
	}
	if (!view_is_as_wanted(root) || *view_last_exit(root) != '\0') {
		say("last exit", view_last_exit(root));
		if (!view_is_as_wanted(root) && detail_output(c, root, LINES))
			puts("  (its last output)");
	}
	say("to mend it", remedy(all, root));
	report_held_back(all, root, add_name, &held);
	say("it holds back", held);
}

static void
put_name(const struct view *other, void *arg)
{
	json_text(arg, NULL, other->name);
}

static void
put(struct json *j, struct client *c, const struct views *all,
    const struct view *v)
{
	struct chain chain = chain_of(all, v);
	const struct view *root = chain.link[chain.length - 1];

	json_open(j, '{');
	json_text(j, "name", v->name);
	json_open_at(j, "chain", '[');
	for (size_t i = 0; i < chain.length; i++) {
		json_open(j, '{');
		json_text(j, "name", chain.link[i]->name);
		json_text(j, "state", view_state(chain.link[i]));
		json_text_or_null(j, "why", view_note(all, chain.link[i]));
		json_text_or_null(j, "cause", view_cause(all, chain.link[i]));
		json_text_or_null(
		    j, "last_exit", view_last_exit(chain.link[i]));
		json_close(j);
	}
	json_close(j);
	json_text(j, "root", root->name);
	if (!view_is_as_wanted(root))
		report_put_output(j, c, root, LINES);
	json_text_or_null(j, "remedy", remedy(all, root));
	json_open_at(j, "holds_back", '[');
	report_held_back(all, root, put_name, j);
	json_close(j);
	json_close(j);
}

static int
explain(struct client *c, bool is_json, char **names, int count)
{
	struct views all = views_about(c, count, names);
	struct json j = json_to(stdout);
	int code = EXITCODE_YES;
	bool any = false;

	if (!views_pick(&all, count, names, &code))
		return code;
	if (is_json)
		json_open(&j, '[');
	for (size_t i = 0; i < all.count; i++) {
		const struct view *v = &all.v[i];
		/* Without a name: whatever is not as it was wanted. */
		if (!v->picked || (count == 0 && view_is_as_wanted(v)))
			continue;
		if (is_json)
			put(&j, c, &all, v);
		else
			tell(c, &all, v);
		any = true;
	}
	if (is_json)
		json_close(&j);
	else if (!any)
		puts("everything is as it was wanted to be");
	return EXITCODE_YES;
}

static int
run(int argc, char **argv)
{
	static struct client client;
	struct options o;
	bool is_json = false;
	int code;

	options_init(&o, &cmd_why, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		if (code == 'j')
			is_json = true;
		else
			return options_wrong(&o, code);
	if (!client_open(&client))
		return EXITCODE_SYSTEM;
	return explain(&client, is_json, o.operands, o.count);
}

const struct cmd cmd_why = {
    .name = "why",
    .group = GROUP_SEE,
    .usage = "[-j] [NAME...]",
    .help = "the chain of causes down to the root, and what would mend it",
    .about = "Without a NAME: of everything that is not as it was wanted.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
