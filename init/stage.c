/*
 * Which program, and what is said when it does not do what it should. A stage
 * that nobody wrote is nothing to complain of.
 */
#include "init/stage.h"

#include <errno.h>
#include <signal.h>

#include "init/runit.h"
#include "lib/fmt.h"
#include "lib/say.h"
#include "lib/sys.h"

static const char *
chosen(const char *setting, const char *otherwise)
{
	return setting[0] != '\0' ? setting : otherwise;
}

const char *
stage_path(enum phase phase)
{
	if (runit_stage(phase) != NULL)
		return runit_stage(phase);
	if (phase == PHASE_BOOT)
		return chosen(memo.settings.boot, TRIVET_ETC "/boot");
	if (phase == PHASE_SHUTDOWN)
		return chosen(memo.settings.shutdown, TRIVET_ETC "/shutdown");
	return chosen(memo.settings.rescue_program, TRIVET_ETC "/rescue");
}

static int
run_stage(void *arg)
{
	const enum phase *phase = arg;
	const char *argv[] = {stage_path(*phase), NULL, NULL};
	bool machine = memo_step()->plan.role == ROLE_MACHINE;
	/* Ctrl-C has to reach the stage that waits for something; runit's third
	 * has never had a terminal. */
	struct program program = {.path = argv[0],
	    .argv = argv,
	    .terminal = machine && (!memo.runit.is || *phase == PHASE_BOOT)};

	/* The one begins before the services, and may leave some steps to them;
	 * the other may save less before a reboot. */
	if (!memo.runit.is && *phase == PHASE_SHUTDOWN)
		argv[1] =
		    ending_name((enum keep_ending)memo_step()->plan.ending);
	else if (!memo.runit.is && memo.settings.services[0] != '\0')
		argv[1] = memo.settings.services;
	return job_become(JOB_PHASE, &program);
}

/* The one that is meant for it, or what every system has. */
static int
run_rescue(void *arg)
{
	const enum job *job = arg;
	const char *const paths[] = {
	    stage_path(PHASE_RESCUE), "/sbin/sulogin", "/bin/sh"};
	int code = 127;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const char *argv[] = {paths[i], NULL};
		struct program program = {
		    .path = paths[i], .argv = argv, .terminal = true};

		code = job_become(*job, &program);
	}
	return code;
}

int
stage_start(enum phase phase)
{
	static const enum job job = JOB_PHASE;

	if (phase == PHASE_RESCUE)
		return job_start(
		    JOB_PHASE, run_rescue, (void *)(uintptr_t)&job, 0);
	return job_start(JOB_PHASE, run_stage, &phase, 0);
}

int
stage_offer(void)
{
	static const enum job job = JOB_SHELL;

	return job_start(JOB_SHELL, run_rescue, (void *)(uintptr_t)&job, 0);
}

void
stage_push(enum push how)
{
	int pid = memo.jobs[JOB_PHASE].pid;

	if (pid <= 0)
		return;
	if (how == PUSH_KILL) {
		sys_kill(-pid, SIGKILL);
		sys_kill(pid, SIGKILL);
		return;
	}
	sys_kill(-pid, SIGTERM);
	/* An interactive shell listens to nothing else. */
	if (memo_step()->plan.phase == PHASE_RESCUE)
		sys_kill(-pid, SIGHUP);
	sys_kill(-pid, SIGCONT);
}

static const char *
consequence(enum phase phase)
{
	if (memo_step()->plan.ending != KEEP_END_NONE)
		return "going down";
	return phase == PHASE_BOOT ? "starting the services" : "going on";
}

void
stage_ended(enum phase phase, const struct job_end *end)
{
	char room[128];
	struct buf why = BUF(room);
	const char *path = stage_path(phase);

	if (job_end_good(end))
		return;
	if (end->error == ENOENT &&
	    (path == memo.settings.boot || path == memo.settings.shutdown))
		say_warnx("%s does not exist: %s", path, consequence(phase));
	else if (end->error == ENOENT)
		say_info("no %s: %s without", path, consequence(phase));
	else {
		buf_job_end(&why, end);
		say_warnx("%s: %s: %s", path, room, consequence(phase));
	}
}
