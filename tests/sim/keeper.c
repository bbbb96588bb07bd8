/*
 * The keeper of the fake kernel: it starts svcd, holds its slots, answers on
 * the line, and starts the next one when this one has died.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/dir.h"
#include "lib/keeper.h"
#include "lib/sock.h"
#include "tests/fake/world.h"
#include "tests/sim/sim.h"

#define LIVES_MAX 80
#define SLOTS 16384

int svcd_main(int argc, char **argv, char **envp);

const struct history *sim;
char sim_top[64], sim_scan[80], sim_homes[80], sim_run_dir[80];
struct sim_figures sim_figures;
bool sim_is_quiet;

static int slots[SLOTS];
static unsigned slots_used;
static bool is_stopped;

static void
slot_close(unsigned slot)
{
	if (slot < slots_used && slots[slot] >= 0) {
		close(slots[slot]);
		slots[slot] = -1;
	}
}

static int *
slot_of(unsigned slot)
{
	while (slots_used <= slot)
		slots[slots_used++] = -1;
	return &slots[slot];
}

static void
answer(int line, const struct keep_msg *m, struct sock_msg *s)
{
	for (unsigned i = 0; i < m->count && m->slot + i < SLOTS; i++) {
		unsigned slot = m->slot + i;
		struct keep_msg fd = {.version = KEEP_VERSION,
		    .kind = KEEP_FD,
		    .slot = slot,
		    .count = 1};

		if (m->kind == KEEP_DROP || m->kind == KEEP_PUT)
			slot_close(slot);
		if (m->kind == KEEP_PUT && i < s->nfds)
			*slot_of(slot) = s->fds[i];
		if (m->kind == KEEP_GET)
			sock_send(line, &fd, sizeof(fd), slot_of(slot),
			    *slot_of(slot) >= 0 ? 1 : 0);
	}
	if (m->kind != KEEP_PUT)
		sock_close_fds(s);
	if (m->kind == KEEP_DONE)
		is_stopped = true;
}

/* Serves one life, until it ends; its wait status. */
static int
keep(pid_t pid, int line)
{
	int fds[KEEP_MSG_FDS], status;
	struct keep_msg m;

	for (;;) {
		struct sock_msg s = {.p = &m,
		    .cap = sizeof(m),
		    .fds = fds,
		    .fds_cap = KEEP_MSG_FDS};

		if (sock_receive(line, &s, 0) != 1)
			break; /* end of file: it is dead */
		if (s.len == sizeof(m))
			answer(line, &m, &s);
		if (is_stopped)
			break;
		atomic_fetch_add(&world->heard, 1);
	}
	close(line);
	/* DONE: it sees the end of the line before anything else. */
	atomic_fetch_add(&world->heard, 1);
	waitpid(pid, &status, 0);
	return status;
}

_Noreturn static void
live_as_svcd(int queue, const int line[2])
{
	char *argv[] = {(char *)(uintptr_t) "svcd", (char *)(uintptr_t) "-r",
	    sim_run_dir, sim_scan, NULL};
	char *envp[] = {(char *)(uintptr_t) "PATH=/bin", NULL};
	char log[80];
	int said, queue_high = fcntl(queue, F_DUPFD, 50);
	int line_high = fcntl(line[1], F_DUPFD, 50);
	int self = open("/proc/self/exe", O_PATH);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(log, sizeof(log), "%s/said", sim_top);
	said = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(said, 2);
	if (world->phase != PHASE_END) /* it was told to stop before */
		dup3(line[0], WORLD_FD_LINE, O_CLOEXEC);
	close(line[0]);
	self = fcntl(self, F_DUPFD, 50);
	dup2(queue_high, KEEP_FD_QUEUE);
	dup2(line_high, KEEP_FD_LINE);
	dup2(self, KEEP_FD_SELF);
	world_idle = people_next;
	world_says_ready = sim->people->says_ready;
	world_buries = sim->people->buries;
	_exit(svcd_main(4, argv, envp));
}

/* Where this life is to be killed, and which of its calls fails. */
static void
choose_fate(unsigned number)
{
	bool is_chaos = world->phase == PHASE_CHAOS;

	world->calls = world->crash_at = world->fail_at = 0;
	if (number < SIM_POINTS)
		world->crash_at = sim->points[number];
	if (is_chaos && sim->most_calls > 0 && world_random(4) > 0)
		world->crash_at = 1 + world_random(sim->most_calls);
	if (is_chaos && sim->with_faults)
		world->fail_at = 1 + world_random(1000);
}

