/*
 * The manners of dumb-init: the command leads a session, signals go to all of
 * its group and may be rewritten on the way, and stopping the command stops
 * the init too, so that a shell above sees its job stop.
 */
#include <signal.h>
#include <string.h>

#include "init/single.h"
#include "init/talk.h"
#include "lib/buf.h"
#include "lib/env.h"
#include "lib/fmt.h"
#include "lib/opt.h"
#include "lib/scan.h"
#include "lib/sys.h"

/* clang-format off */
static const char usage[] =
	"dumb-init: one command under a small init (Trivet " TRIVET_VERSION ")\n"
	"\n"
	"usage: dumb-init [options] COMMAND [ARGUMENT ...]\n"
	"\n"
	"  -c, --single-child  signals go to the command alone, which stays in\n"
	"                      our session (also DUMB_INIT_SETSID=0)\n"
	"  -r, --rewrite S:R   signal S is sent on as R; 0 drops it\n"
	"  -v, --verbose       say what happens (also DUMB_INIT_DEBUG=1)\n"
	"  -h, --help          this help\n"
	"  -V, --version       the version\n";
static const char short_usage[] =
	"usage: dumb-init [options] COMMAND [ARGUMENT ...]\n"
	"dumb-init --help tells the options.\n";
static const char rewrite_usage[] =
	"usage: dumb-init -r SIGNAL:SIGNAL, two numbers:\n"
	"the first from 1 to 31, the second from 0 (drop it) to 31;\n"
	"may be given several times, the later one counts.\n";
/* clang-format on */

static const struct opt_word long_words[] = {{"single-child", 'c', 0},
    {"rewrite", 'r', 0}, {"verbose", 'v', 0}, {"help", 'h', 0},
    {"version", 'V', 0}, {NULL, 0, 0}};

static void
tell(const struct single *s, enum single_level level, const char *text)
{
	char line[600];
	struct buf out = BUF(line);

	(void)s;
	(void)level;
	buf_fmt(&out, "[dumb-init] %s\n", text);
	sys_write(2, line, out.len);
}

static bool
rewrite(struct single *s, const char *value)
{
	uint32_t from, to;
	size_t n = scan_u32_prefix(value, &from);

	if (n == 0 || value[n] != ':' || !scan_u32(value + n + 1, &to) ||
	    from < 1 || from > 31 || to > 31)
		return false;
	return single_rewrite(s, (int)from, (int)to);
}

/* An exit code to leave with, or -1 to go on. */
static int
option(struct single *s, int letter, const struct opt *o)
{
	switch (letter) {
	case 'c':
		s->group = SINGLE_GROUP_SAME;
		s->to_group = false;
		return -1;
	case 'r':
		if (rewrite(s, o->value))
			return -1;
		talk_out(2, rewrite_usage);
		return 1;
	case 'v':
		s->verbosity = SINGLE_TRACE;
		return -1;
	case 'h':
		talk_out(2, usage);
		return 0;
	case 'V':
		talk_out(2, "dumb-init v1.2.5 (Trivet " TRIVET_VERSION ")\n");
		return 0;
	default:
		single_tell(s, SINGLE_FATAL,
		    letter == OPT_MISSING ? "option requires an argument: %s"
					  : "unrecognized option: %s",
		    o->name);
		return 1;
	}
}

/* A value must be exactly this: "true" and "yes" mean nothing here. */
static bool
is(const struct single *s, const char *name, const char *value)
{
	const char *set = env_find(s->envp, name);
	return set != NULL && strcmp(set, value) == 0;
}

/* In a session of its own the command has nobody to stop it for a shell. */
static void
job_control(struct single *s)
{
	static const int stops[] = {SIGTSTP, SIGTTIN, SIGTTOU};

	s->stop_self = true;
	for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); i++)
		if (s->group == SINGLE_GROUP_SESSION &&
		    s->becomes[stops[i]] == stops[i])
			single_rewrite(s, stops[i], SIGSTOP);
}

int
dumb_main(int argc, char **argv, char **envp)
{
	struct single s;
	struct opt o = opt_over(argc, argv);

	single_defaults(&s, envp);
	s.tell = tell;
	s.group = SINGLE_GROUP_SESSION;
	s.to_group = s.clean_signals = s.brief_errors = true;
	s.code_not_found = s.code_not_executable = s.code_other = 2;
	if (is(&s, "DUMB_INIT_DEBUG", "1"))
		s.verbosity = SINGLE_TRACE;
	if (is(&s, "DUMB_INIT_SETSID", "0"))
		option(&s, 'c', &o);
	for (int c; (c = opt_next(&o, "cr:vhV", long_words)) != OPT_END;) {
		int code = option(&s, c, &o);
		if (code >= 0)
			return code;
	}
	if (o.at >= argc) {
		talk_out(2, short_usage);
		return 1;
	}
	s.term_at_end = s.group == SINGLE_GROUP_SESSION;
	job_control(&s);
	s.argv = argv + o.at;
	return single_run(&s);
}
