/*
 * svc events: what happens, as it happens.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/glob.h"
#include "lib/scan.h"

#include "svc/cmd/json.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/telling.h"
#include "svc/cmd/view.h"

extern const struct cmd cmd_events;

static const struct cmd_option options[] = {
    {'c', "count", "N", "end after so many events", 0},
    {'t', "timeout", "TIME", "end after this time", 0},
    {'j', "json", NULL, "say it in JSON, an object a line", 0},
    {0},
};

struct asked {
	bool is_json;
	uint32_t most; /* 0: no limit */
	struct mono deadline;
	char **names;
	struct views views; /* those that plain names mean are picked */
};

static bool
is_asked(const struct asked *asked, const char *name)
{
	const struct view *v = views_name(&asked->views, name);

	if (asked->names[0] == NULL || (v != NULL && v->picked))
		return true;
	for (char **n = asked->names; *n != NULL; n++)
		if (glob_match(*n, name))
			return true;
	return false;
}

/* A plain name must mean something; a pattern may mean what is to come. */
static bool
pick(struct asked *asked, struct client *c, int count, int *code)
{
	size_t room = 0;
	char **plain = memory_grow(NULL, &room, count + 1, sizeof *plain);
	int n = 0;

	asked->views = views_of(c);
	for (char **name = asked->names; *name != NULL; name++)
		if (!glob_is_pattern(*name) ||
		    views_name(&asked->views, *name) != NULL)
			plain[n++] = *name;
	return n == 0 || views_pick(&asked->views, n, plain, code);
}

/* How it ended; "" if nothing did. */
static const char *
end_of(const struct wire_event *e)
{
	if (e->code == 0)
		return "";
	return e->cause == CAUSE_EXEC ? "not started"
				      : telling_exit(e->code, e->value);
}

static void
print_json(const struct wire_event *e, const char *name)
{
	struct json j = json_to(stdout);

	json_open(&j, '{');
	json_number(&j, "time_ns", e->real_ns);
	json_text(&j, "name", name);
	json_text(&j, "old", sv_shown_name(e->old));
	json_text(&j, "new", sv_shown_name(e->new));
	json_number(&j, "pid", e->pid);
	json_number(&j, "generation", e->generation);
	json_text_or_null(&j, "cause", board_cause_name(e->cause));
	json_text_or_null(&j, "exit", end_of(e));
	json_close(&j);
}

static void
print_line(const struct wire_event *e, const char *name)
{
	const char *date = telling_date(e->real_ns / 1000000000);

	printf("%s.%03d %s: %s", date, (int)(e->real_ns / 1000000 % 1000),
	    screen_text(name, strlen(name)), sv_shown_name(e->new));
	if (e->pid != 0)
		printf(" (pid %u)", (unsigned)e->pid);
	if (e->code != 0)
		printf(", %s", end_of(e));
	putchar('\n');
}

/* Whether it was worth a line. */
static bool
show(const struct asked *asked, struct client_message *m)
{
	struct wire_event e;

	if (m->head.tag == WIRE_MISSED)
		puts(asked->is_json ? "{\"missed\":true}"
				    : "(events were missed)");
	if (m->head.tag != WIRE_EVENT || !wire_get_event(&m->fields, &e))
		return false;
	const char *name = memory_copy(e.name.p, e.name.len);
	if (!is_asked(asked, name))
		return false;
	if (asked->is_json)
		print_json(&e, name);
	else
		print_line(&e, name);
	return true;
}

static int
follow(struct client *c, const struct asked *asked)
{
	struct client_message m;
	uint32_t shown = 0;
	uint64_t mark = memory_mark();

	while (asked->most == 0 || shown < asked->most) {
		switch (client_receive(c, &m, asked->deadline)) {
		case CLIENT_GOT:
			shown += show(asked, &m);
			memory_release(mark);
			if (fflush(stdout) != 0)
				return EXITCODE_SYSTEM;
			break;
		case CLIENT_GONE:
			if (!client_again(c, asked->deadline))
				return EXITCODE_SYSTEM;
			break;
		case CLIENT_LATE:
			return asked->most == 0 ? EXITCODE_YES : EXITCODE_NO;
		}
	}
	return EXITCODE_YES;
}

static int
run(int argc, char **argv)
{
	static struct client client;
	struct asked asked = {.deadline = mono_never()};
	struct options o;
	int64_t ms;
	int code;

	options_init(&o, &cmd_events, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'c':
			if (!scan_u32(o.value, &asked.most) || asked.most == 0)
				return options_refuse(&o, "not a count");
			break;
		case 't':
			if (!scan_duration_ms(o.value, &ms))
				return options_refuse(
				    &o, "not a time such as 30s or 5m");
			asked.deadline = mono_add_ms(mono_now(), ms);
			break;
		case 'j':
			asked.is_json = true;
			break;
		default:
			return options_wrong(&o, code);
		}
	asked.names = o.operands;
	if (!client_open(&client) || !client_subscribe(&client))
		return EXITCODE_SYSTEM;
	if (!pick(&asked, &client, o.count, &code))
		return code;
	return follow(&client, &asked);
}

const struct cmd cmd_events = {
    .name = "events",
    .group = GROUP_SEE,
    .usage = "[-j] [-c N] [-t TIME] [NAME...]",
    .help = "what happens, as it happens",
    .about = "Goes on when svcd is restarted or upgraded in the meantime.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
