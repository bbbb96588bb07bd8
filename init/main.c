/*
 * Who init is: PID 1 of a machine or of a container, the keeper above a svcd
 * that was started by hand, or a command that talks to the one that is. What
 * has state is set up here, once; init/run.c does the rest.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "init/asked.h"
#include "init/console.h"
#include "init/container.h"
#include "init/fault.h"
#include "init/job.h"
#include "init/memo.h"
#include "init/reap.h"
#include "init/run.h"
#include "init/runit.h"
#include "init/self.h"
#include "init/single.h"
#include "init/start.h"
#include "init/upgrade.h"
#include "lib/env.h"
#include "lib/exitcode.h"
#include "lib/fd.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/sig.h"
#include "lib/str.h"
#include "lib/sys.h"

#define FILES_MAX 1048576 /* the kernel's own fs.nr_open */

/* --- what PID 1 is --- */

/*
 * Ctrl-alt-del becomes a signal. The answer tells where we are: only the
 * machine's own PID 1 gets a yes, in a PID namespace it is EINVAL, without the
 * right to reboot EPERM.
 */
static enum role
find_role(char **envp)
{
	const char *manager = env_find(envp, "container");

	/* Below another init nothing of the machine is ours to set. */
	if (sys_getpid() != 1)
		return ROLE_CONTAINER;
	int done = sys_reboot(LINUX_REBOOT_CMD_CAD_OFF, NULL);
	bool contained =
	    (done == -1 && errno != EINVAL) || container_is_here(envp);

	memo.alone_kernel = done == 0;
	memo.may_restart = manager != NULL && (str_starts(manager, "lxc") ||
						  str_ends(manager, "-nspawn"));
	if (memo.settings.machine)
		return ROLE_MACHINE;
	return contained || memo.settings.container ? ROLE_CONTAINER
						    : ROLE_MACHINE;
}

/* Services are not to see what stood on the kernel's command line. */
static char *const *
machine_environment(char **envp)
{
	static char term[64] = "TERM=";
	static char *const clean[] = {
	    (char *)(uintptr_t) "PATH=/usr/local/sbin:/usr/local/bin:"
				"/usr/sbin:/usr/bin:/sbin:/bin",
	    (char *)(uintptr_t) "HOME=/", term, NULL};
	const char *given = env_find(envp, "TERM");

	strncat(term, given != NULL ? given : "linux", sizeof(term) - 6);
	return clean;
}

/* --- what is asked by people --- */

static void
print(const char *text)
{
	sys_write(1, text, strlen(text));
}

static void
help(void)
{
	print("usage: init [--WORD[=VALUE]]...  (as PID 1)\n"
	      "       init 0|1|2|3|4|5|6|s|q|u  (as telinit)\n"
	      "       init [options] -- COMMAND  (one command: init -h --)\n"
	      "       init --container [options of svcd] [-- COMMAND]\n"
	      "       init -h|--help|--version\n"
	      "words, on the kernel's command line as trivet.WORD[=VALUE]:\n");
#define HELP(name, kind, member, text) print("  " name "\t" text "\n");
	WORDS(HELP)
	print("words for the stages, on the kernel's command line only:\n");
#define STAGE_HELP(name, text) print("  " name "\t" text "\n");
	STAGE_WORDS(STAGE_HELP)
}

/* --- set-up --- */

static void
raise_files(void)
{
	struct rlimit most = {FILES_MAX, FILES_MAX};

	if (sys_prlimit(0, RLIMIT_NOFILE, NULL, &memo.files) == -1)
		return;
	if (sys_prlimit(0, RLIMIT_NOFILE, &most, NULL) == 0)
		return;
	most.rlim_cur = most.rlim_max = memo.files.rlim_max;
	sys_prlimit(0, RLIMIT_NOFILE, &most, NULL);
}

static void
open_signals(void)
{
	int fd = sig_fd(SIG_ALL & ~fault_signals());

	if (memo_pin(fd, FD_SIGNALS) < 0)
		say_warn("cannot hear signals by descriptor");
}

/* What is to be there before anything else, whoever we are. */
static void
set_up(enum role role)
{
	if (role != ROLE_KEEPER)
		sys_close_range(3, ~0u, 0);
	fd_ensure_012();
	memo_create();
	memo.settings = settings_default();
	self_open();
	raise_files();
	if (reap_open() == -1)
		say_warn("cannot make the exit queue");
}

/* A person's question, by `docker run IMAGE --help` too. */
static void
answer(int argc, char **argv)
{
	if (argc != 2)
		return;
	if (str_eq(argv[1], "-h") || str_eq(argv[1], "--help"))
		help();
	else if (str_eq(argv[1], "--version"))
		print("trivet " TRIVET_VERSION "\n");
	else
		return;
	sys_exit(EXITCODE_YES);
}

static void
set_up_container(int argc, char **argv)
{
	answer(argc, argv);
	/* Wrong use is said before anything is begun. */
	container_words(argv, container_is_meant(argc, argv));
	container_leave_terminal(argv);
	if (sys_getpid() != 1 &&
	    sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == -1)
		say_warn("cannot become a subreaper");
}

