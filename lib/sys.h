/*
 * The one door to the kernel: every system call of init/ and svc/ goes through
 * here, so that tests can put a small kernel of their own behind it (tests/
 * fake). Same names and meaning as the calls, -1 and errno for failure, with
 * three differences that hold everywhere:
 *
 *	every new descriptor is close-on-exec (sys_dup2 makes the exception);
 *	EINTR is retried where a retry is right (read, write, open, wait, …),
 *	and is "nothing happened" (0) for the calls that wait for events;
 *	close never fails in a way a caller could do something about.
 *
 * Nothing here keeps state. What has a name in lib/fd.h, lib/sock.h, … is
 * better used from there.
 */
#ifndef LIB_SYS_H
#define LIB_SYS_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>

/* Descriptors and bytes. */
int sys_openat(int dir, const char *path, int flags, mode_t mode);
int sys_open(const char *path, int flags, mode_t mode);
void sys_close(int fd); /* errno survives; fd < 0 is ignored */
int sys_close_range(unsigned first, unsigned last, unsigned flags);
ssize_t sys_read(int fd, void *p, size_t n);
ssize_t sys_write(int fd, const void *p, size_t n);
ssize_t sys_readv(int fd, const struct iovec *v, int n);
ssize_t sys_writev(int fd, const struct iovec *v, int n);
ssize_t sys_pread(int fd, void *p, size_t n, off_t at);
ssize_t sys_pwrite(int fd, const void *p, size_t n, off_t at);
off_t sys_lseek(int fd, off_t at, int whence);
ssize_t sys_tee(int from, int to, size_t n, unsigned flags);
ssize_t sys_splice(
    int from, off_t *from_at, int to, off_t *to_at, size_t n, unsigned flags);
int sys_pipe2(int fds[2], int flags);
int sys_dup(int fd, int at_least); /* F_DUPFD_CLOEXEC */
int sys_dup2(int fd, int to);	   /* not close-on-exec, also if fd == to */
int sys_dup3(int fd, int to);	   /* close-on-exec */
int sys_fcntl(int fd, int command, long arg);
int sys_flock(int fd, int operation);
int sys_ioctl(int fd, unsigned long request, void *arg);
int sys_fsync(int fd);
int sys_fdatasync(int fd);
int sys_fallocate(int fd, int mode, off_t at, off_t n);
int sys_ftruncate(int fd, off_t size);

/* Names in directories. */
int sys_mkdirat(int dir, const char *path, mode_t mode);
int sys_mknodat(int dir, const char *path, mode_t mode, dev_t dev);
int sys_mkfifoat(int dir, const char *path, mode_t mode);
int sys_unlinkat(int dir, const char *path, int flags);
int sys_linkat(int odir, const char *old, int ndir, const char *new, int flags);
int sys_renameat(int odir, const char *old, int ndir, const char *new);
int sys_symlinkat(const char *target, int dir, const char *path);
/* Not terminated by the kernel; is terminated here: n counts the NUL. */
ssize_t sys_readlinkat(int dir, const char *path, char *to, size_t n);
int sys_fstatat(int dir, const char *path, struct stat *st, int flags);
int sys_fstat(int fd, struct stat *st);
int sys_statfs(const char *path, struct statfs *st);
int sys_fstatfs(int fd, struct statfs *st);
int sys_faccessat(int dir, const char *path, int mode, int flags);
int sys_fchmod(int fd, mode_t mode);
int sys_fchmodat(int dir, const char *path, mode_t mode);
int sys_fchown(int fd, uid_t uid, gid_t gid);
int sys_fchownat(int dir, const char *path, uid_t u, gid_t g, int flags);
int sys_utimensat(
    int dir, const char *path, const struct timespec t[2], int flags);
ssize_t sys_getdents64(int fd, void *p, size_t n);
int sys_inotify_init(void); /* non-blocking */
int sys_inotify_add_watch(int fd, const char *path, uint32_t mask);
int sys_inotify_rm_watch(int fd, int watch);

/* Memory. mmap gives NULL for failure, not MAP_FAILED. */
int sys_memfd_create(const char *name, unsigned flags);
void *sys_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off);
int sys_munmap(void *p, size_t n);
void *sys_mremap(void *p, size_t old, size_t n, int flags);
int sys_madvise(void *p, size_t n, int advice);
int sys_mlock(const void *p, size_t n);

/* Sockets. connect is not retried: EINTR means it goes on by itself. */
int sys_socket(int domain, int type, int protocol);
int sys_socketpair(int domain, int type, int protocol, int fds[2]);
int sys_bind(int fd, const struct sockaddr *a, socklen_t n);
int sys_listen(int fd, int backlog);
int sys_accept4(int fd, struct sockaddr *a, socklen_t *n, int flags);
int sys_connect(int fd, const struct sockaddr *a, socklen_t n);
int sys_shutdown(int fd, int how);
int sys_getsockname(int fd, struct sockaddr *a, socklen_t *n);
int sys_getsockopt(int fd, int level, int name, void *v, socklen_t *n);
int sys_setsockopt(int fd, int level, int name, const void *v, socklen_t n);
ssize_t sys_sendmsg(int fd, const struct msghdr *m, int flags); /* no SIGPIPE */
ssize_t sys_recvmsg(int fd, struct msghdr *m, int flags);
ssize_t sys_sendto(int fd, const void *p, size_t n, int flags,
    const struct sockaddr *a, socklen_t alen);

