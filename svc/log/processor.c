/*
 * The processor of a log directory: a shell command that reads an old file on
 * 0 and writes its new form on 1, reads on 4 what it wrote on 5 the last time.
 * It runs beside the logger; one at a time in each directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/fd.h"
#include "lib/say.h"
#include "lib/spawn.h"
#include "lib/sys.h"
#include "svc/log/logdir.h"

/* Above what the steps move descriptors to. */
#define LIFTED 10
#define AGAIN_MIN_MS 1000
#define AGAIN_MAX_MS 60000

enum {
	IN,
	OUT,
	STATE,
	NEWSTATE,
	FILES
};

static int
open_files(struct logdir *d, int fd[FILES])
{
	const char *from, *to;
	int trunc = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW;

	d->way->files(d, &from, &to);
	for (int i = 0; i < FILES; i++)
		fd[i] = -1;
	fd[IN] = sys_openat(d->fd, from, O_RDONLY | O_NOFOLLOW, 0);
	fd[OUT] = sys_openat(d->fd, to, trunc, 0644);
	fd[STATE] = sys_openat(d->fd, "state", O_RDONLY | O_CREAT, 0644);
	fd[NEWSTATE] = sys_openat(d->fd, "newstate", trunc, 0644);
	for (int i = 0; i < FILES; i++)
		if (fd[i] == -1 || fd_lift(&fd[i], LIFTED) == -1)
			return -1;
	return 0;
}

static pid_t
run(struct logdir *d, const int fd[FILES])
{
	char sh[] = "sh", c[] = "-c";
	char *argv[] = {sh, c, (char *)(uintptr_t)d->conf.processor, NULL};
	const struct spawn_step steps[] = {
	    {.op = SPAWN_FCHDIR, .fd = d->fd},
	    {.op = SPAWN_DUP, .fd = fd[IN], .number = 0},
	    {.op = SPAWN_DUP, .fd = fd[OUT], .number = 1},
	    {.op = SPAWN_DUP, .fd = fd[STATE], .number = 4},
	    {.op = SPAWN_DUP, .fd = fd[NEWSTATE], .number = 5},
	    {.op = SPAWN_SIGNALS},
	};
	struct spawn s = SPAWN_INIT;

	s.steps = steps;
	s.count = sizeof(steps) / sizeof(steps[0]);
	s.file = "/bin/sh";
	s.argv = argv;
	s.envp = environ;
	return spawn(&s);
}

static void
wait_for_next(struct logdir *d)
{
	int64_t ms = AGAIN_MIN_MS;

	for (unsigned i = 0; i < d->processor_failures && ms < AGAIN_MAX_MS;
	     i++)
		ms *= 2;
	d->processor_failures++;
	timer_set(d->host->loop, &d->again,
	    mono_add_ms(
		d->host->loop->now, ms < AGAIN_MAX_MS ? ms : AGAIN_MAX_MS));
}

bool
processor_busy(const struct logdir *d)
{
	return d->processor > 0 || d->host->ending || timer_is_set(&d->again);
}

/* Failing to start is one more failure: said, and done again later. */
static void
start(struct logdir *d)
{
	int fd[FILES];
	pid_t pid = -1;

	if (open_files(d, fd) == 0)
		pid = run(d, fd);
	for (int i = 0; i < FILES; i++)
		fd_close(&fd[i]);
	if (pid == -1) {
		say_warn("unable to fork for processor: %s", d->name);
		wait_for_next(d);
		return;
	}
	if (d->host->verbose && d->save[0] != '\0')
		say_info("info: processing: %s/%s", d->name, d->save);
	d->processor = pid;
}

int
processor_look(struct logdir *d)
{
	int r;

	if (d->conf.processor == NULL || processor_busy(d))
		return 0;
	r = d->way->waiting(d);
	if (r == 1)
		start(d);
	return r == -1 ? -1 : 0;
}

bool
processor_ended(struct logdir *d, pid_t pid, int status)
{
	if (d->processor != pid)
		return false;
	d->processor = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		if (!d->host->ending) {
			say_warnx("processor failed, restart: %s", d->name);
			wait_for_next(d);
		}
		return true;
	}
	d->processor_failures = 0;
	d->due |= LOGDIR_DUE_COMMIT;
	if (d->stuck != LOGDIR_PAUSED)
		logdir_work(d);
	logdir_flush(d);
	return true;
}

bool
processor_dead(pid_t *pid, int *status)
{
	siginfo_t info = {0};

	if (sys_waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == -1 ||
	    info.si_pid == 0)
		return false;
	*pid = info.si_pid;
	*status =
	    info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;
	return true;
}
