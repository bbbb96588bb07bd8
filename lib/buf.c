/*
 * Text and bytes inside storage of the caller. Invariants: len < cap,
 * p[len] == 0; once full, nothing is appended, so what is there has no hole.
 */
#include "lib/buf.h"

#include <string.h>

struct buf
buf_over(char *storage, size_t cap)
{
	storage[0] = '\0';
	return (struct buf){storage, 0, cap, false};
}

void
buf_clear(struct buf *b)
{
	buf_cut(b, 0);
}

void
buf_cut(struct buf *b, size_t len)
{
	if (len < b->len)
		b->len = len;
	b->p[b->len] = '\0';
	b->full = false;
}

size_t
buf_room(const struct buf *b)
{
	return b->full ? 0 : b->cap - 1 - b->len;
}

/* How many of n bytes are taken; says that b is full if not all are. */
static size_t
taken(struct buf *b, size_t n)
{
	size_t room = buf_room(b);

	if (n <= room)
		return n;
	b->full = true;
	return room;
}

void
buf_put(struct buf *b, const void *bytes, size_t n)
{
	n = taken(b, n);
	if (n > 0)
		memcpy(b->p + b->len, bytes, n);
	b->len += n;
	b->p[b->len] = '\0';
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_putc(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void
buf_pad(struct buf *b, char c, size_t n)
{
	n = taken(b, n);
	memset(b->p + b->len, c, n);
	b->len += n;
	b->p[b->len] = '\0';
}

void
buf_drop(struct buf *b, size_t n)
{
	if (n > b->len)
		n = b->len;
	memmove(b->p, b->p + n, b->len - n);
	b->len -= n;
	b->p[b->len] = '\0';
}

const char *
buf_str(const struct buf *b)
{
	return b->p;
}
