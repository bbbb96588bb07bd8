/*
 * svc health: is all well? For HEALTHCHECK, probes and load balancers: one
 * question, answered by the exit code.
 */
#include <stdio.h>
#include <string.h>

#include "svc/cmd/json.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/view.h"

extern const struct cmd cmd_health;

static const struct cmd_option options[] = {
    {'l', "live", NULL, "only ask whether nothing has failed for good", 0},
    {'q', "quiet", NULL, "say nothing", 0},
    {'j', "json", NULL, "say it in JSON", 0},
    {0},
};

struct asked {
	bool is_live, is_quiet, is_json;
};

/* What is down on purpose matters only to those who name it. */
static bool
matters(const struct view *v, bool by_name)
{
	if (!v->picked)
		return false;
	if (by_name)
		return true;
	return (v->r.flags & BOARD_LOG) == 0 &&
	       (sv_wanted(v->word.sv) || v->shown == SV_SHOWN_FAILED ||
		   (v->r.flags & BOARD_BROKEN) != 0);
}

static bool
is_well(const struct view *v, const struct asked *asked)
{
	if (asked->is_live)
		return v->shown != SV_SHOWN_FAILED;
	return sv_is_ready(v->word.sv);
}

static void
tell(const struct views *all, const struct view *v)
{
	const char *text = view_phrase(v, "", view_note(all, v));

	printf("%s: %s\n", screen_text(v->name, strlen(v->name)),
	    screen_text(text, strlen(text)));
}

static void
tell_json(struct json *j, const struct views *all, const struct view *v)
{
	json_open(j, '{');
	json_text(j, "name", v->name);
	json_text(j, "state", view_state(v));
	json_text_or_null(j, "why", view_note(all, v));
	json_close(j);
}

/* Nobody is to be sent here any more, though all still answer. */
static bool
is_leaving(const struct views *all, const struct asked *asked)
{
	return all->ending != 0 && !asked->is_live;
}

static void
tell_all(
    const struct views *all, const struct asked *asked, bool by_name, bool well)
{
	struct json j = json_to(stdout);

	if (asked->is_json) {
		json_open(&j, '{');
		json_bool(&j, asked->is_live ? "live" : "ready", well);
		json_bool(&j, "stopping", all->ending != 0);
		json_open_at(&j, "troubles", '[');
	} else if (is_leaving(all, asked)) {
		puts("everything is being stopped");
	}
	for (size_t i = 0; i < all->count; i++) {
		const struct view *v = &all->v[i];
		if (!matters(v, by_name) || is_well(v, asked))
			continue;
		if (asked->is_json)
			tell_json(&j, all, v);
		else
			tell(all, v);
	}
	if (asked->is_json) {
		json_close(&j);
		json_close(&j);
	}
}

static int
answer(const struct views *all, const struct asked *asked, bool by_name)
{
	bool well = !is_leaving(all, asked);

	for (size_t i = 0; i < all->count; i++)
		if (matters(&all->v[i], by_name))
			well = well && is_well(&all->v[i], asked);
	if (!asked->is_quiet)
		tell_all(all, asked, by_name, well);
	return well ? EXITCODE_YES : EXITCODE_NO;
}

static int
run(int argc, char **argv)
{
	static struct client client;
	struct asked asked = {0};
	struct options o;
	struct views all;
	int code;

	options_init(&o, &cmd_health, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'l':
			asked.is_live = true;
			break;
		case 'q':
			asked.is_quiet = true;
			break;
		case 'j':
			asked.is_json = true;
			break;
		default:
			return options_wrong(&o, code);
		}
	if (!client_open(&client))
		return EXITCODE_SYSTEM;
	all = views_of(&client);
	if (!views_pick(&all, o.count, o.operands, &code))
		return code;
	return answer(&all, &asked, o.count > 0);
}

const struct cmd cmd_health = {
    .name = "health",
    .group = GROUP_SEE,
    .usage = "[-lqj] [NAME...]",
    .help = "whether services are ready, by exit code, for probes",
    .about = "0: all that are to run are ready; with -l: none has failed for\n"
	     "good. 1: not so, and what is amiss is said. While everything is\n"
	     "being stopped nothing is ready.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
