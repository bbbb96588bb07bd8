/*
 * When every byte of a pipe goes to one file as it is, the kernel moves them:
 * splice takes them out of the pipe and puts them into the file in one go, so
 * a kill loses none and doubles none. They are looked at only near the end of
 * a file, to end it with a line.
 */
#include <errno.h>

#include "lib/sys.h"
#include "svc/log/work.h"

#define PLAIN_BYTES (1 << 20)

bool
plain_possible(const struct work *w)
{
	const struct sink *s = &w->sink[0];

	return w->plain && w->in.is_pipe && w->sinks == 1 &&
	       s->kind == SINK_DIR && s->rules == 0 &&
	       w->host.stamp.kind == STAMP_NONE && !w->translates &&
	       s->dir->conf.prefix[0] == '\0' && s->dir->regular &&
	       s->dir->cur != -1 && s->dir->stuck == LOGDIR_FREE &&
	       s->dir->out.len == s->dir->out.at && !s->dir->out.gap;
}

static ssize_t
move(struct work *w, struct logdir *d, size_t n)
{
	ssize_t got = input_splice(&w->in, d->cur, (off_t)d->size, n);

	if (got > 0 || (got == -1 && errno != EAGAIN && errno != EINVAL)) {
		int error = errno;
		logdir_wrote(d, got);
		errno = error;
	}
	/* A file system without splice: lines will do. */
	if (got == -1 && errno == EINVAL) {
		w->plain = false;
		errno = EAGAIN;
	}
	return got;
}

ssize_t
plain_turn(struct work *w)
{
	struct logdir *d = w->sink[0].dir;

	logdir_look(d);
	if (!plain_possible(w)) {
		errno = EAGAIN;
		return -1;
	}
	uint64_t blind = cut_blind(&d->cut, d->size);
	/* Near the end small pieces: their ends are looked for. */
	if (blind >= w->line_max)
		return move(
		    w, d, blind < PLAIN_BYTES ? (size_t)blind : PLAIN_BYTES);

	ssize_t n = input_look(&w->in, sizeof(w->in.buf));
	if (n <= 0)
		return n;
	struct cut cut = cut_at(&d->cut, d->size, w->in.buf, (size_t)n);
	ssize_t got = cut.take > 0 ? move(w, d, cut.take) : 0;
	if (cut.full && got == (ssize_t)cut.take)
		logdir_rotate(d);
	return cut.take == 0 ? n : got;
}

void
plain_leave(struct work *w)
{
	struct sink *s = &w->sink[0];
	struct logdir *d = s->dir;
	char last = '\n';

	if (d->cur != -1 && d->size > 0 &&
	    sys_pread(d->cur, &last, 1, (off_t)d->size - 1) != 1)
		last = '\n';
	w->line.within = last != '\n';
	s->takes = true;
}
