/*
 * A pipe is looked into (peek) and read only up to what has been written,
 * so a svcd that dies in between says a line twice at worst. Each pipe is one
 * descriptor, open for reading and writing: no death closes it, and no end of
 * file comes.
 */
#include "svc/tree/output/said.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/output/output.h"
#include "svc/tree/state/slots.h"
#include "svc/tree/state/state.h"

#define LINE 8192  /* a longer line is told in pieces */
#define LINES 64   /* at most so many are written at a time */
#define SOME 16	   /* writes for one service before others have their turn */
#define ROOM 65536 /* of what is written at a time */
#define STREAMS 2

struct said {
	struct watch watch[STREAMS];
	bool is_open, is_over;
};

/* One of our own outputs. */
struct out {
	struct watch full; /* while it takes nothing */
	int fd;
	bool is_ours; /* an opening of our own, which never blocks */
	uint32_t who; /* whose line was written in part; 0: nobody's */
	size_t done;  /* bytes of that */
};

static struct said *table;
static struct out outs[STREAMS];

/* --- our own output --- */

static void again(void);

static void
out_ready(void *arg, uint32_t events)
{
	struct out *o = arg;

	(void)events;
	watch_del(&tree.loop, &o->full);
	again();
}

/*
 * What others share must not be made non-blocking: a pipe or terminal is opened
 * again. Where that is not allowed it is asked before each write.
 */
static void
open_out(unsigned stream)
{
	struct out *o = &outs[stream];
	char path[32];
	struct buf b = BUF(path);
	struct stat st;
	int fd = (int)stream + 1, own = -1;

	*o = (struct out){.full = WATCH_NONE, .fd = fd};
	buf_fmt(&b, "/proc/self/fd/%d", fd);
	if (sys_fstat(fd, &st) == 0 &&
	    (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)))
		own = sys_open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY, 0);
	if (own >= 0 && fd_lift(&own, TREE_FD_FLOOR) == 0) {
		o->fd = own;
		o->is_ours = true;
	}
}

/* Bytes, or -1 and EAGAIN: it is full. */
static ssize_t
write_out(struct out *o, const char *p, size_t n)
{
	static const struct timespec now;
	struct pollfd ready = {.fd = o->fd, .events = POLLOUT};

	if (o->is_ours)
		return sys_write(o->fd, p, n);
	if (sys_ppoll(&ready, 1, &now) == 0) {
		errno = EAGAIN;
		return -1;
	}
	return sys_write(o->fd, p, n < PIPE_BUF ? n : PIPE_BUF);
}

static void
wait_for_room(struct out *o)
{
	int fd = o->full.fd >= 0 ? -1 : o->fd;

	if (fd >= 0 &&
	    watch_add(&tree.loop, &o->full, fd, EPOLLOUT, out_ready, o) < 0)
		say_warn("cannot wait for room on standard output");
}

/* --- lines --- */

/* What was looked at: the ends of its lines, before and after. */
struct lines {
	size_t in[LINES], out[LINES];
	unsigned n;
};

static void
put_json(struct buf *b, const char *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t k = 0; k < n; k++) {
		unsigned char c = (unsigned char)p[k];
		if (c == '"' || c == '\\')
			buf_putc(b, '\\');
		if (c >= ' ' && c != 0x7f) {
			buf_putc(b, (char)c);
			continue;
		}
		buf_puts(b, "\\u00");
		buf_putc(b, hex[c >> 4]);
		buf_putc(b, hex[c & 15]);
	}
}

static void
put_line(
    struct buf *b, const char *name, unsigned stream, const char *p, size_t n)
{
	if (tree.output != LINES_JSON) {
		buf_fmt(b, "%s: ", name);
		buf_put(b, p, n);
		buf_putc(b, '\n');
		return;
	}
	buf_puts(b, "{\"service\":\"");
	put_json(b, name, strlen(name));
	buf_fmt(b, "\",\"stream\":\"%s\",\"message\":\"",
	    stream == 0 ? "stdout" : "stderr");
	put_json(b, p, n);
	buf_puts(b, "\"}\n");
}

