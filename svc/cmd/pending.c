/*
 * Waits in steps of half a minute at most and asks the clocks each time, since
 * clocks are set and machines are suspended while it waits.
 */
#include "svc/cmd/pending.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cgroup.h"
#include "lib/clock.h"
#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/scan.h"
#include "lib/sig.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/broadcast.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/screen.h"
#include "svc/cmd/telling.h"
#include "svc/cmd/when.h"

#define PID_FILE "/run/shutdown.pid"
#define PLAN_FILE "/run/shutdown"
#define NOLOGIN_FILE "/run/nologin"
#define NOLOGIN_SECONDS (5 * 60)
#define STEP_SECONDS 30
#define CANCEL_MS 5000
#define MESSAGE_MAX 4096

static struct flock
whole_file(void)
{
	return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
}

/* --- the others' side --- */

pid_t
pending_pid(void)
{
	struct flock lock = whole_file();
	int fd = sys_open(PID_FILE, O_RDWR, 0);
	pid_t pid = 0;

	if (fd < 0)
		return 0;
	if (sys_fcntl(fd, F_GETLK, (long)&lock) == 0 && lock.l_type != F_UNLCK)
		pid = lock.l_pid;
	fd_close(&fd);
	return pid;
}

int
pending_cancel(void)
{
	struct timespec wait = {CANCEL_MS / 1000, 0};
	pid_t pid = pending_pid();
	int fd, n;

	if (pid <= 0)
		return 0;
	fd = sys_pidfd_open(pid);
	if (fd < 0)
		return errno == ESRCH ? 0 : -1;
	/* The pidfd is of the process that still holds the lock. */
	if (pending_pid() != pid) {
		fd_close(&fd);
		return 0;
	}
	n = sys_pidfd_send_signal(fd, SIGINT);
	if (n == 0) {
		struct pollfd gone = {.fd = fd, .events = POLLIN};
		n = sys_ppoll(&gone, 1, &wait);
		if (n == 0)
			errno = ETIMEDOUT;
		n = n > 0 ? 1 : -1;
	}
	fd_close(&fd);
	return n;
}

bool
pending_show(time_t *due, const char **mode, const char **message)
{
	size_t room = MESSAGE_MAX + 256;
	struct buf text = buf_over(memory_get(room, 1), room);
	const char *rest;
	uint64_t at;

	if (pending_pid() == 0 || fd_slurp(AT_FDCWD, PLAN_FILE, &text) < 0)
		return false;
	*mode = *message = "";
	for (char *line = strtok(text.p, "\n"); line != NULL;
	     line = strtok(NULL, "\n")) {
		if ((rest = str_after(line, "at=")) != NULL &&
		    scan_u64(rest, &at))
			*due = (time_t)at;
		if ((rest = str_after(line, "mode=")) != NULL)
			*mode = rest;
		if ((rest = str_after(line, "message=")) != NULL)
			*message = rest;
	}
	return true;
}

/* --- the process's own side --- */

static void
warn(const struct pending *p, long left)
{
	struct broadcast b = {0};
	long minutes = (left + 59) / 60;
	const char *message = p->power.message;

	if (p->is_quiet)
		return;
	b.text = memory_text("%s%sThe system will %s in %ld minute%s, at %s.",
	    message != NULL ? message : "", message != NULL ? "\n" : "",
	    power_words(p->power.ending), minutes, minutes == 1 ? "" : "s",
	    telling_date((int64_t)p->due));
	broadcast(&b);
}

static void
close_door(const struct pending *p)
{
	const char *text = memory_text("The system will %s at %s.\n",
	    power_words(p->power.ending), telling_date((int64_t)p->due));

	fd_replace(AT_FDCWD, NOLOGIN_FILE, text, strlen(text), 0644);
}

/* Out of what would be killed with the session that asked. */
static void
detach(void)
{
	char path[4096];
	struct buf root = BUF(path);
	static const char never[] = "-1000";
	int fd;

	sys_setsid();
	if (sys_chdir("/") < 0)
		return;
	if (cgroup_find(&root) == 0) {
		fd = sys_open(path, O_RDONLY | O_DIRECTORY, 0);
		if (fd >= 0)
			cgroup_enter(fd, 0);
		fd_close(&fd);
	}
	fd_spit(AT_FDCWD, "/proc/self/oom_score_adj", never, sizeof never - 1);
	fd = fd_open_null();
	for (int i = 0; fd >= 0 && i < 3; i++)
		sys_dup2(fd, i);
	if (fd > 2)
		fd_close(&fd);
}

