/*
 * Descriptors: what one does with them beyond the bare calls.
 */
#include "lib/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/sys.h"

void
fd_close(int *fd)
{
	sys_close(*fd);
	*fd = -1;
}

int
fd_move(int *fd, int to)
{
	if (*fd == to)
		return 0;
	if (sys_dup3(*fd, to) == -1)
		return -1;
	sys_close(*fd);
	*fd = to;
	return 0;
}

int
fd_lift(int *fd, int floor)
{
	int high;

	if (*fd >= floor)
		return 0;
	if ((high = sys_dup(*fd, floor)) == -1)
		return -1;
	sys_close(*fd);
	*fd = high;
	return 0;
}

int
fd_cloexec(int fd, bool on)
{
	return sys_fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0);
}

int
fd_nonblock(int fd, bool on)
{
	int flags = sys_fcntl(fd, F_GETFL, 0);

	if (flags == -1)
		return -1;
	flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return sys_fcntl(fd, F_SETFL, flags) == -1 ? -1 : 0;
}

bool
fd_is_open(int fd)
{
	return sys_fcntl(fd, F_GETFD, 0) != -1;
}

/*
 * The read end of a pipe nobody writes to reads as end of file; writing to it
 * fails, which for a program without /dev is as good as it gets.
 */
int
fd_open_null(void)
{
	int fd = sys_open("/dev/null", O_RDWR | O_NOCTTY, 0);
	int ends[2];

	if (fd != -1 || sys_pipe2(ends, 0) == -1)
		return fd;
	sys_close(ends[1]);
	return ends[0];
}

int
fd_ensure_012(void)
{
	for (int want = 0; want <= 2; want++) {
		int fd;

		if (fd_is_open(want))
			continue;
		if ((fd = fd_open_null()) == -1)
			return -1;
		if (fd == want) {
			fd_cloexec(fd, false);
			continue;
		}
		if (sys_dup2(fd, want) == -1)
			return -1;
		sys_close(fd);
	}
	return 0;
}

int
fd_read_all(int fd, struct buf *b)
{
	for (;;) {
		size_t room = buf_room(b);
		ssize_t n = sys_read(fd, b->p + b->len, room > 0 ? room : 1);

		if (n == 0 || (n == -1 && errno == EAGAIN))
			break;
		if (n == -1)
			return -1;
		if (room == 0) { /* there was one byte more */
			b->full = true;
			b->p[b->len] = '\0';
			errno = EFBIG;
			return -1;
		}
		b->len += (size_t)n;
		b->p[b->len] = '\0';
	}
	b->p[b->len] = '\0';
	return 0;
}

int
fd_slurp(int dir, const char *path, struct buf *b)
{
	int fd = sys_openat(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	struct stat st;
	int result = -1;

	if (fd == -1)
		return -1;
	if (sys_fstat(fd, &st) == 0) {
		if (S_ISREG(st.st_mode))
			result = fd_read_all(fd, b);
		else
			errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	}
	sys_close(fd);
	return result;
}

int
fd_slurp_word(int dir, const char *path, struct buf *b)
{
	size_t start = b->len, len;

	if (fd_slurp(dir, path, b) == -1)
		return -1;
	for (len = b->len; len > start; len--)
		if (strchr(" \t\r\n", b->p[len - 1]) == NULL)
			break;
	buf_cut(b, len);
	return 0;
}

/* Waits until fd can be written or the deadline has passed. */
static int
wait_writable(int fd, struct mono deadline)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	struct mono now = mono_now();
	int64_t ns = mono_ns_between(now, deadline);
	struct timespec t = {
	    (time_t)(ns / 1000000000), (long)(ns % 1000000000)};

	if (!mono_before(now, deadline)) {
		errno = ETIMEDOUT;
		return -1;
	}
	return sys_ppoll(&p, 1, mono_is_never(deadline) ? NULL : &t) == -1 ? -1
									   : 0;
}

int
fd_write_all(int fd, const void *p, size_t n, struct mono deadline)
{
	const char *at = p;

	while (n > 0) {
		ssize_t wrote = sys_write(fd, at, n);

		if (wrote == -1 && errno != EAGAIN)
			return -1;
		if (wrote == -1 && wait_writable(fd, deadline) == -1)
			return -1;
		if (wrote > 0) {
			at += wrote;
			n -= (size_t)wrote;
		}
	}
	return 0;
}

/* Fills a new file; it is removed again if that fails. */
static int
write_new(int dir, const char *name, const void *p, size_t n, mode_t mode)
{
	int fd = sys_openat(
	    dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode);
	int error = 0;

	if (fd == -1)
		return -1;
	if (fd_write_all(fd, p, n, mono_never()) == -1)
		error = errno;
	sys_close(fd);
	if (error == 0)
		return 0;
	sys_unlinkat(dir, name, 0);
	errno = error;
	return -1;
}

int
fd_replace(int dir, const char *name, const void *p, size_t n, mode_t mode)
{
	char text[PATH_NAME_MAX + 8];
	struct buf temporary = BUF(text);
	const char *base = path_base(name);
	int error;

	buf_put(&temporary, name, (size_t)(base - name));
	buf_puts(&temporary, ".");
	buf_puts(&temporary, base);
	buf_puts(&temporary, ".new");
	if (temporary.full) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (write_new(dir, temporary.p, p, n, mode) == -1)
		return -1;
	if (sys_renameat(dir, temporary.p, dir, name) == 0)
		return 0;
	error = errno;
	sys_unlinkat(dir, temporary.p, 0);
	errno = error;
	return -1;
}

int
fd_spit(int dir, const char *path, const void *p, size_t n)
{
	int fd = sys_openat(dir, path, O_WRONLY | O_NOCTTY, 0);
	ssize_t wrote;

	if (fd == -1)
		return -1;
	wrote = sys_write(fd, p, n);
	sys_close(fd);
	if (wrote == (ssize_t)n)
		return 0;
	if (wrote != -1)
		errno = EIO;
	return -1;
}

void
fd_path(int fd, const char *called, char *to, size_t n)
{
	char proc[32];
	struct buf b = BUF(proc), own = buf_over(to, n);

	buf_puts(&b, "/proc/self/fd/");
	buf_u64(&b, (uint64_t)fd);
	if (sys_readlinkat(AT_FDCWD, proc, to, n) > 0 && to[0] == '/')
		return;
	buf_puts(&own, called);
}
