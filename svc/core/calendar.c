/*
 * Times of day. Each is one moment of every day that it is meant for: twice
 * where a clock is put back would be once too often, and left out where it is
 * put forward once too few.
 */
#include "svc/core/calendar.h"

#include <string.h>

#include "lib/scan.h"

#define DAY 86400
#define WEEK 7
/* A clock that is set by more than this was wrong before. */
#define SET_MOST (3 * 3600)

/* Day 0 was a Thursday. */
static unsigned
weekday(int64_t day)
{
	return (unsigned)(((day + 3) % WEEK + WEEK) % WEEK);
}

/* "Mon,Fri 03:30" or "03:30"; every day is a bit. */
static unsigned
days_of(const char **text)
{
#define DAY_NAME(name) name,
	static const char *const names[] = {CALENDAR_DAYS(DAY_NAME)};
	const char *end = strchr(*text, ' ');
	unsigned days = 0;

	if (end == NULL)
		return (1u << WEEK) - 1;
	for (; *text < end; *text += 4)
		for (unsigned n = 0; n < WEEK; n++)
			if (strncmp(*text, names[n], 3) == 0)
				days |= 1u << n;
	*text = end + 1;
	return days;
}

static int64_t
next_of(const char *text, const struct zone *z, int64_t after)
{
	/* From the day before: its moment may be told late. */
	int64_t day = (after + zone_offset(z, after)) / DAY - 1;
	unsigned days = days_of(&text);
	uint32_t hour = 0, minute = 0;

	if (scan_u32_prefix(text, &hour) != 2 ||
	    scan_u32_prefix(text + 3, &minute) != 2)
		return 0;
	for (int64_t n = 0; n <= WEEK + 1; n++) {
		int64_t t =
		    zone_moment(z, (day + n) * DAY + hour * 3600 + minute * 60);
		if ((days >> weekday(day + n) & 1) != 0 && t > after)
			return t;
	}
	return 0;
}

int64_t
calendar_next(struct settings_list at, const struct zone *z, int64_t after)
{
	int64_t first = 0;
	const char *text;

	while ((text = settings_each(&at)) != NULL) {
		int64_t t = next_of(text, z, after);
		if (t != 0 && (first == 0 || t < first))
			first = t;
	}
	return first;
}

int64_t
calendar_since(int64_t now, int64_t then, int64_t ago)
{
	int64_t since = now - ago;

	return then > since && then - since <= SET_MOST ? then : since;
}
