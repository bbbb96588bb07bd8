/*
 * The rule of svlogd (slack = the line length of -l) and of multilog (2000).
 */
#include "svc/log/cut.h"

#include <string.h>

/* The size from which on a newline ends the file. */
static uint64_t
soft(const struct cut_rule *r)
{
	return r->slack <= r->limit ? r->limit - r->slack : r->limit;
}

uint64_t
cut_blind(const struct cut_rule *r, uint64_t size)
{
	if (r->limit == 0)
		return UINT64_MAX;
	/* The byte that makes the file `soft` long may be the newline. */
	return size + 1 < soft(r) ? soft(r) - size - 1 : 0;
}

struct cut
cut_at(const struct cut_rule *r, uint64_t size, const char *p, size_t n)
{
	uint64_t blind = cut_blind(r, size);

	if (blind >= n)
		return (struct cut){n, false};
	if (size >= r->limit)
		return (struct cut){0, true};

	uint64_t room = r->limit - size;
	size_t look = n < room ? n : (size_t)room;
	const char *newline = NULL;
	/* With too little slack only the limit ends a file. */
	if (r->slack <= r->limit && look > blind)
		newline = memchr(p + blind, '\n', look - (size_t)blind);
	if (newline != NULL)
		return (struct cut){(size_t)(newline - p) + 1, true};
	return (struct cut){look, look == room};
}