/* Takes the lock and writes the files; the lock's descriptor, or -1. */
static int
set_up(const struct pending *p)
{
	struct flock lock = whole_file();
	const char *message = p->power.message != NULL ? p->power.message : "";
	const char *pid = memory_text("%d\n", (int)sys_getpid());
	const char *plan;
	int fd = sys_open(PID_FILE, O_RDWR | O_CREAT, 0644);

	if (fd < 0)
		return -1;
	if (sys_fcntl(fd, F_SETLK, (long)&lock) < 0 ||
	    sys_ftruncate(fd, 0) < 0 ||
	    sys_pwrite(fd, pid, strlen(pid), 0) < 0) {
		fd_close(&fd);
		return -1;
	}
	plan = memory_text("at=%lld\nmode=%s\nmessage=%s\n", (long long)p->due,
	    power_name(p->power.ending),
	    screen_text(message, strnlen(message, MESSAGE_MAX / 4)));
	if (fd_replace(AT_FDCWD, PLAN_FILE, plan, strlen(plan), 0644) < 0)
		fd_close(&fd);
	return fd;
}

static void
clean_up(void)
{
	sys_unlinkat(AT_FDCWD, NOLOGIN_FILE, 0);
	sys_unlinkat(AT_FDCWD, PLAN_FILE, 0);
	sys_unlinkat(AT_FDCWD, PID_FILE, 0);
}

/* Seconds until it is due, by the clock that was meant. */
static long
seconds_left(const struct pending *p, struct boottime start, time_t began)
{
	int64_t passed = (clock_boot().ns - start.ns) / 1000000000;

	if (p->is_clock)
		return (long)(p->due - time(NULL));
	return (long)(p->due - began - passed);
}

/* Until it is due. False: cancelled. */
static bool
wait_until_due(const struct pending *p)
{
	uint64_t cancel = SIG_BIT(SIGINT) | SIG_BIT(SIGTERM);
	struct boottime start = clock_boot();
	time_t began = time(NULL);
	long left = seconds_left(p, start, began);
	long warn_at = left; /* so many seconds before the end */

	for (; left > 0; left = seconds_left(p, start, began)) {
		if (left <= warn_at) {
			warn(p, left);
			warn_at = left - when_next_warning(left);
			if (warn_at == left)
				warn_at = 0;
		}
		if (left <= NOLOGIN_SECONDS &&
		    sys_faccessat(AT_FDCWD, NOLOGIN_FILE, F_OK, 0) < 0)
			close_door(p);
		long pause = left - warn_at;
		if (pause > STEP_SECONDS)
			pause = STEP_SECONDS;
		struct timespec t = {pause, 0};
		if (sys_rt_sigtimedwait(cancel, NULL, &t) > 0)
			return false;
	}
	return true;
}

static _Noreturn void
carry_out(const struct pending *p, int told)
{
	char good = 1;
	int lock;

	sig_block(SIG_BIT(SIGINT) | SIG_BIT(SIGTERM) | SIG_BIT(SIGHUP));
	lock = set_up(p);
	if (lock < 0)
		_exit(1);
	if (sys_write(told, &good, 1) != 1)
		_exit(1);
	fd_close(&told);
	detach();
	if (!wait_until_due(p)) {
		clean_up();
		_exit(0);
	}
	/* The door stays closed; the files go with /run. */
	sys_unlinkat(AT_FDCWD, PLAN_FILE, 0);
	_exit(power_end(&p->power));
}

int
pending_start(const struct pending *p)
{
	int pipe[2];
	char good;
	pid_t pid;

	if (pending_cancel() < 0 || sys_pipe2(pipe, 0) < 0)
		return -1;
	/* Twice, so that nobody has to wait for it. */
	pid = fork();
	if (pid == 0) {
		fd_close(&pipe[0]);
		pid = fork();
		if (pid == 0)
			carry_out(p, pipe[1]);
		_exit(pid < 0);
	}
	fd_close(&pipe[1]);
	if (pid > 0)
		sys_waitid(P_PID, (id_t)pid, NULL, WEXITED);
	bool is_up = pid > 0 && sys_read(pipe[0], &good, 1) == 1;
	fd_close(&pipe[0]);
	if (!is_up)
		errno = EAGAIN;
	return is_up ? 0 : -1;
}
