/*
 * svc log: what services have said, of several of them by time, old files
 * included.
 */
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/glob.h"
#include "lib/scan.h"
#include "lib/sys.h"

#include "svc/cmd/json.h"
#include "svc/cmd/logs_follow.h"
#include "svc/cmd/logs_news.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/place.h"
#include "svc/cmd/telling.h"
#include "svc/cmd/view.h"
#include "svc/cmd/when.h"

extern const struct cmd cmd_log;

#define LINES 20
#define NS INT64_C(1000000000)
#define SHOWN (16 << 10) /* of a line on a terminal */

enum {
	OPT_SINCE = OPTIONS_WORD,
	OPT_GREP
};

static const struct cmd_option options[] = {
    {'f', "follow", NULL, "go on as lines come, through rotations", 0},
    {'n', "lines", "N", "the last N lines; 0: all (20; all with the next two)",
	0},
    {0, "since", "TIME",
	"lines of the last 10m, 2h, 3d; or since 12:30, 2026-03-01", OPT_SINCE},
    {0, "grep", "RE", "lines that an extended regular expression matches",
	OPT_GREP},
    {'j', "json", NULL, "say it in JSON, an object a line", 0},
    {0},
};

static struct {
	bool is_json, follows, has_names, is_terminal, has_grep;
	regex_t grep;
	struct logs_ask ask;
} log_verb;

/* --- what is shown --- */

static bool
fits(const struct logs_line *line)
{
	uint64_t mark = memory_mark();

	if (!log_verb.has_grep)
		return true;
	char *text = memory_copy(line->p, line->n);
	bool good = regexec(&log_verb.grep, text, 0, NULL, 0) == 0;
	memory_release(mark);
	return good;
}

static enum screen_ink
ink(int level)
{
	if (level < 0 || level == 5 || level == 6)
		return INK_PLAIN;
	return level < 4 ? INK_BAD : level == 4 ? INK_BUSY : INK_DIM;
}

static void
print_json(const struct logs_line *line)
{
	struct json j = json_to(stdout);

	json_open(&j, '{');
	json_number(&j, "time_ns", line->at_ns);
	json_text(&j, "name", line->name);
	if (line->level < 0)
		json_null(&j, "level");
	else
		json_number(&j, "level", line->level);
	json_bytes(&j, "text", line->p, line->n);
	json_close(&j);
}

static void
print_text(const struct logs_line *line)
{
	if (!log_verb.is_terminal) {
		fwrite(line->p, 1, line->n, stdout);
		putchar('\n');
		return;
	}
	bool is_long = line->n > SHOWN;
	printf("%s%s%s%s\n", screen_on(ink(line->level)),
	    screen_text(line->p, is_long ? SHOWN : line->n), is_long ? "…" : "",
	    screen_off(ink(line->level)));
}

static void
print_line(const struct logs_line *line)
{
	uint64_t mark = memory_mark();

	if (log_verb.is_json) {
		print_json(line);
	} else {
		printf("%s%s.%03d%s ", screen_on(INK_DIM),
		    telling_date(line->at_ns / NS),
		    (int)(line->at_ns % NS / 1000000), screen_off(INK_DIM));
		if (log_verb.has_names)
			printf("%s%s:%s ", screen_on(INK_STRONG),
			    screen_text(line->name, strlen(line->name)),
			    screen_off(INK_STRONG));
		print_text(line);
	}
	memory_release(mark);
}

static void
show(const struct logs_line *line)
{
	if (fits(line))
		print_line(line);
}

/* --- which logs --- */

struct sources {
	struct logs_source *s;
	size_t count, room;
};

static bool
add_source(struct sources *all, const char *name, const char *path)
{
	struct logs_source s;

	if (!logs_find(&s, name, path, NULL))
		return false;
	all->s = memory_grow(all->s, &all->room, all->count + 1, sizeof(s));
	all->s[all->count++] = s;
	return true;
}

/* No svcd is needed to read a log: then the place of links tells. */
static bool
add_without_tree(struct sources *all, char **names)
{
	bool found = true;

	for (; *names != NULL; names++) {
		const char *path = memory_text("%s/%s", place_scan(), *names);

		if (add_source(all, *names, path))
			continue;
		fprintf(stderr, "svc log: no log of %s found\n", *names);
		found = false;
	}
	return found;
}

static bool
add_with_tree(
    struct sources *all, struct client *c, int count, char **names, int *code)
{
	struct views views = views_about(c, count, names);

