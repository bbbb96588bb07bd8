/*
 * svc plot: when each service was started and how long it took to be ready,
 * from the first life of the tree on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "svc/cmd/json.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/telling.h"
#include "svc/cmd/view.h"

extern const struct cmd cmd_plot;

#define BAR_LEAST 20
#define BAR_MOST 100
#define SVG_ROW 18
#define SVG_BAR 800
#define SVG_NAME 200

static const struct cmd_option options[] = {
    {'s', "svg", NULL, "as a picture (SVG)", 0},
    {'j', "json", NULL, "say it in JSON", 0},
    {0},
};

/* Of the services that were started, in the order of their start. */
struct plot {
	struct views some;
	int64_t began, length; /* ns */
	unsigned name_columns;
};

static int
by_start(const void *a, const void *b)
{
	const struct view *x = a, *y = b;

	if (x->r.start_mono_ns != y->r.start_mono_ns)
		return x->r.start_mono_ns < y->r.start_mono_ns ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* When its start was over: ready, or the present moment. */
static int64_t
end_of(const struct plot *p, const struct view *v)
{
	if (v->r.ready_mono_ns >= v->r.start_mono_ns)
		return v->r.ready_mono_ns;
	return sv_is_rest(v->word.sv) ? v->r.start_mono_ns : p->some.now.ns;
}

static struct plot
plot_of(struct client *c, struct views *all)
{
	struct plot p = {.length = 1};

	for (size_t i = 0; i < all->count; i++)
		all->v[i].picked &= all->v[i].r.start_count > 0;
	p.some = views_picked(all);
	p.began = board_head(c->board)->began_mono_ns;
	qsort(p.some.v, p.some.count, sizeof *p.some.v, by_start);
	for (size_t i = 0; i < p.some.count; i++) {
		const struct view *v = &p.some.v[i];
		const char *name = screen_text(v->name, strlen(v->name));
		if (end_of(&p, v) - p.began > p.length)
			p.length = end_of(&p, v) - p.began;
		if (screen_columns(name) > p.name_columns)
			p.name_columns = screen_columns(name);
	}
	return p;
}

static void
print_bar(const struct plot *p, const struct view *v, unsigned width)
{
	const char *name = screen_text(v->name, strlen(v->name));
	int64_t start = v->r.start_mono_ns - p->began;
	int64_t end = end_of(p, v) - p->began;
	unsigned from = (unsigned)((double)start / (double)p->length * width);
	unsigned to = (unsigned)((double)end / (double)p->length * width);

	if (from >= width)
		from = width - 1;
	printf("%s%*s |%*s%s", name,
	    (int)(p->name_columns - screen_columns(name)), "", (int)from, "",
	    screen_on(view_ink(v)));
	for (unsigned i = from; i < to || i == from; i++)
		fputs("█", stdout);
	printf("%s%*s| +%s", screen_off(view_ink(v)),
	    (int)(width - (to > from ? to : from + 1)), "",
	    telling_time(start < 0 ? 0 : start));
	if (end > start)
		printf(", %s", telling_time(end - start));
	if (v->r.start_count > 1)
		printf(", start %u", (unsigned)v->r.start_count);
	putchar('\n');
}

static void
print_bars(const struct plot *p)
{
	unsigned columns = screen_width();
	unsigned width = columns > p->name_columns + 30 + BAR_LEAST
			     ? columns - p->name_columns - 30
			 : columns == 0 ? 60
					: BAR_LEAST;

	if (width > BAR_MOST)
		width = BAR_MOST;
	for (size_t i = 0; i < p->some.count; i++)
		print_bar(p, &p->some.v[i], width);
}

static const char *
xml(const char *text)
{
	const char *out = "";

	for (text = screen_text(text, strlen(text)); *text != '\0'; text++)
		out = *text == '&'   ? memory_text("%s&amp;", out)
		      : *text == '<' ? memory_text("%s&lt;", out)
				     : memory_text("%s%c", out, *text);
	return out;
}

static void
print_svg(const struct plot *p)
{
	printf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	       "height=\"%zu\" font-family=\"sans-serif\" font-size=\"11\">\n",
	    SVG_NAME + SVG_BAR + 100, (p->some.count + 1) * SVG_ROW);
	for (size_t i = 0; i < p->some.count; i++) {
		const struct view *v = &p->some.v[i];
		int64_t start = v->r.start_mono_ns - p->began;
		int64_t end = end_of(p, v) - p->began;
		double scale = (double)SVG_BAR / (double)p->length;
		double wide = (double)(end - start) * scale;
		printf("<text x=\"4\" y=\"%zu\">%s</text>"
		       "<rect x=\"%.1f\" y=\"%zu\" width=\"%.1f\" "
		       "height=\"%d\" fill=\"%s\"/>"
		       "<text x=\"%.1f\" y=\"%zu\">%s</text>\n",
		    i * SVG_ROW + 13, xml(v->name),
		    SVG_NAME + (double)start * scale, i * SVG_ROW + 2,
		    wide < 1 ? 1 : wide, SVG_ROW - 4,
		    view_is_as_wanted(v) ? "#4a7" : "#c44",
		    SVG_NAME + (double)end * scale + 4, i * SVG_ROW + 13,
		    telling_time(end - start));
	}
	puts("</svg>");
}

static void
print_json(const struct plot *p)
{
	struct json j = json_to(stdout);

	json_open(&j, '[');
	for (size_t i = 0; i < p->some.count; i++) {
		const struct view *v = &p->some.v[i];
		int64_t start = v->r.start_mono_ns;
		json_open(&j, '{');
		json_text(&j, "name", v->name);
		json_text(&j, "state", view_state(v));
		json_bool(&j, "ready", sv_is_ready(v->word.sv));
		json_number(&j, "start_ms", (start - p->began) / 1000000);
		json_number(&j, "took_ms", (end_of(p, v) - start) / 1000000);
		json_number(&j, "starts", v->r.start_count);
		json_close(&j);
	}
	json_close(&j);
}

static int
run(int argc, char **argv)
{
	static struct client client;
	struct views all;
	struct options o;
	void (*print)(const struct plot *p) = print_bars;
	int code, answer = EXITCODE_YES;

	options_init(&o, &cmd_plot, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		if (code == 's')
			print = print_svg;
		else if (code == 'j')
			print = print_json;
		else
			return options_wrong(&o, code);
	if (!client_open(&client))
		return EXITCODE_SYSTEM;
	all = views_of(&client);
	if (!views_pick(&all, o.count, o.operands, &answer))
		return answer;
	struct plot plot = plot_of(&client, &all);
	print(&plot);
	return EXITCODE_YES;
}

const struct cmd cmd_plot = {
    .name = "plot",
    .group = GROUP_SEE,
    .usage = "[-js] [NAME...]",
    .help = "when services were started and how long that took",
    .about = "A bar for each, from its last start until it was ready; the "
	     "first column is when\nthe tree began.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
