#include "svc/tree/options.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/keeper.h"
#include "lib/mem.h"
#include "lib/opt.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/tree/output/output.h"
#include "svc/tree/output/title.h"
#include "svc/tree/state/scandir.h"
#include "svc/tree/state/state.h"
#include "svc/tree/upgrade.h"

enum {
	OPTION_OUTPUT = 256
};

static const char usage_svcd[] =
    "usage: svcd [-hV] [-r DIR] [--user] [--strict] [--container]\n"
    "            [--clear-env] [--no-wait] [--pass-exit] [--output FORM]\n"
    "            [SCANDIR...] [-- COMMAND [ARGUMENT...]]\n"
    "       runsvdir [-P] DIR [LOG]\n"
    "       runsv DIR\n"
    "       svscan [DIR]\n"
    "       supervise DIR\n"
    "\n"
    "  -r, --run DIR\n"
    "             keep the control socket in DIR (or $TRIVET_RUN)\n"
    "  --user     the tree of one user: $XDG_RUNTIME_DIR/trivet,\n"
    "             ~/.config/service\n"
    "  --strict   start nothing if a definition has an error\n"
    "  --container\n"
    "             the manners of a container: --output=prefix, and at the\n"
    "             end nothing of a service is left\n"
    "  --output FORM\n"
    "             raw, prefix or json: how services without a log are\n"
    "             passed on\n"
    "  --clear-env\n"
    "             services do not see the environment of svcd\n"
    "  --no-wait  the command does not wait for the services\n"
    "  --pass-exit\n"
    "             end with the command's code also when told to stop\n"
    "  -h, --help this text\n"
    "  -V, --version\n             the version\n";

static _Noreturn void
show(int fd, const char *text, int code)
{
	sys_write(fd, text, strlen(text));
	keep_refuse(code);
}

static const char *
environment(const char *name)
{
	size_t n = strlen(name);

	for (char *const *e = tree.env; *e != NULL; e++)
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=' &&
		    (*e)[n + 1] != '\0')
			return *e + n + 1;
	return NULL;
}

/* --- directories --- */

/* Made absolute now: nothing later depends on where we stand. */
static void
absolute(struct buf *to, const char *path)
{
	char cwd[TREE_PATH];

	if (path[0] != '/' && sys_getcwd(cwd, sizeof(cwd)) == 0)
		path_make(to, cwd, path);
	else
		path_make(to, "/", path);
	if (to->full)
		diex(100, "%s: too long", path);
}

static void
add_scan(const char *path)
{
	char room[TREE_PATH];
	struct buf b = BUF(room);

	absolute(&b, path);
	if (!scandir_add(room))
		diex(100, "more than %d scan directories", TREE_SCANS);
}

static void
set_run_dir(const char *given)
{
	struct buf b = BUF(tree.run_dir);
	const char *xdg = environment("XDG_RUNTIME_DIR");

	if (given == NULL)
		given = environment("TRIVET_RUN");
	if (given != NULL)
		absolute(&b, given);
	else if (!tree.is_user)
		path_make(&b, "/run", "trivet");
	else if (xdg != NULL)
		path_make(&b, xdg, "trivet");
	else
		diex(100, "XDG_RUNTIME_DIR is not set: -r DIR is needed");
}

static void
set_scan_default(void)
{
	char room[TREE_PATH];
	struct buf b = BUF(room);
	const char *home = environment("HOME");

	if (scandirs() > 0)
		return;
	if (environment("SVDIR") != NULL) {
		add_scan(environment("SVDIR"));
	} else if (!tree.is_user) {
		add_scan("/etc/service");
	} else if (home != NULL) {
		path_make(&b, home, ".config/service");
		if (!b.full)
			dir_make(AT_FDCWD, room, 0755);
		add_scan(room);
	} else {
		diex(100, "HOME is not set: a scan directory is needed");
	}
}

/* --- by name --- */

/* What `svc run` starts: a file each, gone with the machine. */
static void
add_adhoc(void)
{
	char room[TREE_PATH];
	struct buf b = BUF(room);

	path_make(&b, tree.run_dir, "adhoc");
	if (!b.full && dir_make(AT_FDCWD, tree.run_dir, 0755) == 0 &&
	    (sys_mkdirat(AT_FDCWD, room, 0700) == 0 || errno == EEXIST))
		scandir_add(room);
}

static _Noreturn void
wrong(const char *what, const char *which)
{
	sys_write(2, usage_svcd, strlen(usage_svcd));
	say_warnx("%s%s", what, which);
	keep_refuse(100);
}

static void
set_output(const char *value)
{
	for (unsigned form = 0; form < LINES_FORMS; form++)
		if (str_eq(value, lines_form_name(form))) {
			tree.output = form;
			return;
		}
	wrong("not raw, prefix or json: ", value);
}

/* False: no such option. */
static bool
take_option(const struct opt *o, int c, const char **run)
{
	switch (c) {
	case 'r':
		*run = o->value;
		return true;
	case 'u':
		return tree.is_user = true;
	case 's':
		return tree.is_strict = true;
	case 'c':
		tree.output = LINES_PREFIX;
		return tree.is_container = true;
	case OPTION_OUTPUT:
		set_output(o->value);
		return true;
	case 'e':
		return tree.clear_env = true;
	case 'n':
		return tree.no_wait = true;
	case 'p':
		return tree.pass_exit = true;
	case 'h':
		show(1, usage_svcd, 0);
	case 'V':
		show(1, "svcd " TRIVET_VERSION "\n", 0);
	default:
		return false;
	}
}

