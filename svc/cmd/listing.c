/*
 * svc list: names, one a line, for scripts.
 */
#include <stdio.h>
#include <string.h>

#include "lib/str.h"

#include "svc/cmd/json.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/view.h"

extern const struct cmd cmd_list;

static const struct cmd_option options[] = {
    {'a', "all", NULL, "loggers too", 0},
    {'s', "state", "STATE", "only what is in this state: up, failed, …", 0},
    {'0', "null", NULL, "end each name with a NUL byte", 0},
    {'j', "json", NULL, "say it in JSON", 0},
    {0},
};

struct asked {
	bool all, is_json, is_null;
	const char *state;
};

static bool
is_state(const char *name, struct str_near *near)
{
	*near = str_near_to(name);
	for (unsigned i = 0; i < SV_SHOWN_COUNT; i++) {
		if (str_eq(name, sv_shown_name(i)))
			return true;
		str_near_offer(near, sv_shown_name(i));
	}
	return false;
}

static bool
is_listed(const struct view *v, const struct asked *asked, bool by_name)
{
	if (!v->picked)
		return false;
	if ((v->r.flags & BOARD_LOG) != 0 && !asked->all && !by_name)
		return false;
	return asked->state == NULL || str_eq(asked->state, view_state(v));
}

static int
show(const struct asked *asked, int count, char **names)
{
	static struct client client;
	struct json j = json_to(stdout);
	struct views all;
	int code = EXITCODE_YES;

	if (!client_open(&client))
		return EXITCODE_SYSTEM;
	all = views_about(&client, count, names);
	if (!views_pick(&all, count, names, &code))
		return code;
	if (asked->is_json)
		json_open(&j, '[');
	for (size_t i = 0; i < all.count; i++) {
		const struct view *v = &all.v[i];
		if (!is_listed(v, asked, count > 0))
			continue;
		if (asked->is_json)
			json_text(&j, NULL, v->name);
		else if (asked->is_null)
			fwrite(v->name, 1, strlen(v->name) + 1, stdout);
		else
			puts(screen_text(v->name, strlen(v->name)));
	}
	if (asked->is_json)
		json_close(&j);
	return EXITCODE_YES;
}

static int
run(int argc, char **argv)
{
	struct asked asked = {0};
	struct str_near near;
	struct options o;
	int code;

	options_init(&o, &cmd_list, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'a':
			asked.all = true;
			break;
		case 's':
			asked.state = o.value;
			break;
		case '0':
			asked.is_null = true;
			break;
		case 'j':
			asked.is_json = true;
			break;
		default:
			return options_wrong(&o, code);
		}
	if (asked.state != NULL && !is_state(asked.state, &near))
		return options_refuse(&o, "not a state: %s%s",
		    screen_text(asked.state, strlen(asked.state)),
		    options_near(near.best));
	return show(&asked, o.count, o.operands);
}

const struct cmd cmd_list = {
    .name = "list",
    .aliases = "ls",
    .group = GROUP_SEE,
    .usage = "[-a0j] [-s STATE] [NAME...]",
    .help = "the names of services, one a line",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
