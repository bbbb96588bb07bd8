/*
 * The manners of catatonit, also under the name podman-init: always a
 * subreaper, never more than one child, and a pause mode that only reaps,
 * which is what holds the namespaces of a pod.
 */
#include <signal.h>

#include "init/single.h"
#include "init/talk.h"
#include "lib/buf.h"
#include "lib/env.h"
#include "lib/fmt.h"
#include "lib/opt.h"
#include "lib/sys.h"

/* clang-format off */
static const char usage[] =
	"usage: catatonit [options] [--] PROGRAM [ARGUMENT ...]\n"
	"       catatonit -P\n"
	"\n"
	"  -g             signals go to the whole group\n"
	"  -P             run nothing: reap, and end at TERM or INT\n"
	"  -h             this help\n"
	"  -L             the licence\n"
	"  -V, --version  the version\n";
/* clang-format on */

static const struct opt_word long_words[] = {{"version", 'V', 0}, {NULL, 0, 0}};

static void
tell(const struct single *s, enum single_level level, const char *text)
{
	static const char *const names[] = {
	    [SINGLE_FATAL] = "ERROR",
	    [SINGLE_WARN] = "WARN",
	    [SINGLE_INFO] = "INFO",
	    [SINGLE_DEBUG] = "DEBUG",
	    [SINGLE_TRACE] = "DEBUG",
	};
	char line[600];
	struct buf out = BUF(line);

	(void)s;
	buf_fmt(
	    &out, "%s (catatonit:%d): %s\n", names[level], sys_getpid(), text);
	sys_write(2, line, out.len);
}

static int
wrong(const struct single *s, const char *what, const char *which)
{
	single_tell(s, SINGLE_FATAL, "%s%s", what, which);
	talk_out(2, usage);
	return 1;
}

int
catatonit_main(int argc, char **argv, char **envp)
{
	struct single s;
	struct opt o = opt_over(argc, argv);
	bool pause = false;

	single_defaults(&s, envp);
	s.tell = tell;
	s.subreaper = sys_getpid() != 1;
	if (env_find(envp, "CATATONIT_DEBUG") != NULL)
		s.verbosity = SINGLE_TRACE;
	if (env_find(envp, "CATATONIT_LOG") != NULL)
		return wrong(&s, "CATATONIT_LOG is not supported", "");
	for (int sig = SIGTSTP; sig <= SIGTTOU; sig++)
		single_rewrite(&s, sig, 0);
	for (int c; (c = opt_next(&o, "ghLPV", long_words)) != OPT_END;)
		switch (c) {
		case 'g':
			s.to_group = true;
			break;
		case 'P':
			pause = true;
			break;
		case 'h':
			talk_out(2, usage);
			return 0;
		case 'L':
			talk_licence(1);
			return 0;
		case 'V':
			talk_out(1, "tini version 0.2.0_catatonit "
				    "(Trivet " TRIVET_VERSION ")\n");
			return 0;
		default:
			return wrong(&s, "unknown option: ", o.name);
		}
	if (!pause && o.at >= argc)
		return wrong(&s, "no program was given", "");
	s.argv = pause ? NULL : argv + o.at;
	return single_run(&s);
}
