/*
 * All of svcd on the fake kernel: random histories by seed, in which services
 * die, people give commands, directories come and go, clones and other calls
 * fail, and svcd itself is killed at any of its calls. Then the world is left
 * in peace, and must come to rest as everybody wants it.
 *
 *	build/tests/sim/tree		the seeds of `make check`
 *	build/tests/sim/tree FROM N	N others, from seed FROM on
 *
 * Always: no service has two main processes; none is born without a gate or to
 * another parent than the keeper. In the end: every service runs, and the word
 * of its record says so with its pid; then STOP, and nothing is left.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/dir.h"
#include "lib/keeper.h"
#include "lib/sock.h"
#include "svc/tree/tree.h"
#include "tests/fake/world.h"
#include "tests/unit/unit.h"

#define SERVICES 5
#define LIVES_MAX 80
#define SLOTS 256

int svcd_main(int argc, char **argv, char **envp);

static char top[64], scan[80], run_dir[80];
static bool with_faults;

/* --- what people do ------------------------------------------------------- */

static void
service_path(char to[160], int k, const char *rest)
{
	snprintf(to, 160, "%s/s%d%s", scan, k, rest);
}

static void
command(int k, const char *letters)
{
	char path[160];
	int fd;

	service_path(path, k, "/supervise/control");
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return; /* nobody supervises it just now */
	(void)!write(fd, letters, strlen(letters));
	close(fd);
}

static void
hide(int k, bool hidden)
{
	char here[160], there[160];

	service_path(here, k, "");
	snprintf(there, sizeof(there), "%s/.s%d", scan, k);
	(void)!(hidden ? rename(here, there) : rename(there, here));
}

static void
something(void)
{
	static const char *const letters[] = {
	    "u", "d", "t", "k", "o", "p", "c", "h", "du", "ud", "tt", "dtu"};
	int k = (int)world_random(SERVICES);
	/* A logger would have to see the end of its pipe, and the world has
	 * none behind exec: the service with a logger stays. */
	int mobile = k == 2 ? 0 : k;

	switch (world_random(12)) {
	case 0:
		world->fork_fails = 1 + world_random(4);
		break;
	case 1:
		hide(mobile, true);
		break;
	case 2:
		hide(mobile, false);
		break;
	case 3:
		world->now_ns += (int64_t)world_random(8000) * 1000000;
		break;
	default:
		command(k, letters[world_random(12)]);
	}
}

/* --- what must hold in the end ----------------------------------------------
 */

static void
check_service(int k)
{
	char name[160];
	const struct process *p;
	struct sv_word w;
	uint32_t i;

	snprintf(name, sizeof(name), "s%d", k);
	i = state_by_name(name);
	snprintf(name, sizeof(name), "/s%d", k);
	p = world_process(name, "./run");
	if (i == 0) {
		world_bad("%s has no record", name);
		return;
	}
	w = sv_unpack(board_word(rec(i)));
	if (p == NULL)
		world_bad("%s does not run; its record says %s, pid %d, "
			  "flags %#x, want %u, ending %d",
		    name, sv_state_name(w.sv.state), (int)w.pid,
		    (unsigned)rec(i)->flags, (unsigned)w.sv.want,
		    live(i)->is_ending);
	else if (w.sv.state != S_UP || (pid_t)w.pid != p->pid)
		world_bad("%s runs as %d; its record says %s, pid %d, %s"
			  "watch %lld, deadline %lld, now %lld",
		    name, (int)p->pid, sv_state_name(w.sv.state), (int)w.pid,
		    births_has(i) ? "born, " : "", (long long)rec(i)->watch_ns,
		    (long long)rec(i)->deadline_ns, (long long)world->now_ns);
}

static void
stop(void)
{
	struct keep_msg m = {.version = KEEP_VERSION,
	    .kind = KEEP_STOP,
	    .value = KEEP_END_POWEROFF};

	world->crash_at = world->fail_at = 0;
	if (sock_send(WORLD_FD_LINE, &m, sizeof(m), NULL, 0) < 0)
		world_bad("cannot send STOP");
	close(WORLD_FD_LINE);
}

enum {
	CHAOS,
	CALM,
	REST,
	END
};

/* Nothing happens any more: the next thing. */
static void
next(void)
{
	struct pollfd line = {.fd = KEEP_FD_LINE, .events = POLLIN};

	if (world->bad[0] != '\0')
		_exit(98);
	switch (world->phase) {
	case CHAOS:
		if (world->commands > 0) {
			world->commands--;
			something();
			break;
		}
		world->phase = CALM;
		world->is_calm = true;
		world->fork_fails = 0;
		for (int k = 0; k < SERVICES; k++)
			hide(k, false);
		if (with_faults) /* whatever they broke, a new life mends */
			_exit(99);
		break;
	case CALM:
		world->phase = REST;
		for (int k = 0; k < SERVICES; k++)
			command(k, "cu");
		break;
	case REST:
		for (int k = 0; k < SERVICES; k++)
			check_service(k);
		world->phase = END;
		stop();
		break;
	default:
		if (poll(&line, 1, 3000) == 0) {
			world_bad("waits for ever after STOP");
			_exit(98);
		}
	}
}

/* --- the keeper
 * ---------------------------------------------------------------- */

static int slots[SLOTS];
static bool is_stopped;

static void
slot_close(unsigned slot)
{
	if (slot < SLOTS && slots[slot] >= 0) {
		close(slots[slot]);
		slots[slot] = -1;
	}
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
			slots[slot] = s->fds[i];
		if (m->kind == KEEP_GET)
			sock_send(line, &fd, sizeof(fd), &slots[slot],
			    slots[slot] >= 0 ? 1 : 0);
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
	}
	close(line);
	waitpid(pid, &status, 0);
	return status;
}

