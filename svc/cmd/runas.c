/*
 * The programs of daemontools that each do one of chpst's steps: envdir,
 * envuidgid, setuidgid, pgrphack, setlock, softlimit. By their own names they
 * have daemontools' texts and codes; with a `d` before it, runit's.
 */
#include <errno.h>
#include <string.h>

#include "lib/sys.h"

#include "svc/cmd/account.h"
#include "svc/cmd/envfiles.h"
#include "svc/cmd/limits.h"
#include "svc/cmd/lock.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/table.h"
#include "svc/cmd/tool.h"

static int
envdir(int argc, char **argv)
{
	struct tool_manner m =
	    tool_manner(argv[0], "envdir", " dir child", TOOL_TROUBLE);
	struct tool_env env = tool_env();
	if (argc < 3)
		tool_usage(&m);
	envfiles_read(&m, argv[1], &env, false, false);
	tool_run(&m, argv + 2, env.vec);
}

static struct account
find(const struct tool_manner *m, const char *name)
{
	struct account a;
	switch (account_name(name, &a)) {
	case ACCOUNT_FOUND:
		break;
	case ACCOUNT_UNKNOWN:
	case ACCOUNT_INVALID:
		tool_die(TOOL_TROUBLE, m->runit ? "chpst" : m->name,
		    ": fatal: unknown account", m->runit ? ": " : " ", name,
		    NULL);
	case ACCOUNT_TROUBLE:
		tool_cannot(m, "unable to get password file entry", NULL);
	}
	return a;
}

static int
envuidgid(int argc, char **argv)
{
	struct tool_manner m =
	    tool_manner(argv[0], "envuidgid", " account child", 100);
	struct tool_env env = tool_env();
	if (argc < 3)
		tool_usage(&m);
	struct account a = find(&m, argv[1]);
	tool_env_number(&env, "GID", a.gids[0]);
	tool_env_number(&env, "UID", a.uid);
	tool_run(&m, argv + 2, env.vec);
}

static int
setuidgid(int argc, char **argv)
{
	struct tool_manner m =
	    tool_manner(argv[0], "setuidgid", " account child", 100);
	if (argc < 3)
		tool_usage(&m);
	struct account a = find(&m, argv[1]);
	const char *failed = account_become(&a);
	/* daemontools says setgid for both calls about groups. */
	if (failed != NULL && !m.runit && strcmp(failed, "setgroups") == 0)
		failed = "setgid";
	if (failed != NULL)
		tool_cannot(&m, memory_text("unable to %s", failed), NULL);
	tool_run(&m, argv + 2, tool_env().vec);
}

static int
pgrphack(int argc, char **argv)
{
	struct tool_manner m = tool_manner(argv[0], "pgrphack", " child", 100);
	if (argc < 2)
		tool_usage(&m);
	(void)sys_setsid();
	tool_run(&m, argv + 1, tool_env().vec);
}

static int
setlock(int argc, char **argv)
{
	struct tool_manner m = tool_manner(
	    argv[0], "setlock", " [ -nNxX ] file program [ arg ... ]", 100);
	struct opt o = opt_over(argc, argv);
	bool wait = true, quiet = false;
	int letter;
	while ((letter = tool_next(m.name, &o, "nNxX")) != -1) {
		if (letter == '?')
			tool_usage(&m);
		if (letter == 'n' || letter == 'N')
			wait = letter == 'N';
		else
			quiet = letter == 'x';
	}
	if (argc - o.at < 2)
		tool_usage(&m);
	const char *failed = lock_take(argv[o.at], wait);
	if (failed != NULL && quiet)
		return 0;
	if (failed != NULL)
		tool_cannot(&m,
		    memory_text("unable to %s%s", failed,
			m.runit && failed[0] == 'o' ? " lock" : ""),
		    argv[o.at]);
	tool_run(&m, argv + o.at + 1, tool_env().vec);
}

#define SOFTLIMIT_USAGE                                                \
	" [-a allbytes] [-c corebytes] [-d databytes] [-f filebytes] " \
	"[-l lockbytes] [-m membytes] [-o openfiles] [-p processes] "  \
	"[-r residentbytes] [-s stackbytes] [-t cpusecs] child"

static int
softlimit(int argc, char **argv)
{
	struct tool_manner m =
	    tool_manner(argv[0], "softlimit", SOFTLIMIT_USAGE, 100);
	struct opt o = opt_over(argc, argv);
	struct limits limits = limits_none();
	int letter;
	while (
	    (letter = tool_next(m.name, &o, "a:c:d:f:l:m:o:p:r:s:t:")) != -1) {
		uint64_t value = RLIM_INFINITY;
		if (letter == '?' || (strcmp(o.value, "=") != 0 &&
					 !tool_number(o.value, &value)))
			tool_usage(&m);
		limits_note(&limits, (char)letter, value);
	}
	if (o.at >= argc)
		tool_usage(&m);
	const char *failed = limits_set(&limits);
	if (failed != NULL && m.runit)
		tool_cannot(&m, memory_text("unable to %s()", failed), NULL);
	if (failed != NULL)
		tool_cannot(&m, memory_text("%s failed", failed), NULL);
	tool_run(&m, argv + o.at, tool_env().vec);
}

CMD_PROGRAM(envdir, "denvdir", "DIR PROG [ARG...]",
    "run a program with variables from the files of a directory", ARG_PATH,
    ARG_COMMAND);
CMD_PROGRAM(envuidgid, "denvuidgid", "ACCOUNT PROG [ARG...]",
    "run a program that is told an account's UID and GID", ARG_WORD,
    ARG_COMMAND);
CMD_PROGRAM(setuidgid, "dsetuidgid", "ACCOUNT PROG [ARG...]",
    "run a program under an account", ARG_WORD, ARG_COMMAND);
CMD_PROGRAM(pgrphack, "dpgrphack", "PROG [ARG...]",
    "run a program in a session of its own", ARG_COMMAND);
CMD_PROGRAM(setlock, "dsetlock", "[-nNxX] FILE PROG [ARG...]",
    "run a program while holding a lock on a file", ARG_PATH, ARG_COMMAND);
CMD_PROGRAM(softlimit, "dsoftlimit", "[-acdflmoprst N] PROG [ARG...]",
    "run a program under soft resource limits", ARG_COMMAND);
