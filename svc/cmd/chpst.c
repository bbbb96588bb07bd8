/*
 * chpst: changes the state of this process, then becomes the program. The
 * options only take notes; what they ask for is done in one fixed order, which
 * run scripts rely on (the lock belongs to the new user, limits come after the
 * change of user, the program is looked for along the PATH of before).
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/sys.h"

#include "svc/cmd/account.h"
#include "svc/cmd/envfiles.h"
#include "svc/cmd/limits.h"
#include "svc/cmd/lock.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/table.h"
#include "svc/cmd/tool.h"

#define OPTIONS "u:U:b:e:m:d:o:p:f:c:r:t:/:C:n:l:L:vP012NV"
#define USAGE                                                                 \
	" [-vVP012] [-u user[:group]] [-U user[:group]] [-b argv0] [-e dir] " \
	"[-/ root] [-C pwd] [-n nice] [-l|-L lock] [-m n] [-d n] [-o n] "     \
	"[-p n] [-f n] [-c n] [-t n] prog"

static const struct tool_manner manner = {"chpst", USAGE, 100, true};

struct wish {
	const char *user, *env_user, *argv0, *env_dir, *root, *dir, *lock;
	struct limits limits;
	struct tool_env env;
	int nice;
	bool session, verbose, lock_waits, close[3], null;
};

static void
make_session(struct wish *w)
{
	/* A process group's leader has what it wants already. */
	if (w->session)
		(void)sys_setsid();
}

static void
read_env(struct wish *w)
{
	if (w->env_dir != NULL)
		envfiles_read(&manner, w->env_dir, &w->env, true, w->verbose);
}

static void
change_root(struct wish *w)
{
	if (w->root == NULL)
		return;
	if (sys_chdir(w->root) < 0)
		tool_cannot(&manner, "unable to change directory", w->root);
	if (sys_chroot(".") < 0)
		tool_cannot(&manner, "unable to change root directory", NULL);
}

static void
change_dir(struct wish *w)
{
	if (w->dir != NULL && sys_chdir(w->dir) < 0)
		tool_cannot(&manner, "unable to change directory", w->dir);
}

static void
change_nice(struct wish *w)
{
	errno = 0;
	if (w->nice != 0 && nice(w->nice) == -1 && errno != 0)
		tool_cannot(&manner, "unable to set nice level", NULL);
}

static struct account
find_account(const char *spec)
{
	struct account a;
	switch (account_spec(spec, &a)) {
	case ACCOUNT_FOUND:
		break;
	case ACCOUNT_UNKNOWN:
		tool_die(TOOL_TROUBLE,
		    "chpst: fatal: unknown user/group: ", spec, NULL);
	case ACCOUNT_INVALID:
		tool_die(TOOL_TROUBLE,
		    "chpst: fatal: invalid uid/gids: ", spec + 1, NULL);
	case ACCOUNT_TROUBLE:
		tool_cannot(
		    &manner, "unable to get password/group file entry", NULL);
	}
	return a;
}

static void
tell_user(struct wish *w)
{
	if (w->env_user == NULL)
		return;
	struct account a = find_account(w->env_user);
	tool_env_number(&w->env, "GID", a.gids[0]);
	tool_env_number(&w->env, "UID", a.uid);
}

static void
become_user(struct wish *w)
{
	if (w->user == NULL)
		return;
	struct account a = find_account(w->user);
	const char *failed = account_become(&a);
	if (failed != NULL)
		tool_cannot(&manner, memory_text("unable to %s", failed), NULL);
}

static void
take_lock(struct wish *w)
{
	const char *failed =
	    w->lock == NULL ? NULL : lock_take(w->lock, w->lock_waits);
	if (failed != NULL)
		tool_cannot(&manner,
		    failed[0] == 'o' ? "unable to open lock" : "unable to lock",
		    w->lock);
}

static void
close_fds(struct wish *w)
{
	static const char *const what[] = {"unable to close stdin",
	    "unable to close stdout", "unable to close stderr"};
	for (int fd = 0; fd < 3; fd++)
		if (w->close[fd] && close(fd) < 0)
			tool_cannot(&manner, what[fd], NULL);
}

static void
null_fds(struct wish *w)
{
	if (!w->null)
		return;
	int null = sys_open("/dev/null", O_RDWR, 0);
	if (null < 0)
		tool_cannot(&manner, "unable to open", "/dev/null");
	for (int fd = 0; fd < 3; fd++)
		if (!w->close[fd])
			(void)sys_dup2(null, fd);
	if (null > 2)
		sys_close(null);
}

static void
set_limits(struct wish *w)
{
	const char *failed = limits_set(&w->limits);
	if (failed != NULL)
		tool_cannot(
		    &manner, memory_text("unable to %s()", failed), NULL);
}

typedef void step(struct wish *w);
static step *const steps[] = {make_session, read_env, change_root, change_dir,
    change_nice, tell_user, become_user, take_lock, null_fds, close_fds,
    set_limits};

static void
note_nice(struct wish *w, const char *text)
{
	uint64_t value;
	int sign = text[0] == '-' ? -1 : 1;
	if (text[0] == '-' || text[0] == '+')
		text++;
	if (!tool_number(text, &value))
		tool_usage(&manner);
	w->nice = sign * (value > 40 ? 40 : (int)value);
}

static void
note_limit(struct wish *w, char letter, const char *text)
{
	uint64_t value;
	if (!tool_number(text, &value))
		tool_usage(&manner);
	limits_note(&w->limits, letter, value);
}

static void
note_lock(struct wish *w, const char *path, bool waits)
{
	if (w->lock != NULL)
		tool_usage(&manner);
	w->lock = path;
	w->lock_waits = waits;
}

/* clang-format off */
static void
note(struct wish *w, int letter, const char *value)
{
	switch (letter) {
	case 'u': w->user = value; break;
	case 'U': w->env_user = value; break;
	case 'b': w->argv0 = value; break;
	case 'e': w->env_dir = value; break;
	case '/': w->root = value; break;
	case 'C': w->dir = value; break;
	case 'n': note_nice(w, value); break;
	case 'l': note_lock(w, value, true); break;
	case 'L': note_lock(w, value, false); break;
	case 'v': w->verbose = true; break;
	case 'P': w->session = true; break;
	case '0': case '1': case '2': w->close[letter - '0'] = true; break;
	case 'N': w->null = true; break;
	case 'V': tool_say("$Id: trivet " TRIVET_VERSION " $", NULL);
		  tool_usage(&manner);
	case '?': tool_usage(&manner);
	default:  note_limit(w, (char)letter, value); break;
	}
}
/* clang-format on */

static int
chpst(int argc, char **argv)
{
	struct wish w = {.limits = limits_none(), .env = tool_env()};
	struct opt o = opt_over(argc, argv);
	int letter;
	while ((letter = tool_next("chpst", &o, OPTIONS)) != -1)
		note(&w, letter, o.value);
	char **prog = argv + o.at;
	if (prog[0] == NULL)
		tool_usage(&manner);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		steps[i](&w);
	const char *file = prog[0];
	if (w.argv0 != NULL)
		prog[0] = memory_text("%s", w.argv0);
	tool_exec(file, prog, w.env.vec);
	tool_cannot(&manner, "unable to run", prog[0]);
}

const struct cmd cmd_chpst = {
    .name = "chpst",
    .group = GROUP_TOOL,
    .program = true,
    .usage = "[-vVP012N] [-u USER] [-e DIR] ... PROG",
    .help = "run a program with a changed process state",
    .args = {ARG_COMMAND},
    .run = chpst,
};
