/*
 * svc check: settings, before they are used; nobody is asked.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/error.h"
#include "lib/path.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/definition.h"
#include "svc/cmd/json.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/place.h"
#include "svc/cmd/present.h"
#include "svc/cmd/screen.h"
#include "svc/core/feed.h"

extern const struct cmd cmd_check;

static const struct cmd_option options[] = {
    {'R', "root", "DIR", "check what is below DIR, another root", 0},
    {'s', "scan", "DIR", "the scan directory (default $SVDIR or /etc/service)",
	0},
    {'q', "quiet", NULL, "only errors, no warnings, no sum", 0},
    {'j', "json", NULL, "say it in JSON", 0},
    {0},
};

struct check {
	const char *root, *scan;
	bool is_quiet, is_json;
	struct definitions all; /* of the scan directory: whom names may mean */
	struct json json;
	unsigned checked, errors, warnings;
};

/* --- what only the whole can tell --- */

static const char *
check_names(struct check *c, struct definition *d, struct settings_list list,
    const char *key, const char *text)
{
	const char *name, *near;

	while ((name = settings_each(&list)) != NULL) {
		near = definitions_missing(&c->all, name);
		if (near == NULL)
			continue;
		text = memory_text("%s%s: %s: no such service: %s%s\n", text,
		    d->path, key, name, near);
		d->errors++;
	}
	return text;
}

static bool
is_in(struct settings_list list, const struct definition *d)
{
	struct settings_list roles;
	const char *name, *role;

	while ((name = settings_each(&list)) != NULL) {
		if (str_eq(name, d->name))
			return true;
		roles = d->settings.provides;
		while ((role = settings_each(&roles)) != NULL)
			if (str_eq(name, role))
				return true;
	}
	return false;
}

/* s6-rc has both ends say it; here the one that writes decides. */
static const char *
check_producers(struct check *c, struct definition *d, const char *text)
{
	struct settings_list list = d->settings.consumer_for;
	const struct definition *from;
	const char *name;

	while ((name = settings_each(&list)) != NULL) {
		from = definitions_find(&c->all, name);
		if (from != NULL && str_eq(from->name, name) &&
		    feed_is(&from->settings, d->name))
			continue;
		d->warnings++;
		text = memory_text("%s%s: warning: consumer-for: "
				   "%s " FEED_UNANSWERED "%s\n",
		    text, d->path, name, d->name);
	}
	return text;
}

/* It starts all the same: what it names is missed when it is wanted. */
static const char *
check_wanted(struct check *c, struct definition *d, const char *text,
    const char *key, const char *name)
{
	const char *near = definitions_missing(&c->all, name);

	if (near == NULL)
		return text;
	d->warnings++;
	return memory_text("%s%s: warning: %s: no such service: %s%s\n", text,
	    d->path, key, name, near);
}

static const char *
check_others(struct check *c, struct definition *d, const char *text)
{
	char reader[BOARD_NAME_MAX + 1];
	const struct settings *s = &d->settings;

	if (feed_reader(s, reader))
		text = check_wanted(c, d, text,
		    settings_has(s, SET_log) ? "log" : "producer-for", reader);
	if (s->on_failed.kind == FAILED_START)
		text = check_wanted(c, d, text, "on-failed", s->on_failed.name);
	return text;
}

/* Started by itself, by another, or by its schedule. */
static bool
is_reached(const struct check *c, const struct definition *d)
{
	if (d->settings.autostart || settings_has(&d->settings, SET_every) ||
	    settings_has(&d->settings, SET_at))
		return true;
	for (size_t i = 0; i < c->all.count; i++) {
		const struct settings *s = &c->all.d[i].settings;
		if (is_in(s->needs, d) || is_in(s->binds, d) ||
		    is_in(s->wants, d) || is_in(s->members, d) ||
		    (s->on_failed.kind == FAILED_START &&
			str_eq(s->on_failed.name, d->name)))
			return true;
	}
	return false;
}

/* Relations: names that exist, no ring, and whether anything leads to it. */
static const char *
check_relations(struct check *c, struct definition *d)
{
	const struct definition *linked = definitions_find(&c->all, d->name);
	const char *text = "";

	text = check_names(c, d, d->settings.needs, "needs", text);
	text = check_names(c, d, d->settings.binds, "binds", text);
	text = check_names(c, d, d->settings.members, "members", text);
	text = check_producers(c, d, text);
	text = check_others(c, d, text);
	if (linked != NULL && linked->ring != NULL) {
		d->errors++;
		text = memory_text(
		    "%s%s: needs itself: %s\n", text, d->path, linked->ring);
	}
	if (linked != NULL && !is_reached(c, d)) {
		d->warnings++;
		text =
		    memory_text("%s%s: warning: nothing starts it: autostart "
				"= no, and nobody needs it\n",
			text, d->path);
	}
	return memory_text("%s%s", text, present_check(c->root, d));
}

/* --- telling --- */

