/*
 * svc graph: who needs whom, as lines for people or for dot(1).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/error.h"
#include "lib/str.h"

#include "svc/cmd/definition.h"
#include "svc/cmd/json.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/place.h"
#include "svc/cmd/view.h"

extern const struct cmd cmd_graph;

static const struct cmd_option options[] = {
    {'d', "dot", NULL, "as input for dot(1)", 0},
    {'r', "reverse", NULL, "what needs them, instead of what they need", 0},
    {'s', "scan", "DIR", "the scan directory (default $SVDIR or /etc/service)",
	0},
    {'j', "json", NULL, "as JSON: an array of edges", 0},
    {0},
};

/* clang-format off */
/* The relations that are edges: field, dot's style. */
#define EDGES(X) \
	X(needs, "solid") \
	X(binds, "bold") \
	X(wants, "dashed") \
	X(after, "dotted") \
	X(before, "dotted") \
	X(conflicts, "dotted") \
	X(members, "dashed")
/* clang-format on */

struct edge {
	const char *from, *kind, *style, *to;
};

struct graph {
	struct definitions all;
	struct views views; /* empty where no svcd answers */
	struct edge *edges;
	size_t count, room;
	bool *is_shown; /* of each definition; NULL: all are */
	bool *is_told;	/* of each definition: its branch is printed */
	bool is_reverse;
};

static void
add_list(struct graph *g, const char *from, struct settings_list list,
    const char *kind, const char *style)
{
	const char *name;

	while ((name = settings_each(&list)) != NULL) {
		const struct definition *to = definitions_find(&g->all, name);
		g->edges = memory_grow(
		    g->edges, &g->room, g->count + 1, sizeof *g->edges);
		g->edges[g->count++] = (struct edge){from, kind, style,
		    to != NULL ? to->name : memory_text("%s", name)};
	}
}

