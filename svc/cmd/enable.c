/*
 * svc enable, svc disable: the link in the scan directory, made or removed,
 * and what svcd does about it. Both hold for good and at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/clock.h"
#include "lib/dir.h"
#include "lib/error.h"
#include "lib/glob.h"
#include "lib/path.h"
#include "lib/scan.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/core/settings.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/place.h"
#include "svc/cmd/report.h"
#include "svc/cmd/view.h"

extern const struct cmd cmd_enable, cmd_disable;

#define TIMEOUT_MS 60000

static const struct cmd_option options[] = {
    {'d', "definitions", "DIR", "where NAMEs are defined (default /etc/sv)", 0},
    {'s', "scan", "DIR", "the scan directory (default $SVDIR or /etc/service)",
	0},
    {'n', "no-wait", NULL, "do not wait for svcd to act on it", 0},
    {'t', "timeout", "TIME", "how long to wait (default 60s)", 0},
    {'q', "quiet", NULL, "say nothing, only the exit code tells", 0},
    {'j', "json", NULL, "say it in JSON", 0},
    {0},
};

struct change {
	const char *definitions, *scan;
	bool is_enable, no_wait, is_quiet, is_json;
	int64_t timeout_ms;
	char **names; /* all that are changed */
	size_t count, room;
};

static void
say(const struct change *c, const char *name, const char *text)
{
	if (!c->is_quiet && !c->is_json)
		printf("%s: %s\n", screen_text(name, strlen(name)),
		    screen_text(text, strlen(text)));
}

static int
cannot(const char *what, const char *name)
{
	fprintf(stderr, "svc: cannot %s %s: %s\n", what,
	    screen_text(name, strlen(name)), error_text(errno));
	return errno == ENOENT ? EXITCODE_USAGE : EXITCODE_SYSTEM;
}

/* Where names come from: what is defined, or what is enabled. */
static const char *
source(const struct change *c)
{
	if (!c->is_enable)
		return c->scan;
	return c->definitions != NULL ? c->definitions : place_definitions();
}

/* --- names --- */

static void
add_name(struct change *c, const char *name)
{
	c->names =
	    memory_grow(c->names, &c->room, c->count + 1, sizeof *c->names);
	c->names[c->count++] = memory_copy(name, strlen(name));
}

/* Calls each() with the entries of a directory; false: it cannot be read. */
static bool
each_entry(
    const char *dir, void (*each)(const char *name, void *arg), void *arg)
{
	char room[DIR_ROOM];
	struct dir d;
	struct dir_entry e;

	if (dir_open(&d, AT_FDCWD, dir, room, sizeof room) < 0)
		return false;
	while (dir_next(&d, &e) == 1)
		if (e.name[0] != '.' && !settings_is_leftover(e.name))
			each(e.name, arg);
	dir_close(&d);
	return true;
}

struct matching {
	struct change *change;
	const char *pattern;
};

static void
add_matching(const char *name, void *arg)
{
	struct matching *m = arg;

	if (glob_match(m->pattern, name))
		add_name(m->change, name);
}

static void
offer(const char *name, void *arg)
{
	struct str_near *near = arg;
	unsigned before = near->distance;
	const char *best = near->best;

	str_near_offer(near, name);
	if (near->best != best || near->distance != before)
		near->best = memory_copy(name, strlen(name));
}

/* It is not there: where we looked, and what else is there. */
static int
no_such(const struct change *c, const char *name)
{
	struct str_near near = str_near_to(name);
	const char *path = strchr(name, '/') != NULL
			       ? name
			       : memory_text("%s/%s", source(c), name);
	int code = cannot("find", path);

	each_entry(source(c), offer, &near);
	if (near.best != NULL)
		fprintf(stderr, "svc: did you mean %s?\n",
		    screen_text(near.best, strlen(near.best)));
	return code;
}

static bool
is_there(const struct change *c, const char *name)
{
	struct stat st;

	return sys_fstatat(AT_FDCWD, memory_text("%s/%s", source(c), name), &st,
		   AT_SYMLINK_NOFOLLOW) == 0;
}

/* A name that is there is itself, whatever it would mean as a pattern. */
static bool
collect(struct change *c, const char *operand)
{
	struct matching m = {c, operand};
	size_t before = c->count;

	if (!glob_is_pattern(operand) || strchr(operand, '/') != NULL ||
	    is_there(c, operand)) {
		add_name(c, operand);
		return true;
	}
	each_entry(source(c), add_matching, &m);
	if (c->count > before)
		return true;
	fprintf(stderr, "svc: nothing in %s matches %s\n", source(c),
	    screen_text(operand, strlen(operand)));
	return false;
}

