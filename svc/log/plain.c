/*
 * When every byte of a pipe goes to one file as it is, the kernel moves them:
 * splice takes them out of the pipe and puts them into the file in one go, so
 * a kill loses none and doubles none. They are looked at only near the end of
 * a file, to end it with a line.
 */
#include "svc/log/plain.h"

#include <errno.h>

#include "lib/sys.h"

#define PLAIN_BYTES (1 << 20)

bool
plain_ready(const struct input *in, const struct logdir *d)
{
	return in->is_pipe && d->regular && d->cur != -1 &&
	       d->stuck == LOGDIR_FREE && d->out.len == d->out.at &&
	       !d->out.gap;
}

static ssize_t
move(struct input *in, struct logdir *d, size_t n)
{
	ssize_t got = input_splice(in, d->cur, (off_t)d->size, n);

	if (got == 0 || (got == -1 && (errno == EAGAIN || errno == EINVAL)))
		return got;
	logdir_wrote(d, got);
	if (got == -1)
		errno = EAGAIN;
	return got;
}

/* Near the end of the file: up to a newline there, and then the next file. */
static ssize_t
move_to_end(struct input *in, struct logdir *d)
{
	ssize_t n = input_look(in, INPUT_BYTES);

	if (n <= 0)
		return n;
	struct cut cut = cut_at(&d->cut, d->size, input_buf, (size_t)n);
	ssize_t got = cut.take > 0 ? move(in, d, cut.take) : 0;
	if (cut.full && got == (ssize_t)cut.take)
		logdir_rotate(d);
	return cut.take == 0 ? n : got;
}

ssize_t
plain_turn(struct input *in, struct logdir *d, size_t near)
{
	logdir_look(d);
	if (!plain_ready(in, d)) {
		errno = EAGAIN;
		return -1;
	}
	uint64_t blind = cut_blind(&d->cut, d->size);
	if (blind < near)
		return move_to_end(in, d);
	return move(in, d, blind < PLAIN_BYTES ? (size_t)blind : PLAIN_BYTES);
}

bool
plain_is_within(const struct logdir *d)
{
	char last;

	return d->cur != -1 && d->size > 0 &&
	       sys_pread(d->cur, &last, 1, (off_t)d->size - 1) == 1 &&
	       last != '\n';
}
