/*
 * From a pipe to where its lines belong. Watches are edge-triggered: what is
 * left in a pipe on purpose makes no noise.
 */
#include "svc/log/stream.h"

#include <errno.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/errtext.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/log/bytes.h"
#include "svc/log/plain.h"

#define EVENTS (EPOLLIN | EPOLLET)
#define SLACK (64 << 10) /* a newline this near the end of a file ends it */
#define SYNC_MS 1000

struct stream_owner stream_owner;

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

static void
put_line(struct stream *s, const char *p, size_t n)
{
	switch (s->plan.to) {
	case LOGPLAN_DIR:
	case LOGPLAN_FILE:
		to_dir(s, p, n);
		return;
	case LOGPLAN_CONSOLE:
		console_line(s->attach.name, p, n);
		return;
	case LOGPLAN_SYSLOG:
		if (!syslog_line(s->attach.name, p, n))
			s->dropped++;
		return;
	case LOGPLAN_SERVICE:
	case LOGPLAN_NONE:
		return;
	}
}

static void
tell_dropped(struct stream *s)
{
	char text[128];
	struct buf b = BUF(text);

	buf_fmt(&b, "trivet: %u lines were dropped here", s->dropped);
	s->dropped = 0;
	put_line(s, b.p, b.len);
}

/* May one more line pass? Those that may not are counted. */
static bool
passes(struct stream *s)
{
	if (s->plan.rate == 0)
		return true;
	if (mono_ms_between(s->window, s->loop->now) >= 1000) {
		s->window = s->loop->now;
		s->in_window = 0;
		if (s->dropped > 0)
			tell_dropped(s);
	}
	if (s->in_window++ < s->plan.rate)
		return true;
	s->dropped++;
	return false;
}

/* --- lines --- */

/* A whole line, or the part of one that was too long. */
static void
pass_line(struct stream *s, const char *p, size_t n, bool cut)
{
	char text[STREAM_LINE + 4];

	if (!passes(s))
		return;
	if (!cut) {
		put_line(s, p, n);
		return;
	}
	memcpy(text, p, n);
	memcpy(text + n, "...", 3);
	put_line(s, text, n + 3);
}

/*
 * The lines of input_buf, as far as they are whole; how many bytes that was.
 * The rest stays in the pipe unless nothing more can come to it.
 */
static size_t
pass_lines(struct stream *s, size_t n)
{
	const char *p = input_buf, *end = p + n;

	while (p < end) {
		size_t left = (size_t)(end - p);
		const char *newline = bytes_newline(p, left);
		size_t len = newline != NULL ? (size_t)(newline - p) : left;

		if (len > STREAM_LINE) {
			pass_line(s, p, STREAM_LINE, true);
			p += STREAM_LINE;
			continue;
		}
		if (newline == NULL && !s->hung_up && !s->detaching)
			break;
		pass_line(s, p, len, false);
		p += len + (newline != NULL);
	}
	return (size_t)(p - input_buf);
}

static ssize_t
line_turn(struct stream *s)
{
	ssize_t n = input_look(&s->in, INPUT_BYTES);

	if (n <= 0)
		return n;
	set_stamp(s);
	size_t used = pass_lines(s, (size_t)n);
	if (s->has_dir)
		logdir_flush(&s->dir);
	if (s->plan.to == LOGPLAN_CONSOLE)
		console_flush(s->loop);
	input_take(&s->in, used);
	if (used > 0)
		return (ssize_t)used;
	errno = EAGAIN;
	return -1;
}

/* --- bytes, as they are --- */

/* The file takes none now: into memory, from where the last byte left off. */
static ssize_t
kept_turn(struct stream *s)
{
	struct line_piece piece;
	ssize_t n = input_look(&s->in, INPUT_BYTES);

	if (n <= 0)
		return n;
	line_feed(&s->line, input_buf, (size_t)n);
	while (line_next(&s->line, &piece)) {
		if (piece.begins)
			logdir_begin(&s->dir);
		logdir_bytes(&s->dir, piece.p, piece.n);
		if (piece.ends)
			logdir_end(&s->dir);
	}
	input_take(&s->in, (size_t)n);
	return n;
}

static ssize_t
move_turn(struct stream *s)
{
	if (plain_ready(&s->in, &s->dir)) {
		ssize_t n = plain_turn(&s->in, &s->dir, SLACK);
		s->line.within = plain_is_within(&s->dir);
		if (n == -1 && errno == EINVAL)
			s->moves = false;
		return n;
	}
	return kept_turn(s);
}

/* --- turns --- */

/* Is there reason to leave in the pipe what is there? */
static bool
may_wait(const struct stream *s)
{
	return s->has_dir && s->dir.stuck != LOGDIR_FREE && !s->hung_up &&
	       !s->detaching && input_waits(&s->in) < s->in.pipe_bytes / 2;
}

static ssize_t
stream_turn(struct stream *s)
{
	if (may_wait(s)) {
		errno = EAGAIN;
		return -1;
	}
	return s->moves ? move_turn(s) : line_turn(s);
}

static void
tell_trouble(struct stream *s)
{
	int now = s->has_dir ? s->dir.told : 0;

	if (now == s->told)
		return;
	s->told = now;
	stream_owner.trouble(s, now == 0 ? "" : errtext(now));
}

