/*
 * Processes and time of the fake kernel. It acts only inside svcd's calls, so
 * that a run is the same again for the same seed.
 */
#include "tests/fake/world.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/keeper.h"
#include "lib/spawn.h"
#include "lib/sys.h"

struct world *world;
int world_fd = 900;
void (*world_idle)(void);
bool (*world_says_ready)(struct process *p);
void (*world_buries)(const struct process *p);

/* Handles of processes, in this life of svcd. */
static struct {
	pid_t pid;
	uint32_t birth;
} handles[WORLD_HANDLES];
static int handles_end;

pid_t __wrap_sys_clone(
    const struct sys_clone *how, int (*child)(void *), void *arg);
int __wrap_sys_kill(pid_t pid, int sig);
int __wrap_sys_pidfd_open(pid_t pid);
int __wrap_sys_pidfd_send_signal(int pidfd, int sig);
pid_t __wrap_sys_getsid(pid_t pid);
int __wrap_sys_statfs(const char *path, struct statfs *st);
int __wrap_sys_close_range(unsigned first, unsigned last, unsigned flags);
_Noreturn void __wrap_sys_exit(int code);

void
world_begin(uint64_t seed, unsigned services)
{
	unsigned pids = 2 * services + 20;

	pids = pids < WORLD_PIDS + 20 ? WORLD_PIDS : pids;
	memset(world, 0,
	    offsetof(struct world, processes) +
		(pids + 34) * sizeof(struct process));
	world->pids = pids;
	world->places = pids + 34;
	world->random = seed * 2 + 1;
	world->now_ns = INT64_C(1000000000000);
	world->real_ns = INT64_C(1700000000000000000);
}

/* xorshift64*: good enough, and the same everywhere. */
unsigned
world_random(unsigned n)
{
	uint64_t x = world->random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	world->random = x;
	return (unsigned)((x * UINT64_C(2685821657736338717)) >> 33) % n;
}

void
world_bad(const char *fmt, ...)
{
	va_list ap;

	if (world->bad[0] != '\0')
		return; /* the first is the cause */
	va_start(ap, fmt);
	vsnprintf(world->bad, sizeof(world->bad), fmt, ap);
	va_end(ap);
}

/*
 * There is another processor: when svcd looks into its queue, more may have
 * happened since it looked last than what happened while it waited.
 */
static void
meanwhile(const char *name)
{
	if (strcmp(name, "tee") == 0 && world_random(4) == 0)
		world_live();
}

/* What is at a gate finds its maker dead, and says so. */
static void
leave_gates(void)
{
	for (unsigned i = 0; i < world->places; i++) {
		const struct process *p = &world->processes[i];
		const struct spawn *s = p->spawn;

		if (p->state == PROCESS_GATED && p->life == world->lives)
			atomic_store(s->fault, SPAWN_FAULT(0, SPAWN_GATE, 0) |
						   (uint64_t)p->pid << 32);
	}
}

_Noreturn void
world_crash(void)
{
	leave_gates();
	_exit(WORLD_KILLED);
}

bool
fake_call(const char *name, int error)
{
	if (world_idle == NULL)
		return false; /* the keeper's own */
	meanwhile(name);
	world->calls++;
	for (const char *c = name; *c != '\0'; c++)
		world->trace = (world->trace ^ (unsigned char)*c) *
			       UINT64_C(1099511628211);
	if (world->calls == world->crash_at || world->calls == world->fail_at)
		snprintf(world->last, sizeof(world->last), "%s", name);
	if (world->calls == world->crash_at)
		world_crash();
	if (world->calls != world->fail_at || error == 0)
		return false;
	errno = error;
	return true;
}

/* --- processes --- */

static struct process *
by_pid(pid_t pid)
{
	for (int i = 0; i < (int)world->places; i++)
		if (world->processes[i].state != PROCESS_NONE &&
		    world->processes[i].pid == pid)
			return &world->processes[i];
	return NULL;
}

