/*
 * The life of a log directory: open, write, get stuck, get free, close. What
 * svlogd and multilog do differently is in rotate.c and multidir.c.
 */
#include "svc/log/logdir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/errtext.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/sys.h"

#define TELL_EVERY_MS 60000

static const struct logdir_step writing = {
    NULL, "unable to write to current", "/current"};

static struct mono
now(const struct logdir *d)
{
	return d->host->loop->now;
}

/* The directory went away and was opened again by its name, or not. */
static void
come_back(struct logdir *d)
{
	d->stuck = LOGDIR_FREE;
	if (d->fd == -1 && logdir_open(d) == -1) {
		logdir_wait(d);
		return;
	}
	logdir_work(d);
	logdir_flush(d);
	if (d->stuck == LOGDIR_FREE && d->freed != NULL)
		d->freed(d->arg);
}

static void
retry_due(void *arg)
{
	come_back(arg);
}

static void
age_due(void *arg)
{
	struct logdir *d = arg;

	timer_set(d->host->loop, &d->age,
	    mono_add_ms(now(d), (int64_t)d->conf.age_s * 1000));
	logdir_wake(d);
	logdir_rotate(d);
}

static void
again_due(void *arg)
{
	struct logdir *d = arg;

	if (d->fd != -1 && processor_look(d) == -1)
		timer_set(d->host->loop, &d->again,
		    mono_add_ms(now(d), d->way->retry_ms));
}

void
logdir_init(struct logdir *d, struct logdir_host *host,
    const struct logdir_way *way, const char *name, size_t kept)
{
	char *p = mem_pages(kept);

	if (p == NULL)
		die(111, "out of memory");
	d->name = name;
	d->way = way;
	d->host = host;
	d->fd = d->lock = d->cur = d->index = -1;
	d->file = "current";
	d->conf.prefix = "";
	out_init(&d->out, p, kept);
	timer_init(&d->retry, retry_due, d);
	timer_init(&d->age, age_due, d);
	timer_init(&d->again, again_due, d);
}

int
logdir_current(struct logdir *d)
{
	struct stat st;

	/* Not O_APPEND, which splice refuses: the offset is the size. */
	d->cur = sys_openat(
	    d->fd, d->file, O_RDWR | O_CREAT | O_NONBLOCK | O_NOCTTY, 0644);
	if (d->cur == -1)
		return -1;
	if (sys_fstat(d->cur, &st) == -1 ||
	    (!d->way->is_single && sys_fchmod(d->cur, 0644) == -1)) {
		fd_close(&d->cur);
		return -1;
	}
	d->regular = S_ISREG(st.st_mode);
	d->size = d->regular ? (uint64_t)st.st_size : 0;
	return 0;
}

static void
close_files(struct logdir *d)
{
	fd_close(&d->cur);
	fd_close(&d->index);
	fd_close(&d->fd);
	fd_close(&d->lock);
}

static void
shut(struct logdir *d)
{
	timer_unset(d->host->loop, &d->age);
	close_files(d);
}

int
logdir_open(struct logdir *d)
{
	/* What was half done, mending does anew. */
	d->job = NULL;
	d->due = 0;
	timer_unset(d->host->loop, &d->again);
	if (d->way->mend(d) == -1) {
		shut(d);
		return -1;
	}
	if (d->conf.age_s > 0 && !timer_is_set(&d->age))
		timer_set(d->host->loop, &d->age,
		    mono_add_ms(now(d), (int64_t)d->conf.age_s * 1000));
	return 0;
}

/* The age goes on. The mode stays that of a file that is in use. */
bool
logdir_rest(struct logdir *d)
{
	size_t left;

	out_bytes(&d->out, &left);
	if (d->fd == -1 || d->stuck != LOGDIR_FREE || left > 0 || d->out.gap ||
	    d->due != 0 || d->processor > 0 || timer_is_set(&d->again))
		return false;
	close_files(d);
	d->is_resting = true;
	return true;
}

bool
logdir_wake(struct logdir *d)
{
	if (!d->is_resting)
		return false;
	d->is_resting = false;
	if (logdir_open(d) == -1)
		logdir_wait(d);
	return true;
}