_Noreturn static void
live_as_svcd(int queue, const int line[2])
{
	char *argv[] = {(char *)(uintptr_t) "svcd", (char *)(uintptr_t) "-r",
	    run_dir, scan, NULL};
	char *envp[] = {(char *)(uintptr_t) "PATH=/bin", NULL};
	char log[80];
	int said, queue_high = fcntl(queue, F_DUPFD, 50);
	int line_high = fcntl(line[1], F_DUPFD, 50);
	int self = open("/proc/self/exe", O_PATH);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(log, sizeof(log), "%s/said", top);
	said = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(said, 2);
	dup2(line[0], WORLD_FD_LINE);
	fcntl(WORLD_FD_LINE, F_SETFD, FD_CLOEXEC);
	self = fcntl(self, F_DUPFD, 50);
	dup2(queue_high, KEEP_FD_QUEUE);
	dup2(line_high, KEEP_FD_LINE);
	dup2(self, KEEP_FD_SELF);
	world_idle = next;
	_exit(svcd_main(4, argv, envp));
}

/* --- one history -------------------------------------------------------------
 */

static void
make_file(int k, const char *name)
{
	char path[160];
	int fd;

	service_path(path, k, name);
	fd = open(path, O_WRONLY | O_CREAT, 0755);
	(void)!write(fd, "#!/bin/sh\n", 10);
	close(fd);
}

/* Plain; with finish; with a logger; with a flag `down`; with control/t. */
static void
make_services(void)
{
	char path[160];

	snprintf(scan, sizeof(scan), "%s/scan", top);
	snprintf(run_dir, sizeof(run_dir), "%s/run", top);
	mkdir(scan, 0755);
	mkdir(run_dir, 0755);
	for (int k = 0; k < SERVICES; k++) {
		service_path(path, k, "");
		mkdir(path, 0755);
		make_file(k, "/run");
	}
	make_file(1, "/finish");
	service_path(path, 2, "/log");
	mkdir(path, 0755);
	make_file(2, "/log/run");
	make_file(3, "/down");
	service_path(path, 4, "/control");
	mkdir(path, 0755);
	make_file(4, "/control/t");
	make_file(4, "/control/u");
}

static bool
life(int queue)
{
	int line[2], status;
	pid_t pid;

	world->lives++;
	world->calls = world->crash_at = world->fail_at = 0;
	if (world->phase == CHAOS && world_random(4) > 0)
		world->crash_at = 1 + world_random(1500);
	if (world->phase == CHAOS && with_faults)
		world->fail_at = 1 + world_random(1000);
	if (sock_pair(SOCK_SEQPACKET, line) < 0)
		return false;
	pid = fork();
	if (pid == 0) {
		fcntl(line[1], F_SETFL, O_NONBLOCK);
		live_as_svcd(queue, line);
	}
	close(line[1]);
	status = keep(pid, line[0]);
	world->lives++;
	world_maker_died();
	if (WIFEXITED(status) && WEXITSTATUS(status) == 99)
		return true;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 111 &&
	    world->fail_at != 0 && world->calls >= world->fail_at)
		return true;
	if (!is_stopped)
		world_bad("svcd ended by itself, status %#x", (unsigned)status);
	else if (world_alive() > 0)
		world_bad("DONE, but %u processes live", world_alive());
	return false;
}

static void
history(uint64_t seed)
{
	int queue[2];

	world_begin(seed);
	world->budget = 60;
	world->commands = 40;
	is_stopped = false;
	for (int i = 0; i < SLOTS; i++)
		slots[i] = -1;
	if (pipe2(queue, O_NONBLOCK | O_CLOEXEC) < 0)
		return;
	dup3(queue[1], WORLD_FD_QUEUE, O_CLOEXEC);
	close(queue[1]);
	while (life(queue[0]) && world->lives < LIVES_MAX)
		if (world->lives > LIVES_MAX / 2)
			world->commands = world->budget = 0;
	if (!is_stopped)
		world_bad("never came to rest");
	close(queue[0]);
	close(WORLD_FD_QUEUE);
	for (unsigned i = 0; i < SLOTS; i++)
		slot_close(i);
}

static void
show_what_it_said(void)
{
	char command_line[160];

	snprintf(command_line, sizeof(command_line),
	    "tail -n 5 %s/said | sed 's/^/#   /'", top);
	fflush(stdout);
	(void)!system(command_line);
}

static uint64_t seed_from = 1;
static unsigned seeds = 6;
static bool is_verbose;

static void
histories(void)
{
	unsigned bad = 0;

	for (uint64_t seed = seed_from; seed < seed_from + seeds; seed++) {
		snprintf(top, sizeof(top), "/tmp/trivet-sim.XXXXXX");
		if (mkdtemp(top) == NULL)
			break;
		make_services();
		history(seed);
		if (is_verbose)
			printf("# seed %llu: trace %016llx\n",
			    (unsigned long long)seed,
			    (unsigned long long)world->trace);
		if (world->bad[0] != '\0' && bad++ < 5) {
			printf("# seed %llu: %s (life %u, last %s)\n",
			    (unsigned long long)seed, world->bad,
			    world->lives / 2, world->last);
			show_what_it_said();
		}
		dir_remove(AT_FDCWD, top);
	}
	HOLDS(bad == 0);
}

static void
histories_with_faults(void)
{
	with_faults = true;
	histories();
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		seed_from = strtoull(argv[1], NULL, 10), is_verbose = true;
	if (argc > 2)
		seeds = (unsigned)atoi(argv[2]);
	world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	TEST("sim: killed at any call, svcd loses nothing and doubles nothing",
	    histories);
	TEST("sim: a call that fails is survived, or mended by the next life",
	    histories_with_faults);
	return unit_done();
}