/* Scan directories, and after "--" the main command. */
static void
read_operands(int argc, char **argv, int at)
{
	bool is_command = at > 1 && str_eq(argv[at - 1], "--");

	for (; at < argc && !is_command; at++) {
		if (str_eq(argv[at], "--"))
			is_command = true;
		else
			add_scan(argv[at]);
	}
	if (!is_command)
		return;
	if (at >= argc || argv[at][0] == '\0')
		wrong("no command was given", "");
	tree.command = argv + at;
}

static void
read_svcd(int argc, char **argv)
{
	static const struct opt_word words[] = {{"user", 'u', 0},
	    {"strict", 's', 0}, {"container", 'c', 0},
	    {"output", OPTION_OUTPUT, 1}, {"clear-env", 'e', 0},
	    {"no-wait", 'n', 0}, {"pass-exit", 'p', 0}, {"run", 'r', 0},
	    {"help", 'h', 0}, {"version", 'V', 0}, {0}};
	struct opt o = opt_over(argc, argv);
	const char *run = NULL;

	tree.is_user = sys_geteuid() != 0;
	for (int c; (c = opt_next(&o, "r:hV", words)) != OPT_END;) {
		if (c == OPT_MISSING)
			wrong("a value is missing: ", o.name);
		if (!take_option(&o, c, &run))
			wrong("no such option: ", o.name);
	}
	read_operands(argc, argv, o.at);
	/* Whoever it runs as, it is all there is. */
	tree.is_user = tree.is_user && !tree.is_container;
	set_run_dir(run);
	set_scan_default();
	add_adhoc();
}

/* runsvdir [-P] DIR [LOG]: a session of its own every service has here anyway.
 */
static void
read_runsvdir(int argc, char **argv)
{
	int at = 1;

	if (argc > 1 && strcmp(argv[1], "-P") == 0)
		at = 2;
	if (argc <= at || argc > at + 2 || argv[at][0] == '-')
		show(2, "usage: runsvdir [-P] dir\n\n", 1);
	if (argc == at + 2)
		title_set(argv[at + 1]);
	tree.is_user = sys_geteuid() != 0;
	add_scan(argv[at]);
	set_run_dir(NULL);
}

static void
read_svscan(int argc, char **argv)
{
	if (argc > 2)
		show(2, "svscan: usage: svscan [ dir ]\n", 100);
	tree.is_user = sys_geteuid() != 0;
	add_scan(argc == 2 ? argv[1] : ".");
	set_run_dir(NULL);
}

static void
read_one(int argc, char **argv, const char *usage, int code)
{
	char room[TREE_PATH];
	struct buf b = BUF(room);

	if (argc != 2)
		show(2, usage, code);
	tree.is_user = sys_geteuid() != 0;
	absolute(&b, argv[1]);
	scandir_only(room);
	set_run_dir(NULL);
}

void
options_read(int argc, char **argv)
{
	const char *name = argc > 0 ? path_base(argv[0]) : "svcd";

	tree.prog = name;
	say_init(name, 2);
	/* Else kernels call who was executed by descriptor by its number. */
	sys_prctl(PR_SET_NAME, (unsigned long)(uintptr_t)name, 0, 0, 0);
	if (argc == 3 && strcmp(argv[1], "--accepts") == 0)
		upgrade_accepts(argv[2]);
	if (strcmp(name, "runsvdir") == 0)
		read_runsvdir(argc, argv);
	else if (strcmp(name, "svscan") == 0)
		read_svscan(argc, argv);
	else if (strcmp(name, "runsv") == 0)
		read_one(argc, argv, "usage: runsv dir\n\n", 1);
	else if (strcmp(name, "supervise") == 0)
		read_one(argc, argv, "supervise: usage: supervise dir\n", 100);
	else
		read_svcd(argc, argv);
}

/* --- the keeper --- */

/* init stands beside us, wherever that is. */
static void
find_init(struct buf *to)
{
	char self[TREE_PATH], dir[TREE_PATH];
	struct buf d = BUF(dir);

	if (sys_readlinkat(AT_FDCWD, "/proc/self/exe", self, sizeof(self)) <= 0)
		die(111, "cannot find my own program");
	path_dir(&d, self);
	path_make(to, dir, "init");
}

/* Our environment and the word that asks for a keeper. */
static char *const *
asking(void)
{
	static char asked[] = KEEP_ASKED;
	size_t n = 0;
	char **env;

	while (tree.env[n] != NULL)
		n++;
	env = mem_pages((n + 2) * sizeof(*env));
	if (env == NULL)
		die(111, "no memory for the environment");
	memcpy(env, tree.env, n * sizeof(*env));
	env[n] = asked;
	return env;
}

void
options_under_keeper(char **argv)
{
	char init[TREE_PATH];
	struct buf b = BUF(init);
	int self = sys_open("/proc/self/exe", O_PATH, 0);

	find_init(&b);
	if (self < 0 || sys_dup2(self, KEEP_FD_SELF) < 0)
		die(111, "cannot open my own program");
	sys_execve(init, argv, asking());
	die(111, "cannot execute %s", init);
}
