/*
 * Makes each system call of init fail in turn: run after run, the n-th call
 * that PID 1 makes after its exec, for n = FROM, FROM + STEP, … until a run
 * makes fewer than n.
 *
 *	faults [for MS] WHAT FROM STEP [TO] -- INIT ARGUMENTS…
 *	faults children DIRECTORY WHAT FROM STEP [TO] -- INIT ARGUMENTS…
 *	faults kept DIRECTORY WHAT FROM STEP [TO] -- COMMAND ARGUMENTS…
 *	faults wait DIRECTORY PROGRAM ARGUMENTS…
 *
 * WHAT is an errno by number; or -SIGNAL, and that signal arrives after the
 * n-th call instead, as a fault of init's own would (si_code SI_KERNEL). With
 * `for`, from the n-th on each call of the same number fails until that time
 * has passed: init is then to wait, not to spin, and to recover.
 * Each run is a PID namespace of its own. It passes when it ends by itself
 * within the time limit as power off does (SIGINT). Prints TAP.
 *
 * With `children` the calls are those of init's children between their birth
 * and their exec, and of their own children. Init is told that the kernel is
 * its own, so that it begins what is done on a machine only; DIRECTORY/swaps
 * and DIRECTORY/cmdline stand for the files of these names in /proc.
 *
 * With `kept` the calls are those of the first process in the namespace that
 * becomes `faults wait DIRECTORY PROGRAM`: it says so, is followed from its
 * exec of the program on, and left alone after its failure; later ones are
 * not looked at. A run then also has to leave a file DIRECTORY/good.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/tracee.h"

#define LIMIT_S 60 /* a busy machine is no fault */
#define SPIN 2000  /* failures in a second that are more than trying again */

struct outcome {
	long calls;  /* that init made */
	long failed; /* number of the call that was made to fail, or -1 */
	int status;  /* wait status of init */
	bool late;   /* had to be killed */
	long failures;
	char path[64]; /* that it had, if it had one */
};

static long for_ms;	    /* 0: one call fails */
static const char *meeting; /* where who is to be followed says so */
static int door = -1;	    /* a socket there */
static const char *world;   /* of children: what lies over the host's own */

static volatile sig_atomic_t alarmed;

static void
on_alarm(int sig)
{
	(void)sig;
	alarmed = 1;
}

static bool
cover(const char *name)
{
	char from[512], at[64];

	snprintf(from, sizeof(from), "%s/%s", world, name);
	snprintf(at, sizeof(at), "/proc/%s", name);
	return mount(from, at, NULL, MS_BIND, NULL) == 0;
}

static _Noreturn void
become_init(char **argv)
{
	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	if (world != NULL && (!cover("swaps") || !cover("cmdline")))
		_exit(126);
	if (meeting == NULL) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		/* raise would ask libc for a stale number */
		kill(1, SIGSTOP);
	}
	execv(argv[0], argv);
	_exit(127);
}

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * Those that the kernel answers always, or libc's before there is a program;
 * and a failure that is an answer: "no such child".
 */
static bool
is_sure(long number, int error)
{
	static const long sure[] = {SYS_rt_sigprocmask, SYS_getpid, SYS_getppid,
	    SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_umask,
	    SYS_exit_group, SYS_arch_prctl, SYS_set_tid_address};

	for (size_t i = 0; i < sizeof(sure) / sizeof(sure[0]); i++)
		if (sure[i] == number)
			return true;
	/* Children put back to their defaults what has defaults. */
	if (world != NULL && number == SYS_rt_sigaction)
		return true;
	/* Ready, and again and again not so: no kernel does that. */
	if (for_ms != 0 && error == EAGAIN &&
	    (number == SYS_read || number == SYS_write ||
		number == SYS_recvmsg || number == SYS_sendmsg))
		return true;
	/* A race in the kernel, which libc tries again by itself. */
	if (for_ms != 0 && error == EBUSY && number == SYS_dup2)
		return true;
	return number == SYS_waitid && error == ECHILD;
}

