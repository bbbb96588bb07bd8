/*
 * Makes each system call of init fail in turn: run after run, the n-th call
 * that PID 1 makes after its exec, for n = FROM, FROM + STEP, … until a run
 * makes fewer than n.
 *
 *	faults [for MS] WHAT FROM STEP [TO] -- INIT ARGUMENTS…
 *
 * WHAT is an errno by number; or -SIGNAL, and that signal arrives after the
 * n-th call instead, as a fault of init's own would (si_code SI_KERNEL). With
 * `for`, from the n-th on each call of the same number fails until that time
 * has passed: init is then to wait, not to spin, and to recover.
 * Each run is a PID namespace of its own. It passes when it ends by itself
 * within the time limit as power off does (SIGINT). Prints TAP.
 */
#include <errno.h>
#include <linux/ptrace.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_S 20
#define SPIN 2000 /* failures in a second that are more than trying again */

struct outcome {
	long calls;  /* that init made */
	long failed; /* number of the call that was made to fail, or -1 */
	int status;  /* wait status of init */
	bool late;   /* had to be killed */
	long failures;
};

static long for_ms; /* 0: one call fails */

static volatile sig_atomic_t alarmed;

static void
on_alarm(int sig)
{
	(void)sig;
	alarmed = 1;
}

static _Noreturn void
become_init(char **argv)
{
	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	kill(1, SIGSTOP); /* raise would ask libc for a stale number */
	execv(argv[0], argv);
	_exit(127);
}

/* At a system call's entry: which one it is, and perhaps it is not done. */
static void
spoil(pid_t pid, bool fails, long *number)
{
	struct user_regs_struct regs;

	ptrace(PTRACE_GETREGS, pid, 0, &regs);
	*number = (long)regs.orig_rax;
	if (!fails)
		return;
	regs.orig_rax = (unsigned long long)-1;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
}

static void
answer(pid_t pid, int error)
{
	struct user_regs_struct regs;

	ptrace(PTRACE_GETREGS, pid, 0, &regs);
	regs.rax = (unsigned long long)(long long)-error;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
}

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Whether the call that begins here is to fail: the n-th, or one like it. */
static bool
is_next(pid_t pid, long n, int error, struct outcome *o, long *until_ms)
{
	struct user_regs_struct regs;

	if (++o->calls == n) {
		*until_ms = now_ms() + for_ms;
	} else {
		if (for_ms == 0 || o->calls < n || now_ms() >= *until_ms)
			return false;
		ptrace(PTRACE_GETREGS, pid, 0, &regs);
		if ((long)regs.orig_rax != o->failed)
			return false;
	}
	spoil(pid, error > 0, &o->failed);
	o->failures++;
	return true;
}

/* Follows init to its end; true when there was one within the limit. */
static bool
follow(pid_t pid, long n, int error, struct outcome *o)
{
	bool in_call = false, spoilt = false;
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
		if (sig == SIGTRAP)
			sig = 0; /* the exec's own, or an event */
		if (sig != (SIGTRAP | 0x80))
			continue;
		sig = 0;
		in_call = !in_call;
		if (in_call) {
			spoilt = is_next(pid, n, error, o, &until_ms);
		} else if (spoilt) {
			if (error > 0)
				answer(pid, error);
			else
				sig = -error;
			spoilt = false;
		}
	}
}

static struct outcome
run(char **argv, long n, int error)
{
	struct outcome o = {.failed = -1};
	pid_t pid = (pid_t)syscall(
	    SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0);
	int status;

	if (pid == 0)
		become_init(argv);
	waitpid(pid, &status, 0);
	ptrace(PTRACE_SETOPTIONS, pid, 0,
	    PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
	ptrace(PTRACE_CONT, pid, 0, 0);
	waitpid(pid, &status, 0); /* the exec */
	alarmed = 0;
	alarm(LIMIT_S);
	o.late = !follow(pid, n, error, &o) || alarmed;
	alarm(0);
	if (o.late) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, __WALL);
	}
	return o;
}

static const char *
what(int error)
{
	return error > 0 ? strerror(error) : strsignal(-error);
}

static bool
is_good(const struct outcome *o)
{
	return !o->late && WIFSIGNALED(o->status) &&
	       WTERMSIG(o->status) == SIGINT &&
	       (for_ms == 0 || o->failures <= SPIN * for_ms / 1000);
}

int
main(int argc, char **argv)
{
	struct sigaction act = {.sa_handler = on_alarm};

	if (argc > 2 && strcmp(argv[1], "for") == 0) {
		for_ms = atol(argv[2]);
		argv += 2;
		argc -= 2;
	}
	int error = argc > 5 ? atoi(argv[1]) : 0, failed = 0, runs = 0;
	long from = argc > 5 ? atol(argv[2]) : 0;
	long step = argc > 5 ? atol(argv[3]) : 0;
	long to = 100000;
	char **init = argv + 4;

	if (argc > 6 && strcmp(argv[4], "--") != 0)
		to = atol(*init++);
	if (error == 0 || strcmp(*init++, "--") != 0)
		return 100;
	sigaction(SIGALRM, &act, NULL);
	for (long n = from; n <= to; n += step) {
		struct outcome o = run(init, n, error);

		runs++;
		if (!is_good(&o)) {
			failed++;
			printf("# call %ld (number %ld, %ld times) with %s: "
			       "%s, status %x\n",
			    n, o.failed, o.failures, what(error),
			    o.late ? "does not end" : "ends otherwise",
			    o.status);
			fflush(stdout);
		}
		if (o.failed == -1)
			break;
	}
	printf("%sok - %d runs, each with another call failing: %s\n",
	    failed ? "not " : "", runs, what(error));
	return failed != 0;
}
