/*
 * Waiting for services. A change of supervise/ wakes us (inotify), so does the
 * end of whoever holds supervise/ok; what no event tells, a ./check that comes
 * to another answer, is looked at again every SUPERVISE_ROUND_MS, as the
 * original does for everything.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/sys.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/sv.h"
#include "svc/cmd/tool.h"

extern char **environ;

static void
complain(const char *what, const struct sv_target *t)
{
	tool_say("warning: unable to ", what, " ", t->name,
	    "/check: ", errtext(errno), NULL);
}

static void
run_check(const struct sv_target *t, int dir)
{
	char *argv[] = {memory_text("./check"), NULL};
	sys_close(STDOUT_FILENO);
	if (sys_fchdir(dir) == 0)
		sys_execve("check", argv, environ);
	complain("run", t);
	_exit(0);
}

/* A check that outlasts the time to wait is as good as a failed one. */
static int
end_of(pid_t pid, int64_t until_ms, int *status)
{
	int pidfd = sys_pidfd_open(pid);
	int64_t left = until_ms - supervise_clock();
	struct pollfd p = {.fd = pidfd, .events = POLLIN};
	if (pidfd >= 0 && supervise_poll(&p, 1, left) == 0)
		sys_kill(pid, SIGKILL);
	if (pidfd >= 0)
		sys_close(pidfd);
	pid_t got;
	do
		got = waitpid(pid, status, 0);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -1 : 0;
}

bool
sv_check(const struct sv_target *t, int dir, int64_t until_ms)
{
	struct stat st;
	int status;
	if (sys_fstatat(dir, "check", &st, 0) < 0) {
		if (errno == ENOENT)
			return true;
		complain("stat", t);
		return false;
	}
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		run_check(t, dir);
	if (pid < 0) {
		complain("fork for", t);
		return false;
	}
	if (end_of(pid, until_ms, &status) < 0) {
		complain("wait for child", t);
		return false;
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
same_time(struct tai64n a, struct tai64n b)
{
	return a.sec == b.sec && a.nano == b.nano;
}

/*
 * Has one letter taken effect? Two things the original is too quick about:
 * in the second between two starts a service is down though wanted up, which
 * is no answer to `d` (nor is one wanted down to `u`); and a restart is one
 * only if the service was started after sv looked, not in the same second.
 */
static bool
has_come(const struct sv *sv, const struct sv_target *t, int dir, char letter,
    const struct supervise_status *s, int64_t until_ms)
{
	bool runs = s->pid != 0 && s->state == SUPERVISE_RUN;
	switch (letter) {
	case 'x':
		return false;
	case 'u':
		return runs && s->want != 'd' && sv_check(t, dir, until_ms);
	case 'd':
		return s->pid == 0 && s->state == SUPERVISE_DOWN &&
		       s->want != 'u';
	case 't':
	case 'k':
		return (s->pid == 0 && s->want == 'd') ||
		       (runs && !s->got_term &&
			   !same_time(s->since, t->since) &&
			   sv_check(t, dir, until_ms));
	case 'o':
		return s->pid != 0 ? s->want == 'd'
				   : s->since.sec >= sv->start.sec;
	case 'p':
		return s->pid == 0 || s->paused;
	case 'c':
		return s->pid == 0 || !s->paused;
	default:
		return true;
	}
}

/* True: nothing more to wait for, and the outcome told. */
static bool
settle(struct sv *sv, struct sv_target *t, int dir, int64_t until_ms)
{
	struct supervise_status s;
	if (sv_see(sv, t, dir, "", &s) != SV_SEEN)
		return true;
	for (const char *letter = sv->letters; *letter != '\0'; letter++) {
		char c = *letter;
		if (c == SV_CHECK[0])
			c = s.want == 'd' ? 'd' : 'u';
		if (!has_come(sv, t, dir, c, &s, until_ms))
			return false;
	}
	printf("ok: ");
	sv_put(sv, t, dir, t->name, &s);
	putchar('\n');
	fflush(stdout);
	return true;
}

static void
give_up(struct sv *sv, struct sv_target *t, int dir)
{
	struct supervise_status s;
	printf(sv->kill ? "kill: " : "timeout: ");
	if (sv_see(sv, t, dir, "", &s) == SV_SEEN) {
		sv_put(sv, t, dir, t->name, &s);
		sv->trouble++;
	}
	putchar('\n');
	fflush(stdout);
	if (sv->kill)
		sv_send(sv, t, dir, "k");
}

/* Looks at every target that is not done; says whether all are. */
static bool
look(struct sv *sv, int64_t until_ms, bool late)
{
	bool all = true;
	sv->now = supervise_now();
	for (int i = 0; i < sv->count; i++) {
		struct sv_target *t = &sv->targets[i];
		if (t->done)
			continue;
		int dir = sv_enter(sv, t);
		t->done = dir < 0 || settle(sv, t, dir, until_ms);
		if (!t->done && late) {
			give_up(sv, t, dir);
			t->done = true;
		}
		if (t->done && t->ok >= 0) {
			sys_close(t->ok);
			t->ok = -1;
		}
		sys_close(dir);
		all = all && t->done;
	}
	return all;
}

/* What cannot be watched is looked at every round all the same. */
static int
watch(struct sv *sv)
{
	int notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	for (int i = 0; i < sv->count; i++) {
		struct sv_target *t = &sv->targets[i];
		char *path =
		    memory_text("%s/supervise", supervise_place(t->path));
		if (t->done)
			continue;
		(void)sys_inotify_add_watch(notify, path, SUPERVISE_EVENTS);
		if (strchr(sv->letters, 'x') != NULL)
			t->ok = sys_open(memory_text("%s/ok", path),
			    O_WRONLY | O_NONBLOCK, 0);
	}
	return notify;
}

static void
wait_for_event(struct sv *sv, struct pollfd *p, int notify, int64_t ms)
{
	char waste[4096];
	p[0] = (struct pollfd){.fd = notify, .events = POLLIN};
	/* No events asked for: POLLERR comes when the last reader is gone. */
	for (int i = 0; i < sv->count; i++)
		p[i + 1] = (struct pollfd){.fd = sv->targets[i].ok};
	if (ms > SUPERVISE_ROUND_MS)
		ms = SUPERVISE_ROUND_MS;
	(void)supervise_poll(p, (size_t)sv->count + 1, ms);
	while (sys_read(notify, waste, sizeof waste) > 0)
		continue;
}

void
sv_wait(struct sv *sv)
{
	int64_t wait_ms = (int64_t)sv->seconds * 1000;
	/* The original always looks twice. */
	int64_t until_ms =
	    supervise_clock() +
	    (wait_ms > SUPERVISE_ROUND_MS ? wait_ms : SUPERVISE_ROUND_MS);
	/* Watch first, look then: a change in between is not lost. */
	int notify = watch(sv);
	struct pollfd *p =
	    memory_get((size_t)sv->count + 1, sizeof(struct pollfd));
	while (!look(sv, until_ms, supervise_clock() >= until_ms))
		wait_for_event(sv, p, notify, until_ms - supervise_clock());
	sys_close(notify);
}