static void
print_line(enum screen_ink ink, const char *line)
{
	fputs(screen_on(ink), stdout);
	screen_wrap(line, 0, 4);
	puts(screen_off(ink));
}

static void
print_lines(const struct check *c, const char *text)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		const char *line = screen_text(text, length);
		bool is_warning = strstr(line, ": warning: ") != NULL;
		if (!is_warning || !c->is_quiet)
			print_line(is_warning ? INK_BUSY : INK_BAD, line);
		text += length + (text[length] == '\n');
	}
}

static void
put_lines(struct check *c, const char *text)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		json_bytes(&c->json, NULL, text, length);
		text += length + (text[length] == '\n');
	}
}

static void
put_answer(struct check *c, const struct definition *d, const char *relations)
{
	json_open(&c->json, '{');
	json_text(&c->json, "name", d->name);
	json_text(&c->json, "path", d->path);
	json_bool(&c->json, "ok", d->errors == 0);
	json_open_at(&c->json, "complaints", '[');
	put_lines(c, d->complaints);
	put_lines(c, relations);
	json_close(&c->json);
	json_close(&c->json);
}

/* And its logger with it, which is a service of its own. */
static void
check_one(struct check *c, const char *path, const char *name)
{
	struct definition d = definition_read(c->root, path, name);
	const char *relations = check_relations(c, &d);

	c->checked++;
	c->errors += d.errors;
	c->warnings += d.warnings;
	if (c->is_json) {
		put_answer(c, &d, relations);
	} else {
		print_lines(c, d.complaints);
		print_lines(c, relations);
	}
	if (d.settings.files & WITH_LOGGER)
		check_one(c, memory_text("%s/log", path),
		    memory_text("%s/log", name));
}

static bool
check_path(struct check *c, const char *path)
{
	size_t length = strlen(path);
	struct stat st;

	while (length > 1 && path[length - 1] == '/')
		length--;
	path = memory_copy(path, length);
	if (sys_fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		fprintf(stderr, "svc check: %s: %s\n",
		    screen_text(path, length), error_text(errno));
		return false;
	}
	check_one(c, path, path_base(path));
	return true;
}

/* A path, an enabled name or pattern, or something defined. */
static bool
check_operand(struct check *c, const char *operand)
{
	bool any = false;
	const char *path;

	if (strchr(operand, '/') != NULL)
		return check_path(c, operand);
	for (size_t i = 0; i < c->all.count; i++)
		if (definitions_means(&c->all, operand, c->all.d[i].name)) {
			check_one(c, c->all.d[i].path, c->all.d[i].name);
			any = true;
		}
	if (any)
		return true;
	path = place_definition(
	    memory_text("%s%s", c->root, place_definitions()), operand);
	if (path != NULL) {
		check_one(c, path, operand);
		return true;
	}
	const char *near = definitions_missing(&c->all, operand);
	fprintf(stderr, "svc check: no such service: %s%s\n",
	    screen_text(operand, strlen(operand)), near != NULL ? near : "");
	return false;
}

static int
check(struct check *c, int count, char **operands)
{
	bool known = true;

	if (!definitions_read(&c->all, c->root, c->scan) && count == 0) {
		fprintf(stderr, "svc check: cannot read %s%s: %s\n", c->root,
		    c->scan, error_text(errno));
		return EXITCODE_SYSTEM;
	}
	definitions_rings(&c->all);
	c->json = json_to(stdout);
	if (c->is_json)
		json_open(&c->json, '[');
	for (int i = 0; i < count; i++)
		known &= check_operand(c, operands[i]);
	for (size_t i = 0; count == 0 && i < c->all.count; i++)
		check_one(c, c->all.d[i].path, c->all.d[i].name);
	if (c->is_json)
		json_close(&c->json);
	else if (!c->is_quiet)
		printf("%u checked, %u error%s, %u warning%s\n", c->checked,
		    c->errors, c->errors == 1 ? "" : "s", c->warnings,
		    c->warnings == 1 ? "" : "s");
	if (!known)
		return EXITCODE_USAGE;
	return c->errors > 0 ? EXITCODE_NO : EXITCODE_YES;
}

static int
run(int argc, char **argv)
{
	struct check c = {.root = "", .scan = place_scan()};
	struct options o;
	int code;

	options_init(&o, &cmd_check, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'R':
			c.root = o.value;
			break;
		case 's':
			c.scan = o.value;
			break;
		case 'q':
			c.is_quiet = true;
			break;
		case 'j':
			c.is_json = true;
			break;
		default:
			return options_wrong(&o, code);
		}
	return check(&c, o.count, o.operands);
}

const struct cmd cmd_check = {
    .name = "check",
    .group = GROUP_KEEP,
    .usage = "[-qj] [-R DIR] [-s DIR] [NAME | PATH...]",
    .help = "read settings as svcd would and say what is wrong",
    .about = "Without operands: all of the scan directory. No svcd is asked, "
	     "so it can be done\nbefore anything is installed, and for another "
	     "root.",
    .options = options,
    .args = {ARG_DEFINED},
    .run = run,
};
