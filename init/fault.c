/*
 * The handler trusts nothing but the descriptors: it runs on a stack of its
 * own, may be interrupted by its own kind, and makes system calls only.
 */
#include "init/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "init/memo.h"
#include "lib/mono.h"
#include "lib/sig.h"
#include "lib/sys.h"

#define ROW_MAX 10 /* faults in a row, and no more */
#define MANY 100   /* in a life: if each turn has one, turns are to be slow */
#define SLOW_MS 100
#define EXEC_TRIES 100

/*
 * ABRT first: for it libc blocks all signals for a moment, and a fault in one
 * that is blocked ends PID 1, whoever would handle it.
 */
static const int faults[] = {
    SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
#define FAULTS (sizeof(faults) / sizeof(faults[0]))

static char *const *again_argv;
static char *const *again_envp;
/*
 * Room for many frames, which are 11 KB each where the processor has much to
 * save: a frame that does not fit ends PID 1.
 */
static _Alignas(16) char stack[512 * 1024];

static void
tick(long ms)
{
	struct timespec t = mono_timespec(NS_OF_MS(ms));

	sys_ppoll(NULL, 0, &t);
}

void
fault_again(void)
{
	sys_execveat(FD_SELF, "", again_argv, again_envp, AT_EMPTY_PATH);
}

static int
run_shell(void *arg)
{
	static char *const argv[] = {(char *)(uintptr_t) "sh", NULL};
	static const char *const shells[] = {
	    "/sbin/sulogin", "/bin/sh", "/bin/busybox", NULL};
	int fd = sys_open("/dev/console", O_RDWR | O_NOCTTY, 0);

	(void)arg;
	sig_default_all();
	sig_mask(0, NULL);
	sys_setsid();
	for (int i = 0; fd >= 0 && i <= 2; i++)
		sys_dup2(fd, i);
	sys_ioctl(0, TIOCSCTTY, (void *)1);
	sys_close_range(3, ~0u, 0);
	for (int i = 0; shells[i] != NULL; i++)
		sys_execve(shells[i], argv, again_envp);
	return 127;
}

static int
run_reboot(void *arg)
{
	(void)arg;
	sys_sync();
	sys_reboot(LINUX_REBOOT_CMD_RESTART, NULL);
	return 1;
}

/* Reaps all there is until this child is among them. */
static void
run_and_reap(int (*run)(void *))
{
	struct sys_clone how = {.exit_signal = SIGCHLD, .cgroup = -1};
	siginfo_t info = {0};
	pid_t pid = sys_clone(&how, run, NULL);

	if (pid == -1)
		return;
	while (info.si_pid != pid)
		if (sys_waitid(P_ALL, 0, &info, WEXITED) == -1)
			return;
}

_Noreturn void
fault_loop(void)
{
	static const char text[] =
	    "init: fatal: faults again and again: a shell, then a reboot\n";

	if (sys_getpid() != 1)
		sys_exit(111);
	for (size_t i = 0; i < FAULTS; i++)
		sig_default(faults[i]);
	sys_write(FD_KMSG, text, sizeof(text) - 1);
	sys_write(2, text, sizeof(text) - 1);
	run_and_reap(run_shell);
	for (;;) {
		run_and_reap(run_reboot);
		/* A container's may not: its end is the last word there. */
		if (!memo.alone_kernel)
			sys_exit(111);
		tick(1000);
	}
}

/*
 * A program on trial has one fault and no more: there is another one, that has
 * been without. A fault in here finds the same to be done, or it done.
 */
static void
take_back(void)
{
	if (sys_dup2(FD_SELF_OLD, FD_SELF) == -1)
		return;
	memo.taken_back = true;
	sys_close(FD_SELF_OLD);
}

static void
on_fault(int sig, siginfo_t *info, void *context)
{
	static volatile sig_atomic_t depth;

	(void)sig;
	(void)context;
	/* A child that has not yet put its signals right. */
	if (sys_getpid() != memo.pid)
		sys_exit(111);
	/* Sent by somebody, it is no fault; one is enough to begin anew. */
	if (depth > 0 && info->si_code <= 0)
		return;
	if (++depth > 3)
		fault_loop();
	memo.faults++;
	if (info->si_code > 0)
		memo.faults_in_row++;
	take_back();
	if (memo.faults_in_row > ROW_MAX)
		fault_loop();
	for (int i = 0; i < EXEC_TRIES; i++) {
		fault_again();
		tick(10);
	}
	fault_loop();
}

/*
 * The pause is here and not in the handler: whatever strikes in it finds a turn
 * done, and is neither one more of a row nor a fault of the handler.
 */
void
fault_turned(void)
{
	bool slow = memo.faults_in_row > 0 && memo.faults > MANY;

	memo.faults_in_row = 0;
	if (slow)
		tick(SLOW_MS);
}

uint64_t
fault_signals(void)
{
	uint64_t set = 0;

	for (size_t i = 0; i < FAULTS; i++)
		set |= SIG_BIT(faults[i]);
	return set;
}

void
fault_open(char *const *argv, char *const *envp)
{
	const stack_t ss = {.ss_sp = stack, .ss_size = sizeof(stack)};
	/* An empty mask: a fault while its signal is blocked ends PID 1. */
	struct sigaction act = {
	    .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTART};

	again_argv = argv;
	again_envp = envp;
	act.sa_sigaction = on_fault;
	sys_sigaltstack(&ss, NULL);
	for (size_t i = 0; i < FAULTS; i++)
		sys_sigaction(faults[i], &act, NULL);
}
