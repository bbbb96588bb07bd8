/*
 * Ends programs below a PID 1, again and again.
 *
 *	killer PID1 KILLS SEED MOST_MS WHO...
 *
 * Each time one WHO is drawn, and after 0 to MOST_MS ms (most often few) one
 * process of that name below PID1 gets SIGKILL. WHO@ is ended at one of its
 * system calls, before or after it: the N-th of any kind, or one of those that
 * commit something. `!` is PID1 itself, and what it gets is a fault of its own,
 * an instruction at address 0 without a stack; `!@` the same at a system call.
 * WHO= is ended at its next mark, a sched_yield() that a mutant makes where it
 *is to be met, and WHO~ is held there for a while and let go. A WHO that begins
 *with + is drawn as often as its number of + says more.
 *
 * `pids` as a WHO is nobody: a helper in the namespace makes the kernel give
 * out the lowest free pid, always. Prints for each WHO how often.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ptrace.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WHOS 16
#define FIND_S 60 /* nobody of that name for so long: it does not come back */
#define HOLD_US 100000 /* others die and are reaped meanwhile */
#define POINT_MS 200   /* it makes no system call: at random then */

static pid_t init_pid;
static uint64_t seed;
static volatile sig_atomic_t alarmed;

enum point {
	POINT_ANY,
	POINT_COMMIT,
	POINT_MARK,
};

static struct who {
	char name[32], how; /* '@', '=', '~' or nothing */
	bool at_call, is_init;
	unsigned weight, done;
} whos[WHOS];
static unsigned who_count, weights;

static unsigned
chance(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static void
on_alarm(int sig)
{
	(void)sig;
	alarmed = 1;
}

static void
wait_us(long us)
{
	struct timespec t = {us / 1000000, us % 1000000 * 1000};

	nanosleep(&t, NULL);
}

static bool
slurp(const char *path, char *to, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, to, cap - 1);

	if (fd >= 0)
		close(fd);
	to[n < 0 ? 0 : n] = '\0';
	return n >= 0;
}

static bool
is_named(pid_t pid, const char *name)
{
	char path[64], comm[32];

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	slurp(path, comm, sizeof(comm));
	comm[strcspn(comm, "\n")] = '\0';
	return strcmp(comm, name) == 0;
}

/*
 * A child on its way to its program bears its maker's name: it is no victim.
 * svcd's are its siblings, and have few descriptors; others' are children.
 */
static bool
is_newborn(pid_t parent, pid_t pid, const char *name)
{
	char path[64];

	if (strcmp(name, "svcd") != 0)
		return parent != 0 && is_named(parent, name);
	snprintf(path, sizeof(path), "/proc/%d/fd/64", (int)pid);
	return getsid(pid) != pid || access(path, F_OK) < 0;
}

/* One of this name below `parent`, every one as likely: the count of them. */
static unsigned
find(pid_t parent, const char *name, unsigned seen, pid_t *found)
{
	static char texts[8][65536];
	static unsigned depth;
	char path[64];
	char *at, *word;

	if (depth == 8)
		return seen;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)parent,
	    (int)parent);
	slurp(path, texts[depth], sizeof(texts[0]));
	at = texts[depth++];
	while ((word = strsep(&at, " ")) != NULL) {
		pid_t pid = (pid_t)atoi(word);

		if (pid <= 0)
			continue;
		if (is_named(pid, name) && !is_newborn(parent, pid, name) &&
		    chance(++seen) == 0)
			*found = pid;
		seen = find(pid, name, seen, found);
	}
	depth--;
	return seen;
}

static pid_t
victim(const struct who *w)
{
	time_t until = time(NULL) + FIND_S;
	pid_t pid = 0;

	if (w->is_init)
		return init_pid;
	while (find(init_pid, w->name, 0, &pid) == 0) {
		if (time(NULL) > until || kill(init_pid, 0) < 0) {
			printf("# nobody named %s comes back\n", w->name);
			exit(1);
		}
		wait_us(200);
	}
	return pid;
}

/* --- by ptrace --- */

/*
 * Its next instruction is at address 0, and it has no stack, as after an
 * endless recursion; a call it was in is not done.
 */
static void
derail(pid_t pid)
{
	struct user_regs_struct regs;

	ptrace(PTRACE_GETREGS, pid, 0, &regs);
	regs.rip = 0;
	regs.rsp = 0;
	regs.orig_rax = (unsigned long long)-1;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
}

/*
 * Between its exec and its first calls no program can have a handler, and a
 * fault there ends PID 1 whatever it is.
 */
static bool
catches(pid_t pid)
{
	char path[64], text[4096];
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	slurp(path, text, sizeof(text));
	at = strstr(text, "SigCgt:");
	return at != NULL && (strtoull(at + 7, NULL, 16) >> (SIGSEGV - 1) & 1);
}

static bool
is_commit(long call)
{
	switch (call) {
	case SYS_clone:
	case SYS_clone3:
	case SYS_tee:
	case SYS_splice:
	case SYS_write:
	case SYS_waitid:
	case SYS_pidfd_open:
	case SYS_sendmsg:
	case SYS_close:
	case SYS_rename:
	case SYS_renameat:
		return true;
	}
	return false;
}

static bool
is_point(enum point point, long call)
{
	return point == POINT_ANY ||
	       (point == POINT_COMMIT && is_commit(call)) ||
	       (point == POINT_MARK && call == SYS_sched_yield);
}

