/*
 * From bytes to lines, from lines to where they belong.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/log/udp.h"
#include "svc/log/work.h"

#define STATUS_BYTES 1001
#define SHORT_LINE (STAMP_BYTES + 65536)

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* stamp, prefix, at most `limit` bytes, "..." where there were more, \n. */
static struct buf
short_form(const struct work *w, const struct sink *s, const char *p, size_t n)
{
	static char text[SHORT_LINE];
	struct buf b = BUF(text);
	const struct stamp *stamp = &w->host.stamp;

	if (stamp->kind != STAMP_NONE)
		buf_put(&b, stamp->text, STAMP_BYTES);
	if (s->dir != NULL)
		buf_puts(&b, s->dir->conf.prefix);
	size_t room = least(s->limit, sizeof(text) - 8 - b.len);
	if (w->stamp_counts && stamp->kind != STAMP_NONE)
		room = least(room, s->limit - STAMP_BYTES);
	buf_put(&b, p, least(n, room));
	/* svlogd marks a line of exactly the limit as well; multilog not. */
	if (n > room || (n == room && !w->stamp_counts))
		buf_puts(&b, "...");
	buf_putc(&b, '\n');
	return b;
}

static void
to_stderr(struct work *w, const struct sink *s, const char *p, size_t n)
{
	struct buf b = short_form(w, s, p, n);

	out_begin(&w->err);
	out_put(&w->err, b.p, b.len - 1);
	out_end(&w->err);
}

/* What could not be sent goes into the log, also where udp_only is. */
static void
to_udp(struct work *w, const struct sink *s, const char *p, size_t n)
{
	static const char failed[] = "warning: failure sending through udp: ";
	struct buf b = short_form(w, s, p, n);
	const struct conf *c = &s->dir->conf;

	if (udp_send(c->udp_addr, c->udp_port, b.p, b.len))
		return;
	out_begin(&s->dir->out);
	logdir_bytes(s->dir, failed, sizeof(failed) - 1);
	logdir_bytes(s->dir, b.p, b.len - 1);
	logdir_end(s->dir);
}

static void
to_status(struct work *w, const struct sink *s, const char *p, size_t n)
{
	char text[STATUS_BYTES];
	size_t at = 0;

	memset(text, '\n', sizeof(text));
	if (w->host.stamp.kind != STAMP_NONE) {
		memcpy(text, w->host.stamp.text, STAMP_BYTES);
		at = STAMP_BYTES;
	}
	memcpy(text + at, p, least(n, sizeof(text) - 1 - at));
	int fd = sys_openat(w->host.home, s->file,
	    O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY, 0644);
	if (fd == -1 || sys_pwrite(fd, text, sizeof(text), 0) == -1)
		say_warn("unable to write to %s", s->file);
	fd_close(&fd);
}

/* The text that the patterns of a sink see: p, or the stamp and p. */
static const char *
pattern_text(const struct work *w, const char *p, size_t *n)
{
	static char text[STAMP_BYTES + 1024];

	*n = least(*n, w->line_max);
	if (!w->stamp_counts || w->host.stamp.kind == STAMP_NONE)
		return p;
	*n = least(*n, sizeof(text) - STAMP_BYTES);
	memcpy(text, w->host.stamp.text, STAMP_BYTES);
	memcpy(text + STAMP_BYTES, p, *n);
	*n += STAMP_BYTES;
	return text;
}

static bool
wants(const struct work *w, const struct sink *s, const struct line_piece *l)
{
	size_t n = l->n;

	if (s->rules == 0)
		return s->ask.otherwise;
	const char *text = pattern_text(w, l->p, &n);
	return pattern_selects(&s->ask, s->rule, s->rules, text, n);
}

static void
to_dir(struct sink *s, const struct line_piece *l)
{
	if (l->begins)
		logdir_begin(s->dir);
	logdir_bytes(s->dir, l->p, l->n);
	if (l->ends)
		logdir_end(s->dir);
}

static void
to_sink(struct work *w, struct sink *s, const struct line_piece *l)
{
	if (l->begins)
		s->takes = wants(w, s, l);
	if (!s->takes)
		return;
	switch (s->kind) {
	case SINK_DIR:
		to_dir(s, l);
		return;
	case SINK_STDERR:
		if (l->begins)
			to_stderr(w, s, l->p, l->n);
		return;
	case SINK_UDP:
		if (l->begins)
			to_udp(w, s, l->p, l->n);
		return;
	case SINK_STATUS:
		if (l->begins)
			to_status(w, s, l->p, l->n);
	}
}

static void
set_stamp(struct work *w)
{
	struct timespec t = clock_real();

	stamp_set(&w->host.stamp, t.tv_sec, (uint32_t)t.tv_nsec);
}

static void
to_all(struct work *w, const struct line_piece *l)
{
	for (size_t i = 0; i < w->sinks; i++)
		to_sink(w, &w->sink[i], l);
}

void
deliver(struct work *w, char *p, size_t n)
{
	struct line_piece piece;

	if (w->translates)
		for (size_t i = 0; i < n; i++)
			p[i] = (char)w->translate[(unsigned char)p[i]];
	set_stamp(w);
	line_feed(&w->line, p, n);
	while (line_next(&w->line, &piece))
		to_all(w, &piece);
}

void
deliver_last(struct work *w)
{
	struct line_piece piece;

	set_stamp(w);
	if (line_last(&w->line, &piece))
		to_all(w, &piece);
}

/* Standard error may be a pipe or a terminal that takes nothing now. */
static void
flush_err(struct work *w)
{
	struct pollfd p = {.fd = 2, .events = POLLOUT};
	size_t n;

	for (;;) {
		const char *bytes = out_bytes(&w->err, &n);
		if (n == 0 || sys_ppoll(&p, 1, &(struct timespec){0}) <= 0)
			return;
		/* A ready pipe takes this much without waiting. */
		ssize_t got = sys_write(2, bytes, least(n, 4096));
		out_wrote(&w->err, got > 0 ? (size_t)got : n);
	}
}

void
deliver_flush(struct work *w)
{
	for (size_t i = 0; i < w->dirs; i++)
		logdir_flush(&w->dir[i]);
	flush_err(w);
}
