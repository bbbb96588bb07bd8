/*
 * multilog by name: the script of actions on its command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/errtext.h"
#include "lib/say.h"
#include "lib/scan.h"
#include "lib/sys.h"
#include "svc/log/svlogd.h"
#include "svc/log/work.h"

#define LINE_BYTES 1000
#define ALERT_BYTES 200
#define SIZE_MIN 4096
#define SIZE_MAX_BYTES 16777215
#define SIZE_DEFAULT 99999
#define FILES_MIN 2
#define FILES_DEFAULT 10
#define SLACK 2000 /* of a file's size: a newline in there ends it */
#define RULES 1024

static struct work work;
static struct pattern_rule rule[RULES];

/* What has been said so far, while the script is read from left to right. */
struct reading {
	size_t rules;
	uint64_t size, files;
	const char *processor;
};

static struct sink *
add_sink(struct work *w, enum sink_kind kind, const struct reading *r)
{
	struct sink *s = work_sink(w, kind);

	s->ask = (struct pattern_ask){PATTERN_STAR, '+', '-', true};
	s->rule = rule;
	s->rules = r->rules;
	s->limit = kind == SINK_STDERR ? ALERT_BYTES : LINE_BYTES;
	return s;
}

static void
add_rule(struct reading *r, const char *word)
{
	if (r->rules == RULES)
		diex(111, "more than 1024 patterns");
	rule[r->rules++] = (struct pattern_rule){word[0], word + 1};
}

static void
add_dir(struct work *w, const struct reading *r, const char *name)
{
	struct logdir *d = &w->dir[w->dirs++];

	logdir_init(d, &w->host, &logdir_multilog, name, LOGDIR_KEPT);
	d->conf.keep = r->files - 1; /* `current` is one of them */
	d->conf.processor = r->processor;
	d->cut = (struct cut_rule){r->size, SLACK};
	add_sink(w, SINK_DIR, r)->dir = d;
}

static uint64_t
number(const char *s, uint64_t least, uint64_t most)
{
	uint64_t n;

	if (scan_u64_prefix(s, &n) == 0)
		n = 0;
	return n < least ? least : n > most ? most : n;
}

static void
read_word(struct work *w, struct reading *r, const char *word)
{
	switch (word[0]) {
	case '+':
	case '-':
		add_rule(r, word);
		break;
	case 'e':
		add_sink(w, SINK_STDERR, r);
		break;
	case '=':
		add_sink(w, SINK_STATUS, r)->file = word + 1;
		break;
	case 's':
		r->size = number(word + 1, SIZE_MIN, SIZE_MAX_BYTES);
		break;
	case 'n':
		r->files = number(word + 1, FILES_MIN, UINT64_MAX);
		break;
	case '!':
		r->processor = word[1] != '\0' ? word + 1 : NULL;
		break;
	case '.':
	case '/':
		add_dir(w, r, word);
		break;
	default:
		/* The original passes over what it does not know. */
		if (!(word[0] == 't' && word[1] == '\0'))
			say_warnx("unknown action, ignored: %s", word);
	}
}

static void
read_script(struct work *w, char **word)
{
	struct reading r = {.size = SIZE_DEFAULT, .files = FILES_DEFAULT};

	w->dirs = 0;
	for (; *word != NULL; word++)
		read_word(w, &r, *word);
	w->line.whole_head = false;
	for (size_t i = 0; i < w->sinks; i++)
		if (w->sink[i].kind != SINK_DIR || w->sink[i].rules > 0)
			w->line.whole_head = true;
}

static bool
open_all(struct work *w)
{
	for (size_t i = 0; i < w->dirs; i++) {
		struct logdir *d = &w->dir[i];

		logdir_close(d);
		w->host.fatal = !w->running;
		if (logdir_open(d) == -1)
			logdir_wait(d);
	}
	w->host.fatal = false;
	return true;
}

int
multilog_main(int argc, char **argv)
{
	struct work *w = &work;
	size_t words = argc > 0 ? (size_t)argc : 1;
	bool stamps = argc > 1 && argv[1][0] == 't';

	say_init("multilog", 2);
	say_words(errtext);
	sys_umask(022);
	work_init(w, words, words, LINE_BYTES - (stamps ? STAMP_BYTES : 0));
	w->host.home = sys_open(".", O_RDONLY | O_DIRECTORY, 0);
	if (w->host.home == -1)
		die(111, "unable to switch to current directory");
	stamp_init(&w->host.stamp, stamps ? STAMP_TAI64N : STAMP_NONE);
	w->stamp_counts = true;
	read_script(w, argc > 1 ? argv + 1 : argv + argc);
	w->reopen = open_all;
	work_run(w);
	return 0;
}
