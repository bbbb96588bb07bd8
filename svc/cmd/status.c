/*
 * svc status: all services in a table, those in trouble first; or everything
 * about the named ones.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/scan.h"

#include "svc/cmd/detail.h"
#include "svc/cmd/json.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/power.h"
#include "svc/cmd/process.h"
#include "svc/cmd/report.h"
#include "svc/cmd/sheet.h"
#include "svc/cmd/telling.h"
#include "svc/cmd/view.h"

extern const struct cmd cmd_status;

static const struct cmd_option options[] = {
    {'a', "all", NULL, "loggers too, even when all is well with them", 0},
    {'l', "lines", "N", "for a NAME: so many last lines of output", 0},
    {'t', "table", NULL, "a table even for a single NAME", 0},
    {'j', "json", NULL, "say it in JSON", 0},
    {'q', "quiet", NULL, "say nothing, only the exit code tells", 0},
    {0},
};

static void
table_row(struct sheet *s, const struct views *all, const struct view *v,
    const struct process_sum *sum)
{
	uint32_t pid = view_pid(v);

	sheet_cell(s, INK_PLAIN, v->name);
	sheet_cell(s, view_ink(v), view_state(v));
	sheet_cell(s, INK_PLAIN, telling_time_short(view_age(all, v)));
	sheet_cell(
	    s, INK_PLAIN, pid == 0 ? "" : memory_text("%u", (unsigned)pid));
	sheet_cell(s, INK_PLAIN,
	    v->r.restart_count == 0
		? ""
		: memory_text("%u", (unsigned)v->r.restart_count));
	sheet_cell(s, INK_PLAIN, view_last_exit(v));
	sheet_cell(
	    s, INK_PLAIN, sum->count == 0 ? "" : telling_size(sum->bytes));
	sheet_cell(s, INK_PLAIN,
	    sum->count == 0 ? "" : telling_cpu((int64_t)sum->cpu_ns));
	sheet_cell(s, view_is_as_wanted(v) ? INK_PLAIN : view_ink(v),
	    view_note(all, v));
}

static void
print_table(const struct views *all, const struct views *some)
{
	struct report report = report_of(some);
	struct sheet s = {0};

	sheet_columns(&s, "NAME", "STATE", "6>FOR", "5>PID", "3>RESTARTS",
	    "4LAST EXIT", "2>MEM", "1>CPU", "WHY", NULL);
	for (size_t i = 0; i < some->count; i++) {
		struct process_sum sum = report_sum(&report, &some->v[i]);
		table_row(&s, all, &some->v[i], &sum);
	}
	sheet_print(&s, stdout, screen_width());
}

/* Loggers in good health are left out where nobody asked for them. */
static void
drop_loggers(struct views *all)
{
	for (size_t i = 0; i < all->count; i++)
		if ((all->v[i].r.flags & BOARD_LOG) != 0 &&
		    view_is_as_wanted(&all->v[i]))
			all->v[i].picked = false;
}

struct asked {
	bool all, table, json, quiet;
	uint32_t lines;
};

static void
print_for_people(struct client *c, const struct asked *asked, bool is_one,
    const struct views *all, const struct views *some)
{
	if (all->ending != KEEP_END_NONE)
		printf("%severything is being stopped: %s%s\n",
		    screen_on(INK_BUSY), power_name(all->ending),
		    screen_off(INK_BUSY));
	if (is_one && !asked->table)
		detail_print(c, all, &some->v[0], asked->lines);
	else
		print_table(all, some);
}

static int
show(struct client *c, const struct asked *asked, int count, char **names)
{
	struct views all = views_about(c, count, names), some;
	int code = EXITCODE_YES;

	if (!views_pick(&all, count, names, &code))
		return code;
	if (count == 0 && !asked->all)
		drop_loggers(&all);
	some = views_picked(&all);
	views_sort_by_need(&some);
	if (!asked->quiet && asked->json)
		report_json(c, &all, &some, count > 0 ? asked->lines : 0);
	else if (!asked->quiet)
		print_for_people(
		    c, asked, count == 1 && some.count == 1, &all, &some);
	for (size_t i = 0; i < some.count; i++)
		if (!view_is_as_wanted(&some.v[i]))
			code = EXITCODE_NO;
	return code;
}

static int
run(int argc, char **argv)
{
	static struct client client;
	struct asked asked = {.lines = 10};
	struct options o;
	int code;

	options_init(&o, &cmd_status, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'a':
			asked.all = true;
			break;
		case 't':
			asked.table = true;
			break;
		case 'j':
			asked.json = true;
			break;
		case 'q':
			asked.quiet = true;
			break;
		case 'l':
			if (!scan_u32(o.value, &asked.lines))
				return options_refuse(
				    &o, "not a number of lines");
			break;
		default:
			return options_wrong(&o, code);
		}
	if (!client_open(&client))
		return EXITCODE_SYSTEM;
	return show(&client, &asked, o.count, o.operands);
}

const struct cmd cmd_status = {
    .name = "status",
    .group = GROUP_SEE,
    .usage = "[-ajqt] [-l N] [NAME...]",
    .help = "what runs, what does not, and why",
    .about = "All services as a table, those in trouble first; of a single "
	     "NAME everything\nthere is to know. The answer is 0 when all are "
	     "as they are wanted to be (down on\npurpose is well), 1 when not.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
