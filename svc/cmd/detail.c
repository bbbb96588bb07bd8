/*
 * Facts as labelled lines; what does not hold is not mentioned.
 */
#include "svc/cmd/detail.h"

#include <stdio.h>
#include <string.h>

#include "svc/cmd/definition.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/place.h"
#include "svc/cmd/process.h"
#include "svc/cmd/report.h"
#include "svc/cmd/telling.h"

#define LABEL 12 /* columns */

static void
fact(const char *label, const char *text)
{
	if (*text == '\0')
		return;
	printf("  %s%-*s%s ", screen_on(INK_DIM), LABEL, label,
	    screen_off(INK_DIM));
	screen_wrap(screen_text(text, strlen(text)), LABEL + 3, LABEL + 3);
	putchar('\n');
}

static void
heading(const struct views *all, const struct view *v)
{
	uint32_t pid = view_pid(v);

	printf("%s%s%s: %s%s%s", screen_on(INK_STRONG),
	    screen_text(v->name, strlen(v->name)), screen_off(INK_STRONG),
	    screen_on(view_ink(v)), view_state(v), screen_off(view_ink(v)));
	if (pid != 0)
		printf(" (pid %u)", (unsigned)pid);
	printf(" for %s\n", telling_time(view_age(all, v)));
}

static const char *
starts(const struct view *v)
{
	unsigned count = v->r.start_count, again = v->r.restart_count;
	const char *died = "";

	if (count == 0)
		return "never";
	if (again > 0)
		died = memory_text(", %u of them after it had died", again);
	return memory_text("%s, %u start%s%s",
	    telling_date(v->r.start_real_ns / 1000000000), count,
	    count == 1 ? "" : "s", died);
}

static const char *
readiness(const struct view *v)
{
	int64_t took = v->r.ready_mono_ns - v->r.start_mono_ns;

	/* A oneshot is executed long before it is ready. */
	if (v->r.ready_mono_ns == 0 || took < 0 ||
	    v->shown == SV_SHOWN_STARTING)
		return "";
	return memory_text("after %s", telling_time(took));
}

static const char *
next_run(const struct views *all, const struct view *v)
{
	int64_t at = view_next_run(all, v);

	return at == 0 ? "" : telling_date(at);
}

static void
add_name(const struct view *other, void *arg)
{
	const char **names = arg;

	*names = **names == '\0' ? other->name
				 : memory_text("%s %s", *names, other->name);
}

static const char *
joined(struct settings_list list)
{
	const char *text = "", *name;

	while ((name = settings_each(&list)) != NULL)
		text =
		    memory_text("%s%s%s", text, *text != '\0' ? " " : "", name);
	return text;
}

static bool
names(struct settings_list list, const char *name)
{
	const char *one;

	while ((one = settings_each(&list)) != NULL)
		if (strcmp(one, name) == 0)
			return true;
	return false;
}

static const char *
needed_by(const char *name)
{
	struct definitions all = {0};
	const char *text = "";

	definitions_read(&all, "", place_scan());
	for (size_t i = 0; i < all.count; i++) {
		const struct settings *s = &all.d[i].settings;
		if (all.d[i].is_good &&
		    (names(s->needs, name) || names(s->binds, name)))
			text = memory_text("%s%s%s", text,
			    *text != '\0' ? " " : "", all.d[i].name);
	}
	return text;
}

/* What its files say, where they can be read. */
static void
print_definition(const struct view *v, const struct definition *d)
{
	const char *link = place_link(place_scan(), v->name);

	if (link != NULL)
		fact("enabled",
		    memory_text("by the link %s/%s", place_scan(), v->name));
	if (!d->is_good)
		return;
	if (d->settings.description != NULL)
		fact("description", d->settings.description);
	fact("needs", joined(d->settings.needs));
	fact("binds", joined(d->settings.binds));
	fact("wants", joined(d->settings.wants));
	fact("needed by",
	    v->needed_by != NULL ? v->needed_by : needed_by(v->name));
}

