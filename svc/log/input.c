/*
 * Reading the log pipe. tee(2) copies references, not bytes, into a second
 * pipe; what is read from there is still in the first.
 */
#include "svc/log/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "lib/fd.h"
#include "lib/sys.h"

#define FLAGS SPLICE_F_NONBLOCK

char input_buf[INPUT_BYTES];
static int peek[2] = {-1, -1}; /* a pipe for copies of what is in a pipe */
static size_t peek_bytes;
static int null = -1; /* where taken bytes go */

static size_t
pipe_size(int fd)
{
	int n = sys_fcntl(fd, F_GETPIPE_SZ, 0);

	return n > 0 ? (size_t)n : 0;
}

/* A writer that fills the pipe gets a larger one: fewer turns for both. */
static void
grow(struct input *in, size_t got)
{
	if (got < in->pipe_bytes / 4 * 3 || in->pipe_bytes >= INPUT_PIPE)
		return;
	if (sys_fcntl(in->fd, F_SETPIPE_SZ, INPUT_PIPE) == -1)
		in->pipe_bytes = INPUT_PIPE; /* not allowed: never again */
	else
		in->pipe_bytes = pipe_size(in->fd);
	if (in->pipe_bytes > peek_bytes &&
	    sys_fcntl(peek[1], F_SETPIPE_SZ, (long)in->pipe_bytes) != -1)
		peek_bytes = in->pipe_bytes;
}

int
input_open(struct input *in, int fd)
{
	struct stat st;

	in->fd = fd;
	in->is_pipe = false;
	if (sys_fstat(fd, &st) == -1)
		return -1;
	if (!S_ISFIFO(st.st_mode))
		return 0;
	if (null == -1)
		null = sys_open("/dev/null", O_WRONLY, 0);
	if (peek[0] == -1 && sys_pipe2(peek, O_NONBLOCK) == 0)
		peek_bytes = pipe_size(peek[1]);
	in->is_pipe = peek[0] != -1;
	in->pipe_bytes = pipe_size(fd);
	return 0;
}

static ssize_t
plain_read(struct input *in, size_t n)
{
	struct pollfd p = {.fd = in->fd, .events = POLLIN};

	/* Not set non-blocking: others may hold the same open file. */
	if (sys_ppoll(&p, 1, &(struct timespec){0}) <= 0) {
		errno = EAGAIN;
		return -1;
	}
	return sys_read(in->fd, input_buf, n);
}

ssize_t
input_look(struct input *in, size_t n)
{
	if (n > sizeof(input_buf))
		n = sizeof(input_buf);
	if (!in->is_pipe)
		return plain_read(in, n);

	ssize_t there = sys_tee(in->fd, peek[1], n, FLAGS);
	if (there <= 0)
		return there;
	size_t got = 0;
	while (got < (size_t)there) {
		ssize_t r =
		    sys_read(peek[0], input_buf + got, (size_t)there - got);
		if (r <= 0)
			return -1;
		got += (size_t)r;
	}
	return there;
}

void
input_take(struct input *in, size_t n)
{
	static char scrap[4096];
	size_t taken = n;

	while (in->is_pipe && n > 0) {
		ssize_t r =
		    null == -1 ? sys_read(in->fd, scrap,
				     n < sizeof(scrap) ? n : sizeof(scrap))
			       : sys_splice(in->fd, NULL, null, NULL, n, FLAGS);
		if (r <= 0)
			break;
		n -= (size_t)r;
	}
	if (in->is_pipe)
		grow(in, taken);
}

ssize_t
input_splice(struct input *in, int to, off_t at, size_t n)
{
	ssize_t got = sys_splice(in->fd, NULL, to, &at, n, FLAGS);

	if (got > 0)
		grow(in, (size_t)got);
	return got;
}

size_t
input_waits(const struct input *in)
{
	int n = 0;

	return sys_ioctl(in->fd, FIONREAD, &n) == 0 && n > 0 ? (size_t)n : 0;
}
