/*
 * Between clone and exec. What runs in the child may share the parent's memory
 * and must not touch libc: only lib/raw.h, its own stack, and what struct spawn
 * points to.
 */
#include "lib/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "lib/error.h"
#include "lib/raw.h"
#include "lib/spawn_step.h"
#include "lib/sys.h"

/* A step could not be done: the word, then the pipe, then the exit code. */
static int
told(const struct spawn *s, uint64_t fault)
{
	enum spawn_op op = spawn_fault_op(fault);
	int number = spawn_fault_number(fault);

	fault |= (uint64_t)raw0(SYS_getpid) << 32;
	if (s->fault != NULL)
		atomic_store(s->fault, fault);
	if (s->fault_fd >= 0)
		raw3(SYS_write, s->fault_fd, &fault, sizeof(fault));
	if (s->fault_exit != 0)
		return s->fault_exit;
	if (op == SPAWN_OPEN && number == 0)
		return 208;
	if (op == SPAWN_OPEN && number == 2)
		return 222;
	return spawn_op_exit(op);
}

/*
 * ENOEXEC: a script without #!. The vector is made anew with the shell in
 * front; a longer one than this is refused.
 */
#define SHELL_ARGS 512

static long
exec_shell(const struct spawn *s, const char *path)
{
	const char *argv[SHELL_ARGS + 2];
	size_t n = 0;

	argv[n++] = "sh";
	argv[n++] = path;
	for (char *const *a = s->argv + 1; s->argv[0] != NULL && *a != NULL;
	     a++) {
		if (n > SHELL_ARGS)
			return -E2BIG;
		argv[n++] = *a;
	}
	argv[n] = NULL;
	return raw3(SYS_execve, "/bin/sh", argv, s->envp);
}

static long
exec_path(const struct spawn *s, const char *path)
{
	long error = raw3(SYS_execve, path, s->argv, s->envp);

	if (error == -ENOEXEC && s->shell)
		return exec_shell(s, path);
	return error;
}

/* dir[0..n) + "/" + file; false: too long. An empty dir is the current one. */
static bool
full_path(char *to, size_t cap, const char *dir, size_t n, const char *file)
{
	size_t len = 0;

	while (file[len] != '\0')
		len++;
	if (n + 1 + len + 1 > cap)
		return false;
	for (size_t i = 0; i < n; i++)
		*to++ = dir[i];
	if (n > 0)
		*to++ = '/';
	for (size_t i = 0; i <= len; i++)
		*to++ = file[i];
	return true;
}

static bool
has_slash(const char *file)
{
	for (; *file != '\0'; file++)
		if (*file == '/')
			return true;
	return false;
}

/* As execvp: a directory without it is passed over, and so is one that may
 * not be searched, but then EACCES is the answer. */
static long
exec_search(const struct spawn *s)
{
	char path[PATH_MAX];
	long error, answer = -ENOENT;
	const char *dir = s->search;

	for (;;) {
		size_t n = 0;

		while (dir[n] != '\0' && dir[n] != ':')
			n++;
		error = full_path(path, sizeof(path), dir, n, s->file)
			    ? exec_path(s, path)
			    : -ENAMETOOLONG;
		if (error == -EACCES)
			answer = error;
		else if (error != -ENOENT && error != -ENOTDIR &&
			 error != -ENAMETOOLONG)
			return error;
		if (dir[n] == '\0')
			return answer;
		dir += n + 1;
	}
}

static long
exec_program(const struct spawn *s)
{
	if (s->exec_fd >= 0)
		return raw5(SYS_execveat, s->exec_fd, (long)"", (long)s->argv,
		    (long)s->envp, AT_EMPTY_PATH);
	if (s->search != NULL && !has_slash(s->file))
		return exec_search(s);
	return exec_path(s, s->file);
}

/* Steps and program; returns only the fault. */
static uint64_t
run(const struct spawn *s)
{
	long error;

	for (size_t i = 0; i < s->count; i++) {
		error = s->steps[i].refuse != 0 ? -s->steps[i].refuse
						: spawn_step(&s->steps[i]);
		if (error < 0 && !s->steps[i].may_fail)
			return SPAWN_FAULT(
			    s->steps[i].number, s->steps[i].op, -error);
	}
	error = exec_program(s);
	return SPAWN_FAULT(0, SPAWN_EXEC, -error);
}

/* 0: go on; else -errno. */
static long
pass_gate(const struct spawn *s)
{
	char byte;
	long n;

	if (s->gate < 0)
		return 0;
	if (s->gate_far >= 0)
		raw1(SYS_close, s->gate_far);
	do
		n = raw3(SYS_read, s->gate, &byte, 1);
	while (n == -EINTR);
	return n == 1 ? 0 : n == 0 ? -ECANCELED : n;
}

static long
leave_table(const struct spawn *s)
{
	long error = 0;

	if (s->fds_below > 0)
		error = raw3(
		    SYS_close_range, s->fds_below, ~0U, CLOSE_RANGE_UNSHARE);
	if (error == 0 && s->left != NULL)
		atomic_store(s->left, 1);
	return error;
}

static int
child(void *arg)
{
	const struct spawn *s = arg;
	long error = leave_table(s);

	if (error < 0) /* the table is not ours: nothing may be closed in it */
		return told(s, SPAWN_FAULT(0, SPAWN_CLOSE_FROM, -error));
	error = pass_gate(s);
	if (error < 0)
		return told(s, SPAWN_FAULT(0, SPAWN_GATE, -error));
	return told(s, run(s));
}

pid_t
spawn(const struct spawn *s)
{
	struct sys_clone how = {
	    .flags = s->flags,
	    .exit_signal = s->sibling ? 0 : SIGCHLD,
	    .cgroup = s->cgroup,
	    .pidfd = s->pidfd,
	    .stack = s->small,
	    .stack_bytes = s->small_bytes,
	    .memory = s->memory,
	};

	how.flags |= s->sibling ? CLONE_PARENT : 0;
	how.flags |= s->pidfd != NULL ? CLONE_PIDFD : 0;
	how.flags |= s->cgroup >= 0 ? CLONE_INTO_CGROUP : 0;
	how.flags |= s->fds_below > 0 && s->small != NULL ? CLONE_FILES : 0;
	how.flags |= s->small != NULL ? CLONE_VM : 0;
	return sys_clone(&how, child, (void *)s);
}

uint64_t
spawn_here(const struct spawn *s)
{
	return run(s);
}

const char *
spawn_op_error(enum spawn_op op, int error)
{
	if (error == ENOENT && op == SPAWN_UID)
		return "no such user";
	if (error == ENOENT && (op == SPAWN_GID || op == SPAWN_GROUPS))
		return "no such group";
	return error_text(error);
}

/* clang-format off */
const char *
spawn_op_text(enum spawn_op op)
{
	switch (op) {
#define TEXT(name, code, text) case SPAWN_##name: return text;
	SPAWN_OPS(TEXT)
#undef TEXT
	case SPAWN_OP_COUNT:
		break;
	}
	return "spawn";
}

int
spawn_op_exit(enum spawn_op op)
{
	switch (op) {
#define CODE(name, code, text) case SPAWN_##name: return code;
	SPAWN_OPS(CODE)
#undef CODE
	case SPAWN_OP_COUNT:
		break;
	}
	return 111;
}
/* clang-format on */
