/*
 * Text and bytes that grow inside storage of the caller. Appends return
 * nothing: what does not fit sets `full`, after which nothing more is taken,
 * so one look at the end tells whether all is there. What is kept is a clean
 * beginning of what was put.
 *
 *	char bytes[PATH_MAX];
 *	struct buf path = BUF(bytes);
 *	buf_puts(&path, dir);
 *	buf_putc(&path, '/');
 *	buf_puts(&path, name);
 *	if (path.full)
 *		… too long
 *
 * p[len] is always '\0' and is not counted in len: p is a C string at any
 * moment (unless zero bytes were put), and cap bytes of storage hold cap - 1
 * of content. Formatted text and numbers: lib/fmt.h.
 */
#ifndef LIB_BUF_H
#define LIB_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *p;    /* the caller's, for as long as the buf is used */
	size_t len; /* bytes of content */
	size_t cap; /* bytes of storage, at least 1 */
	bool full;  /* something did not fit */
};

/* An empty buf over a char array (an array, not a pointer). */
#define BUF(array) buf_over((array), sizeof(array))

struct buf buf_over(char *storage, size_t cap);
/* Empty again, not full. */
void buf_clear(struct buf *b);
/* Back to the first `len` bytes, not full: undoes appends. */
void buf_cut(struct buf *b, size_t len);
/* Bytes that still fit. */
size_t buf_room(const struct buf *b);

void buf_put(struct buf *b, const void *bytes, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
/* n times c. */
void buf_pad(struct buf *b, char c, size_t n);
/* Takes the first n bytes away and moves the rest down. */
void buf_drop(struct buf *b, size_t n);

/* The content as a C string: b->p. */
const char *buf_str(const struct buf *b);

#endif
