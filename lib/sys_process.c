/*
 * The door to the kernel: processes, who one is, the machine. The set-id calls
 * are raw: libc's act on all threads and allocate for it, and have their own
 * ideas on the way.
 */
#include "lib/sys.h"

#include <errno.h>
#include <linux/sched.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/raw.h"
#include "lib/sys_again.h"

int clone(int (*)(void *), void *, int, void *, ...);

/* The child on a stack of its own, in the parent's memory. */
static pid_t
clone_small(const struct sys_clone *how, int (*child)(void *), void *arg)
{
	char *top = (char *)how->stack + how->stack_bytes;
	int flags = (int)how->flags;

	top -= (uintptr_t)top % 16;
	if (how->memory != NULL)
		flags |= CLONE_CHILD_CLEARTID;
	return clone(child, top, flags | how->exit_signal, arg, how->pidfd,
	    NULL, (void *)how->memory);
}

/* The same, born in a cgroup. */
static pid_t
clone_small_into(const struct sys_clone *how, int (*child)(void *), void *arg)
{
	uintptr_t low = (uintptr_t)how->stack;
	uintptr_t top = (low + how->stack_bytes) / 16 * 16;
	struct clone_args args = {
	    .flags = how->flags,
	    .pidfd = (uint64_t)(uintptr_t)how->pidfd,
	    .child_tid = (uint64_t)(uintptr_t)how->memory,
	    .exit_signal = (uint64_t)how->exit_signal,
	    .stack = low,
	    .stack_size = top - low,
	    .cgroup = (uint64_t)how->cgroup,
	};
	long pid;

	if (how->memory != NULL)
		args.flags |= CLONE_CHILD_CLEARTID;
	pid = raw_clone3(&args, sizeof(args), child, arg);
	if (pid < 0)
		errno = (int)-pid;
	return pid < 0 ? -1 : (pid_t)pid;
}

/*
 * Older containers' filters deny clone3 with ENOSYS. The old call has one place
 * for the pidfd and for the tid, and none for a cgroup.
 */
static long
clone_old(const struct sys_clone *how)
{
	void *word = how->pidfd != NULL ? how->pidfd : how->tid;

	return syscall(SYS_clone, how->flags | (uint64_t)how->exit_signal, NULL,
	    word, NULL, NULL);
}

/*
 * As fork, but libc is not told: the child keeps to system calls until it
 * executes something. clone3, because only that can be born in a cgroup.
 */
static pid_t
clone_whole(const struct sys_clone *how, int (*child)(void *), void *arg)
{
	struct clone_args args = {
	    .flags = how->flags,
	    .pidfd = (uint64_t)(uintptr_t)how->pidfd,
	    .parent_tid = (uint64_t)(uintptr_t)how->tid,
	    .exit_signal = (uint64_t)how->exit_signal,
	    .cgroup = (uint64_t)how->cgroup,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == -1 && errno == ENOSYS && !(how->flags & CLONE_INTO_CGROUP))
		pid = clone_old(how);
	if (pid == 0)
		sys_exit(child(arg));
	return (pid_t)pid;
}

pid_t
sys_clone(const struct sys_clone *how, int (*child)(void *), void *arg)
{
	if ((how->flags & CLONE_VM) && (how->flags & CLONE_INTO_CGROUP))
		return clone_small_into(how, child, arg);
	if (how->flags & CLONE_VM)
		return clone_small(how, child, arg);
	return clone_whole(how, child, arg);
}

int
sys_execve(const char *path, char *const *argv, char *const *envp)
{
	return execve(path, argv, envp);
}

int
sys_execveat(
    int fd, const char *path, char *const *argv, char *const *envp, int flags)
{
	return (int)syscall(SYS_execveat, fd, path, argv, envp, flags);
}

_Noreturn void
sys_exit(int code)
{
	for (;;)
		syscall(SYS_exit_group, code);
}

int
sys_waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	AGAIN(int, waitid(type, id, info, options));
}

int
sys_pidfd_open(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int
sys_pidfd_send_signal(int pidfd, int sig)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0);
}

/* Raw: a process made by sys_clone has a pid that libc does not know. */
pid_t
sys_getpid(void)
{
	return (pid_t)syscall(SYS_getpid);
}

pid_t
sys_getppid(void)
{
	return getppid();
}

pid_t
sys_getsid(pid_t pid)
{
	return getsid(pid);
}

