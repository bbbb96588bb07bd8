/*
 * svc top: services by what they take, again and again.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/scan.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/report.h"
#include "svc/cmd/sheet.h"
#include "svc/cmd/telling.h"

extern const struct cmd cmd_top;

static const struct cmd_option options[] = {
    {'d', "delay", "TIME", "between two looks (default 2s)", 0},
    {'n', "count", "N", "so many looks, then end", 0},
    {'m', "memory", NULL, "by memory, not by processor time", 0},
    {'j', "json", NULL, "say it in JSON: an array a look", 0},
    {0},
};

struct top {
	int64_t delay_ms;
	uint32_t looks; /* 0: for ever */
	bool by_memory, is_json;
	struct client *client;
	int count;
	char **names;
	/* The look before this one, to compare with. */
	struct earlier *before;
	size_t before_count, before_room;
	struct mono before_at;
};

struct earlier {
	uint32_t record;
	uint64_t cpu_ns;
};

struct line {
	struct view view;
	struct process_sum sum;
	double percent; /* of one processor */
};

static bool by_memory; /* for qsort(3), which hands nothing on */

static int
by_use(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (by_memory && x->sum.bytes != y->sum.bytes)
		return x->sum.bytes > y->sum.bytes ? -1 : 1;
	if (x->percent > y->percent || x->percent < y->percent)
		return x->percent > y->percent ? -1 : 1;
	return strcmp(x->view.name, y->view.name);
}

static double
percent_of(const struct top *t, const struct line *line, struct mono now)
{
	int64_t passed = mono_ns_between(t->before_at, now);

	for (size_t i = 0; i < t->before_count; i++) {
		const struct earlier *old = &t->before[i];
		if (old->record != line->view.record ||
		    old->cpu_ns > line->sum.cpu_ns || passed <= 0)
			continue;
		return 100.0 * (double)(line->sum.cpu_ns - old->cpu_ns) /
		       (double)passed;
	}
	return 0;
}

static void
print_lines(const struct views *all, const struct line *lines, size_t count)
{
	struct sheet s = {0};

	sheet_columns(&s, "NAME", "6STATE", "1>FOR", "2>PROCESSES", ">CPU%",
	    "4>CPU", "5>MEM", "3WHY", NULL);
	for (size_t i = 0; i < count; i++) {
		const struct line *l = &lines[i];
		sheet_cell(&s, INK_PLAIN, l->view.name);
		sheet_cell(&s, view_ink(&l->view), view_state(&l->view));
		sheet_cell(
		    &s, INK_PLAIN, telling_time_short(view_age(all, &l->view)));
		sheet_cell(
		    &s, INK_PLAIN, memory_text("%u", (unsigned)l->sum.count));
		sheet_cell(&s, INK_PLAIN, memory_text("%.1f", l->percent));
		sheet_cell(&s, INK_PLAIN, telling_cpu((int64_t)l->sum.cpu_ns));
		sheet_cell(&s, INK_PLAIN, telling_size(l->sum.bytes));
		sheet_cell(&s, INK_PLAIN, view_note(all, &l->view));
	}
	sheet_print(&s, stdout, screen_width());
}

static void
print_json(const struct views *all, const struct line *lines, size_t count)
{
	struct json j = json_to(stdout);

	json_open(&j, '[');
	for (size_t i = 0; i < count; i++) {
		const struct line *l = &lines[i];
		json_open(&j, '{');
		json_text(&j, "name", l->view.name);
		json_text(&j, "state", view_state(&l->view));
		json_number(&j, "age_ms", view_age(all, &l->view) / 1000000);
		json_number(&j, "processes", l->sum.count);
		json_number(&j, "cpu_permille", (int64_t)(10 * l->percent));
		json_number(&j, "cpu_ms", (int64_t)(l->sum.cpu_ns / 1000000));
		json_number(&j, "memory_bytes", (int64_t)l->sum.bytes);
		json_text_or_null(&j, "why", view_note(all, &l->view));
		json_close(&j);
	}
	json_close(&j);
}

