/*
 * From a pipe to where its lines belong. Watches are edge-triggered: what is
 * left in a pipe on purpose makes no noise.
 */
#include "svc/log/stream.h"

#include <errno.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/errtext.h"
#include "lib/fd.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/log/plain.h"

#define EVENTS (EPOLLIN | EPOLLET)
#define SLACK (64 << 10) /* a newline this near the end of a file ends it */
#define SYNC_MS 1000

#define FILES 4	 /* of an open log: directory, lock, file, index */
#define SPARE 64 /* descriptors for everything else */

static struct stream_owner stream_owner;

static struct {
	struct list open; /* the one used last at the end */
	size_t streams, count, fds;
} recent;

static ssize_t
line_turn(struct stream *s)
{
	ssize_t n = input_look(&s->in, INPUT_BYTES);

	if (n <= 0)
		return n;
	size_t used = passing_lines(s, (size_t)n);
	input_take(&s->in, used);
	if (used > 0)
		return (ssize_t)used;
	errno = EAGAIN;
	return -1;
}

/* --- files that are open --- */

static void
close_one(void)
{
	struct list *l, *after;

	LIST_EACH(l, after, &recent.open)
	{
		struct stream *s = LIST_OF(l, struct stream, recent);
		if (!logdir_rest(&s->dir))
			continue;
		list_del(&s->recent);
		s->is_open = false;
		recent.count--;
		return;
	}
}

/* Its files are to be open, whosever must be closed for that. */
static void
use(struct stream *s)
{
	size_t most = recent.streams + SPARE + FILES < recent.fds
			  ? (recent.fds - recent.streams - SPARE) / FILES
			  : 1;

	if (s->is_open)
		list_del(&s->recent);
	else if (recent.count++ >= most)
		close_one();
	list_add(&recent.open, &s->recent);
	s->is_open = true;
}

/* What was closed for want of descriptors is opened again. */
static void
wake(struct stream *s)
{
	if (!s->has_dir)
		return;
	use(s);
	if (!logdir_wake(&s->dir))
		return;
	if (s->moves)
		s->line.within = plain_is_within(&s->dir);
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

bool
stream_may_wait(const struct stream *s)
{
	return !s->hung_up && !s->detaching &&
	       input_waits(&s->in) < s->in.pipe_bytes / 2;
}

/* Is there reason to leave in the pipe what is there? */
static bool
waits(const struct stream *s)
{
	return s->has_dir && s->dir.stuck != LOGDIR_FREE && stream_may_wait(s);
}

static ssize_t
stream_turn(struct stream *s)
{
	if (waits(s)) {
		errno = EAGAIN;
		return -1;
	}
	wake(s);
	return s->moves ? move_turn(s) : line_turn(s);
}

static void
tell_trouble(struct stream *s)
{
	int now = s->has_dir ? s->dir.told : s->deaf;

	if (now == s->told)
		return;
	s->told = now;
	stream_owner.trouble(s, now, now == 0 ? "" : errtext(now));
}

static void
finish(struct stream *s)
{
	size_t left = 0;

	if (!s->over) {
		s->over = true;
		watch_del(s->loop, &s->watch);
		fd_close(&s->in.fd);
		passing_end(s);
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

void
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
	use(s);
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
	    logplan_parse(s->plan_text, s->plan_words, &s->plan, &word);

	if (wrong != NULL) {
		say_warnx("%s: log: %s: %s", s->name, wrong, word);
		return -1;
	}
	s->has_dir = s->plan.to == LOGPLAN_DIR || s->plan.to == LOGPLAN_FILE;
	s->moves = s->has_dir && s->plan.time == LOGPLAN_TIME_NONE &&
		   s->plan.rate == 0;
	s->path = s->plan.path != NULL ? s->plan.path : s->directory;
	return 0;
}

void
stream_start(struct stream_owner owner, size_t fds)
{
	stream_owner = owner;
	list_init(&recent.open);
	recent.fds = fds;
}

size_t
stream_text(const struct logwire_attach *a)
{
	return strlen(a->name) + strlen(a->directory) + 2 * strlen(a->plan) + 4;
}

static char *
put_text(char **at, const char *text)
{
	size_t n = strlen(text) + 1;
	char *to = memcpy(*at, text, n);

	*at += n;
	return to;
}

static void
set_text(struct stream *s, const struct logwire_attach *a)
{
	char *at = s->text;

	s->name = put_text(&at, a->name);
	s->directory = put_text(&at, a->directory);
	s->plan_text = put_text(&at, a->plan);
	s->plan_words = put_text(&at, a->plan);
}

int
stream_open(
    struct stream *s, uint32_t id, const struct logwire_attach *a, int pipe)
{
	struct stat st;

	s->id = id;
	s->loop = stream_owner.loop;
	set_text(s, a);
	s->is_open = false;
	s->watch = WATCH_NONE;
	s->hung_up = s->detaching = s->over = false;
	s->told = 0;
	passing_begin(s);
	s->host = (struct logdir_host){.loop = s->loop, .home = -1};
	timer_init(&s->sync, sync_due, s);
	line_init(&s->line, NULL, 0, false);
	if (read_plan(s) == -1 || input_open(&s->in, pipe) == -1 ||
	    sys_fstat(pipe, &st) == -1) {
		fd_close(&pipe);
		return -1;
	}
	s->pipe_inode = st.st_ino;
	recent.streams++;
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
stream_rotate(struct stream *s)
{
	wake(s);
	if (s->has_dir)
		logdir_rotate(&s->dir);
}

void
stream_close(struct stream *s)
{
	recent.streams--;
	if (s->is_open) {
		list_del(&s->recent);
		recent.count--;
		s->is_open = false;
	}
	timer_unset(s->loop, &s->sync);
	timer_unset(s->loop, &s->note);
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
