/*
 * The manners of tini, also under the name docker-init: short options only,
 * three variables, levels of talk in brackets, warnings on standard error and
 * the rest on standard output.
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
#include "lib/sig.h"
#include "lib/sys.h"

/* clang-format off */
static const char usage[] =
	"tini: one command under a small init (Trivet " TRIVET_VERSION ")\n"
	"\n"
	"usage: tini [options] PROGRAM [ARGUMENT ...] | tini --version\n"
	"\n"
	"  -h         this help\n"
	"  -s         become a subreaper (also TINI_SUBREAPER)\n"
	"  -p SIGNAL  get SIGNAL when the parent dies, as -p SIGKILL\n"
	"  -v         say more; up to four times (also TINI_VERBOSITY)\n"
	"  -w         warn of each orphan that is reaped\n"
	"  -g         signals go to the whole group (also TINI_KILL_PROCESS_GROUP)\n"
	"  -e CODE    exit code CODE (0 to 255) of the program is told as 0\n"
	"  -l         the licence\n";
/* clang-format on */

static void
tell(const struct single *s, enum single_level level, const char *text)
{
	static const char *const names[] = {
	    [SINGLE_FATAL] = "FATAL",
	    [SINGLE_WARN] = "WARN ",
	    [SINGLE_INFO] = "INFO ",
	    [SINGLE_DEBUG] = "DEBUG",
	    [SINGLE_TRACE] = "TRACE",
	};
	char line[600];
	struct buf out = BUF(line);

	(void)s;
	buf_fmt(&out, "[%s tini (%d)] %s\n", names[level], sys_getpid(), text);
	sys_write(level <= SINGLE_WARN ? 2 : 1, line, out.len);
}

/* Full names only, and only those that every system knows. */
static int
parent_death(const char *word)
{
	int sig = strncmp(word, "SIG", 3) == 0 ? sig_parse(word) : 0;

	if (sig > 31 || sig == SIGSTKFLT || sig == SIGIO || sig == SIGPWR)
		return 0;
	return sig;
}

static bool
success(struct single *s, const char *word)
{
	uint32_t code = 0;

	if (*word != '\0' && (!scan_u32(word, &code) || code > 255))
		return false;
	s->code_becomes[code] = 0;
	return true;
}

/* An exit code to leave with, or -1 to go on. */
static int
option(struct single *s, int letter, const char *value)
{
	switch (letter) {
	case 'h':
		talk_out(1, usage);
		return 0;
	case 'l':
		talk_licence(1);
		return 0;
	case 's':
		s->subreaper = true;
		return -1;
	case 'v':
		s->verbosity++;
		return -1;
	case 'w':
		s->reap_warn = true;
		return -1;
	case 'g':
		s->to_group = true;
		return -1;
	case 'p':
		s->parent_death = parent_death(value);
		if (s->parent_death != 0)
			return -1;
		single_tell(s, SINGLE_FATAL, "not a signal name: %s", value);
		return 1;
	case 'e':
		if (success(s, value))
			return -1;
		single_tell(
		    s, SINGLE_FATAL, "not an exit code (0 to 255): %s", value);
		return 1;
	default:
		talk_out(2, usage);
		return 1;
	}
}

static void
variables(struct single *s)
{
	const char *level = env_find(s->envp, "TINI_VERBOSITY");
	uint32_t number = 0;

	if (env_find(s->envp, "TINI_SUBREAPER") != NULL)
		s->subreaper = true;
	if (env_find(s->envp, "TINI_KILL_PROCESS_GROUP") != NULL)
		s->to_group = true;
	if (level != NULL) {
		scan_u32_prefix(level, &number);
		s->verbosity = (int)number;
	}
}

int
tini_main(int argc, char **argv, char **envp)
{
	struct single s;
	struct opt o = opt_over(argc, argv);

	single_defaults(&s, envp);
	s.tell = tell;
	single_rewrite(&s, SIGTTIN, 0);
	single_rewrite(&s, SIGTTOU, 0);
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		talk_out(
		    1, "tini version 0.19.0 (Trivet " TRIVET_VERSION ")\n");
		return 0;
	}
	for (int c; (c = opt_next(&o, "hsp:vwge:l", NULL)) != OPT_END;) {
		int code = option(&s, c, o.value);
		if (code >= 0)
			return code;
	}
	if (o.at >= argc) {
		talk_out(2, usage);
		return 1;
	}
	variables(&s);
	s.argv = argv + o.at;
	if (sys_getpid() != 1 && !s.subreaper)
		single_tell(&s, SINGLE_WARN,
		    "not PID 1 and not a subreaper: orphans are not reaped "
		    "here; use -s or TINI_SUBREAPER, or run as PID 1");
	return single_run(&s);
}
