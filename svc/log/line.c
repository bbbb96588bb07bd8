/*
 * Splitting into lines. The usual case, a whole line inside one read, costs
 * one memchr and no copy.
 */
#include "svc/log/line.h"

#include <string.h>

#include "svc/log/bytes.h"

void
line_init(struct line *l, char *storage, size_t max, bool whole_head)
{
	*l = (struct line){
	    .held = storage, .max = max, .whole_head = whole_head};
}

void
line_feed(struct line *l, const char *p, size_t n)
{
	l->p = p;
	l->end = p + n;
}

static bool
hand_out(struct line *l, struct line_piece *piece, const char *p, size_t n,
    bool ends)
{
	*piece = (struct line_piece){p, n, !l->within, ends};
	l->within = !ends;
	return true;
}

/* Adds to the head that is held back; true when it suffices. */
static bool
hold(struct line *l, struct line_piece *piece, size_t n, bool ended)
{
	size_t take = l->max - l->held_n;
	bool ends = ended && n <= take;

	if (take > n)
		take = n;
	memcpy(l->held + l->held_n, l->p, take);
	l->held_n += take;
	l->p += take + (ends ? 1 : 0);
	if (!ends && l->held_n < l->max)
		return false;
	size_t held_n = l->held_n;
	l->held_n = 0;
	return hand_out(l, piece, l->held, held_n, ends);
}

bool
line_next(struct line *l, struct line_piece *piece)
{
	if (l->p == l->end)
		return false;

	const char *p = l->p;
	size_t left = (size_t)(l->end - p);
	const char *newline = bytes_newline(p, left);
	bool ends = newline != NULL;
	size_t n = ends ? (size_t)(newline - p) : left;

	if (l->held_n > 0 ||
	    (l->whole_head && !l->within && !ends && n < l->max))
		return hold(l, piece, n, ends);
	l->p += n + (ends ? 1 : 0);
	return hand_out(l, piece, p, n, ends);
}

bool
line_unfinished(const struct line *l)
{
	return l->within || l->held_n > 0;
}

bool
line_last(struct line *l, struct line_piece *piece)
{
	if (!line_unfinished(l))
		return false;
	size_t held_n = l->held_n;
	l->held_n = 0;
	return hand_out(l, piece, l->held, held_n, true);
}
