/*
 * Reading the log pipe. tee(2) copies references, not bytes, into a second
 * pipe; what is read from there is still in the first.
 */
#include "svc/log/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "lib/fd.h"
#include "lib/sys.h"

#define FLAGS SPLICE_F_NONBLOCK

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
	sys_fcntl(in->peek[1], F_SETPIPE_SZ, (long)in->pipe_bytes);
}

int
input_open(struct input *in, int fd)
{
	struct stat st;

	in->fd = fd;
	in->peek[0] = in->peek[1] = in->null = -1;
	in->is_pipe = false;
	if (sys_fstat(fd, &st) == -1)
		return -1;
	if (!S_ISFIFO(st.st_mode))
		return 0;
	in->null = sys_open("/dev/null", O_WRONLY, 0);
	in->is_pipe = sys_pipe2(in->peek, O_NONBLOCK) == 0;
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
	return sys_read(in->fd, in->buf, n);
}

ssize_t
input_look(struct input *in, size_t n)
{
	if (n > sizeof(in->buf))
		n = sizeof(in->buf);
	if (!in->is_pipe)
		return plain_read(in, n);

	ssize_t there = sys_tee(in->fd, in->peek[1], n, FLAGS);
	if (there <= 0)
		return there;
	size_t got = 0;
	while (got < (size_t)there) {
		ssize_t r =
		    sys_read(in->peek[0], in->buf + got, (size_t)there - got);
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
		    in->null == -1
			? sys_read(in->fd, scrap,
			      n < sizeof(scrap) ? n : sizeof(scrap))
			: sys_splice(in->fd, NULL, in->null, NULL, n, FLAGS);
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
