/*
 * The door to the kernel: descriptors, names, memory. Thin: libc's wrapper
 * where it is one, syscall(2) where libc has none or has its own ideas.
 */
#include "lib/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h> /* renameat */
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/sys_again.h"

int
sys_openat(int dir, const char *path, int flags, mode_t mode)
{
	AGAIN(int, openat(dir, path, flags | O_CLOEXEC, mode));
}

int
sys_open(const char *path, int flags, mode_t mode)
{
	return sys_openat(AT_FDCWD, path, flags, mode);
}

void
sys_close(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd); /* EINTR: it is closed all the same */
	errno = saved;
}

int
sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	return (int)syscall(SYS_close_range, first, last, flags);
}

ssize_t
sys_read(int fd, void *p, size_t n)
{
	AGAIN(ssize_t, read(fd, p, n));
}

ssize_t
sys_write(int fd, const void *p, size_t n)
{
	AGAIN(ssize_t, write(fd, p, n));
}

ssize_t
sys_readv(int fd, const struct iovec *v, int n)
{
	AGAIN(ssize_t, readv(fd, v, n));
}

ssize_t
sys_writev(int fd, const struct iovec *v, int n)
{
	AGAIN(ssize_t, writev(fd, v, n));
}

ssize_t
sys_pread(int fd, void *p, size_t n, off_t at)
{
	AGAIN(ssize_t, pread(fd, p, n, at));
}

ssize_t
sys_pwrite(int fd, const void *p, size_t n, off_t at)
{
	AGAIN(ssize_t, pwrite(fd, p, n, at));
}

off_t
sys_lseek(int fd, off_t at, int whence)
{
	return lseek(fd, at, whence);
}

ssize_t
sys_tee(int from, int to, size_t n, unsigned flags)
{
	AGAIN(ssize_t, tee(from, to, n, flags));
}

ssize_t
sys_splice(
    int from, off_t *from_at, int to, off_t *to_at, size_t n, unsigned flags)
{
	AGAIN(ssize_t, splice(from, from_at, to, to_at, n, flags));
}

int
sys_pipe2(int fds[2], int flags)
{
	return pipe2(fds, flags | O_CLOEXEC);
}

int
sys_dup(int fd, int at_least)
{
	/* libc asks for the flag a second time. */
	return (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, at_least);
}

int
sys_dup2(int fd, int to)
{
	if (fd == to)
		return fcntl(fd, F_SETFD, 0) == -1 ? -1 : fd;
	AGAIN(int, dup2(fd, to));
}

int
sys_dup3(int fd, int to)
{
	if (fd == to)
		return fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ? -1 : fd;
	AGAIN(int, dup3(fd, to, O_CLOEXEC));
}

int
sys_fcntl(int fd, int command, long arg)
{
	AGAIN(int, fcntl(fd, command, arg));
}

int
sys_flock(int fd, int operation)
{
	AGAIN(int, flock(fd, operation));
}

int
sys_ioctl(int fd, unsigned long request, void *arg)
{
	return (int)syscall(SYS_ioctl, fd, request, arg);
}

int
sys_fsync(int fd)
{
	AGAIN(int, fsync(fd));
}

int
sys_fdatasync(int fd)
{
	AGAIN(int, fdatasync(fd));
}

int
sys_fallocate(int fd, int mode, off_t at, off_t n)
{
	AGAIN(int, fallocate(fd, mode, at, n));
}

int
sys_ftruncate(int fd, off_t size)
{
	AGAIN(int, ftruncate(fd, size));
}

int
sys_mkdirat(int dir, const char *path, mode_t mode)
{
	return mkdirat(dir, path, mode);
}

int
sys_mknodat(int dir, const char *path, mode_t mode, dev_t dev)
{
	return mknodat(dir, path, mode, dev);
}

int
sys_mkfifoat(int dir, const char *path, mode_t mode)
{
	return mkfifoat(dir, path, mode);
}

int
sys_unlinkat(int dir, const char *path, int flags)
{
	return unlinkat(dir, path, flags);
}

int
sys_linkat(int odir, const char *old, int ndir, const char *new, int flags)
{
	return linkat(odir, old, ndir, new, flags);
}

int
sys_renameat(int odir, const char *old, int ndir, const char *new)
{
	return renameat(odir, old, ndir, new);
}

int
sys_symlinkat(const char *target, int dir, const char *path)
{
	return symlinkat(target, dir, path);
}

ssize_t
sys_readlinkat(int dir, const char *path, char *to, size_t n)
{
	ssize_t got = readlinkat(dir, path, to, n);

	if (got == -1)
		return -1;
	if ((size_t)got == n) {
		errno = ENAMETOOLONG;
		return -1;
	}
	to[got] = '\0';
	return got;
}

int
sys_fstatat(int dir, const char *path, struct stat *st, int flags)
{
	return fstatat(dir, path, st, flags);
}

int
sys_fstat(int fd, struct stat *st)
{
	return fstat(fd, st);
}

int
sys_statfs(const char *path, struct statfs *st)
{
	AGAIN(int, statfs(path, st));
}

int
sys_fstatfs(int fd, struct statfs *st)
{
	AGAIN(int, fstatfs(fd, st));
}

int
sys_faccessat(int dir, const char *path, int mode, int flags)
{
	return (int)syscall(SYS_faccessat2, dir, path, mode, flags);
}

int
sys_fchmod(int fd, mode_t mode)
{
	return fchmod(fd, mode);
}

int
sys_fchmodat(int dir, const char *path, mode_t mode)
{
	return fchmodat(dir, path, mode, 0);
}

int
sys_fchown(int fd, uid_t uid, gid_t gid)
{
	return fchown(fd, uid, gid);
}

int
sys_fchownat(int dir, const char *path, uid_t u, gid_t g, int flags)
{
	return fchownat(dir, path, u, g, flags);
}

int
sys_utimensat(int dir, const char *path, const struct timespec t[2], int flags)
{
	return utimensat(dir, path, t, flags);
}

ssize_t
sys_getdents64(int fd, void *p, size_t n)
{
	return syscall(SYS_getdents64, fd, p, n);
}

int
sys_inotify_init(void)
{
	return inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
}

int
sys_inotify_add_watch(int fd, const char *path, uint32_t mask)
{
	return inotify_add_watch(fd, path, mask);
}

int
sys_inotify_rm_watch(int fd, int watch)
{
	return inotify_rm_watch(fd, watch);
}

int
sys_memfd_create(const char *name, unsigned flags)
{
	return memfd_create(name, flags | MFD_CLOEXEC);
}

static void *
null_if_failed(void *p)
{
	return p == MAP_FAILED ? NULL : p;
}

void *
sys_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
	return null_if_failed(mmap(at, n, prot, flags, fd, off));
}

int
sys_munmap(void *p, size_t n)
{
	return munmap(p, n);
}

void *
sys_mremap(void *p, size_t old, size_t n, int flags)
{
	return null_if_failed(mremap(p, old, n, flags));
}

int
sys_madvise(void *p, size_t n, int advice)
{
	return madvise(p, n, advice);
}

int
sys_mlock(const void *p, size_t n)
{
	return mlock(p, n);
}
