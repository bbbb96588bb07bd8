/*
 * The calls of lib/sys.h that the fake kernel lets through to the real one,
 * after it has asked fake_call(): name, type, parameters, arguments, what a
 * failure returns, and the errno it has (0: this one never fails; svcd reads
 * pipes and small files). The linker puts the fake between
 * (--wrap), so that the code on trial is the release's, object for object.
 */
#ifndef TESTS_FAKE_CALLS_H
#define TESTS_FAKE_CALLS_H

/* clang-format off */
#define FAKE_PASSED(X) \
	X(openat, int, (int dir, const char *path, int flags, mode_t mode), (dir, path, flags, mode), -1, EMFILE) \
	X(open, int, (const char *path, int flags, mode_t mode), (path, flags, mode), -1, EMFILE) \
	X(read, ssize_t, (int fd, void *p, size_t n), (fd, p, n), -1, 0) \
	X(write, ssize_t, (int fd, const void *p, size_t n), (fd, p, n), -1, ENOSPC) \
	X(tee, ssize_t, (int from, int to, size_t n, unsigned flags), (from, to, n, flags), -1, ENOMEM) \
	X(pipe2, int, (int fds[2], int flags), (fds, flags), -1, EMFILE) \
	X(dup, int, (int fd, int at_least), (fd, at_least), -1, EMFILE) \
	X(dup2, int, (int fd, int to), (fd, to), -1, 0) \
	X(dup3, int, (int fd, int to), (fd, to), -1, 0) \
	X(flock, int, (int fd, int operation), (fd, operation), -1, ENOLCK) \
	X(fallocate, int, (int fd, int mode, off_t at, off_t n), (fd, mode, at, n), -1, ENOSPC) \
	X(mkdirat, int, (int dir, const char *path, mode_t mode), (dir, path, mode), -1, ENOSPC) \
	X(mkfifoat, int, (int dir, const char *path, mode_t mode), (dir, path, mode), -1, ENOSPC) \
	X(unlinkat, int, (int dir, const char *path, int flags), (dir, path, flags), -1, EIO) \
	X(linkat, int, (int odir, const char *old, int ndir, const char *new, int flags), (odir, old, ndir, new, flags), -1, ENOSPC) \
	X(renameat, int, (int odir, const char *old, int ndir, const char *new), (odir, old, ndir, new), -1, ENOSPC) \
	X(readlinkat, ssize_t, (int dir, const char *path, char *to, size_t n), (dir, path, to, n), -1, EIO) \
	X(fstatat, int, (int dir, const char *path, struct stat *st, int flags), (dir, path, st, flags), -1, EIO) \
	X(fstat, int, (int fd, struct stat *st), (fd, st), -1, EIO) \
	X(faccessat, int, (int dir, const char *path, int mode, int flags), (dir, path, mode, flags), -1, EIO) \
	X(fchmod, int, (int fd, mode_t mode), (fd, mode), -1, EPERM) \
	X(getdents64, ssize_t, (int fd, void *p, size_t n), (fd, p, n), -1, EIO) \
	X(inotify_init, int, (void), (), -1, EMFILE) \
	X(inotify_add_watch, int, (int fd, const char *path, uint32_t mask), (fd, path, mask), -1, ENOSPC) \
	X(inotify_rm_watch, int, (int fd, int watch), (fd, watch), -1, 0) \
	X(memfd_create, int, (const char *name, unsigned flags), (name, flags), -1, EMFILE) \
	X(mmap, void *, (void *at, size_t n, int prot, int flags, int fd, off_t off), (at, n, prot, flags, fd, off), NULL, ENOMEM) \
	X(socket, int, (int domain, int type, int protocol), (domain, type, protocol), -1, EMFILE) \
	X(bind, int, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n), -1, EADDRINUSE) \
	X(listen, int, (int fd, int backlog), (fd, backlog), -1, ENOMEM) \
	X(accept4, int, (int fd, struct sockaddr *a, socklen_t *n, int flags), (fd, a, n, flags), -1, EMFILE) \
	X(epoll_create, int, (void), (), -1, EMFILE) \
	X(epoll_ctl, int, (int ep, int op, int fd, struct epoll_event *ev), (ep, op, fd, ev), -1, ENOSPC)
/* clang-format on */

/*
 * Stores into the state file, which are effects as calls are: svcd may be
 * killed before and after each of them. board_commit: tests/sim/mutants.c.
 */
/* clang-format off */
#define FAKE_STORES(S) \
	S(board_begin, (struct board_record *r), (r)) \
	S(board_end, (struct board_record *r), (r)) \
	S(board_commit_aux, (struct board_record *r, uint64_t aux), (r, aux))
/* clang-format on */

/* The calls that the fake kernel answers itself: world.c, pipes.c. */
#define FAKE_ANSWERED(X)     \
	X(clone)             \
	X(ioctl)             \
	X(recvmsg)           \
	X(sendmsg)           \
	X(kill)              \
	X(pidfd_open)        \
	X(pidfd_send_signal) \
	X(getsid)            \
	X(statfs)            \
	X(clock_gettime)     \
	X(epoll_pwait2)      \
	X(ppoll)             \
	X(close_range)       \
	X(exit)

#endif
