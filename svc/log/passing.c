/*
 * Lines of a stream on the way to where they belong: whole ones, no more than
 * the rate allows; those that were too many are counted, and the count is said
 * as soon as it is known. A line that is too long is cut and marked.
 */
#include <errno.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/fmt.h"
#include "svc/log/bytes.h"
#include "svc/log/stream.h"

#define AGAIN_MS 1000

static void
set_stamp(struct stream *s)
{
	struct timespec t = clock_real();

	stamp_set(&s->host.stamp, t.tv_sec, (uint32_t)t.tv_nsec);
}

static void
to_dir(struct stream *s, const char *p, size_t n)
{
	logdir_begin(&s->dir);
	logdir_bytes(&s->dir, p, n);
	logdir_end(&s->dir);
}

/* Nobody listens there: lines stay in the pipe as long as it has room. */
static bool
to_syslog(struct stream *s, const char *p, size_t n)
{
	if (syslog_line(s->name, p, n)) {
		s->deaf = 0;
		return true;
	}
	s->deaf = errno;
	timer_set(s->loop, &s->note, mono_add_ms(s->loop->now, AGAIN_MS));
	if (stream_may_wait(s))
		return false;
	s->dropped++;
	return true;
}

/* False: not taken, to be tried again. */
static bool
put_line(struct stream *s, const char *p, size_t n)
{
	switch (s->plan.to) {
	case LOGPLAN_DIR:
	case LOGPLAN_FILE:
		to_dir(s, p, n);
		return true;
	case LOGPLAN_CONSOLE:
		console_line(s->name, p, n);
		return true;
	case LOGPLAN_SYSLOG:
		return to_syslog(s, p, n);
	case LOGPLAN_SERVICE:
	case LOGPLAN_NONE:
		return true;
	}
	return true;
}

static void
flush(struct stream *s)
{
	if (s->has_dir)
		logdir_flush(&s->dir);
	if (s->plan.to == LOGPLAN_CONSOLE)
		console_flush(s->loop);
}

static void
tell_dropped(struct stream *s)
{
	char text[128];
	struct buf b = BUF(text);
	uint32_t n = s->dropped;

	if (n == 0 || s->deaf != 0)
		return;
	buf_fmt(&b, "trivet: %u lines were dropped here", n);
	s->dropped = 0;
	if (!put_line(s, b.p, b.len))
		s->dropped = n;
}

static bool
window_is_over(const struct stream *s)
{
	return mono_ms_between(s->window, s->loop->now) >= s->plan.rate_ms;
}

/* The window has ended, or those that were deaf may listen again. */
static void
note_due(void *arg)
{
	struct stream *s = arg;

	if (s->deaf == 0 && s->dropped > 0) {
		set_stamp(s);
		tell_dropped(s);
		flush(s);
	}
	if (s->deaf != 0 && !s->over)
		stream_run(s);
}

/* May one more line pass? Those that may not are counted. */
static bool
passes(struct stream *s)
{
	if (s->plan.rate == 0) {
		tell_dropped(s);
		return true;
	}
	if (window_is_over(s)) {
		s->window = s->loop->now;
		s->in_window = 0;
		tell_dropped(s);
	}
	if (s->in_window++ < s->plan.rate)
		return true;
	if (s->dropped++ == 0)
		timer_set(
		    s->loop, &s->note, mono_add_ms(s->window, s->plan.rate_ms));
	return false;
}

/* A whole line, or the part of one that was too long. */
static bool
pass_line(struct stream *s, const char *p, size_t n, bool cut)
{
	char text[STREAM_LINE + 4];

	if (!passes(s))
		return true;
	if (!cut)
		return put_line(s, p, n);
	memcpy(text, p, n);
	memcpy(text + n, "...", 3);
	return put_line(s, text, n + 3);
}

void
passing_begin(struct stream *s)
{
	s->dropped = s->in_window = 0;
	s->deaf = 0;
	s->window = mono_zero();
	timer_init(&s->note, note_due, s);
}

/* The rest stays in the pipe unless nothing more can come to it. */
size_t
passing_lines(struct stream *s, size_t n)
{
	const char *p = input_buf, *end = p + n;

	set_stamp(s);
	while (p < end) {
		size_t left = (size_t)(end - p);
		const char *newline = bytes_newline(p, left);
		size_t len = newline != NULL ? (size_t)(newline - p) : left;
		bool is_long = len > STREAM_LINE;

		if (newline == NULL && !is_long && !s->hung_up && !s->detaching)
			break;
		if (!pass_line(s, p, is_long ? STREAM_LINE : len, is_long))
			break;
		p += is_long ? STREAM_LINE : len + (newline != NULL);
	}
	flush(s);
	return (size_t)(p - input_buf);
}

void
passing_end(struct stream *s)
{
	timer_unset(s->loop, &s->note);
	s->deaf = 0;
	tell_dropped(s);
	flush(s);
}
