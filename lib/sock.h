/*
 * Local sockets: addresses, and messages with descriptors and credentials. No
 * descriptor that arrives unexpected stays open.
 */
#ifndef LIB_SOCK_H
#define LIB_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

struct buf;

/* An address; a name that begins with '@' is abstract. */
struct sock_name {
	struct sockaddr_un sun;
	socklen_t len;
};
/* 0, or -1 with ENAMETOOLONG or EINVAL (empty). */
int sock_name(struct sock_name *a, const char *path);

/*
 * An abstract name that stands in for `path` where no directory can be written:
 * the same for all processes that see one root in one mount namespace, another
 * in every other container, though they may share a network. Anybody in that
 * network may take it, so who connects asks sock_peer() who answers.
 */
void sock_stand_in(struct buf *name, const char *path);

/*
 * type is SOCK_STREAM, SOCK_SEQPACKET or SOCK_DGRAM, with SOCK_NONBLOCK if
 * wished. A path that exists as a socket on which nobody listens is replaced;
 * one on which somebody does gives EADDRINUSE. mode is that of the file.
 */
int sock_bind(const char *path, int type, mode_t mode);
int sock_listen(const char *path, int type, mode_t mode, int backlog);
int sock_connect(const char *path, int type);
int sock_accept(int fd); /* non-blocking */
int sock_pair(int type, int fds[2]);

struct sock_peer {
	pid_t pid; /* 0: in a namespace that we do not see */
	uid_t uid;
	gid_t gid;
};
/* Who connected (SO_PEERCRED). 0 or -1. */
int sock_peer(int fd, struct sock_peer *peer);
/* Received messages tell their sender from now on. */
int sock_want_creds(int fd);

/* Most descriptors in one message; keep_msg needs 64. */
#define SOCK_FDS 64

/* Sends one message with `nfds` descriptors. Bytes sent, or -1. */
ssize_t sock_send(int fd, const void *p, size_t n, const int *fds, size_t nfds);

/*
 * One datagram to an address in the manner of sd_notify: a path, or @NAME.
 * `as`: the process it is to seem from, which the kernel grants only to those
 * with the rights; else it is sent as what we are. 0: no such wish. `type` is
 * SOCK_DGRAM, with SOCK_NONBLOCK if wished. 0 or -1.
 */
int sock_notify(const char *address, int type, const void *p, size_t n,
    const int *fds, size_t nfds, pid_t as);

/*
 * One received message. `fds` has room for fds_cap and belongs to the caller
 * afterwards; more than that are closed and `dropped` counts them.
 */
struct sock_msg {
	void *p;
	size_t cap;
	size_t len;
	int *fds;
	size_t fds_cap;
	size_t nfds;
	size_t dropped;
	bool cut;      /* did not fit into p, or descriptors were lost */
	bool has_peer; /* with sock_want_creds */
	struct sock_peer peer;
};
/* 1: a message; 0: end of file; -1 and errno (EAGAIN: none waiting). */
int sock_receive(int fd, struct sock_msg *m, int flags);
void sock_close_fds(struct sock_msg *m);

#endif