static bool
is_alive(const struct process *p)
{
	return p->state == PROCESS_GATED || p->state == PROCESS_RUNS;
}

struct process *
world_process(const char *dir, const char *file)
{
	size_t n = strlen(dir);

	for (int i = 0; i < (int)world->places; i++) {
		struct process *p = &world->processes[i];
		size_t len = strlen(p->dir);

		if (p->state == PROCESS_RUNS && len >= n &&
		    strcmp(p->dir + len - n, dir) == 0 &&
		    strcmp(p->file, file) == 0)
			return p;
	}
	return NULL;
}

unsigned
world_alive(void)
{
	unsigned n = 0;

	for (int i = 0; i < (int)world->places; i++)
		n += is_alive(&world->processes[i]);
	return n;
}

/* What a gated child holds; a later life has closed it by its death. */
static void
let_go(struct process *p)
{
	if (p->life != world->lives)
		return;
	while (p->helds > 0)
		close(p->held[--p->helds]);
	if (p->memory != NULL)
		atomic_store((_Atomic uint32_t *)p->memory, 0);
	p->memory = NULL;
}

static void
ring_handles(const struct process *p)
{
	uint64_t one = 1;

	for (int fd = 0; fd < handles_end; fd++)
		if (handles[fd].pid == p->pid && handles[fd].birth == p->birth)
			(void)!write(fd, &one, sizeof(one));
}

/* The keeper's part: announce, then reap. A full queue leaves a zombie. */
static void
announce(struct process *p)
{
	struct keep_exit e = {world->seq + 1, p->pid, p->code, p->value};

	if (write(WORLD_FD_QUEUE, &e, sizeof(e)) != (ssize_t)sizeof(e))
		return;
	world->seq++;
	p->state = PROCESS_NONE;
}

void
world_end(struct process *p, int code, int value)
{
	let_go(p);
	if (p->state == PROCESS_RUNS && p->out != 0)
		pipe_put(p->out); /* its last words */
	if (world_buries != NULL)
		world_buries(p);
	p->state = PROCESS_ZOMBIE;
	p->code = code;
	p->value = value;
	world->deaths++;
	ring_handles(p);
	announce(p);
}

void
world_maker_died(void)
{
	for (int i = 0; i < (int)world->places; i++) {
		struct process *p = &world->processes[i];

		if (p->state == PROCESS_GATED)
			world_end(p, CLD_EXITED, 111);
	}
}

/* A pid of the pool that is free: any, so that they come again soon. */
static pid_t
free_pid(void)
{
	unsigned from = world_random(world->pids);

	for (unsigned i = 0; i < world->pids; i++) {
		pid_t pid = (pid_t)(WORLD_FIRST_PID + (from + i) % world->pids);

		if (by_pid(pid) == NULL)
			return pid;
	}
	return -1;
}

static struct process *
free_process(void)
{
	for (int i = 0; i < (int)world->places; i++)
		if (world->processes[i].state == PROCESS_NONE)
			return &world->processes[i];
	return NULL;
}

/* The child's copy of what lies below `below`, but the far end of its gate. */
static void
copy_table(struct process *p, const struct spawn *s)
{
	p->gate = -1;
	for (int fd = KEEP_FD_END; fd < s->fds_below; fd++) {
		struct stat st;
		int copy;

		if (fd == s->gate_far || fstat(fd, &st) < 0 ||
		    !S_ISFIFO(st.st_mode))
			continue;
		copy = fcntl(fd, F_DUPFD_CLOEXEC, world_fd + 2);
		p->held[p->helds++] = copy;
		if (fd == s->gate)
			p->gate = copy;
	}
	if (s->left != NULL)
		atomic_store(s->left, 1);
}