static void
collect(struct graph *g)
{
	for (size_t i = 0; i < g->all.count; i++) {
		const struct definition *d = &g->all.d[i];
		if (!d->is_good)
			continue;
#define ADD(field, style) \
	add_list(g, d->name, d->settings.field, #field, style);
		EDGES(ADD)
	}
}

/* --- for people --- */

static const char *
near_end(const struct graph *g, const struct edge *e)
{
	return g->is_reverse ? e->to : e->from;
}

static const char *
far_end(const struct graph *g, const struct edge *e)
{
	return g->is_reverse ? e->from : e->to;
}

static bool
leads_on(const struct graph *g, const char *name)
{
	for (size_t i = 0; i < g->count; i++)
		if (str_eq(near_end(g, &g->edges[i]), name))
			return true;
	return false;
}

static void
print_node(const struct graph *g, const char *name, const char *kind,
    unsigned depth, bool is_above)
{
	const struct view *v = views_name(&g->views, name);

	printf("%*s%s%s%s", (int)(2 * depth), "", kind, *kind ? " " : "",
	    screen_text(name, strlen(name)));
	if (v != NULL)
		printf(" (%s%s%s)", screen_on(view_ink(v)), view_state(v),
		    screen_off(view_ink(v)));
	else if (definitions_find(&g->all, name) == NULL)
		fputs(" (no such service)", stdout);
	puts(is_above ? ", see above" : "");
}

/* Each branch once: of many that are shared there are more ways than lines. */
static void
print_branch(
    struct graph *g, const char *name, const char *kind, unsigned depth)
{
	const struct definition *d = definitions_find(&g->all, name);
	bool is_told = d != NULL && g->is_told[d - g->all.d];

	print_node(g, name, kind, depth, is_told && leads_on(g, name));
	if (d == NULL || is_told)
		return;
	g->is_told[d - g->all.d] = true;
	for (size_t i = 0; i < g->count; i++) {
		const struct edge *e = &g->edges[i];
		if (str_eq(near_end(g, e), name))
			print_branch(g, far_end(g, e),
			    memory_text(
				"%s%s", e->kind, g->is_reverse ? " of" : ""),
			    depth + 1);
	}
}

/* Without names: those that nothing else leads to. */
static bool
is_root(const struct graph *g, const char *name)
{
	for (size_t i = 0; i < g->count; i++)
		if (str_eq(far_end(g, &g->edges[i]), name) &&
		    !str_eq(g->edges[i].from, g->edges[i].to))
			return false;
	return true;
}

static bool
is_asked(const struct graph *g, const char *name, int count, char **names)
{
	for (int i = 0; i < count; i++)
		if (definitions_means(&g->all, names[i], name))
			return true;
	return count == 0 && is_root(g, name);
}

static bool
is_known(const struct graph *g, const char *pattern)
{
	const char *near = definitions_missing(&g->all, pattern);

	for (size_t i = 0; i < g->all.count; i++)
		if (definitions_means(&g->all, pattern, g->all.d[i].name))
			return true;
	fprintf(stderr, "svc graph: no such service: %s%s\n",
	    screen_text(pattern, strlen(pattern)), near != NULL ? near : "");
	return false;
}

static void
print_trees(struct graph *g, int count, char **names)
{
	size_t room = 0;

	g->is_told =
	    memory_grow(NULL, &room, g->all.count + 1, sizeof *g->is_told);
	memset(g->is_told, 0, room * sizeof *g->is_told);
	for (size_t i = 0; i < g->all.count; i++)
		if (is_asked(g, g->all.d[i].name, count, names))
			print_branch(g, g->all.d[i].name, "", 0);
	/* A ring has no root. */
	for (size_t i = 0; count == 0 && i < g->all.count; i++)
		if (!g->is_told[i])
			print_branch(g, g->all.d[i].name, "", 0);
}

/* --- for programs --- */

/* This one, and all that its edges lead to. */
static void
show(struct graph *g, const char *name)
{
	const struct definition *d = definitions_find(&g->all, name);

	if (d == NULL || g->is_shown[d - g->all.d])
		return;
	g->is_shown[d - g->all.d] = true;
	for (size_t i = 0; i < g->count; i++)
		if (str_eq(near_end(g, &g->edges[i]), d->name))
			show(g, far_end(g, &g->edges[i]));
}

static void
choose(struct graph *g, int count, char **names)
{
	size_t room = 0;

	if (count == 0)
		return;
	g->is_shown =
	    memory_grow(NULL, &room, g->all.count + 1, sizeof *g->is_shown);
	memset(g->is_shown, 0, room * sizeof *g->is_shown);
	for (size_t i = 0; i < g->all.count; i++)
		for (int n = 0; n < count; n++)
			if (definitions_means(
				&g->all, names[n], g->all.d[i].name))
				show(g, g->all.d[i].name);
}

static bool
is_shown(const struct graph *g, const char *name)
{
	const struct definition *d = definitions_find(&g->all, name);

	return g->is_shown == NULL || (d != NULL && g->is_shown[d - g->all.d]);
}

static const char *
quoted(const char *name)
{
	const char *out = "\"";

	name = screen_text(name, strlen(name));
	for (; *name != '\0'; name++)
		out = memory_text("%s%s%c", out,
		    *name == '"' || *name == '\\' ? "\\" : "", *name);
	return memory_text("%s\"", out);
}

static void
print_dot(const struct graph *g)
{
	puts("digraph services {\n\trankdir=LR;\n\tnode [shape=box];");
	for (size_t i = 0; i < g->all.count; i++)
		if (is_shown(g, g->all.d[i].name))
			printf("\t%s;\n", quoted(g->all.d[i].name));
	for (size_t i = 0; i < g->count; i++) {
		if (!is_shown(g, near_end(g, &g->edges[i])))
			continue;
		printf("\t%s -> %s [style=%s, label=\"%s\"];\n",
		    quoted(g->edges[i].from), quoted(g->edges[i].to),
		    g->edges[i].style, g->edges[i].kind);
	}
	puts("}");
}

static void
print_json(const struct graph *g)
{
	struct json j = json_to(stdout);

	json_open(&j, '[');
	for (size_t i = 0; i < g->count; i++) {
		if (!is_shown(g, near_end(g, &g->edges[i])))
			continue;
		json_open(&j, '{');
		json_text(&j, "from", g->edges[i].from);
		json_text(&j, "relation", g->edges[i].kind);
		json_text(&j, "to", g->edges[i].to);
		json_close(&j);
	}
	json_close(&j);
}

/* An exit code. */
static int
draw(struct graph *g, bool is_dot, bool is_json, const struct options *o)
{
	static struct client client;
	int code = EXITCODE_YES;

	collect(g);
	choose(g, o->count, o->operands);
	if (!is_dot && !is_json && client_try(&client, client_dir()))
		g->views = views_of(&client);
	if (is_dot)
		print_dot(g);
	else if (is_json)
		print_json(g);
	else
		print_trees(g, o->count, o->operands);
	for (int i = 0; i < o->count; i++)
		if (!is_known(g, o->operands[i]))
			code = EXITCODE_USAGE;
	return code;
}

static int
run(int argc, char **argv)
{
	struct graph g = {0};
	const char *scan = place_scan();
	struct options o;
	bool is_dot = false, is_json = false;
	int code;

	options_init(&o, &cmd_graph, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'd':
			is_dot = true;
			break;
		case 'r':
			g.is_reverse = true;
			break;
		case 's':
			scan = o.value;
			break;
		case 'j':
			is_json = true;
			break;
		default:
			return options_wrong(&o, code);
		}
	if (!definitions_read(&g.all, "", scan)) {
		fprintf(stderr, "svc graph: cannot read %s: %s\n", scan,
		    error_text(errno));
		return EXITCODE_SYSTEM;
	}
	return draw(&g, is_dot, is_json, &o);
}

const struct cmd cmd_graph = {
    .name = "graph",
    .group = GROUP_SEE,
    .usage = "[-djr] [-s DIR] [NAME...]",
    .help = "who needs whom",
    .about = "Read from the scan directory; states are added where svcd "
	     "answers.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
