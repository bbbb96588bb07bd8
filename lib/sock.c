/*
 * Local sockets.
 */
#include "lib/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/buf.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/sys.h"

int
sock_name(struct sock_name *a, const char *path)
{
	size_t n = strlen(path);

	memset(a, 0, sizeof(*a));
	a->sun.sun_family = AF_UNIX;
	if (n == 0) {
		errno = EINVAL;
		return -1;
	}
	if (n >= sizeof(a->sun.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(a->sun.sun_path, path, n);
	a->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	if (path[0] == '@')
		a->sun.sun_path[0] = '\0'; /* its length ends it */
	else
		a->len++;
	return 0;
}

/* Without /proc the root alone must tell containers apart. */
void
sock_stand_in(struct buf *name, const char *path)
{
	struct stat mounts = {0}, root = {0};

	sys_fstatat(AT_FDCWD, "/proc/self/ns/mnt", &mounts, 0);
	sys_fstatat(AT_FDCWD, "/", &root, 0);
	buf_fmt(name, "@%s/%lu/%lu/%lu", path, (unsigned long)mounts.st_ino,
	    (unsigned long)root.st_dev, (unsigned long)root.st_ino);
}

/* Whether somebody answers at `a`; only a refusal is a clear no. */
static bool
is_dead(const struct sock_name *a, int type)
{
	int fd = sys_socket(AF_UNIX, (type & 15) | SOCK_NONBLOCK, 0);
	bool refused;

	if (fd == -1)
		return false;
	refused =
	    sys_connect(fd, (const struct sockaddr *)&a->sun, a->len) == -1 &&
	    errno == ECONNREFUSED;
	sys_close(fd);
	return refused;
}

static int
bind_name(int fd, const struct sock_name *a, int type)
{
	const struct sockaddr *to = (const struct sockaddr *)&a->sun;
	struct stat st;

	if (sys_bind(fd, to, a->len) == 0)
		return 0;
	if (errno != EADDRINUSE || a->sun.sun_path[0] == '\0')
		return -1;
	if (sys_fstatat(AT_FDCWD, a->sun.sun_path, &st, AT_SYMLINK_NOFOLLOW) ==
		-1 ||
	    !S_ISSOCK(st.st_mode) || !is_dead(a, type)) {
		errno = EADDRINUSE;
		return -1;
	}
	if (sys_unlinkat(AT_FDCWD, a->sun.sun_path, 0) == -1)
		return -1;
	return sys_bind(fd, to, a->len);
}

int
sock_bind(const char *path, int type, mode_t mode)
{
	struct sock_name a;
	int fd;

	if (sock_name(&a, path) == -1)
		return -1;
	if ((fd = sys_socket(AF_UNIX, type, 0)) == -1)
		return -1;
	if (bind_name(fd, &a, type) == -1 ||
	    (path[0] != '@' && sys_fchmodat(AT_FDCWD, path, mode) == -1)) {
		sys_close(fd);
		return -1;
	}
	return fd;
}

int
sock_listen(const char *path, int type, mode_t mode, int backlog)
{
	int fd = sock_bind(path, type, mode);

	if (fd != -1 && sys_listen(fd, backlog) == -1)
		fd_close(&fd);
	return fd;
}

int
sock_connect(const char *path, int type)
{
	struct sock_name a;
	int fd;

	if (sock_name(&a, path) == -1)
		return -1;
	if ((fd = sys_socket(AF_UNIX, type, 0)) == -1)
		return -1;
	if (sys_connect(fd, (const struct sockaddr *)&a.sun, a.len) == -1)
		fd_close(&fd);
	return fd;
}

int
sock_accept(int fd)
{
	return sys_accept4(fd, NULL, NULL, SOCK_NONBLOCK);
}

int
sock_pair(int type, int fds[2])
{
	return sys_socketpair(AF_UNIX, type, 0, fds);
}

int
sock_peer(int fd, struct sock_peer *peer)
{
	struct ucred cred;
	socklen_t n = sizeof(cred);

	if (sys_getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) == -1)
		return -1;
	*peer = (struct sock_peer){cred.pid, cred.uid, cred.gid};
	return 0;
}

int
sock_want_creds(int fd)
{
	int on = 1;

	return sys_setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
}

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(SOCK_FDS * sizeof(int)) +
		   CMSG_SPACE(sizeof(struct ucred))];
};