/* --- links --- */

/* A user's own may never have been needed before; what was named is there. */
static bool
make_scan(const struct change *c)
{
	return errno == ENOENT && str_eq(c->scan, place_usual_scan()) &&
	       dir_make(AT_FDCWD, c->scan, 0755) == 0;
}

static int
enable(const struct change *c, char **name)
{
	const char *target = place_definition(c->definitions, *name), *is;
	const char *link;

	if (target == NULL)
		return no_such(c, *name);
	if (strchr(*name, '/') != NULL)
		*name = memory_text("%s", path_base(target));
	link = memory_text("%s/%s", c->scan, *name);
	if (sys_symlinkat(target, AT_FDCWD, link) == 0 ||
	    (make_scan(c) && sys_symlinkat(target, AT_FDCWD, link) == 0))
		return EXITCODE_YES;
	if (errno != EEXIST)
		return cannot("make", link);
	is = place_link(c->scan, *name);
	if (is != NULL && str_eq(is, target))
		return EXITCODE_YES;
	fprintf(stderr, "svc: %s exists and is %s%s\n",
	    screen_text(link, strlen(link)),
	    is != NULL ? "a link to " : "no link",
	    is != NULL ? screen_text(is, strlen(is)) : "");
	return EXITCODE_NO;
}

static int
disable(const struct change *c, char **name)
{
	const char *link;
	struct stat st;

	if (strchr(*name, '/') != NULL)
		*name = memory_text("%s", path_base(*name));
	link = memory_text("%s/%s", c->scan, *name);
	if (sys_fstatat(AT_FDCWD, link, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno == ENOENT &&
		    place_definition(c->definitions, *name) != NULL)
			return EXITCODE_YES;
		return no_such(c, *name);
	}
	if (!S_ISLNK(st.st_mode)) {
		fprintf(stderr,
		    "svc: %s is no link: its definition is there, move it "
		    "away by hand\n",
		    screen_text(link, strlen(link)));
		return EXITCODE_NO;
	}
	if (sys_unlinkat(AT_FDCWD, link, 0) < 0)
		return cannot("remove", link);
	return EXITCODE_YES;
}

/* --- what svcd makes of it --- */

/* Enabled: on its way no more; disabled: gone. */
static bool
is_settled(const struct change *c, const struct view *v)
{
	if (!c->is_enable)
		return v == NULL || (v->r.flags & BOARD_UNLINKED) == 0;
	if (v == NULL || (v->r.flags & BOARD_UNLINKED) != 0)
		return false;
	return sv_is_settled(v->word.sv) || v->shown == SV_SHOWN_BACKOFF;
}

static bool
all_settled(const struct change *c, const struct views *all)
{
	for (size_t i = 0; i < c->count; i++)
		if (!is_settled(c, views_name(all, c->names[i])))
			return false;
	return true;
}

/* Until when they are still on trial; zero: none is. */
static struct mono
trial_end(const struct change *c, const struct views *all)
{
	struct mono last = mono_zero();

	for (size_t i = 0; c->is_enable && i < c->count; i++) {
		const struct view *v = views_name(all, c->names[i]);
		if (v != NULL && mono_before(last, view_trial_end(v)))
			last = view_trial_end(v);
	}
	return last;
}

static bool
is_good(const struct change *c, const struct view *v)
{
	return is_settled(c, v) && (v == NULL || view_is_as_wanted(v));
}

/* NULL: nobody was asked what became of them. */
static void
tell_json(const struct change *c, const struct views *all)
{
	struct json j = json_to(stdout);

	json_open(&j, '[');
	for (size_t i = 0; i < c->count; i++) {
		const struct view *v =
		    all == NULL ? NULL : views_name(all, c->names[i]);
		struct report_end end = {.name = c->names[i],
		    .v = v,
		    .none = all == NULL || c->is_enable ? NULL : "gone",
		    .is_good = all == NULL || is_good(c, v),
		    .is_pending = all != NULL && !is_settled(c, v),
		    .why = v == NULL ? NULL : view_note(all, v)};
		report_put_end(&j, &end);
	}
	json_close(&j);
}

