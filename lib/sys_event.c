/*
 * The door to the kernel: sockets, signals, waiting, clocks.
 */
#include "lib/sys.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "lib/sys_again.h"

/* Bytes of a signal set, as the kernel wants to hear it. */
#define SET_BYTES 8

int
sys_socket(int domain, int type, int protocol)
{
	return socket(domain, type | SOCK_CLOEXEC, protocol);
}

int
sys_socketpair(int domain, int type, int protocol, int fds[2])
{
	return socketpair(domain, type | SOCK_CLOEXEC, protocol, fds);
}

int
sys_bind(int fd, const struct sockaddr *a, socklen_t n)
{
	return bind(fd, a, n);
}

int
sys_listen(int fd, int backlog)
{
	return listen(fd, backlog);
}

int
sys_accept4(int fd, struct sockaddr *a, socklen_t *n, int flags)
{
	AGAIN(int, accept4(fd, a, n, flags | SOCK_CLOEXEC));
}

int
sys_connect(int fd, const struct sockaddr *a, socklen_t n)
{
	return connect(fd, a, n);
}

int
sys_shutdown(int fd, int how)
{
	return shutdown(fd, how);
}

int
sys_getsockname(int fd, struct sockaddr *a, socklen_t *n)
{
	return getsockname(fd, a, n);
}

int
sys_getsockopt(int fd, int level, int name, void *v, socklen_t *n)
{
	return getsockopt(fd, level, name, v, n);
}

int
sys_setsockopt(int fd, int level, int name, const void *v, socklen_t n)
{
	return setsockopt(fd, level, name, v, n);
}

/*
 * musl copies control data into a buffer of about 1 KB before it calls the
 * kernel; 64 descriptors fit, and so does everything that lib/sock.c builds.
 */
ssize_t
sys_sendmsg(int fd, const struct msghdr *m, int flags)
{
	AGAIN(ssize_t, sendmsg(fd, m, flags | MSG_NOSIGNAL));
}

ssize_t
sys_recvmsg(int fd, struct msghdr *m, int flags)
{
	AGAIN(ssize_t, recvmsg(fd, m, flags | MSG_CMSG_CLOEXEC));
}

ssize_t
sys_sendto(int fd, const void *p, size_t n, int flags, const struct sockaddr *a,
    socklen_t alen)
{
	AGAIN(ssize_t, sendto(fd, p, n, flags | MSG_NOSIGNAL, a, alen));
}

/* An interrupted wait is one in which nothing happened. */
static int
zero_if_interrupted(int result)
{
	return result == -1 && errno == EINTR ? 0 : result;
}

int
sys_epoll_create(void)
{
	return epoll_create1(EPOLL_CLOEXEC);
}

int
sys_epoll_ctl(int ep, int op, int fd, struct epoll_event *ev)
{
	return epoll_ctl(ep, op, fd, ev);
}

int
sys_epoll_pwait2(
    int ep, struct epoll_event *ev, int max, const struct timespec *timeout)
{
	return zero_if_interrupted((int)syscall(
	    SYS_epoll_pwait2, ep, ev, max, timeout, NULL, SET_BYTES));
}

int
sys_ppoll(struct pollfd *p, nfds_t n, const struct timespec *timeout)
{
	return zero_if_interrupted(ppoll(p, n, timeout, NULL));
}

int
sys_sigprocmask(int how, const uint64_t *set, uint64_t *old)
{
	return (int)syscall(SYS_rt_sigprocmask, how, set, old, SET_BYTES);
}

int
sys_signal(int sig, void (*disposition)(int))
{
	/*
	 * The kernel's struct: the handler first, and nothing else matters to
	 * a disposition without one. Large enough for every machine.
	 */
	struct {
		void (*handler)(int);
		unsigned long rest[7];
	} act = {disposition, {0}};

	return (int)syscall(SYS_rt_sigaction, sig, &act, NULL, SET_BYTES);
}

int
sys_sigaction(int sig, const struct sigaction *act, struct sigaction *old)
{
	return sigaction(sig, act, old);
}

int
sys_sigaltstack(const stack_t *ss, stack_t *old)
{
	return sigaltstack(ss, old);
}

int
sys_signalfd(int fd, uint64_t set, int flags)
{
	/* SFD_CLOEXEC is O_CLOEXEC on every machine. */
	return (int)syscall(
	    SYS_signalfd4, fd, &set, SET_BYTES, flags | SOCK_CLOEXEC);
}

int
sys_rt_sigtimedwait(
    uint64_t set, siginfo_t *info, const struct timespec *timeout)
{
	AGAIN(int,
	    (int)syscall(SYS_rt_sigtimedwait, &set, info, timeout, SET_BYTES));
}

int
sys_setitimer(int which, const struct itimerval *value)
{
	return setitimer(which, value, NULL);
}

int
sys_kill(pid_t pid, int sig)
{
	return kill(pid, sig);
}

int
sys_tgkill(pid_t pid, pid_t tid, int sig)
{
	return (int)syscall(SYS_tgkill, pid, tid, sig);
}

int
sys_clock_gettime(clockid_t clock, struct timespec *t)
{
	return clock_gettime(clock, t);
}

int
sys_clock_settime(clockid_t clock, const struct timespec *t)
{
	return (int)syscall(SYS_clock_settime, clock, t);
}

int
sys_timerfd_create(clockid_t clock)
{
	return timerfd_create(clock, TFD_CLOEXEC | TFD_NONBLOCK);
}

int
sys_timerfd_settime(int fd, int flags, const struct itimerspec *t)
{
	return timerfd_settime(fd, flags, t, NULL);
}