/* Whether the call that begins here is to fail: the n-th, or one like it. */
static bool
is_next(pid_t pid, long n, int error, struct outcome *o, long *until_ms)
{
	struct user_regs_struct regs = registers(pid);
	long number = (long)regs.orig_rax;

	if (is_sure(number, error))
		return false;
	if (++o->calls == n)
		*until_ms = now_ms() + for_ms;
	else if (for_ms == 0 || o->calls < n || now_ms() >= *until_ms ||
		 number != o->failed)
		return false;
	spoil(pid, error > 0, &o->failed);
	read_path(pid, &regs, o->path);
	o->failures++;
	return true;
}

/* Follows init to its end; true when there was one within the limit. */
static bool
follow(pid_t pid, long n, int error, struct outcome *o)
{
	bool spoilt = false;
	int status, sig = 0;
	long until_ms = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, 0, sig) == -1 && errno != ESRCH)
			return false;
		if (waitpid(pid, &status, __WALL) != pid)
			return false;
		if (!WIFSTOPPED(status)) {
			o->status = status;
			return true;
		}
		sig = WSTOPSIG(status);
		if (sig == SIGTRAP || status >> 16 != 0)
			sig = 0; /* the exec's own, or an event */
		if (sig != (SIGTRAP | 0x80))
			continue;
		sig = 0;
		if (is_entry(pid)) {
			spoilt = is_next(pid, n, error, o, &until_ms);
		} else if (spoilt) {
			if (error > 0)
				answer(pid, error);
			else
				sig = -error;
			spoilt = false;
			if (meeting != NULL) {
				ptrace(PTRACE_DETACH, pid, 0, sig);
				return true;
			}
		}
	}
}

/* --- init's children --- */

/* Whether the kernel may be rebooted from here: it says yes. */
static void
pretend_alone(pid_t pid, bool entry)
{
	struct user_regs_struct regs = registers(pid);

	if (!entry && regs.orig_rax == SYS_reboot &&
	    regs.rdx == LINUX_REBOOT_CMD_CAD_OFF)
		answer(pid, 0);
}

struct crowd {
	pid_t init;
	pid_t spoilt; /* whose failed call is not over yet; 0: nobody's */
	long n;
	int error;
	struct outcome *o;
};

/* A file system is the host's too: none may become read-only there. */
static bool
reaches_out(pid_t pid)
{
	struct user_regs_struct regs = registers(pid);

	return regs.orig_rax == SYS_mount && (regs.r10 & MS_REMOUNT) != 0;
}

static void
at_call(struct crowd *c, pid_t pid)
{
	bool entry = is_entry(pid);
	long ignored;

	if (pid == c->init) {
		pretend_alone(pid, entry);
	} else if (entry) {
		if (is_next(pid, c->n, c->error, c->o, &ignored))
			c->spoilt = pid;
		else if (reaches_out(pid))
			spoil(pid, true, &ignored);
	} else if (pid == c->spoilt) {
		answer(pid, c->error);
		c->spoilt = 0;
	} else if (is_refused(pid)) {
		answer(pid, EBUSY);
	}
}

/* What stopped it is dealt with; the signal that it is to go on with. */
static int
stopped(struct crowd *c, pid_t pid, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;

	if (sig == (SIGTRAP | 0x80)) {
		at_call(c, pid);
		return 0;
	}
	/* A birth; the first stop of who was born; init's own exec. */
	return event != 0 || sig == SIGSTOP || sig == SIGTRAP ? 0 : sig;
}