void
logdir_close(struct logdir *d)
{
	size_t left;

	logdir_wake(d);
	/* A last attempt, deadline or not. */
	if (d->stuck != LOGDIR_FREE && d->fd != -1)
		come_back(d);
	else
		logdir_flush(d);
	out_bytes(&d->out, &left);
	if ((left > 0 || d->out.gap) && d->host->ending)
		say_warnx("lost at the end: %lu bytes: %s",
		    (unsigned long)(left + d->out.lost_bytes), d->name);
	timer_unset(d->host->loop, &d->retry);
	d->stuck = LOGDIR_FREE;
	if (d->fd == -1)
		return;
	if (d->host->verbose)
		say_info("info: close: %s", d->name);
	if (d->cur != -1 && sys_fsync(d->cur) == -1)
		say_warn("unable to fsync current logfile: %s", d->name);
	if (d->cur != -1 && !d->way->is_single &&
	    sys_fchmod(d->cur, 0744) == -1)
		say_warn("unable to set mode of current: %s", d->name);
	shut(d);
}

/* The same trouble is told once a minute. */
static bool
is_news(struct logdir *d)
{
	if (d->told == errno &&
	    mono_ms_between(d->told_at, now(d)) < TELL_EVERY_MS)
		return false;
	d->told = errno;
	d->told_at = now(d);
	return true;
}

void
logdir_cannot(struct logdir *d, const char *what)
{
	if (is_news(d))
		d->way->cannot(d, what);
}

void
logdir_wait(struct logdir *d)
{
	d->stuck = LOGDIR_PAUSED;
	timer_set(
	    d->host->loop, &d->retry, mono_add_ms(now(d), d->way->retry_ms));
}

void
logdir_pause(struct logdir *d, const struct logdir_step *step)
{
	if (is_news(d))
		d->way->pausing(d, step);
	logdir_wait(d);
}

/* Room on a full disk by giving up old files: is it worth another try? */
static bool
make_room(struct logdir *d)
{
	struct archive a;

	if (errno != ENOSPC && errno != EDQUOT)
		return false;
	int error = errno;
	bool made = false;
	if (d->conf.keep_min < d->conf.keep &&
	    archive_look(d->fd, d->save, &a) == 0 &&
	    a.count > d->conf.keep_min && a.oldest[0] == '@') {
		say_warnx(
		    "out of disk space, delete: %s/%s", d->name, a.oldest);
		made = sys_unlinkat(d->fd, a.oldest, 0) == 0;
		if (!made)
			say_warn(
			    "unable to unlink oldest logfile: %s", d->name);
	}
	errno = error;
	return made;
}

void
logdir_wrote(struct logdir *d, int64_t got)
{
	if (got >= 0) {
		d->size += (uint64_t)got;
		index_note(d);
		if (d->told != 0)
			say_info("info: writing again: %s", d->name);
		d->told = 0;
		return;
	}
	if (!make_room(d))
		logdir_pause(d, &writing);
}

void
logdir_look(struct logdir *d)
{
	struct stat st;

	if (d->cur == -1 || !d->regular || sys_fstat(d->cur, &st) == -1)
		return;
	/* Somebody may have emptied it to get room. */
	d->size = (uint64_t)st.st_size;
	if (st.st_nlink > 0)
		return;
	say_warnx("current has vanished, opening again: %s", d->name);
	shut(d);
	come_back(d);
}

static void
write_some(struct logdir *d)
{
	size_t n;
	const char *p = out_bytes(&d->out, &n);
	struct cut cut = cut_at(&d->cut, d->size, p, n);

	if (cut.take > 0) {
		ssize_t got =
		    d->regular ? sys_pwrite(d->cur, p, cut.take, (off_t)d->size)
			       : sys_write(d->cur, p, cut.take);
		logdir_wrote(d, got);
		if (got > 0)
			out_wrote(&d->out, (size_t)got);
		if (got != (ssize_t)cut.take)
			return;
	}
	if (cut.full)
		logdir_rotate(d);
}