static void
print_exits(const struct view *v)
{
	const struct board_exit *e;

	for (uint32_t i = 0; (e = board_exit(&v->r, i)) != NULL; i++)
		fact(i == 0 ? "exits" : "",
		    memory_text("%s  %s%s",
			telling_date(e->real_ns / 1000000000), view_exit(e),
			e->role == SV_ROLE_FIN	 ? " (finish)"
			: e->role == SV_ROLE_PRE ? " (control/u)"
						 : ""));
}

static void
print_branch(
    const struct processes *all, const struct process *p, unsigned depth)
{
	unsigned width = screen_width(), used = 4 + 2 * depth + 9;
	const char *command = process_command(p);

	command = screen_text(command, strlen(command));
	if (width > used)
		command = screen_cut(command, width - used);
	printf("    %*s%-8u %s\n", (int)(2 * depth), "", (unsigned)p->pid,
	    command);
	for (size_t i = 0; depth < 32 && i < all->count; i++)
		if (all->p[i].parent == p->pid && all->p[i].owner == p->owner)
			print_branch(all, &all->p[i], depth + 1);
}

/* Roots: the main process, and those whose parent is not of the service. */
static void
print_processes(const struct processes *all, uint32_t main_pid)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct process *p = &all->p[i], *parent = NULL;
		if (p->owner != main_pid)
			continue;
		for (size_t k = 0; k < all->count; k++)
			if (all->p[k].pid == p->parent)
				parent = &all->p[k];
		if (parent == NULL || parent->owner != main_pid)
			print_branch(all, p, 0);
	}
}

static void
print_tree(const struct view *v)
{
	uint32_t pid = view_pid(v);
	struct processes all = {0};
	struct process_sum sum;

	if (pid == 0)
		return;
	if ((v->r.flags & BOARD_CGROUP) == 0 || !processes_of_cgroup(&all, pid))
		all = processes_now(&pid, 1);
	sum = process_sum(&all, pid);
	fact("memory", telling_size(sum.bytes));
	fact("cpu", telling_cpu((int64_t)sum.cpu_ns));
	fact("processes", memory_text("%u", (unsigned)sum.count));
	print_processes(&all, pid);
}

static void
print_output(const char *text, size_t bytes)
{
	while (bytes > 0) {
		const char *end = memchr(text, '\n', bytes);
		size_t length = end == NULL ? bytes : (size_t)(end - text);
		printf("    %s\n", screen_text(text, length));
		length += end != NULL;
		text += length;
		bytes -= length;
	}
}

bool
detail_output(struct client *c, const struct view *v, uint32_t lines)
{
	size_t bytes;
	const char *text = report_output(c, v, NULL, lines, &bytes);

	if (text == NULL)
		return false;
	print_output(text, bytes);
	return true;
}

void
detail_print(struct client *c, const struct views *all, const struct view *v,
    uint32_t lines)
{
	const struct view *logger = views_record(all, v->r.logger);
	struct definition d = definition_read("", v->path, v->name);
	const char *held = "", *text;
	size_t bytes;

	heading(all, v);
	fact("why", view_note(all, v));
	fact("directory", v->path);
	print_definition(v, &d);
	fact("started", starts(v));
	fact("ready", readiness(v));
	fact("next run", next_run(all, v));
	fact("wanted", sv_wanted(v->word.sv) ? "up"
		       : (v->r.flags & BOARD_REMEMBERED) != 0
			   ? "down, also after a "
			     "rescan"
			   : "down");
	report_held_back(all, v, add_name, &held);
	fact("holds back", held);
	if (logger != NULL)
		fact("logger",
		    memory_text("%s, %s", logger->name, view_state(logger)));
	print_exits(v);
	print_tree(v);
	text = report_output(c, v, &d, lines, &bytes);
	if (text != NULL) {
		fact("output", "the last lines:");
		print_output(text, bytes);
	}
}