/* True when init came to its end within the limit. */
static bool
follow_children(pid_t init, long n, int error, struct outcome *o)
{
	struct crowd c = {init, 0, n, error, o};
	pid_t pid = init;
	int status = SIGTRAP << 8 | 0x7f; /* of its exec */

	ptrace(PTRACE_SETOPTIONS, init, 0,
	    PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL |
		PTRACE_O_TRACEFORK | PTRACE_O_TRACECLONE);
	for (;; pid = waitpid(-1, &status, __WALL)) {
		if (pid == -1)
			return false;
		if (pid == init && !WIFSTOPPED(status)) {
			o->status = status;
			return true;
		}
		if (!WIFSTOPPED(status))
			continue;
		/* What it executes is not init any more. */
		if (pid != init && status >> 16 == PTRACE_EVENT_EXEC)
			ptrace(PTRACE_DETACH, pid, 0, 0);
		else
			ptrace(
			    PTRACE_SYSCALL, pid, 0, stopped(&c, pid, status));
	}
}

/* --- whom to follow --- */

static struct sockaddr_un
meeting_place(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/door", meeting);
	return at;
}

/* The first one that comes is met; the others find nobody. */
static void
open_door(void)
{
	struct sockaddr_un at = meeting_place();

	close(door);
	unlink(at.sun_path);
	door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bind(door, (struct sockaddr *)&at, sizeof(at));
	listen(door, 1);
}

/* Becomes the program, followed if somebody waits for that. */
static int
wait_and_become(char **argv)
{
	struct sockaddr_un at = meeting_place();
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char word;

	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		(void)!read(fd, &word, 1);
	close(fd);
	execv(argv[0], argv);
	return 127;
}

/* Its pid, stopped at its exec; 0: nobody came. */
static pid_t
meet(void)
{
	int fd = accept4(door, NULL, NULL, SOCK_CLOEXEC), status;
	struct ucred who = {0};
	socklen_t n = sizeof(who);

	if (fd == -1 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == -1)
		return 0;
	unlink(meeting_place().sun_path);
	ptrace(PTRACE_SEIZE, who.pid, 0,
	    PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC);
	ptrace(PTRACE_INTERRUPT, who.pid, 0, 0);
	waitpid(who.pid, &status, __WALL);
	close(fd);
	do {
		ptrace(PTRACE_CONT, who.pid, 0, 0);
		if (waitpid(who.pid, &status, __WALL) != who.pid ||
		    !WIFSTOPPED(status))
			return 0;
	} while (status >> 16 != PTRACE_EVENT_EXEC);
	return who.pid;
}