static void
describe(struct process *p, const struct spawn *s)
{
	snprintf(p->file, sizeof(p->file), "%s", s->file);
	for (size_t i = 0; i < s->count; i++) {
		const struct spawn_step *step = &s->steps[i];

		if (step->op == SPAWN_CHDIR)
			snprintf(p->dir, sizeof(p->dir), "%s", step->text);
		if (step->op == SPAWN_DUP && step->number == 0)
			p->in = pipe_of(step->fd);
		if (step->op == SPAWN_DUP && step->number == 1)
			p->out = pipe_of(step->fd);
	}
}

pid_t
__wrap_sys_clone(const struct sys_clone *how, int (*child)(void *), void *arg)
{
	struct process *p;
	pid_t pid;

	(void)child;
	if (fake_call("clone", EAGAIN))
		return -1;
	/* Who dies meanwhile leaves a pid that may be the new one's at once. */
	if (!world->is_calm && world_random(2) == 0)
		world_live();
	p = free_process();
	pid = free_pid();
	if (p == NULL || pid < 0 || world->fork_fails > 0) {
		world->fork_fails -= world->fork_fails > 0;
		errno = EAGAIN;
		return -1;
	}
	if (!(how->flags & CLONE_PARENT))
		world_bad("a child is not the keeper's");
	memset(p, 0, sizeof(*p));
	p->state = PROCESS_GATED;
	p->pid = pid;
	p->birth = ++world->births;
	p->life = world->lives;
	p->spawn = arg;
	p->memory = (void *)(uintptr_t)how->memory;
	p->stubborn = world_random(8) == 0;
	describe(p, arg);
	copy_table(p, arg);
	if (p->gate < 0)
		world_bad("%s %s is born without a gate", p->dir, p->file);
	return pid;
}

/* Behind the gate: steps and program, or a fault. */
static void
execute(struct process *p)
{
	const struct spawn *s = p->spawn;
	struct process *other = world_process(p->dir, p->file);

	if (other != NULL &&
	    (strcmp(p->file, "./run") == 0 || strcmp(p->file, "./up") == 0))
		world_bad("two of %s %s: pids %d and %d", p->dir, p->file,
		    (int)other->pid, (int)p->pid);
	if (!world->is_calm && world_random(25) == 0) {
		uint64_t fault = SPAWN_FAULT(0, SPAWN_EXEC, ETXTBSY);

		atomic_store(s->fault, fault | (uint64_t)p->pid << 32);
		world_end(p, CLD_EXITED, 111);
		return;
	}
	p->state = PROCESS_RUNS;
	let_go(p);
	if (p->out != 0)
		pipe_put(p->out);
}

/* control/t says it has seen to the TERM: so it must have. */
static void
script_done(const struct process *script)
{
	struct process *p = world_process(script->dir, "./run");

	if (p != NULL && strcmp(script->file, "control/t") == 0)
		p->termed = true;
}

/* A oneshot's program, and while there is chaos. */
static bool
fails_at_its_work(const struct process *p)
{
	return strcmp(p->file, "./up") == 0 && !world->is_calm &&
	       world_random(6) == 0;
}

/* A logger: some are killed before they have read what waits, at the end of
 * all too. */
static bool
reads(struct process *p)
{
	if (world->phase == PHASE_END && world->kills > 0 &&
	    world_random(2) == 0) {
		world->kills--;
		world_end(p, CLD_KILLED, SIGSEGV);
		return true;
	}
	if (!world->is_calm && world_random(4) == 0)
		return false;
	if (pipe_take(p->in))
		return true;
	if (!pipe_is_over(p->in))
		return false;
	world_end(p, CLD_EXITED, 0);
	return true;
}