static void
finish(struct stream *s)
{
	size_t left = 0;

	if (!s->over) {
		s->over = true;
		watch_del(s->loop, &s->watch);
		fd_close(&s->in.fd);
		if (s->dropped > 0)
			tell_dropped(s);
	}
	if (s->has_dir) {
		logdir_flush(&s->dir);
		out_bytes(&s->dir.out, &left);
	}
	/* What is kept is written when that is possible: freed(). */
	if (left == 0 && !(s->has_dir && s->dir.out.gap))
		stream_owner.ended(s);
}

static void
sync_due(void *arg)
{
	struct stream *s = arg;

	if (s->dir.cur != -1 && sys_fdatasync(s->dir.cur) == -1)
		say_warn("unable to fsync current logfile: %s", s->dir.name);
}

static void
stream_run(struct stream *s)
{
	for (int i = 0; i < STREAM_TURNS; i++) {
		ssize_t n = stream_turn(s);

		tell_trouble(s);
		if (n > 0 && s->plan.fsync && !timer_is_set(&s->sync))
			timer_set(s->loop, &s->sync,
			    mono_add_ms(s->loop->now, SYNC_MS));
		if (n > 0)
			continue;
		if (n == 0 || s->detaching)
			finish(s);
		return;
	}
	/* There is more. A changed watch tells its edge once more. */
	watch_change(s->loop, &s->watch, s->watch.events ^ EPOLLPRI);
}

static void
stream_ready(void *arg, uint32_t events)
{
	struct stream *s = arg;

	s->hung_up |= (events & EPOLLHUP) != 0;
	stream_run(s);
}

/* The directory can be written again, or the processor is done. */
static void
freed(void *arg)
{
	struct stream *s = arg;

	tell_trouble(s);
	if (s->over)
		finish(s);
	else
		stream_run(s);
}

static void
open_dir(struct stream *s)
{
	struct logdir *d = &s->dir;
	bool is_file = s->plan.to == LOGPLAN_FILE;

	logdir_init(d, &s->host, is_file ? &logdir_single : &logdir_shared,
	    s->path, STREAM_KEPT);
	d->conf.keep = s->plan.keep;
	d->conf.keep_min = 1;
	d->conf.age_s = (uint64_t)s->plan.age_ms / 1000;
	d->conf.processor = s->plan.compress;
	d->cut.limit = is_file ? 0 : s->plan.size;
	d->cut.slack = s->plan.size / 2 < SLACK ? s->plan.size / 2 : SLACK;
	d->has_fsync = s->plan.fsync;
	d->has_lines = !s->moves;
	d->freed = freed;
	d->arg = s;
	if (logdir_open(d) == -1)
		logdir_wait(d);
}

static const enum stamp_kind kinds[] = {
    [LOGPLAN_TIME_NONE] = STAMP_NONE,
    [LOGPLAN_TIME_ISO] = STAMP_ISO,
    [LOGPLAN_TIME_TAI64N] = STAMP_TAI64N,
};

static int
read_plan(struct stream *s)
{
	const char *word;
	const char *wrong =
	    logplan_parse(s->attach.plan, s->plan_room, &s->plan, &word);

	if (wrong != NULL) {
		say_warnx("%s: log: %s: %s", s->attach.name, wrong, word);
		return -1;
	}
	s->has_dir = s->plan.to == LOGPLAN_DIR || s->plan.to == LOGPLAN_FILE;
	s->moves = s->has_dir && s->plan.time == LOGPLAN_TIME_NONE &&
		   s->plan.rate == 0;
	struct buf path = BUF(s->path);
	buf_puts(
	    &path, s->plan.path != NULL ? s->plan.path : s->attach.directory);
	return 0;
}

int
stream_open(
    struct stream *s, uint32_t id, const struct logwire_attach *a, int pipe)
{
	struct stat st;

	s->id = id;
	s->loop = stream_owner.loop;
	s->attach = *a;
	s->watch = WATCH_NONE;
	s->hung_up = s->detaching = s->over = false;
	s->told = 0;
	s->dropped = s->in_window = 0;
	s->host = (struct logdir_host){.loop = s->loop, .home = -1};
	timer_init(&s->sync, sync_due, s);
	line_init(&s->line, NULL, 0, false);
	if (read_plan(s) == -1 || input_open(&s->in, pipe) == -1 ||
	    sys_fstat(pipe, &st) == -1) {
		fd_close(&pipe);
		return -1;
	}
	s->pipe_inode = st.st_ino;
	stamp_init(&s->host.stamp, kinds[s->plan.time]);
	if (s->has_dir)
		open_dir(s);
	tell_trouble(s);
	if (s->moves)
		s->line.within = plain_is_within(&s->dir);
	if (watch_add(s->loop, &s->watch, pipe, EVENTS, stream_ready, s) == -1)
		say_warn("%s: cannot watch its pipe", a->name);
	return 0;
}

void
stream_detach(struct stream *s)
{
	s->detaching = true;
	if (!s->over)
		stream_run(s);
}

void
stream_close(struct stream *s)
{
	timer_unset(s->loop, &s->sync);
	watch_del(s->loop, &s->watch);
	fd_close(&s->in.fd);
	if (s->has_dir) {
		s->host.ending = true;
		s->dir.freed = NULL;
		logdir_close(&s->dir);
		mem_free(s->dir.out.p, s->dir.out.cap);
		s->has_dir = false;
	}
}
