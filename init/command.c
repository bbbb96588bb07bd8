/*
 * `init [options] -- COMMAND`: the one-command init under its own name, with
 * everything that the others can do and a grace for what the command leaves.
 */
#include <signal.h>
#include <string.h>

#include "init/single.h"
#include "init/talk.h"
#include "lib/buf.h"
#include "lib/fmt.h"
#include "lib/opt.h"
#include "lib/scan.h"
#include "lib/sig.h"
#include "lib/sys.h"

#define WRONG_USE 100

/* clang-format off */
static const char usage[] =
	"usage: init [options] -- COMMAND [ARGUMENT ...]\n"
	"       init --pause\n"
	"\n"
	"  -g, --group              signals go to the command's whole group\n"
	"  -S, --session            the command leads a session of its own\n"
	"  -s, --subreaper          reap orphans without being PID 1\n"
	"  -p, --parent-death SIG   get SIG when the parent dies\n"
	"  -e, --exit CODE[:AS]     exit code CODE is told as AS, or as 0\n"
	"  -r, --rewrite SIG:AS     signal SIG is sent on as AS; 0 drops it\n"
	"  -T, --stop-signal SIG    what TERM becomes for the command\n"
	"  -t, --grace TIME         when the command has ended: TERM to the\n"
	"                           rest, KILL after TIME (500ms, 8s)\n"
	"  -P, --pause              run nothing: reap until TERM or INT\n"
	"  -w, --warn-reaped        a line for each orphan\n"
	"  -v, --verbose            say more; -vv, -vvv more still\n"
	"  -q, --quiet              say only what is fatal\n"
	"  -h, --help               this help\n"
	"  -V, --version            the version\n";
/* clang-format on */

static const char letters[] = "gSsp:e:r:T:t:PwvqhV";
static const struct opt_word long_words[] = {{"group", 'g', 0},
    {"session", 'S', 0}, {"subreaper", 's', 0}, {"parent-death", 'p', 0},
    {"exit", 'e', 0}, {"rewrite", 'r', 0}, {"stop-signal", 'T', 0},
    {"grace", 't', 0}, {"pause", 'P', 0}, {"warn-reaped", 'w', 0},
    {"verbose", 'v', 0}, {"quiet", 'q', 0}, {"help", 'h', 0},
    {"version", 'V', 0}, {NULL, 0, 0}};

static void
tell(const struct single *s, enum single_level level, const char *text)
{
	static const char *const names[] = {
	    [SINGLE_FATAL] = "fatal: ",
	    [SINGLE_WARN] = "warning: ",
	    [SINGLE_INFO] = "",
	    [SINGLE_DEBUG] = "",
	    [SINGLE_TRACE] = "",
	};
	char line[600];
	struct buf out = BUF(line);

	(void)s;
	buf_fmt(&out, "init: %s%s\n", names[level], text);
	sys_write(2, line, out.len);
}

/* "15:3", "TERM:QUIT", "HUP:0". */
static bool
rewrite(struct single *s, const char *value)
{
	char from[16];
	const char *colon = strchr(value, ':');

	if (colon == NULL || (size_t)(colon - value) >= sizeof(from))
		return false;
	memcpy(from, value, (size_t)(colon - value));
	from[colon - value] = '\0';
	int sig = sig_parse(from), becomes = sig_parse(colon + 1);
	if (sig == 0 || (becomes == 0 && strcmp(colon + 1, "0") != 0))
		return false;
	return single_rewrite(s, sig, becomes);
}

/* "143" or "143:3". */
static bool
exit_code(struct single *s, const char *value)
{
	uint32_t code, as = 0;
	size_t n = scan_u32_prefix(value, &code);

	if (n == 0 || code > 255)
		return false;
	if (value[n] == ':' && (!scan_u32(value + n + 1, &as) || as > 255))
		return false;
	if (value[n] != ':' && value[n] != '\0')
		return false;
	s->code_becomes[code] = (uint8_t)as;
	return true;
}

static bool
stop_signal(struct single *s, const char *value)
{
	int sig = sig_parse(value);
	return sig != 0 && single_rewrite(s, SIGTERM, sig);
}

static bool
with_value(struct single *s, int letter, const char *value)
{
	switch (letter) {
	case 'p':
		return (s->parent_death = sig_parse(value)) != 0;
	case 'e':
		return exit_code(s, value);
	case 'r':
		return rewrite(s, value);
	case 'T':
		return stop_signal(s, value);
	default:
		return scan_duration_ms(value, &s->grace_ms);
	}
}

/* False for an option that is none. */
static bool
flag(struct single *s, int letter, bool *pause)
{
	switch (letter) {
	case 'g':
		return s->to_group = true;
	case 'S':
		s->group = SINGLE_GROUP_SESSION;
		return s->to_group = true;
	case 's':
		return s->subreaper = true;
	case 'P':
		return *pause = true;
	case 'w':
		return s->reap_warn = true;
	case 'v':
		s->verbosity++;
		return true;
	case 'q':
		s->verbosity = SINGLE_FATAL;
		return true;
	default:
		return false;
	}
}

static int
wrong(const struct single *s, const char *what, const char *which)
{
	single_tell(s, SINGLE_FATAL, "%s%s", what, which);
	talk_out(2, usage);
	return WRONG_USE;
}

int
command_main(int argc, char **argv, char **envp)
{
	struct single s;
	struct opt o = opt_over(argc, argv);
	bool pause = false;

	single_defaults(&s, envp);
	s.tell = tell;
	for (int c; (c = opt_next(&o, letters, long_words)) != OPT_END;) {
		if (c == 'h' || c == 'V') {
			talk_out(1, c == 'h' ? usage
					     : "init (Trivet) " TRIVET_VERSION
					       "\n");
			return 0;
		}
		if (c == OPT_MISSING)
			return wrong(&s, "a value is missing: ", o.name);
		if (o.value != NULL && !with_value(&s, c, o.value))
			return wrong(&s, "not a value for it: ", o.value);
		if (o.value == NULL && !flag(&s, c, &pause))
			return wrong(&s, "no such option: ", o.name);
	}
	if (!pause && (o.at >= argc || *argv[o.at] == '\0'))
		return wrong(&s, "no command was given", "");
	s.argv = pause ? NULL : argv + o.at;
	return single_run(&s);
}

/* The kernel keeps the "--" of its command line to itself: ours is a person's.
 */
static bool
is_one_command(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0 || strcmp(argv[i], "-P") == 0 ||
		    strcmp(argv[i], "--pause") == 0)
			return true;
	return false;
}

single_main_fn *
single_named(const char *name, int argc, char **argv)
{
	static const struct {
		const char *name;
		single_main_fn *run;
	} names[] = {
	    {"tini", tini_main},
	    {"tini-static", tini_main},
	    {"docker-init", tini_main},
	    {"dumb-init", dumb_main},
	    {"catatonit", catatonit_main},
	    {"podman-init", catatonit_main},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i].name) == 0)
			return names[i].run;
	return is_one_command(argc, argv) ? command_main : NULL;
}
