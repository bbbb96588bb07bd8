/*
 * Making and ending init's own children. Nothing in here waits for one.
 */
#include "init/job.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "lib/clock.h"
#include "lib/error.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/say.h"
#include "lib/sig.h"
#include "lib/spawn.h"
#include "lib/sys.h"

static char *const *environment;

void
job_environment(char *const *envp)
{
	environment = envp;
}

/*
 * A fresh opening: it survives a hang-up of the terminal below, and nobody's
 * O_NONBLOCK is on it; ours is there only so that no line without a carrier is
 * waited for. Without a console the descriptors stay what they are.
 */
static void
take_console(void)
{
	int fd = sys_open("/dev/console", O_RDWR | O_NOCTTY | O_NONBLOCK, 0);

	if (fd < 0)
		return;
	fd_nonblock(fd, false);
	for (int i = 0; i <= 2; i++)
		sys_dup2(fd, i);
	if (fd > 2)
		sys_close(fd);
}

struct child {
	int (*run)(void *);
	void *arg;
};

static int
child_run(void *arg)
{
	const struct child *child = arg;

	/* init's fault handler must never be a child's. */
	sig_default_all();
	say_hook(NULL);
	if (memo_step()->plan.role == ROLE_MACHINE)
		take_console();
	return child->run(child->arg);
}

int
job_start(enum job job, int (*run)(void *), void *arg, int64_t ms)
{
	struct job_memo *j = &memo.jobs[job];
	struct child child = {run, arg};
	struct sys_clone how = {
	    .flags = CLONE_PARENT_SETTID,
	    .exit_signal = SIGCHLD,
	    .cgroup = -1,
	    .tid = &j->pid,
	};

	if (j->pid != 0)
		return 0;
	j->error = 0;
	j->until_ns = ms > 0 ? mono_now().ns + NS_OF_MS(ms) : 0;
	if (sys_clone(&how, child_run, &child) != -1)
		return 0;
	j->pid = 0;
	return -1;
}

int
job_become(enum job job, const struct program *program)
{
	const struct spawn_step steps[] = {
	    {.op = SPAWN_UMASK, .number = 022},
	    {.op = SPAWN_CLOSE_FROM,
		.number = program->keep > 0 ? (int)program->keep : 3},
	    {.op = SPAWN_SIGNALS_QUICK}, /* child_run() did the rest */
	};
	struct spawn s = SPAWN_INIT;

	/* The mask of a container is what its maker wished for. */
	bool own_umask = memo_step()->plan.role == ROLE_CONTAINER;

	/* None of these three is worth not starting it for. */
	sys_setsid();
	if (program->terminal)
		sys_ioctl(0, TIOCSCTTY, (void *)1);
	if (!program->all_files)
		sys_prlimit(0, RLIMIT_NOFILE, &memo.files, NULL);
	s.steps = steps + own_umask;
	s.count = sizeof(steps) / sizeof(steps[0]) - own_umask;
	s.file = program->path;
	s.exec_fd = program->path == NULL ? program->fd : -1;
	s.argv = (char *const *)(uintptr_t)program->argv;
	s.envp = environment;
	s.shell = program->path != NULL;
	int error = spawn_fault_errno(spawn_here(&s));

	memo.jobs[job].error = error;
	return error == ENOENT ? 127 : 126;
}

bool
job_runs(enum job job)
{
	return memo.jobs[job].pid != 0;
}

void
job_signal(enum job job, int sig)
{
	if (job_runs(job))
		sys_kill(memo.jobs[job].pid, sig);
}

void
job_forget(enum job job)
{
	memo.jobs[job].until_ns = 0;
	memo.jobs[job].pid = 0;
}

void
job_limits(int64_t now_ns)
{
	for (int i = 0; i < JOB_COUNT; i++) {
		struct job_memo *j = &memo.jobs[i];

		if (j->pid == 0 || j->until_ns == 0 || now_ns < j->until_ns)
			continue;
		j->until_ns = 0;
		sys_kill(j->pid, SIGKILL);
	}
}

int64_t
job_next_ns(void)
{
	int64_t next = INT64_MAX;

	for (int i = 0; i < JOB_COUNT; i++) {
		const struct job_memo *j = &memo.jobs[i];

		if (j->pid != 0 && j->until_ns != 0 && j->until_ns < next)
			next = j->until_ns;
	}
	return next;
}

bool
job_end_good(const struct job_end *end)
{
	return end->known && end->code == CLD_EXITED && end->value == 0;
}

void
buf_job_end(struct buf *b, const struct job_end *end)
{
	if (!end->known) {
		buf_puts(b, "ended unseen");
	} else if (end->error != 0) {
		buf_puts(b, error_text(end->error));
	} else if (end->code == CLD_EXITED) {
		buf_fmt(b, "exit code %d", end->value);
	} else {
		buf_puts(b, "signal ");
		buf_signal(b, end->value);
	}
}
