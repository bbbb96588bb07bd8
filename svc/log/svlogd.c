/*
 * svlogd by name: runit's options and `config` files.
 */
#include "svc/log/svlogd.h"

#include <fcntl.h>

#include "lib/errtext.h"
#include "lib/fmt.h"
#include "lib/opt.h"
#include "lib/say.h"
#include "lib/scan.h"
#include "lib/sys.h"
#include "svc/log/work.h"

#define LINE_MAX_DEFAULT 1000
#define BUFFER_DEFAULT 1024

static struct work work;

struct options {
	unsigned stamps;
	bool verbose;
	uint64_t line, buffer;
	const char *replace; /* these as well */
	char with;	     /* 0: nothing is replaced */
};

static void
put_usage(const char *name)
{
	char text[512];
	struct buf b = BUF(text);

	buf_fmt(&b,
	    "usage: %s [-tttv] [-r c] [-R abc] [-l len] [-b buflen] "
	    "dir ...\n\n",
	    name);
	sys_write(2, b.p, b.len);
}

static _Noreturn void
usage(const char *name)
{
	put_usage(name);
	sys_exit(111);
}

static _Noreturn void
wrong_option(const struct opt *o, int code)
{
	char text[128];
	struct buf b = BUF(text);

	buf_fmt(&b, "svlogd: %s -- %c\n",
	    code == OPT_MISSING ? "option requires an argument"
				: "illegal option",
	    o->name[1]);
	sys_write(2, b.p, b.len);
	usage(o->argv[0]);
}

static _Noreturn void
version(const char *name)
{
	static const char text[] =
	    "$Id: svlogd of trivet " TRIVET_VERSION " $\n";

	sys_write(2, text, sizeof(text) - 1);
	usage(name);
}

/* As the original: what is no number, or 0, leaves the default. */
static uint64_t
number(const char *s, uint64_t otherwise)
{
	uint64_t n;

	return scan_u64_prefix(s, &n) > 0 && n > 0 ? n : otherwise;
}

static struct options
read_options(struct opt *o)
{
	struct options x = {
	    .line = LINE_MAX_DEFAULT, .buffer = BUFFER_DEFAULT, .replace = ""};

	for (int c; (c = opt_next(o, "R:r:l:b:tvV", NULL)) != OPT_END;)
		switch (c) {
		case 'R':
			x.replace = o->value;
			x.with = x.with != '\0' ? x.with : '_';
			break;
		case 'r':
			if (o->value[0] == '\0' || o->value[1] != '\0')
				usage(o->argv[0]);
			x.with = o->value[0];
			break;
		case 'l':
			x.line = number(o->value, LINE_MAX_DEFAULT);
			break;
		case 'b':
			x.buffer = number(o->value, BUFFER_DEFAULT);
			break;
		case 't':
			x.stamps += x.stamps < 3;
			break;
		case 'v':
			x.verbose = true;
			break;
		case 'V':
			version(o->argv[0]);
		default:
			wrong_option(o, c);
		}
	return x;
}

static void
set_translation(struct work *w, const struct options *x)
{
	if (x->with == '\0')
		return;
	w->translates = true;
	for (unsigned c = 0; c < 256; c++)
		w->translate[c] = c < 32 || c > 126 ? (unsigned char)x->with
						    : (unsigned char)c;
	for (const char *c = x->replace; *c != '\0'; c++)
		w->translate[(unsigned char)*c] = (unsigned char)x->with;
	w->translate['\n'] = '\n';
}

static void
add_sink(struct work *w, struct logdir *d, enum sink_kind kind)
{
	struct sink *s = work_sink(w, kind);

	s->dir = d;
	s->rule = d->conf.rule;
	s->rules = d->conf.rules;
	s->limit = w->line_max;
	s->ask = kind == SINK_STDERR
		     ? (struct pattern_ask){PATTERN_STAR_PLUS, 'e', 'E', false}
		     : (struct pattern_ask){PATTERN_STAR_PLUS, '+', '-', true};
}

static void
add_sinks(struct work *w, struct logdir *d)
{
	bool alerts = false;

	for (size_t i = 0; i < d->conf.rules; i++)
		alerts |= d->conf.rule[i].verb == 'e';
	if (alerts)
		add_sink(w, d, SINK_STDERR);
	if (d->conf.udp_port != 0)
		add_sink(w, d, SINK_UDP);
	if (!d->conf.udp_only)
		add_sink(w, d, SINK_DIR);
	if (d->conf.rules > 0 || d->conf.udp_port != 0)
		w->line.whole_head = true;
}

static bool
open_all(struct work *w)
{
	bool any = false;

	w->sinks = 0;
	w->line.whole_head = false;
	for (size_t i = 0; i < w->dirs; i++) {
		struct logdir *d = &w->dir[i];

		logdir_close(d);
		/* One that was good once is not given up. */
		if (logdir_open(d) == -1 && !w->running)
			continue;
		if (d->fd == -1)
			logdir_wait(d);
		any = true;
		add_sinks(w, d);
	}
	return any;
}

static const enum stamp_kind kinds[] = {
    STAMP_NONE, STAMP_TAI64N, STAMP_HUMAN, STAMP_ISO};

int
svlogd_main(int argc, char **argv)
{
	struct work *w = &work;
	struct opt o = opt_over(argc, argv);

	say_init("svlogd", 2);
	say_words(errtext);
	struct options x = read_options(&o);
	if (o.at == argc || x.buffer <= x.line)
		usage(argv[0]);
	size_t dirs = (size_t)(argc - o.at);
	work_init(w, dirs, dirs * 3, x.line);
	w->host.home = sys_open(".", O_RDONLY | O_DIRECTORY, 0);
	if (w->host.home == -1)
		die(111, "unable to open current working directory");
	w->host.verbose = x.verbose;
	stamp_init(&w->host.stamp, kinds[x.stamps]);
	set_translation(w, &x);
	for (size_t i = 0; i < dirs; i++) {
		logdir_init(&w->dir[i], &w->host, &logdir_svlogd,
		    argv[o.at + (int)i], LOGDIR_KEPT);
		w->dir[i].cut.slack = x.line;
	}
	w->reopen = open_all;
	work_run(w);
	return 0;
}