	if (!views_pick(&views, count, names, code))
		return false;
	for (size_t i = 0; i < views.count; i++) {
		struct view *v = &views.v[i];

		if (!v->picked || v->r.flags & BOARD_LOG)
			continue;
		if (!add_source(all, v->name, v->path) && count > 0)
			fprintf(stderr, "svc log: no log of %s found%s\n",
			    screen_text(v->name, strlen(v->name)),
			    logs_none(v->name, v->path));
	}
	return true;
}

/* Others may come that are meant as well. */
static bool
hear_of_more(struct sources *all, struct client *c, char **names)
{
	bool is_open = names[0] == NULL;

	for (char **n = names; *n != NULL; n++)
		is_open |= glob_is_pattern(*n);
	if (!log_verb.follows || !is_open ||
	    !logs_news_begin(c, names, all->s, all->count))
		return all->count > 0;
	log_verb.has_names = true;
	return true;
}

static bool
find_sources(struct sources *all, int count, char **names, int *code)
{
	static struct client client;
	bool paths = count > 0;

	for (char **n = names; *n != NULL; n++)
		paths = paths && strchr(*n, '/') != NULL;
	if (count == 0 ? client_open(&client)
		       : !paths && client_try(&client, client_dir()))
		return add_with_tree(all, &client, count, names, code) &&
		       hear_of_more(all, &client, names);
	if (count == 0) {
		*code = EXITCODE_SYSTEM;
		return false;
	}
	return add_without_tree(all, names);
}

/* --- the verb --- */

/* What there is, merged; `to` if it is to be followed from there. */
static bool
print_lines(struct sources *all, struct logs_following *to)
{
	struct logs lines = {0};

	for (size_t i = 0; i < all->count; i++)
		if (to != NULL)
			logs_read_upto(&lines, &all->s[i], &to->at[i].place,
			    &log_verb.ask);
		else
			logs_read(&lines, &all->s[i], &log_verb.ask);
	logs_merge(&lines, log_verb.ask.most);
	for (size_t i = 0; i < lines.count; i++)
		print_line(&lines.line[i]);
	return lines.count > 0;
}

static int
follow(struct sources *all)
{
	struct logs_following to = {0};

	log_verb.ask.whole = true;
	if (!logs_watch(&to, all->s, all->count)) {
		perror("svc log: cannot watch for changes");
		return EXITCODE_SYSTEM;
	}
	print_lines(all, &to);
	return logs_follow(&to, show);
}

static bool
read_since(const char *value)
{
	struct timespec now;
	time_t at;
	int64_t ms;

	sys_clock_gettime(CLOCK_REALTIME, &now);
	if (scan_duration_ms(value, &ms))
		log_verb.ask.since_ns =
		    now.tv_sec * NS + now.tv_nsec - ms * 1000000;
	else if (when_was(value, now.tv_sec, &at))
		log_verb.ask.since_ns = at * NS;
	else
		return false;
	return true;
}

static bool
read_grep(const char *value)
{
	log_verb.has_grep = true;
	return regcomp(&log_verb.grep, value, REG_EXTENDED | REG_NOSUB) == 0;
}

static int
run(int argc, char **argv)
{
	struct options o;
	struct sources all = {0};
	uint32_t most = LINES;
	bool said = false;
	int code;

	options_init(&o, &cmd_log, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'f':
			log_verb.follows = true;
			break;
		case 'j':
			log_verb.is_json = true;
			break;
		case 'n':
			said = true;
			if (!scan_u32(o.value, &most))
				return options_refuse(&o, "not a number");
			break;
		case OPT_SINCE:
			if (!read_since(o.value))
				return options_refuse(&o,
				    "not a time such as 10m, 12:30 or "
				    "2026-03-01");
			most = said ? most : 0;
			break;
		case OPT_GREP:
			if (!read_grep(o.value))
				return options_refuse(
				    &o, "not a regular expression");
			most = said ? most : 0;
			break;
		default:
			return options_wrong(&o, code);
		}
	log_verb.ask.most = most;
	log_verb.is_terminal = isatty(1);
	code = EXITCODE_NO;
	if (!find_sources(&all, o.count, o.operands, &code))
		return code;
	log_verb.has_names |= all.count > 1;
	log_verb.ask.fits = fits;
	if (log_verb.follows)
		return follow(&all);
	return print_lines(&all, NULL) ? EXITCODE_YES : EXITCODE_NO;
}

const struct cmd cmd_log = {
    .name = "log",
    .aliases = "logs",
    .group = GROUP_SEE,
    .usage = "[-fj] [-n N] [--since TIME] [--grep RE] [NAME...]",
    .help = "what services have said, merged by time",
    .about = "Reads rotated and compressed files as well. A NAME with a slash "
	     "is a log directory\nor a file itself.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