static int
tell(const struct change *c, const struct views *all)
{
	const char *done = c->is_enable ? "enabled" : "disabled";
	int code = EXITCODE_YES;

	for (size_t i = 0; i < c->count; i++) {
		const struct view *v = views_name(all, c->names[i]);
		const char *state =
		    v == NULL
			? (c->is_enable ? "svcd has not seen it" : "stopped")
			: view_phrase(v, "", view_note(all, v));
		say(c, c->names[i], memory_text("%s, %s", done, state));
		if (!is_good(c, v))
			code = EXITCODE_NO;
	}
	if (c->is_json && !c->is_quiet)
		tell_json(c, all);
	return code;
}

static int
await(const struct change *c, struct client *client)
{
	struct mono deadline = c->timeout_ms == 0
				   ? mono_never()
				   : mono_add_ms(mono_now(), c->timeout_ms);
	struct client_message m;
	struct views all = views_of(client);

	for (;;) {
		bool settled = all_settled(c, &all);
		struct mono now = mono_now(), until = deadline;
		struct mono trial = trial_end(c, &all);
		if (!mono_before(now, settled ? trial : deadline))
			break;
		if (settled)
			until = mono_min(deadline, trial);
		if (client_receive(client, &m, until) == CLIENT_GONE &&
		    !client_again(client, deadline))
			return EXITCODE_SYSTEM;
		all = views_of(client);
	}
	return tell(c, &all);
}

static int
follow(const struct change *c)
{
	static struct client client;
	bool is_there = !c->no_wait && client_try(&client, client_dir()) &&
			client_subscribe(&client);

	/* It may not have seen yet that the links are gone. */
	if (is_there && !c->is_enable) {
		struct buf b = client_begin(&client, WIRE_RESCAN);
		client_ask(&client, &b, mono_add_ms(mono_now(), TIMEOUT_MS));
	}
	if (is_there)
		return await(c, &client);
	for (size_t i = 0; i < c->count; i++)
		say(c, c->names[i], c->is_enable ? "enabled" : "disabled");
	if (c->is_json && !c->is_quiet)
		tell_json(c, NULL);
	return EXITCODE_YES;
}

static int
change(struct change *c, char **operands)
{
	int code = EXITCODE_YES;
	size_t good = 0;

	for (; *operands != NULL; operands++)
		if (!collect(c, *operands))
			code = EXITCODE_NO;
	for (size_t i = 0; i < c->count; i++) {
		int one = c->is_enable ? enable(c, &c->names[i])
				       : disable(c, &c->names[i]);
		if (one == EXITCODE_YES)
			c->names[good++] = c->names[i];
		else
			code = one;
	}
	c->count = good;
	if (good == 0)
		return code;
	int followed = follow(c);
	return code != EXITCODE_YES ? code : followed;
}

static int
run(const struct cmd *cmd, int argc, char **argv)
{
	struct change c = {.scan = place_scan(),
	    .is_enable = cmd == &cmd_enable,
	    .timeout_ms = TIMEOUT_MS};
	struct options o;
	int code;

	options_init(&o, cmd, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'd':
			c.definitions = o.value;
			break;
		case 's':
			c.scan = o.value;
			break;
		case 'n':
			c.no_wait = true;
			break;
		case 'q':
			c.is_quiet = true;
			break;
		case 'j':
			c.is_json = true;
			break;
		case 't':
			if (!scan_duration_ms(o.value, &c.timeout_ms))
				return options_refuse(
				    &o, "not a time such as 30s or 5m");
			break;
		default:
			return options_wrong(&o, code);
		}
	if (o.count == 0)
		return options_refuse(&o, "which service?");
	return change(&c, o.operands);
}

static int
run_enable(int argc, char **argv)
{
	return run(&cmd_enable, argc, argv);
}

static int
run_disable(int argc, char **argv)
{
	return run(&cmd_disable, argc, argv);
}

const struct cmd cmd_enable = {
    .name = "enable",
    .group = GROUP_KEEP,
    .usage = "[-nqj] [-d DIR] [-s DIR] [-t TIME] NAME | PATH...",
    .help = "have services started now and at every start of the tree",
    .about = "Links /etc/sv/NAME into the scan directory. NAME@ARG is an "
	     "instance of what\n/etc/sv/NAME@ defines.",
    .options = options,
    .args = {ARG_DEFINED},
    .run = run_enable,
};

const struct cmd cmd_disable = {
    .name = "disable",
    .group = GROUP_KEEP,
    .usage = "[-nqj] [-d DIR] [-s DIR] [-t TIME] NAME...",
    .help = "stop services and have them started no more",
    .about = "Removes the link from the scan directory; the definition stays.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run_disable,
};