static void
set_up_one(int argc, char **argv, char **envp)
{
	enum role role;

	set_up(ROLE_MACHINE);
	for (int i = 1; i < argc && !str_eq(argv[i], "--"); i++)
		settings_word(&memo.settings, argv[i]);
	if (runit_is(argv[0]))
		runit_set_up();
	memo.settings.container |= container_is_meant(argc, argv);
	role = find_role(envp);
	memo.steps[0].plan = plan_begin(role);
	memo.steps[0].plan.alone = memo.alone_kernel;
	memo.steps[0].plan.rescue = memo.settings.rescue;
	memo.steps[0].plan.emergency = memo.settings.emergency;
	if (role == ROLE_CONTAINER) {
		set_up_container(argc, argv);
		return;
	}
	for (int i = 1; i < argc; i++)
		asked_by(argv[i]);
	sys_setsid();
	sys_chdir("/");
	sys_umask(022);
	memo_pin(sys_open("/dev/kmsg", O_WRONLY | O_NONBLOCK | O_NOCTTY, 0),
	    FD_KMSG);
}

/* Whether svcd asks for a keeper; its word is for us alone. */
static bool
is_asked_to_keep(char **envp)
{
	while (*envp != NULL && !str_eq(*envp, KEEP_ASKED))
		envp++;
	if (*envp == NULL)
		return false;
	for (; *envp != NULL; envp++)
		envp[0] = envp[1];
	return true;
}

static void
set_up_keeper(void)
{
	if (!fd_is_open(FD_KEPT))
		diex(EXITCODE_SYSTEM, KEEP_ASKED " is for svcd to say");
	sys_close_range(FD_QUEUE, FD_KEPT - 1, 0);
	sys_close_range(FD_KEPT + 1, KEEP_SLOT_BASE - 1, 0);
	set_up(ROLE_KEEPER);
	sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	memo.steps[0].plan = plan_begin(ROLE_KEEPER);
	memo.settings.limits[PHASE_STOP] = 3600000;
}

/* Also after a fault: everything that is not in memo or a descriptor. */
static _Noreturn void
carry_on(int argc, char **argv, char **envp)
{
	enum role role = (enum role)memo_step()->plan.role;
	static const char *machine_argv[] = {"svcd", NULL};
	const char *const *kept_argv = (const char *const *)argv;

	fault_open(argv, envp);
	if (memo.runit.is)
		console_open("- runit");
	/* libc has opened the mask for itself. */
	sig_mask(SIG_ALL & ~fault_signals(), NULL);
	open_signals();
	sys_prctl(
	    PR_SET_NAME, (unsigned long)(uintptr_t)path_base(argv[0]), 0, 0, 0);
	job_environment(role == ROLE_MACHINE && !memo.runit.is
			    ? machine_environment(envp)
			    : envp);
	if (role == ROLE_CONTAINER)
		kept_argv =
		    container_words(argv, container_is_meant(argc, argv));
	else if (role == ROLE_MACHINE)
		kept_argv = machine_argv;
	if (memo.faults > 0)
		say_warnx("fault number %u: carrying on", memo.faults);
	run(kept_argv);
}

/* --- a command --- */

/* telinit is one of svc's names; it is beside us, or where it usually is. */
static int
telinit(char **argv, char **envp)
{
	static const char *const usual[] = {"/sbin/svc", "/usr/sbin/svc",
	    "/usr/bin/svc", "/usr/local/bin/svc", "/bin/svc", NULL};
	char room[WORD_PATH_MAX];

	argv[0] = (char *)(uintptr_t) "telinit";
	if (self_beside("svc", room, sizeof(room)))
		sys_execve(room, argv, envp);
	for (const char *const *p = usual; *p != NULL; p++)
		sys_execve(*p, argv, envp);
	die(EXITCODE_SYSTEM, "cannot execute svc");
}

static int
command(int argc, char **argv, char **envp)
{
	say_init("init", 2);
	if (argc == 3 && str_eq(argv[1], "--accepts"))
		return upgrade_accepts(argv[2]);
	answer(argc, argv);
	if (runit_is(argv[0]))
		return runit_command(argc, argv);
	if (argc >= 2 && argv[1][0] != '-')
		return telinit(argv, envp);
	diex(EXITCODE_USAGE, "not process 1; see init --help");
}

/* Set by the program's entry, before libc. */
uint64_t start_mask;

/* Tools look for a process 1 whose command line is "runit". */
static void
become_runit(char **argv, char **envp)
{
	static char *as_runit[] = {(char *)(uintptr_t) "runit", NULL};

	if (argv[1] == NULL && str_eq(argv[0], as_runit[0]))
		return;
	fault_open(as_runit, envp);
	fault_again();
}

int
main(int argc, char **argv, char **envp)
{
	const char *name = argc > 0 ? path_base(argv[0]) : "init";
	single_main_fn *single = NULL;
	bool meant;

	sig_mask(SIG_ALL & ~fault_signals(), NULL);
	console_open(name);
	if (memo_adopt())
		carry_on(argc, argv, envp);
	if (is_asked_to_keep(envp)) {
		set_up_keeper();
		carry_on(argc, argv, envp);
	}
	meant = container_is_meant(argc, argv);
	single = meant ? NULL : single_named(name, argc, argv);
	if (single != NULL) {
		sig_mask(SIG_ALL, NULL);
		return single(argc, argv, envp);
	}
	if (sys_getpid() == 1 || meant ||
	    (argc == 1 && !runit_is(argv[0]) && container_is_here(envp))) {
		set_up_one(argc, argv, envp);
		if (memo.runit.is)
			become_runit(argv, envp);
		carry_on(argc, argv, envp);
	}
	say_hook(NULL);
	sig_mask(start_mask, NULL);
	return command(argc, argv, envp);
}