/* PID 1 itself, which waits for us before its exec. */
static void
meet_init(pid_t pid)
{
	int status;

	waitpid(pid, &status, 0);
	ptrace(PTRACE_SETOPTIONS, pid, 0,
	    PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
	ptrace(PTRACE_CONT, pid, 0, 0);
	waitpid(pid, &status, 0); /* the exec */
}

/* --- a run --- */

static bool
follow_kept(pid_t init, long n, int error, struct outcome *o)
{
	pid_t kept = meet();

	return kept != 0 && follow(kept, n, error, o) &&
	       waitpid(init, &o->status, 0) == init;
}

static struct outcome
run(char **argv, long n, int error)
{
	struct outcome o = {.failed = -1};
	bool ends;

	if (meeting != NULL)
		open_door();
	pid_t pid = (pid_t)syscall(
	    SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		become_init(argv);
	alarmed = 0;
	alarm(LIMIT_S);
	if (meeting != NULL) {
		ends = follow_kept(pid, n, error, &o);
	} else {
		meet_init(pid);
		ends = world != NULL ? follow_children(pid, n, error, &o)
				     : follow(pid, n, error, &o);
	}
	o.late = !ends || alarmed;
	alarm(0);
	if (o.late) {
		kill(pid, SIGKILL);
		/* Who is still followed is ours to bury, first. */
		while (waitpid(-1, &o.status, __WALL) != pid)
			;
	}
	return o;
}

/* A kept child's world judges for itself. */
static bool
is_said_good(void)
{
	char path[512];

	if (meeting == NULL)
		return true;
	snprintf(path, sizeof(path), "%s/good", meeting);
	return unlink(path) == 0;
}

/* What was said in that world since the last run: why it was not good. */
static void
show_said(bool is_wanted)
{
	static char text[1 << 20];
	static long from;
	char path[512];
	FILE *f;

	if (meeting == NULL)
		return;
	snprintf(path, sizeof(path), "%s/said", meeting);
	f = fopen(path, "re");
	if (f == NULL)
		return;
	fseek(f, from, SEEK_SET);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	from = ftell(f);
	fclose(f);
	for (char *line = strtok(text, "\n"); is_wanted && line != NULL;
	     line = strtok(NULL, "\n"))
		printf("#   %s\n", line);
}

/* The warnings that init has put on its console, a fifo, since the last run. */
static void
read_warnings(char *to, size_t size)
{
	static char text[1 << 17];
	static int fd = -1;
	char path[512], *rest;
	size_t len = 0;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/console", world);
	if (fd == -1)
		fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	while ((n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	*to = '\0';
	for (char *line = strtok_r(text, "\r\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\r\n", &rest))
		if (strstr(line, "warning: ") != NULL)
			strncat(to, line, size - strlen(to) - 1);
}

/* In that world something is always amiss: these are its warnings. */
static char usual[8192];

static bool
is_silent(const struct outcome *o)
{
	char warnings[sizeof(usual)] = "";

	if (world == NULL)
		return false;
	read_warnings(warnings, sizeof(warnings));
	return o->failed != -1 && strcmp(warnings, usual) == 0;
}

static const char *
what(int error)
{
	return error > 0 ? strerror(error) : strsignal(-error);
}

static bool
is_good(const struct outcome *o)
{
	return is_said_good() && !o->late && WIFSIGNALED(o->status) &&
	       WTERMSIG(o->status) == SIGINT &&
	       (for_ms == 0 || o->failures <= SPIN * for_ms / 1000);
}

static bool
judge(long n, int error, const struct outcome *o)
{
	bool good = is_good(o);

	if (!good)
		printf("# call %ld (number %ld, %ld times) with %s: %s, "
		       "status %x\n",
		    n, o->failed, o->failures, what(error),
		    o->late ? "does not end" : "ends otherwise", o->status);
	show_said(!good);
	fflush(stdout);
	return good;
}

int
main(int argc, char **argv)
{
	struct sigaction act = {.sa_handler = on_alarm};

	if (argc > 2 && strcmp(argv[1], "for") == 0)
		for_ms = atol(argv[2]);
	if (argc > 2 &&
	    (strcmp(argv[1], "kept") == 0 || strcmp(argv[1], "wait") == 0))
		meeting = argv[2];
	if (argc > 3 && strcmp(argv[1], "wait") == 0)
		return wait_and_become(argv + 3);
	if (argc > 2 && strcmp(argv[1], "children") == 0)
		world = argv[2];
	if (for_ms != 0 || meeting != NULL || world != NULL) {
		argv += 2;
		argc -= 2;
	}
	int error = argc > 5 ? atoi(argv[1]) : 0, failed = 0, runs = 0;
	long from = argc > 5 ? atol(argv[2]) : 0;
	long step = argc > 5 ? atol(argv[3]) : 0;
	long to = 100000, calls = 0;
	char **init = argv + 4;

	if (argc > 6 && strcmp(argv[4], "--") != 0)
		to = atol(*init++);
	if (error == 0 || strcmp(*init++, "--") != 0)
		return 100;
	sigaction(SIGALRM, &act, NULL);
	if (world != NULL) {
		/* The fifo is held open from here on. */
		read_warnings(usual, sizeof(usual));
		run(init, -1, error);
		read_warnings(usual, sizeof(usual));
	}
	for (long n = from; n <= to; n += step) {
		struct outcome o = run(init, n, error);

		runs++;
		if (is_silent(&o))
			printf("# silent: call %ld (number %ld) %s\n", n,
			    o.failed, o.path);
		calls = o.calls > calls ? o.calls : calls;
		failed += !judge(n, error, &o);
		if (o.failed == -1)
			break;
	}
	printf("%sok - %d runs, each with another of %ld calls failing: %s\n",
	    failed ? "not " : "", runs, calls, what(error));
	return failed != 0;
}