static void
remember(struct top *t, const struct line *lines, size_t count)
{
	t->before =
	    memory_grow(t->before, &t->before_room, count, sizeof *t->before);
	for (size_t i = 0; i < count; i++)
		t->before[i] =
		    (struct earlier){lines[i].view.record, lines[i].sum.cpu_ns};
	t->before_count = count;
}

static int
look(struct top *t)
{
	struct views all = views_of(t->client), some;
	int code = EXITCODE_YES;

	if (!views_pick(&all, t->count, t->names, &code))
		return code;
	some = views_picked(&all);
	struct report report = report_of(&some);
	struct line *lines = memory_get(some.count, sizeof *lines);
	for (size_t i = 0; i < some.count; i++) {
		lines[i].view = some.v[i];
		lines[i].sum = report_sum(&report, &some.v[i]);
		lines[i].percent = percent_of(t, &lines[i], all.now);
	}
	by_memory = t->by_memory;
	qsort(lines, some.count, sizeof *lines, by_use);
	if (isatty(STDOUT_FILENO) && !t->is_json)
		fputs("\033[H\033[J", stdout);
	(t->is_json ? print_json : print_lines)(&all, lines, some.count);
	fflush(stdout);
	remember(t, lines, some.count);
	t->before_at = all.now;
	return -1;
}

/* Until the next look, or a key; false: q, or the end of the input. */
static bool
pause_until(struct mono next, bool has_keys)
{
	struct pollfd key = {.fd = has_keys ? 0 : -1, .events = POLLIN};
	int64_t left = mono_ns_between(mono_now(), next);
	struct timespec t = {left / 1000000000, left % 1000000000};
	char c;

	if (left <= 0)
		return true;
	if (sys_ppoll(&key, 1, &t) <= 0 || key.revents == 0)
		return true;
	return sys_read(0, &c, 1) == 1 && c != 'q' && c != 'Q' && c != 3;
}

static int
loop(struct top *t)
{
	bool has_keys = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	struct termios was, raw;
	int code = -1;

	if (has_keys && tcgetattr(STDIN_FILENO, &was) == 0) {
		raw = was;
		/* Ctrl-C comes as a key, so that the terminal is put back. */
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	t->before = memory_grow(NULL, &t->before_room, 1, sizeof *t->before);
	for (uint32_t i = 0; code < 0 && (t->looks == 0 || i < t->looks); i++) {
		struct mono next = mono_add_ms(mono_now(), t->delay_ms);
		uint64_t mark = memory_mark();
		code = look(t);
		memory_release(mark);
		if (code >= 0 || (t->looks != 0 && i + 1 == t->looks))
			break;
		if (!pause_until(next, has_keys))
			break;
	}
	if (has_keys)
		tcsetattr(STDIN_FILENO, TCSANOW, &was);
	return code < 0 ? EXITCODE_YES : code;
}

static int
run(int argc, char **argv)
{
	static struct client client;
	struct top t = {.delay_ms = 2000, .client = &client};
	struct options o;
	int code;

	options_init(&o, &cmd_top, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'd':
			if (!scan_duration_ms(o.value, &t.delay_ms) ||
			    t.delay_ms < 10)
				return options_refuse(
				    &o, "not a time such as 500ms or 5s");
			break;
		case 'n':
			if (!scan_u32(o.value, &t.looks) || t.looks == 0)
				return options_refuse(&o, "not a count");
			break;
		case 'm':
			t.by_memory = true;
			break;
		case 'j':
			t.is_json = true;
			break;
		default:
			return options_wrong(&o, code);
		}
	/* A pipe wants one answer, not a stream without end. */
	if (!isatty(STDOUT_FILENO) && t.looks == 0)
		t.looks = 2;
	t.count = o.count;
	t.names = o.operands;
	if (!client_open(&client))
		return EXITCODE_SYSTEM;
	return loop(&t);
}

const struct cmd cmd_top = {
    .name = "top",
    .group = GROUP_SEE,
    .usage = "[-jm] [-d TIME] [-n N] [NAME...]",
    .help = "services by what they take, again and again",
    .about = "q ends it. Where the output is no terminal there are two looks.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
