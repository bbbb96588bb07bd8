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
 * With the word `sites` in place of FROM and STEP each run takes the first call
 * from a site that none has failed at yet, or but one, four, sixteen, …; until
 * a run has no such call (tests/sites.h). A number behind it is that of the
 * only system call that is looked at.
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
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/meeting.h"
#include "tests/sites.h"
#include "tests/tracee.h"

#define LIMIT_S 60 /* a busy machine is no fault */
#define SPIN 2000  /* failures in a second that are more than trying again */

struct outcome {
	unsigned run;
	long calls;  /* that init made */
	long at;     /* which of them was made to fail, or the first of them */
	long failed; /* the number of that call, or -1 */
	int status;  /* wait status of init */
	bool late;   /* had to be killed */
	long failures;
	char path[64]; /* that it had, if it had one */
};

static long only = -1;	  /* of sites: those of this system call */
static long for_ms;	  /* 0: one call fails */
static const char *world; /* of children: what lies over the host's own */

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

static bool
is_want(int error)
{
	return error == ENOMEM || error == ENOSPC || error == EMFILE ||
	       error == ENFILE;
}

/*
 * Those that the kernel answers always, or libc's before there is a program;
 * and a failure that is an answer.
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
	/* Of these the kernel has nothing else to say. */
	if (error > 0 && !is_want(error) &&
	    (number == SYS_epoll_ctl || number == SYS_pidfd_open ||
		number == SYS_pidfd_send_signal))
		return true;
	/* None of these is in need of a number that is free. */
	if ((error == EMFILE || error == ENFILE) &&
	    (number == SYS_fstat || number == SYS_dup3))
		return true;
	/* "No such child", "no such descriptor", "locked by somebody". */
	return (number == SYS_waitid && error == ECHILD) ||
	       (number == SYS_getsockopt && error == EBADF) ||
	       (number == SYS_flock && error == EAGAIN);
}

/* n: which call; 0: one from a site where none has failed. */
static bool
is_first(pid_t pid, const struct user_regs_struct *regs, long n,
    const struct outcome *o)
{
	if (n != 0)
		return o->calls == n;
	return o->failed == -1 &&
	       (only == -1 || only == (long)regs->orig_rax) &&
	       site_is_next(pid, regs, o->run);
}

/* Whether the call that begins here is to fail: the first, or one like it. */
static bool
is_next(pid_t pid, long n, int error, struct outcome *o, long *until_ms)
{
	struct user_regs_struct regs = registers(pid);
	long number = (long)regs.orig_rax;

	if (is_sure(number, error))
		return false;
	o->calls++;
	if (is_first(pid, &regs, n, o)) {
		o->at = o->calls;
		*until_ms = now_ms() + for_ms;
	} else if (for_ms == 0 || now_ms() >= *until_ms ||
		   number != o->failed) {
		return false;
	}
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
	static unsigned runs;
	struct outcome o = {.failed = -1, .run = ++runs};
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
judge(int error, const struct outcome *o)
{
	bool good = is_good(o);

	if (!good)
		printf("# call %ld (number %ld, %ld times) with %s: %s, "
		       "status %x\n",
		    o->at, o->failed, o->failures, what(error),
		    o->late ? "does not end" : "ends otherwise", o->status);
	show_said(!good);
	fflush(stdout);
	return good;
}

/* Which calls fail: from 0 on, by no step, are those of new sites. */
struct sweep {
	int error;
	long from, step, to;
};

/* WHAT and which; the words behind them, or NULL. */
static char **
read_sweep(char **word, struct sweep *s)
{
	long *number[] = {&s->from, &s->step, &s->to};
	size_t first = 0;

	*s = (struct sweep){.to = 100000};
	if (*word == NULL || (s->error = atoi(*word++)) == 0)
		return NULL;
	if (*word != NULL && strcmp(*word, "sites") == 0) {
		word++;
		first = 2;
		number[2] = &only;
	}
	for (size_t i = first; i < 3 && *word != NULL && **word != '-'; i++)
		*number[i] = atol(*word++);
	return *word != NULL && strcmp(*word, "--") == 0 ? word + 1 : NULL;
}

static bool
make_sweep(const struct sweep *s, char **init)
{
	int runs = 0, failed = 0;
	long calls = 0;

	for (long n = s->from; n <= s->to; n += s->step) {
		struct outcome o = run(init, n, s->error);

		runs++;
		if (is_silent(&o))
			printf("# silent: call %ld (number %ld) %s\n", o.at,
			    o.failed, o.path);
		calls = o.calls > calls ? o.calls : calls;
		failed += !judge(s->error, &o);
		if (o.failed == -1)
			break;
	}
	printf("%sok - %d runs, each with another of %ld calls failing: %s\n",
	    failed ? "not " : "", runs, calls, what(s->error));
	return failed == 0;
}

int
main(int argc, char **argv)
{
	struct sigaction act = {.sa_handler = on_alarm};
	struct sweep sweep;

	if (argc > 2 && strcmp(argv[1], "for") == 0)
		for_ms = atol(argv[2]);
	if (argc > 2 &&
	    (strcmp(argv[1], "kept") == 0 || strcmp(argv[1], "wait") == 0))
		meeting = argv[2];
	if (argc > 3 && strcmp(argv[1], "wait") == 0)
		return wait_and_become(argv + 3);
	if (argc > 2 && strcmp(argv[1], "children") == 0)
		world = argv[2];
	if (for_ms != 0 || meeting != NULL || world != NULL)
		argv += 2;
	char **init = argv[0] == NULL ? NULL : read_sweep(argv + 1, &sweep);

	if (init == NULL || *init == NULL)
		return 100;
	sigaction(SIGALRM, &act, NULL);
	if (world != NULL) {
		/* The fifo is held open from here on. */
		read_warnings(usual, sizeof(usual));
		run(init, -1, sweep.error);
		read_warnings(usual, sizeof(usual));
	}
	return make_sweep(&sweep, init) ? 0 : 1;
}