/* Waiting. NULL timeout = for ever; an interrupted wait is 0 events. */
int sys_epoll_create(void);
int sys_epoll_ctl(int ep, int op, int fd, struct epoll_event *ev);
int sys_epoll_pwait2(
    int ep, struct epoll_event *ev, int max, const struct timespec *timeout);
int sys_ppoll(struct pollfd *p, nfds_t n, const struct timespec *timeout);

/* Signals, raw: set bit n-1 is signal n, 32 to 34 included (lib/sig.h). */
int sys_sigprocmask(int how, const uint64_t *set, uint64_t *old);
/* Only SIG_DFL and SIG_IGN; anything between 1 and 64. */
int sys_signal(int sig, void (*disposition)(int));
/* A real handler, through libc: not for 32 to 34. */
int sys_sigaction(int sig, const struct sigaction *act, struct sigaction *old);
int sys_sigaltstack(const stack_t *ss, stack_t *old);
int sys_signalfd(int fd, uint64_t set, int flags);
int sys_rt_sigtimedwait(
    uint64_t set, siginfo_t *info, const struct timespec *timeout);
int sys_setitimer(int which, const struct itimerval *value);
int sys_kill(pid_t pid, int sig);
int sys_tgkill(pid_t pid, pid_t tid, int sig);

/*
 * Processes. sys_clone runs child(arg) in a new process whose exit code is
 * what it returns. With CLONE_VM the child shares memory and runs on `stack`,
 * must keep to raw calls (lib/raw.h) and cannot be born in a cgroup. libc does
 * not know of the child: it may do nothing but system calls, then exec or end.
 */
struct sys_clone {
	uint64_t flags;	 /* CLONE_… for clone3, the exit signal left out */
	int exit_signal; /* SIGCHLD, or 0 with CLONE_PARENT */
	int cgroup;	 /* with CLONE_INTO_CGROUP */
	int *pidfd;	 /* with CLONE_PIDFD */
	pid_t *tid;  /* with CLONE_PARENT_SETTID: set before the child runs */
	void *stack; /* with CLONE_VM: the child's own, lowest byte */
	size_t stack_bytes;
	_Atomic uint32_t *memory; /* with CLONE_VM: zeroed when it has left */
};
pid_t sys_clone(const struct sys_clone *how, int (*child)(void *), void *arg);
int sys_execve(const char *path, char *const *argv, char *const *envp);
int sys_execveat(
    int fd, const char *path, char *const *argv, char *const *envp, int flags);
_Noreturn void sys_exit(int code); /* exit_group: nothing is flushed */
int sys_waitid(idtype_t type, id_t id, siginfo_t *info, int options);
int sys_pidfd_open(pid_t pid);
int sys_pidfd_send_signal(int pidfd, int sig);
pid_t sys_getpid(void);
pid_t sys_getppid(void);
pid_t sys_getsid(pid_t pid);
pid_t sys_getpgid(pid_t pid);
pid_t sys_setsid(void);
int sys_setpgid(pid_t pid, pid_t group);
int sys_prctl(
    int op, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int sys_prlimit(
    pid_t pid, int what, const struct rlimit *new, struct rlimit *old);
int sys_getpriority(int which, id_t who, int *nice);
int sys_setpriority(int which, id_t who, int nice);
int sys_ioprio_set(int which, int who, int value);
int sys_sched_setaffinity(pid_t pid, size_t n, const void *mask);
int sys_sched_setscheduler(pid_t pid, int policy, int priority);
int sys_personality(unsigned long persona);
int sys_unshare(int flags);
int sys_setns(int fd, int type);
int sys_capset(void *head, const void *caps);
int sys_seccomp(unsigned op, unsigned flags, void *arg);

/* Who one is, and where. The set-calls act on this thread only. */
uid_t sys_getuid(void);
uid_t sys_geteuid(void);
gid_t sys_getgid(void);
gid_t sys_getegid(void);
int sys_setresuid(uid_t r, uid_t e, uid_t s);
int sys_setresgid(gid_t r, gid_t e, gid_t s);
int sys_setgroups(size_t n, const gid_t *groups);
int sys_getgroups(int n, gid_t *groups);
int sys_chdir(const char *path);
int sys_fchdir(int fd);
int sys_getcwd(char *to, size_t n);
int sys_chroot(const char *path);
int sys_pivot_root(const char *new, const char *old);
mode_t sys_umask(mode_t mask);

/* The machine. */
int sys_mount(const char *from, const char *at, const char *type,
    unsigned long flags, const void *data);
int sys_umount2(const char *at, int flags);
int sys_swapoff(const char *path);
void sys_sync(void);
int sys_syncfs(int fd);
int sys_reboot(int command, const char *argument); /* argument: RESTART2 */
int sys_sethostname(const char *name, size_t n);
int sys_clock_gettime(clockid_t clock, struct timespec *t);
int sys_clock_settime(clockid_t clock, const struct timespec *t);
/* Close on exec, not blocking. */
int sys_timerfd_create(clockid_t clock);
int sys_timerfd_settime(int fd, int flags, const struct itimerspec *t);
ssize_t sys_getrandom(void *p, size_t n, unsigned flags);

#endif
