/*
 * A stream of bytes as lines. Bytes come in pieces of any size and leave in
 * order, none lost, none added; a piece says whether a line begins with it and
 * whether it ends with it (the newline itself is not part of any piece).
 *
 * Whoever must judge a line sets whole_head: then the piece that begins a line
 * is the whole line or at least `max` bytes of it, and what does not suffice
 * is held back until more comes. Otherwise every byte leaves at once.
 *
 * Pure; holds nothing but at most `max` bytes in the caller's storage.
 */
#ifndef SVC_LOG_LINE_H
#define SVC_LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct line_piece {
	const char *p; /* until the next line_next or line_feed */
	size_t n;
	bool begins, ends;
};

struct line {
	size_t max;
	bool whole_head;
	bool within; /* a line has begun and not ended */
	char *held;  /* max bytes of storage */
	size_t held_n;
	const char *p, *end; /* fed and not yet handed out */
};

void line_init(struct line *l, char *storage, size_t max, bool whole_head);
/* Only when line_next has said false. The bytes must stay until it does. */
void line_feed(struct line *l, const char *p, size_t n);
bool line_next(struct line *l, struct line_piece *piece);
/* The input has ended: the rest of an unfinished line, if there is one. */
bool line_last(struct line *l, struct line_piece *piece);
/* Is a line under way, handed out in part or held back? */
bool line_unfinished(const struct line *l);

#endif
