/*
 * The command is started in our own memory, on a stack of its own: nothing has
 * to be copied, and why a program could not be run stands in a variable when
 * it has ended. Between the clone and the exec there are only raw calls.
 */
#include "init/single_child.h"
#include "init/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>

#include "init/start.h"
#include "lib/buf.h"
#include "lib/env.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/scan.h"
#include "lib/sig.h"
#include "lib/spawn.h"
#include "lib/sys.h"

#define STEPS_MAX 8
#define DESCENDANTS_MAX 4096
#define LISTEN_PID "LISTEN_PID="

static _Atomic uint64_t fault;
static char stack[SPAWN_STACK] __attribute__((aligned(16)));
static struct spawn_step steps[STEPS_MAX];
static struct spawn how;
/* Where the child writes its pid when LISTEN_PID named us. */
static char listen_pid[sizeof(LISTEN_PID) + 20] = LISTEN_PID;

static void
add(struct spawn_step step)
{
	steps[how.count++] = step;
}

/*
 * The terminal goes to the command. With a session of its own we let go of it
 * first; the HUP and CONT that this sends to the foreground group are ours
 * and nobody's news.
 */
static void
add_terminal(const struct single *s)
{
	int foreground;
	bool tty = sys_ioctl(0, TIOCGPGRP, &foreground) == 0;

	if (s->group == SINGLE_GROUP_SESSION && tty) {
		uint64_t hangup = SIG_BIT(SIGHUP) | SIG_BIT(SIGCONT);
		struct timespec now = {0};
		siginfo_t info;
		if (sys_ioctl(0, TIOCNOTTY, NULL) < 0)
			return;
		while (sys_rt_sigtimedwait(hangup, &info, &now) > 0)
			;
		add((struct spawn_step){
		    .op = SPAWN_TTY, .fd = 0, .may_fail = true});
	} else if (s->group == SINGLE_GROUP_OWN && tty) {
		add((struct spawn_step){
		    .op = SPAWN_FOREGROUND, .fd = 0, .may_fail = true});
	}
}

static void
add_group(const struct single *s)
{
	switch (s->group) {
	case SINGLE_GROUP_OWN:
		add((struct spawn_step){.op = SPAWN_SETPGID});
		break;
	case SINGLE_GROUP_SESSION:
		add((struct spawn_step){.op = SPAWN_SETSID, .may_fail = true});
		break;
	case SINGLE_GROUP_SAME:
		break;
	}
}

/*
 * A server that was handed sockets compares LISTEN_PID with its own pid. If
 * the variable meant us, it now means the command.
 */
static void
add_listen_pid(struct single *s)
{
	uint32_t pid;

	for (char **e = s->envp; *e != NULL; e++) {
		if (strncmp(*e, LISTEN_PID, strlen(LISTEN_PID)) != 0)
			continue;
		if (!scan_u32(*e + strlen(LISTEN_PID), &pid) ||
		    (pid_t)pid != sys_getpid())
			return;
		*e = listen_pid;
		add((struct spawn_step){.op = SPAWN_LISTEN_PID,
		    .data = listen_pid + strlen(LISTEN_PID)});
		return;
	}
}

int
single_child(struct single *s)
{
	how = SPAWN_INIT;
	how.steps = steps;
	how.file = s->argv[0];
	how.argv = s->argv;
	how.envp = s->envp;
	how.search = env_find(s->envp, "PATH");
	if (how.search == NULL)
		how.search = "/usr/local/bin:/bin:/usr/bin";
	how.shell = true;
	how.small = stack;
	how.small_bytes = sizeof(stack);
	how.fault = &fault;

	add_group(s);
	add_terminal(s);
	add_listen_pid(s);
	if (s->clean_signals)
		add((struct spawn_step){.op = SPAWN_SIGNALS});
	else
		add((struct spawn_step){.op = SPAWN_MASK, .mask = start_mask});
	if (s->ignored_chld && !s->clean_signals)
		add((struct spawn_step){
		    .op = SPAWN_IGNORE, .mask = SIG_BIT(SIGCHLD)});
	pid_t pid = spawn(&how);
	/* The child does the same: whoever is first, the group is there. */
	if (pid > 0 && s->group == SINGLE_GROUP_OWN)
		sys_setpgid(pid, pid);
	return pid;
}

int
single_child_fault(const struct single *s)
{
	uint64_t word = fault;
	int error = spawn_fault_errno(word);

	if (word == 0)
		return -1;
	if (spawn_fault_op(word) != SPAWN_EXEC) {
		single_tell(s, SINGLE_FATAL, "cannot %s for %s: %s",
		    spawn_op_text(spawn_fault_op(word)), s->argv[0],
		    error_text(error));
		return s->code_other;
	}
	if (s->brief_errors)
		single_tell(
		    s, SINGLE_FATAL, "%s: %s", s->argv[0], error_text(error));
	else
		single_tell(s, SINGLE_FATAL, "exec %s failed: %s", s->argv[0],
		    error_text(error));
	if (error == ENOENT)
		return s->code_not_found;
	return error == EACCES || error == ENOEXEC || error == EPERM
		   ? s->code_not_executable
		   : s->code_other;
}

/* Adds the children of a process to the list, from the kernel's own. */
static size_t
add_children(pid_t pid, uint32_t *list, size_t count)
{
	char path[40], text[4096];
	struct buf name = BUF(path);

	buf_fmt(&name, "/proc/%d/task/%d/children", pid, pid);
	int fd = sys_open(path, O_RDONLY, 0);
	ssize_t n = fd < 0 ? 0 : sys_read(fd, text, sizeof(text) - 1);
	sys_close(fd);
	if (n <= 0)
		return count;
	text[n] = '\0';
	for (char *word = text, *end; (end = strchr(word, ' ')) != NULL;
	     word = end + 1) {
		*end = '\0';
		if (count < DESCENDANTS_MAX && scan_u32(word, &list[count]))
			count++;
	}
	return count;
}

/*
 * The list is made before the first signal: a process that dies hands its
 * children to us, and they must not be met a second time.
 */
static void
signal_descendants(int sig)
{
	static uint32_t list[DESCENDANTS_MAX];
	size_t count = add_children(sys_getpid(), list, 0);

	for (size_t i = 0; i < count; i++)
		count = add_children((pid_t)list[i], list, count);
	for (size_t i = 0; i < count; i++)
		sys_kill((pid_t)list[i], sig);
}

void
single_signal_rest(int sig)
{
	/* kill(-1) means the namespace to its PID 1, the world to others. */
	if (sys_getpid() == 1)
		sys_kill(-1, sig);
	else
		signal_descendants(sig);
}