static void
count_life(unsigned number, int status)
{
	bool failed = world->fail_at != 0 && world->calls >= world->fail_at;

	sim_figures.lives++;
	sim_figures.calls += world->calls;
	sim_figures.faults += failed;
	sim_figures.kills +=
	    world->crash_at != 0 && world->calls == world->crash_at;
	if (number <= SIM_POINTS)
		sim_figures.last[number] = world->calls;
	if (is_stopped && world_alive() > 0)
		world_bad("DONE, but %u processes live", world_alive());
	else if (is_stopped && pipe_left() > 0)
		world_bad("DONE, but %u lines are lost", pipe_left());
	else if (!is_stopped &&
		 !(WIFEXITED(status) &&
		     (WEXITSTATUS(status) == WORLD_KILLED ||
			 (failed && WEXITSTATUS(status) == 111))))
		world_bad("svcd ended by itself, status %#x", (unsigned)status);
}

/* False: it was the last. */
static bool
life(int queue, unsigned number)
{
	int line[2], status;
	pid_t pid;

	world->lives++;
	choose_fate(number);
	if (sock_pair(SOCK_SEQPACKET, line) < 0)
		return false;
	if (world->phase == PHASE_END)
		people_stop(line[0]);
	pid = fork();
	if (pid == 0) {
		fcntl(line[1], F_SETFL, O_NONBLOCK);
		live_as_svcd(queue, line);
	}
	close(line[1]);
	status = keep(pid, line[0]);
	world->lives++;
	world_maker_died();
	count_life(number, status);
	return !is_stopped && world->bad[0] == '\0';
}

static void
lives(void)
{
	int queue[2];
	unsigned n = 0;

	if (pipe2(queue, O_NONBLOCK | O_CLOEXEC) < 0)
		return;
	fcntl(queue[1], F_SETPIPE_SZ, 1 << 20);
	dup3(queue[1], WORLD_FD_QUEUE, O_CLOEXEC);
	close(queue[1]);
	while (life(queue[0], n) && ++n < LIVES_MAX)
		if (n > LIVES_MAX / 2)
			world->commands = world->budget = 0;
	if (!is_stopped)
		world_bad("never came to rest");
	close(queue[0]);
	close(WORLD_FD_QUEUE);
	for (unsigned i = 0; i < slots_used; i++)
		slot_close(i);
}

/* Where files cost least. */
static bool
make_top(void)
{
	snprintf(sim_top, sizeof(sim_top), "/dev/shm/trivet-sim.XXXXXX");
	if (mkdtemp(sim_top) == NULL) {
		snprintf(sim_top, sizeof(sim_top), "/tmp/trivet-sim.XXXXXX");
		if (mkdtemp(sim_top) == NULL)
			return false;
	}
	snprintf(sim_scan, sizeof(sim_scan), "%s/scan", sim_top);
	snprintf(sim_homes, sizeof(sim_homes), "%s/sv", sim_top);
	snprintf(sim_run_dir, sizeof(sim_run_dir), "%s/run", sim_top);
	return mkdir(sim_scan, 0755) == 0 && mkdir(sim_homes, 0755) == 0 &&
	       mkdir(sim_run_dir, 0755) == 0;
}

/* What svcd said, and the services that are more than a program. */
static void
say_last_lines(void)
{
	char line[200];

	snprintf(line, sizeof(line),
	    "cd %s && { tail -n 12 said; grep -s '' scan/*/service; } |"
	    "sed 's/^/#   /'",
	    sim_top);
	fflush(stdout);
	(void)!system(line);
}

bool
sim_run(const struct history *h)
{
	sim = h;
	world_begin(h->seed, h->services);
	world->budget = h->deaths;
	world->commands = h->commands;
	is_stopped = false;
	memset(sim_figures.last, 0, sizeof(sim_figures.last));
	if (!make_top()) {
		world_bad("cannot make %s", sim_top);
		return false;
	}
	sim->people->make();
	lives();
	sim_figures.histories++;
	sim_figures.births += world->births;
	sim_figures.deaths += world->deaths;
	if (world->bad[0] != '\0' && !sim_is_quiet) {
		printf(
		    "# seed %llu, killed at %llu %llu: %s (life %u, last %s)\n",
		    (unsigned long long)h->seed,
		    (unsigned long long)h->points[0],
		    (unsigned long long)h->points[1], world->bad,
		    world->lives / 2, world->last);
		say_last_lines();
	}
	dir_remove(AT_FDCWD, sim_top);
	return world->bad[0] == '\0';
}
