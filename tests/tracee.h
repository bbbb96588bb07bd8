/*
 * One system call of a process that is traced, on x86-64: which it is, whether
 * it begins or ends, and how it comes not to be done.
 */
#ifndef TESTS_TRACEE_H
#define TESTS_TRACEE_H

#include <linux/ptrace.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>

#define NOT_DONE ((unsigned long long)-1)

static inline struct user_regs_struct
registers(pid_t pid)
{
	struct user_regs_struct regs = {0};

	ptrace(PTRACE_GETREGS, pid, 0, &regs);
	return regs;
}

/* At a system call's entry: which one it is, and perhaps it is not done. */
static inline void
spoil(pid_t pid, bool fails, long *number)
{
	struct user_regs_struct regs = registers(pid);

	*number = (long)regs.orig_rax;
	/* The kernel closes, whatever it says. */
	if (!fails || *number == SYS_close)
		return;
	regs.orig_rax = NOT_DONE;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
}

static inline void
answer(pid_t pid, int error)
{
	struct user_regs_struct regs = registers(pid);

	regs.rax = (unsigned long long)(long long)-error;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
}

/* The first stop of all is the end of an exec: they do not just alternate. */
static inline bool
is_entry(pid_t pid)
{
	struct ptrace_syscall_info info = {0};

	ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info);
	return info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

static inline bool
is_refused(pid_t pid)
{
	return registers(pid).orig_rax == NOT_DONE;
}

/* Those that have a path have it first, or behind a directory. */
static inline void
read_path(pid_t pid, const struct user_regs_struct *regs, char path[64])
{
	const unsigned long long at[] = {regs->rsi, regs->rdi};
	struct iovec to = {path, 63}, from = {NULL, 63};

	for (int i = 0; i < 2 && path[0] != '/'; i++) {
		memset(path, 0, 64);
		from.iov_base = (void *)(uintptr_t)at[i];
		process_vm_readv(pid, &to, 1, &from, 1, 0);
	}
	if (path[0] != '/')
		path[0] = '\0';
}

#endif