/* Most bytes that a line of n becomes. */
static size_t
most(size_t n)
{
	return n * 6 + 6 * BOARD_NAME_MAX + 64;
}

static void
format(struct lines *l, struct buf *b, uint32_t i, unsigned stream,
    const char *in, size_t n)
{
	char name[BOARD_NAME_MAX + 1];
	size_t at = 0;

	state_name(i, name);
	for (l->n = 0; at < n && l->n < LINES; l->n++) {
		const char *end = memchr(in + at, '\n', n - at);
		size_t len = end != NULL ? (size_t)(end - in) - at : n - at;
		bool is_whole = end != NULL || len >= LINE || table[i].is_over;

		if (!is_whole || most(len) > b->cap - b->len)
			return;
		put_line(b, name, stream, in + at, len);
		at += len + (end != NULL);
		l->in[l->n] = at;
		l->out[l->n] = b->len;
	}
}

/* How many bytes of the pipe are done with, `written` more being out. */
static size_t
account(struct out *o, const struct lines *l, uint32_t who, size_t written)
{
	size_t total = o->done + written, in = 0, out = 0;

	for (unsigned k = 0; k < l->n && l->out[k] <= total; k++) {
		in = l->in[k];
		out = l->out[k];
	}
	o->done = total - out;
	o->who = o->done > 0 ? who : 0;
	return in;
}

/* --- pipes --- */

static void
take(uint32_t i, int fd, char *room, size_t n)
{
	ssize_t got = n > 0 ? sys_read(fd, room, n) : 0;

	if (got > 0)
		lines_keep(i, room, (size_t)got);
}

enum passed {
	PASSED_ALL,  /* or all but a line without an end */
	PASSED_SOME, /* there is more */
	PASSED_FULL  /* our output takes nothing */
};

static enum passed
pass_some(uint32_t i, unsigned stream)
{
	static char in[LINE], out[ROOM];
	struct buf b = BUF(out);
	struct lines l;
	struct out *o = &outs[stream];
	int fd = table[i].watch[stream].fd;
	uint32_t who = i;
	ssize_t written, n;

	if (fd < 0)
		return PASSED_ALL;
	if (o->full.fd >= 0 || (o->who != 0 && o->who != who))
		return PASSED_FULL;
	n = peek(fd, in, sizeof(in));
	format(&l, &b, i, stream, in, n > 0 ? (size_t)n : 0);
	if (l.n == 0)
		return PASSED_ALL;
	written = write_out(o, b.p + o->done, b.len - o->done);
	if (written < 0 && errno == EAGAIN) {
		wait_for_room(o);
		return PASSED_FULL;
	}
	/* Nobody reads there, or no disk takes it: the last lines stay here. */
	if (written < 0)
		written = (ssize_t)(b.len - o->done);
	take(i, fd, in, account(o, &l, who, (size_t)written));
	return PASSED_SOME;
}

static enum passed
pass(uint32_t i, unsigned stream)
{
	enum passed p = PASSED_SOME;

	for (int n = 0; p == PASSED_SOME && n < SOME; n++)
		p = pass_some(i, stream);
	return p;
}

/* Told anew of what is there: each change is told once. */
static void
arm(uint32_t i, unsigned stream)
{
	struct watch *w = &table[i].watch[stream];

	if (w->fd < 0)
		return;
	watch_change(&tree.loop, w, 0);
	watch_change(&tree.loop, w, EPOLLIN | EPOLLET);
}

static void
again(void)
{
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		for (unsigned s = 0; table[i].is_open && s < STREAMS; s++)
			arm(i, s);
}

static void
ready(uint32_t i, unsigned stream)
{
	bool was_held = outs[stream].who != 0;

	if (pass(i, stream) == PASSED_SOME)
		arm(i, stream);
	/* Others waited for the rest of its line. */
	if (was_held && outs[stream].who == 0)
		again();
}

static void
first_ready(void *arg, uint32_t events)
{
	(void)events;
	ready((uint32_t)(uintptr_t)arg, 0);
}

