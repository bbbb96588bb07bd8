/*
 * The TIME of shutdown(8): `now`, `+MINUTES` (or the bare number), `hh:mm` of
 * today or, if that has passed, of tomorrow.
 */
#ifndef SVC_CMD_WHEN_H
#define SVC_CMD_WHEN_H

#include <stdbool.h>
#include <time.h>

struct when {
	bool is_clock;	  /* hour:minute; else minutes from now */
	unsigned minutes; /* from now, or of the day */
};

/* False: not a time. */
bool when_parse(const char *s, struct when *when);
/* The moment meant by somebody who says it at `now`, in local time. */
time_t when_due(struct when when, time_t now);
/*
 * A moment as svc prints it, or shorter: `2026-03-01`, `2026-03-01 12:30`,
 * `12:30:05`, with or without a fraction of the second, which does not count;
 * without a date the last such one. Local time. False: none of these, or no
 * such day.
 */
bool when_was(const char *s, time_t now, time_t *at);
/*
 * How many seconds after `now` the next warning is due, for a shutdown that is
 * `left` seconds away: each hour or half hour far off, each minute in the last
 * ten. 0: none before the shutdown itself.
 */
long when_next_warning(long left);

#endif
