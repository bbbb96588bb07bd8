/*
 * The bounded buffer before a log file. One byte is always kept free for the
 * newline of the line under way, so that a line that was begun can be ended.
 */
#include "svc/log/out.h"

#include <string.h>

#include "svc/log/bytes.h"

void
out_init(struct out *o, char *storage, size_t cap)
{
	*o = (struct out){.p = storage, .cap = cap, .line = OUT_GONE};
}

size_t
out_room(const struct out *o)
{
	size_t used = o->len - o->at;

	return used < o->cap ? o->cap - 1 - used : 0;
}

/* The same without moving anything. */
static size_t
room_behind(const struct out *o)
{
	return o->len < o->cap ? o->cap - 1 - o->len : 0;
}

static void
move_down(struct out *o)
{
	memmove(o->p, o->p + o->at, o->len - o->at);
	o->line = o->line == OUT_GONE ? OUT_GONE : o->line - o->at;
	o->len -= o->at;
	o->at = 0;
}

static void
take(struct out *o, const char *p, size_t n)
{
	bytes_copy(o->p + o->len, p, n);
	o->len += n;
}

void
out_begin(struct out *o)
{
	if (o->len == o->cap && o->at > 0)
		move_down(o);
	/* Not even an empty line fits. */
	if (o->len == o->cap)
		o->gap = true;
	o->line = o->len;
	o->skip = o->gap ? OUT_WHOLE : OUT_KEEPS;
	o->lost_lines += o->gap;
}

/* The line under way is too much: it goes, or what is left of it does. */
static void
drop(struct out *o, const char *p, size_t n)
{
	o->gap = true;
	o->lost_lines++;
	if (o->line != OUT_GONE) {
		o->lost_bytes += o->len - o->line + n;
		o->len = o->line;
		o->skip = OUT_WHOLE;
		return;
	}
	size_t fits = out_room(o);
	take(o, p, fits);
	o->lost_bytes += n - fits;
	o->skip = OUT_TAIL;
}

void
out_put(struct out *o, const char *p, size_t n)
{
	if (o->skip != OUT_KEEPS) {
		o->lost_bytes += n;
		return;
	}
	if (room_behind(o) < n && o->at > 0)
		move_down(o);
	if (room_behind(o) < n)
		drop(o, p, n);
	else
		take(o, p, n);
}

void
out_end(struct out *o)
{
	if (o->skip == OUT_WHOLE)
		o->lost_bytes++;
	else
		o->p[o->len++] = '\n';
	o->skip = OUT_KEEPS;
	o->line = OUT_GONE;
}

const char *
out_bytes(const struct out *o, size_t *n)
{
	*n = o->len - o->at;
	return o->p + o->at;
}

void
out_wrote(struct out *o, size_t n)
{
	o->at += n;
	if (o->line != OUT_GONE && o->line < o->at)
		o->line = OUT_GONE;
	if (o->at == o->len) {
		o->line = o->line == OUT_GONE ? OUT_GONE : 0;
		o->at = o->len = 0;
	}
}

void
out_mended(struct out *o, const char *note, size_t n)
{
	o->gap = false;
	o->lost_lines = o->lost_bytes = 0;
	if (o->skip == OUT_TAIL)
		o->p[o->len++] = '\n';
	if (o->skip != OUT_KEEPS)
		o->skip = OUT_WHOLE;
	if (n < room_behind(o))
		take(o, note, n);
}