static void
second_ready(void *arg, uint32_t events)
{
	(void)events;
	ready((uint32_t)(uintptr_t)arg, 1);
}

/* --- from outside --- */

void
said_start(void)
{
	table = mem_pages(TREE_RECORDS * sizeof(*table));
	if (table == NULL)
		die(111, "cannot prepare for what services say");
	for (unsigned stream = 0; stream < STREAMS; stream++)
		open_out(stream);
}

/* Both ends in one; -1: no /proc. */
static int
endless_pipe(void)
{
	char path[32];
	struct buf b = BUF(path);
	int ends[2], fd;

	if (sys_pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	buf_fmt(&b, "/proc/self/fd/%d", ends[0]);
	fd = sys_open(path, O_RDWR | O_NONBLOCK, 0);
	sys_close(ends[0]);
	sys_close(ends[1]);
	if (fd >= 0)
		fd_lift(&fd, TREE_FD_FLOOR);
	return fd;
}

static bool
listen_to(uint32_t i, const int fds[STREAMS])
{
	void *who = (void *)(uintptr_t)i;
	struct said *t = &table[i];

	*t = (struct said){.watch = {WATCH_NONE, WATCH_NONE}, .is_open = true};
	return watch_add(&tree.loop, &t->watch[0], fds[0], EPOLLIN | EPOLLET,
		   first_ready, who) == 0 &&
	       watch_add(&tree.loop, &t->watch[1], fds[1], EPOLLIN | EPOLLET,
		   second_ready, who) == 0;
}

bool
said_make(uint32_t i)
{
	int fds[STREAMS] = {-1, -1};
	uint32_t slot;

	if (table == NULL || rec(i)->logger != 0 ||
	    (rec(i)->flags & (BOARD_LOG | BOARD_MAIN)))
		return false;
	table[i].is_over = false;
	if (table[i].is_open)
		return true;
	for (unsigned s = 0; s < STREAMS; s++)
		fds[s] = endless_pipe();
	if (fds[0] < 0 || fds[1] < 0 || !listen_to(i, fds)) {
		fd_close(&fds[0]);
		fd_close(&fds[1]);
		table[i].is_open = false;
		return false;
	}
	slot = slots_put(fds, STREAMS);
	if (slot != 0)
		lines_set_slot(i, slot);
	return true;
}

int
said_pipe(uint32_t i, unsigned stream)
{
	return table[i].watch[stream].fd;
}

void
said_close(uint32_t i)
{
	if (table == NULL || !table[i].is_open)
		return;
	said_over(i);
	for (unsigned s = 0; s < STREAMS; s++) {
		int fd = table[i].watch[s].fd;
		watch_del(&tree.loop, &table[i].watch[s]);
		fd_close(&fd);
		if (outs[s].who == i)
			outs[s].who = 0, outs[s].done = 0;
	}
	table[i].is_open = false;
	slots_drop(rec(i)->lines_slot, STREAMS);
	lines_set_slot(i, 0);
}

void
said_recover(uint32_t i)
{
	uint32_t slot = rec(i)->lines_slot;
	int fds[STREAMS];
	bool is_good = true;

	if (slot == 0)
		return;
	for (unsigned s = 0; s < STREAMS; s++) {
		fds[s] = slots_get(slot + s);
		is_good = fds[s] >= 0 && is_good;
	}
	if (!is_good || !listen_to(i, fds))
		say_warnx("what a service says cannot be heard any more");
}

void
said_over(uint32_t i)
{
	if (table == NULL || !table[i].is_open)
		return;
	table[i].is_over = true;
	for (unsigned s = 0; s < STREAMS; s++)
		ready(i, s);
}

bool
said_all(void)
{
	bool is_done = true;

	for (uint32_t i = state_next(0); table != NULL && i != 0;
	     i = state_next(i)) {
		if (!table[i].is_open)
			continue;
		table[i].is_over = true;
		for (unsigned s = 0; s < STREAMS; s++) {
			enum passed p = PASSED_SOME;
			while (p == PASSED_SOME)
				p = pass_some(i, s);
			is_done = is_done && p == PASSED_ALL;
		}
	}
	return is_done;
}