pid_t
sys_getpgid(pid_t pid)
{
	return getpgid(pid);
}

pid_t
sys_setsid(void)
{
	return setsid();
}

int
sys_setpgid(pid_t pid, pid_t group)
{
	return setpgid(pid, group);
}

int
sys_prctl(
    int op, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	return prctl(op, a, b, c, d);
}

int
sys_prlimit(pid_t pid, int what, const struct rlimit *new, struct rlimit *old)
{
	/* The kernel's limits are 64 bits wide, and so are rlim_t's. */
	return (int)syscall(SYS_prlimit64, pid, what, new, old);
}

int
sys_getpriority(int which, id_t who, int *nice)
{
	/* Raw it answers 20 - nice, so that no answer looks like -1. */
	long answer = syscall(SYS_getpriority, which, who);

	if (answer == -1)
		return -1;
	*nice = 20 - (int)answer;
	return 0;
}

int
sys_setpriority(int which, id_t who, int nice)
{
	return (int)syscall(SYS_setpriority, which, who, nice);
}

int
sys_ioprio_set(int which, int who, int value)
{
	return (int)syscall(SYS_ioprio_set, which, who, value);
}

int
sys_sched_setaffinity(pid_t pid, size_t n, const void *mask)
{
	return (int)syscall(SYS_sched_setaffinity, pid, n, mask);
}

int
sys_sched_setscheduler(pid_t pid, int policy, int priority)
{
	return (int)syscall(SYS_sched_setscheduler, pid, policy, &priority);
}

int
sys_personality(unsigned long persona)
{
	return personality(persona);
}

int
sys_unshare(int flags)
{
	return (int)syscall(SYS_unshare, flags);
}

int
sys_setns(int fd, int type)
{
	return (int)syscall(SYS_setns, fd, type);
}

int
sys_capset(void *head, const void *caps)
{
	return (int)syscall(SYS_capset, head, caps);
}

int
sys_seccomp(unsigned op, unsigned flags, void *arg)
{
	return (int)syscall(SYS_seccomp, op, flags, arg);
}

uid_t
sys_getuid(void)
{
	return getuid();
}

uid_t
sys_geteuid(void)
{
	return geteuid();
}

gid_t
sys_getgid(void)
{
	return getgid();
}

gid_t
sys_getegid(void)
{
	return getegid();
}

int
sys_setresuid(uid_t r, uid_t e, uid_t s)
{
	return (int)syscall(SYS_setresuid, r, e, s);
}

int
sys_setresgid(gid_t r, gid_t e, gid_t s)
{
	return (int)syscall(SYS_setresgid, r, e, s);
}

int
sys_setgroups(size_t n, const gid_t *groups)
{
	return (int)syscall(SYS_setgroups, n, groups);
}

int
sys_getgroups(int n, gid_t *groups)
{
	return (int)syscall(SYS_getgroups, n, groups);
}

int
sys_chdir(const char *path)
{
	return chdir(path);
}

int
sys_fchdir(int fd)
{
	return fchdir(fd);
}

int
sys_getcwd(char *to, size_t n)
{
	long got = syscall(SYS_getcwd, to, n);

	if (got == -1)
		return -1;
	if (got > 0 && to[0] == '/')
		return 0;
	errno = ENOENT; /* "(unreachable)": outside of our root */
	return -1;
}

int
sys_chroot(const char *path)
{
	return chroot(path);
}

int
sys_pivot_root(const char *new, const char *old)
{
	return (int)syscall(SYS_pivot_root, new, old);
}

mode_t
sys_umask(mode_t mask)
{
	return umask(mask);
}

int
sys_mount(const char *from, const char *at, const char *type,
    unsigned long flags, const void *data)
{
	return mount(from, at, type, flags, data);
}

int
sys_umount2(const char *at, int flags)
{
	return umount2(at, flags);
}

int
sys_swapoff(const char *path)
{
	return swapoff(path);
}

void
sys_sync(void)
{
	sync();
}

int
sys_syncfs(int fd)
{
	return syncfs(fd);
}

int
sys_reboot(int command, const char *argument)
{
	return (int)syscall(
	    SYS_reboot, 0xfee1deadL, 672274793L, command, argument);
}

int
sys_sethostname(const char *name, size_t n)
{
	return sethostname(name, n);
}

ssize_t
sys_getrandom(void *p, size_t n, unsigned flags)
{
	AGAIN(ssize_t, syscall(SYS_getrandom, p, n, flags));
}