/* One thing that can happen to a process; false: nothing happened. */
static bool
live_on(struct process *p)
{
	struct pollfd gate = {.fd = p->gate, .events = POLLIN};
	char byte;

	switch (p->state) {
	case PROCESS_NONE:
		return false;
	case PROCESS_ZOMBIE:
		announce(p);
		return p->state == PROCESS_NONE;
	case PROCESS_GATED:
		/* Killed there by whom ever; its pid may be another's at once.
		 */
		if (!world->is_calm && world_random(30) == 0) {
			world_end(p, CLD_KILLED, SIGKILL);
			return true;
		}
		if (poll(&gate, 1, 0) < 1)
			return false;
		if (read(p->gate, &byte, 1) == 1)
			execute(p);
		else
			world_end(p, CLD_EXITED, 111);
		return true;
	case PROCESS_RUNS:
		break;
	}
	if (p->stopped)
		return false;
	if (p->termed && (!p->stubborn || world->is_calm)) {
		world_end(p, CLD_KILLED, SIGTERM);
		return true;
	}
	if (strcmp(p->file, "./run") != 0) { /* scripts end soon */
		script_done(p);
		world_end(p, CLD_EXITED, fails_at_its_work(p));
		return true;
	}
	if (world_says_ready != NULL && world_says_ready(p))
		return true;
	if (p->in != 0 && reads(p))
		return true;
	if (world->is_calm || world->budget == 0)
		return false;
	world->budget--;
	if (world_random(4) == 0)
		world_end(p, CLD_KILLED, SIGSEGV);
	else
		world_end(p, CLD_EXITED, (int)world_random(3));
	return true;
}

bool
world_live(void)
{
	unsigned from = world_random(world->places);

	for (unsigned i = 0; i < world->places; i++)
		if (live_on(&world->processes[(from + i) % world->places]))
			return true;
	return false;
}

/* --- signals --- */

/*
 * Gated ones have all signals blocked. What TERM does is for live_on(), later:
 * a program needs a moment to end.
 */
static void
signalled(struct process *p, int sig)
{
	if (sig == SIGCONT)
		p->stopped = false;
	else if (sig == SIGSTOP)
		p->stopped = true;
	else if (sig == SIGKILL)
		world_end(p, CLD_KILLED, sig);
	else if (sig == SIGTERM)
		p->termed = true;
}

int
__wrap_sys_kill(pid_t pid, int sig)
{
	struct process *p = by_pid(pid < 0 ? -pid : pid);

	if (fake_call("kill", EPERM))
		return -1;
	if (p == NULL || (pid < 0 && p->state == PROCESS_GATED)) {
		errno = ESRCH;
		return -1;
	}
	if (is_alive(p))
		signalled(p, sig);
	return 0;
}

int
__wrap_sys_pidfd_open(pid_t pid)
{
	struct process *p = by_pid(pid);
	int fd;

	if (fake_call("pidfd_open", EMFILE))
		return -1;
	if (p == NULL) {
		errno = ESRCH;
		return -1;
	}
	fd = eventfd(is_alive(p) ? 0 : 1, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd >= 0 && fd < WORLD_HANDLES) {
		handles_end = fd >= handles_end ? fd + 1 : handles_end;
		handles[fd].pid = pid;
		handles[fd].birth = p->birth;
	}
	return fd;
}

int
__wrap_sys_pidfd_send_signal(int pidfd, int sig)
{
	struct process *p = by_pid(handles[pidfd].pid);

	if (fake_call("pidfd_send_signal", EPERM))
		return -1;
	if (p == NULL || p->birth != handles[pidfd].birth || !is_alive(p)) {
		errno = ESRCH;
		return -1;
	}
	signalled(p, sig);
	return 0;
}

/* A machine without cgroups. */
int
__wrap_sys_statfs(const char *path, struct statfs *st)
{
	(void)path;
	(void)st;
	errno = ENOENT;
	return -1;
}

pid_t
__wrap_sys_getsid(pid_t pid)
{
	struct process *p = by_pid(pid);

	if (p != NULL)
		return p->state == PROCESS_GATED ? 1 : pid;
	errno = ESRCH;
	return -1;
}

/* --- the rest --- */

int __real_sys_close_range(unsigned first, unsigned last, unsigned flags);

int
__wrap_sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	(void)last;
	return __real_sys_close_range(first, (unsigned)world_fd - 1, flags);
}

_Noreturn void
__wrap_sys_exit(int code)
{
	_exit(code);
}
