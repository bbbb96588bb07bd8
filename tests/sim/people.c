/*
 * Those who have services: they make them, give commands, remove and make
 * links, want everything up in the end, and then stop it all.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/keeper.h"
#include "lib/sock.h"
#include "svc/tree/birth/births.h"
#include "svc/tree/state/state.h"
#include "tests/fake/world.h"
#include "tests/sim/sim.h"

static void
service_path(char to[160], unsigned k, const char *rest)
{
	snprintf(to, 160, "%s/s%u%s", sim_homes, k, rest);
}

static char
kind(unsigned k)
{
	return sim->kinds[k % strlen(sim->kinds)];
}

/* --- services --- */

void
people_make_file(unsigned k, const char *name)
{
	char path[160];
	int fd;

	service_path(path, k, name);
	fd = open(path, O_WRONLY | O_CREAT, 0755);
	(void)!write(fd, "#!/bin/sh\n", 10);
	close(fd);
}

static void
make_folder(unsigned k, const char *name)
{
	char path[160];

	service_path(path, k, name);
	mkdir(path, 0755);
}

void
people_link(unsigned k, bool is_wanted)
{
	char home[160], link[160];

	service_path(home, k, "");
	snprintf(link, sizeof(link), "%s/s%u", sim_scan, k);
	(void)!(is_wanted ? symlink(home, link) : unlink(link));
}

void
people_settle(unsigned k)
{
	make_folder(k, "");
	people_link(k, true);
}

/* 0 plain; 1 with finish; 2 a logger; 3 a flag `down`; 4 control/t and u. */
static void
make_services(void)
{
	for (unsigned k = 0; k < sim->services; k++) {
		people_settle(k);
		people_make_file(k, "/run");
		switch (kind(k)) {
		case '1':
			people_make_file(k, "/finish");
			break;
		case '2':
			make_folder(k, "/log");
			people_make_file(k, "/log/run");
			break;
		case '3':
			people_make_file(k, "/down");
			break;
		case '4':
			make_folder(k, "/control");
			people_make_file(k, "/control/t");
			people_make_file(k, "/control/u");
		}
	}
}

/* --- commands --- */

void
people_command(unsigned k, const char *letters)
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

void
people_kill(unsigned k)
{
	char name[32];
	struct process *p;

	snprintf(name, sizeof(name), "/s%u", k);
	p = world_process(name, "./run");
	if (p != NULL)
		world_end(p, CLD_KILLED, SIGSEGV);
}

void
people_something(unsigned k, const char *const *letters, unsigned count)
{
	switch (world_random(12)) {
	case 0:
		world->fork_fails = 1 + world_random(4);
		break;
	case 1:
		people_link(k, false);
		break;
	case 2:
		people_link(k, true);
		break;
	case 3:
		world->now_ns += (int64_t)world_random(8000) * 1000000;
		break;
	default:
		people_command(k, letters[world_random(count)]);
	}
}

/* What the seed says. */
static void
something(void)
{
	static const char *const letters[] = {
	    "u", "d", "t", "k", "o", "p", "c", "h", "du", "ud", "tt", "dtu"};

	people_something(world_random(sim->services), letters, 12);
}

/* A script is pairs: a service's number and a letter for svcd, or - and + for
 * its link to go and come, X for its death, S for seconds that pass. */
static void
scripted(unsigned at)
{
	const char *step = sim->script + at * 2;
	unsigned k = (unsigned)(step[0] - '0');
	const char letter[2] = {step[1], '\0'};

	switch (step[1]) {
	case '-':
	case '+':
		people_link(k, step[1] == '+');
		break;
	case 'X':
		people_kill(k);
		break;
	case 'S':
		world->now_ns += k * INT64_C(1000000000);
		break;
	default:
		people_command(k, letter);
	}
}

/* --- what must hold in the end --- */

static void
check_runs(const char *name)
{
	const struct process *p;
	struct sv_word w;
	uint32_t i;

	i = state_by_name(name + 1);
	p = world_process(name, "./run");
	if (i == 0) {
		world_bad("%s has no record", name);
		return;
	}
	w = state_word(i);
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
check_service(unsigned k)
{
	char name[32];

	snprintf(name, sizeof(name), "/s%u", k);
	check_runs(name);
	if (kind(k) != '2')
		return;
	snprintf(name, sizeof(name), "/s%u/log", k);
	check_runs(name);
}

static bool
all_rest(void)
{
	if (!people_were_heard())
		return false;
	for (unsigned k = 0; k < sim->services; k++)
		check_service(k);
	return true;
}

void
people_stop(int line)
{
	struct keep_msg m = {.version = KEEP_VERSION,
	    .kind = KEEP_STOP,
	    .value = KEEP_END_POWEROFF};

	if (sock_send(line, &m, sizeof(m), NULL, 0) < 0)
		world_bad("cannot send STOP");
}

static void
calm_down(void)
{
	world->phase = PHASE_CALM;
	world->is_calm = true;
	world->fork_fails = 0;
	for (unsigned k = 0; k < sim->services; k++)
		people_link(k, true);
	if (sim->with_faults) /* whatever they broke, a new life mends */
		world_crash();
}

static void
want_all_up(void)
{
	for (unsigned k = 0; k < sim->services; k++)
		people_command(k, "cu");
}

void
people_want(void)
{
	world->phase = PHASE_REST;
	world->asked = world->lives;
	sim->people->want();
}

/* Letters wait in FIFOs of svcd's: a life that ends takes them with it. */
bool
people_were_heard(void)
{
	if (world->asked == world->lives)
		return true;
	people_want();
	return false;
}

static void
waits_for_ever(void)
{
	char name[BOARD_NAME_MAX + 1];

	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if (state_word(i).sv.state != S_DOWN)
			dprintf(2,
			    "%s: %s, want %u, deps %d, pid %u, flags %#x\n",
			    state_name(i, name),
			    sv_state_name(state_word(i).sv.state),
			    state_word(i).sv.want, state_word(i).sv.deps,
			    (unsigned)state_word(i).pid,
			    (unsigned)rec(i)->flags);
	world_bad("waits for ever after STOP");
}

void
people_next(void)
{
	struct pollfd line = {.fd = KEEP_FD_LINE, .events = POLLIN};

	watcher_check();
	if (world->bad[0] != '\0')
		_exit(98);
	switch ((enum world_phase)world->phase) {
	case PHASE_CHAOS:
		if (world->commands == 0)
			calm_down();
		else if (world->commands-- > 0 && sim->script != NULL)
			scripted(sim->commands - world->commands - 1);
		else
			sim->people->something();
		break;
	case PHASE_CALM:
		people_want();
		break;
	case PHASE_REST:
		if (!sim->people->rests())
			break;
		world->phase = PHASE_END;
		world->kills = world_random(4);
		people_stop(WORLD_FD_LINE);
		close(WORLD_FD_LINE);
		break;
	case PHASE_END:
		if (poll(&line, 1, 3000) == 0) {
			waits_for_ever();
			_exit(98);
		}
	}
}

const struct people people_apart = {.make = make_services,
    .something = something,
    .want = want_all_up,
    .rests = all_rest};
