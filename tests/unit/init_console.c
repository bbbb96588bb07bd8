/*
 * What init says reaches a console that is read, whatever becomes of the
 * process that was writing it. The console is a pipe here, full where it hangs.
 */
#include "init/console.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "init/memo.h"
#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "tests/unit/unit.h"

static int pipe_fds[2], errors;

static void
fill(void)
{
	char block[4096];

	memset(block, '.', sizeof(block));
	fd_nonblock(pipe_fds[1], true);
	while (sys_write(pipe_fds[1], block, sizeof(block)) > 0)
		;
	fd_nonblock(pipe_fds[1], false);
}

/* All that came, without what filled it. */
static const char *
read_all(void)
{
	static char text[131072];
	size_t n = 0;
	ssize_t got;

	fd_nonblock(pipe_fds[0], true);
	while (
	    (got = sys_read(pipe_fds[0], text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	return text + strspn(text, ".");
}

/* Says a line to a console that hangs, and has a writer at it. */
static int32_t
hang(const char *line)
{
	fill();
	say_warnx("%s", line);
	console_turn(mono_now().ns);
	return memo.jobs[JOB_CONSOLE].pid;
}

static void
ended_by(int sig)
{
	struct job_end end = {.known = true, .code = CLD_KILLED, .value = sig};

	console_ended(&end, mono_now().ns);
}

/* Only when it is dead is it sure to write no more. */
static void
kill_writer(int32_t pid, int how)
{
	siginfo_t info;

	sys_kill(pid, SIGKILL);
	sys_waitid(P_PID, (id_t)pid, &info, WEXITED | how);
}

static void
await_writer(void)
{
	siginfo_t info;

	sys_waitid(
	    P_PID, (id_t)memo.jobs[JOB_CONSOLE].pid, &info, WEXITED | WNOWAIT);
}

static void
killed_writer(void)
{
	int32_t pid = hang("one");

	HOLDS(pid > 0);
	kill_writer(pid, 0);
	ended_by(SIGKILL);
	HOLDS(console_next_ns() <= mono_now().ns);
	(void)read_all();
	say_warnx("two");
	console_last_words();
	SAME(read_all(), "init: warning: one\ninit: warning: two\n");
	HOLDS(console_next_ns() == INT64_MAX);
}

static void
killed_in_the_flush(void)
{
	int32_t pid = hang("three");

	kill_writer(pid, WNOWAIT);
	(void)read_all();
	say_warnx("four");
	console_last_words();
	SAME(read_all(), "init: warning: three\ninit: warning: four\n");
}

static void
late_writer(void)
{
	int32_t pid = hang("five");

	job_limits(INT64_MAX);
	kill_writer(pid, 0);
	ended_by(SIGKILL);
	HOLDS(console_next_ns() > mono_now().ns);
	(void)read_all();
	console_turn(console_next_ns());
	await_writer();
	console_last_words();
	SAME(read_all(), "init: warning: five\n");
}

int
main(void)
{
	memo_create();
	memo.steps[0].plan.role = ROLE_CONTAINER;
	errors = sys_dup(2, 10);
	sys_pipe2(pipe_fds, O_CLOEXEC);
	sys_dup2(pipe_fds[1], 2);
	console_open("init");
	TEST("a writer that was killed: its lines are written again",
	    killed_writer);
	TEST("killed while the last words are waited for: as well",
	    killed_in_the_flush);
	TEST("one that hung to its deadline is not followed at once",
	    late_writer);
	sys_dup2(errors, 2);
	return unit_done();
}