/* Follows it until that call; false: it is no more, or has met no mark. */
static bool
follow(pid_t pid, unsigned n, enum point point)
{
	struct user_regs_struct regs;
	int status, sig = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, 0, sig) < 0)
			return errno != ESRCH;
		if (waitpid(pid, &status, __WALL) != pid) {
			/* It waits for events: here, then. */
			ptrace(PTRACE_INTERRUPT, pid, 0, 0);
			alarm(1);
			return waitpid(pid, &status, __WALL) == pid &&
			       WIFSTOPPED(status) && point != POINT_MARK;
		}
		if (!WIFSTOPPED(status))
			return false;
		sig = status >> 16 != 0 ? 0 : WSTOPSIG(status);
		if (sig != (SIGTRAP | 0x80))
			continue;
		sig = 0;
		if (point == POINT_MARK && alarmed)
			return false;
		ptrace(PTRACE_GETREGS, pid, 0, &regs);
		if (!is_point(point, (long)regs.orig_rax))
			continue;
		if (--n == 0)
			return true;
	}
}

static bool
end_at_call(pid_t pid, const struct who *w)
{
	enum point point = w->how != '@'    ? POINT_MARK
			   : chance(2) == 0 ? POINT_COMMIT
					    : POINT_ANY;
	unsigned n = point == POINT_MARK
			 ? 1
			 : 1 + chance(point == POINT_COMMIT ? 12 : 60);
	struct itimerspec limit = {.it_value = {0, POINT_MS * 1000000}};
	timer_t timer;
	int status;

	if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD) < 0)
		return false;
	ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		return false;
	if (!w->is_init &&
	    (!is_named(pid, w->name) || is_newborn(0, pid, w->name))) {
		ptrace(PTRACE_DETACH, pid, 0, 0);
		return false;
	}
	alarmed = 0;
	timer_create(CLOCK_MONOTONIC, NULL, &timer);
	timer_settime(timer, 0, &limit, NULL);
	bool there = follow(pid, n, point) && (!w->is_init || catches(pid));
	timer_delete(timer);
	alarm(0);
	if (!there) {
		ptrace(PTRACE_DETACH, pid, 0, 0);
		return false;
	}
	if (w->is_init)
		derail(pid);
	else if (w->how == '~')
		wait_us(HOLD_US);
	else
		kill(pid, SIGKILL);
	ptrace(PTRACE_DETACH, pid, 0, 0);
	if (!w->is_init && w->how != '~')
		waitpid(pid, &status, __WALL);
	return true;
}

static bool
fault(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, 0, 0) < 0)
		return false;
	ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		return false;
	bool may = catches(pid);
	if (may)
		derail(pid);
	return ptrace(PTRACE_DETACH, pid, 0, 0) == 0 && may;
}

static bool
end(const struct who *w)
{
	pid_t pid = victim(w);
	int handle = (int)syscall(SYS_pidfd_open, pid, 0);
	bool done;

	if (w->at_call || w->is_init) {
		close(handle);
		return w->at_call ? end_at_call(pid, w) : fault(pid);
	}
	/* Still the same: the handle is its. */
	done = is_named(pid, w->name) && !is_newborn(0, pid, w->name) &&
	       syscall(SYS_pidfd_send_signal, handle, SIGKILL, NULL, 0) == 0;
	close(handle);
	return done;
}

/* --- pids --- */

static void
reuse_pids(void)
{
	char path[64];

	if (fork() != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)init_pid);
	setns(open(path, O_RDONLY), CLONE_NEWPID);
	if (fork() != 0)
		for (;;)
			pause(); /* its child dies with it, below */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY);
		if (fd < 0 || write(fd, "1", 1) != 1)
			_exit(1);
		close(fd);
		wait_us(300);
	}
}

/* --- arguments --- */

static void
add(const char *word)
{
	struct who *w = &whos[who_count];
	size_t n;

	if (strcmp(word, "pids") == 0) {
		reuse_pids();
		return;
	}
	if (who_count == WHOS)
		exit(100);
	w->weight = 1;
	for (; *word == '+'; word++)
		w->weight++;
	snprintf(w->name, sizeof(w->name), "%s", word);
	n = strlen(w->name);
	if (n > 0 && strchr("@=~", w->name[n - 1]) != NULL) {
		w->at_call = true;
		w->how = w->name[n - 1];
		w->name[n - 1] = '\0';
	}
	w->is_init = strcmp(w->name, "!") == 0;
	weights += w->weight;
	who_count++;
}

static struct who *
draw(void)
{
	unsigned at = chance(weights);
	struct who *w = whos;

	while (at >= w->weight)
		at -= w++->weight;
	return w;
}

int
main(int argc, char **argv)
{
	struct sigaction act = {.sa_handler = on_alarm};
	unsigned kills, most_us, done = 0;

	if (argc < 6)
		return 100;
	init_pid = (pid_t)atoi(argv[1]);
	kills = (unsigned)atoi(argv[2]);
	seed = strtoull(argv[3], NULL, 10) * 2 + 1;
	most_us = (unsigned)atoi(argv[4]) * 1000;
	sigaction(SIGALRM, &act, NULL);
	for (int i = 5; i < argc; i++)
		add(argv[i]);
	while (done < kills) {
		struct who *w = draw();

		wait_us(chance(1 + chance(most_us + 1)));
		if (kill(init_pid, 0) < 0)
			break;
		if (end(w)) {
			w->done++;
			done++;
		}
	}
	for (unsigned i = 0; i < who_count; i++)
		printf("%s%.1s %u\n", whos[i].is_init ? "init" : whos[i].name,
		    &whos[i].how, whos[i].done);
	return done < kills;
}