/* One part more of what goes beside the bytes. */
static void
add_control(struct msghdr *m, int type, const void *data, size_t n)
{
	struct cmsghdr *c =
	    (struct cmsghdr *)((char *)m->msg_control + m->msg_controllen);

	m->msg_controllen += CMSG_SPACE(n);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(n);
	memcpy(CMSG_DATA(c), data, n);
}

static ssize_t
send_with(int fd, const void *p, size_t n, const int *fds, size_t nfds,
    const struct ucred *as)
{
	struct iovec v = {(void *)(uintptr_t)p, n};
	union control control;
	struct msghdr m = {
	    .msg_iov = &v, .msg_iovlen = 1, .msg_control = control.bytes};

	if (nfds > SOCK_FDS) {
		errno = EINVAL;
		return -1;
	}
	memset(&control, 0, sizeof(control));
	if (nfds > 0)
		add_control(&m, SCM_RIGHTS, fds, nfds * sizeof(int));
	if (as != NULL)
		add_control(&m, SCM_CREDENTIALS, as, sizeof(*as));
	return sys_sendmsg(fd, &m, 0);
}

ssize_t
sock_send(int fd, const void *p, size_t n, const int *fds, size_t nfds)
{
	return send_with(fd, p, n, fds, nfds, NULL);
}

int
sock_notify(const char *address, int type, const void *p, size_t n,
    const int *fds, size_t nfds, pid_t as)
{
	struct ucred cred = {as, sys_getuid(), sys_getgid()};
	int fd = sock_connect(address, type);
	ssize_t sent = -1;

	if (fd < 0)
		return -1;
	if (as > 0)
		sent = send_with(fd, p, n, fds, nfds, &cred);
	/* EPERM, or ESRCH for one that has gone. */
	if (sent < 0 && (as <= 0 || errno == EPERM || errno == ESRCH))
		sent = send_with(fd, p, n, fds, nfds, NULL);
	sys_close(fd);
	return sent < 0 ? -1 : 0;
}

static void
take_fds(struct sock_msg *m, const struct cmsghdr *c)
{
	const unsigned char *data = CMSG_DATA(c);
	size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

	for (size_t i = 0; i < n; i++) {
		int fd;

		memcpy(&fd, data + i * sizeof(int), sizeof(fd));
		if (m->nfds < m->fds_cap) {
			m->fds[m->nfds++] = fd;
		} else {
			sys_close(fd);
			m->dropped++;
		}
	}
}

static void
take_control(struct sock_msg *m, struct msghdr *h)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c != NULL;
	     c = CMSG_NXTHDR(h, c)) {
		struct ucred cred;

		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_RIGHTS) {
			take_fds(m, c);
		} else if (c->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&cred, CMSG_DATA(c), sizeof(cred));
			m->has_peer = true;
			m->peer =
			    (struct sock_peer){cred.pid, cred.uid, cred.gid};
		}
	}
}

int
sock_receive(int fd, struct sock_msg *m, int flags)
{
	union control control;
	struct iovec v = {m->p, m->cap};
	struct msghdr h = {.msg_iov = &v,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	ssize_t n = sys_recvmsg(fd, &h, flags);

	m->len = m->nfds = m->dropped = 0;
	m->cut = m->has_peer = false;
	if (n == -1)
		return -1;
	m->len = (size_t)n;
	m->cut = (h.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
	take_control(m, &h);
	return n == 0 && m->nfds == 0 ? 0 : 1;
}

void
sock_close_fds(struct sock_msg *m)
{
	while (m->nfds > 0)
		sys_close(m->fds[--m->nfds]);
}