/* All is written again: says how much is not. */
static void
close_gap(struct logdir *d)
{
	char text[512];
	struct buf note = BUF(text);
	const struct stamp *stamp = &d->host->stamp;

	if (stamp->kind != STAMP_NONE)
		buf_put(&note, stamp->text, STAMP_BYTES);
	buf_puts(&note, d->conf.prefix);
	buf_fmt(&note,
	    "trivet: %lu lines (%lu bytes) were dropped here, "
	    "the log could not be written\n",
	    (unsigned long)d->out.lost_lines, (unsigned long)d->out.lost_bytes);
	out_mended(&d->out, note.p, note.len);
}

void
logdir_flush(struct logdir *d)
{
	size_t n;

	if (d->stuck == LOGDIR_FREE)
		logdir_look(d);
	for (;;) {
		out_bytes(&d->out, &n);
		if (d->stuck != LOGDIR_FREE || d->cur == -1)
			return;
		if (n == 0 && !d->out.gap)
			return;
		if (n == 0)
			close_gap(d);
		else
			write_some(d);
	}
}

void
logdir_rotate(struct logdir *d)
{
	if (d->cur == -1 || d->size == 0)
		return;
	d->due |= LOGDIR_DUE_ROTATION;
	if (d->stuck == LOGDIR_FREE)
		logdir_work(d);
}

static bool
next_job(struct logdir *d)
{
	if (d->due & LOGDIR_DUE_COMMIT) {
		d->due &= ~(unsigned)LOGDIR_DUE_COMMIT;
		d->job = d->way->commit;
		return true;
	}
	if (!(d->due & LOGDIR_DUE_ROTATION))
		return false;
	if (d->way->one_at_a_time && d->host->ending) {
		/* No processor makes room for this file any more: it takes
		 * the little that is left as well. */
		d->due &= ~(unsigned)LOGDIR_DUE_ROTATION;
		d->cut.limit = 0;
		return false;
	}
	if (d->way->one_at_a_time && processor_busy(d))
		return false;
	d->due &= ~(unsigned)LOGDIR_DUE_ROTATION;
	d->job = d->way->rotation;
	return true;
}

void
logdir_work(struct logdir *d)
{
	if (d->fd == -1)
		return;
	while (d->job != NULL || next_job(d)) {
		if (d->job->act == NULL)
			d->job = NULL;
		else if (d->job->act(d) == 0)
			d->job++;
		else {
			logdir_pause(d, d->job);
			return;
		}
	}
	d->stuck = d->due != 0 ? LOGDIR_WAITS : LOGDIR_FREE;
}

void
logdir_begin(struct logdir *d)
{
	const struct stamp *stamp = &d->host->stamp;

	if (out_room(&d->out) == 0)
		logdir_flush(d);
	out_begin(&d->out);
	if (stamp->kind != STAMP_NONE)
		logdir_bytes(d, stamp->text, STAMP_BYTES);
	if (d->conf.prefix[0] != '\0')
		logdir_bytes(d, d->conf.prefix, strlen(d->conf.prefix));
}

void
logdir_bytes(struct logdir *d, const char *p, size_t n)
{
	while (n > 0) {
		size_t part = n < LOGDIR_BULK ? n : LOGDIR_BULK;

		if (out_room(&d->out) < part && d->stuck == LOGDIR_FREE)
			logdir_flush(d);
		out_put(&d->out, p, part);
		p += part;
		n -= part;
	}
}

void
logdir_end(struct logdir *d)
{
	out_end(&d->out);
	if (d->out.len - d->out.at >= LOGDIR_BULK && d->stuck == LOGDIR_FREE)
		logdir_flush(d);
}

int
logdir_step_sync(struct logdir *d)
{
	return d->cur == -1 ? 0 : sys_fsync(d->cur);
}

int
logdir_step_mode(struct logdir *d)
{
	return d->cur == -1 ? 0 : sys_fchmod(d->cur, 0744);
}

int
logdir_step_create(struct logdir *d)
{
	fd_close(&d->cur);
	return logdir_current(d);
}

int
logdir_step_trim(struct logdir *d)
{
	if (d->conf.keep > 0 && archive_trim(d, d->conf.keep) == -1)
		say_warn("unable to read directory: %s", d->name);
	return 0;
}
