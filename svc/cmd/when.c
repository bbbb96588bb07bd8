/*
 * Pure but for the zone of the machine, which localtime(3) knows.
 */
#include "svc/cmd/when.h"

#include <string.h>

#include "lib/scan.h"

#define MINUTES_MAX (366u * 24 * 60)

static bool
parse_clock(const char *s, size_t digits, uint32_t hour, struct when *when)
{
	uint32_t minute;
	size_t more = scan_u32_prefix(s + digits + 1, &minute);

	if (digits > 2 || more != 2 || s[digits + 1 + more] != '\0' ||
	    hour > 23 || minute > 59)
		return false;
	*when = (struct when){.is_clock = true, .minutes = hour * 60 + minute};
	return true;
}

bool
when_parse(const char *s, struct when *when)
{
	uint32_t number;
	size_t digits;

	if (s[0] == 'n' && s[1] == 'o' && s[2] == 'w' && s[3] == '\0') {
		*when = (struct when){0};
		return true;
	}
	if (*s == '+') {
		if (!scan_u32(s + 1, &number) || number > MINUTES_MAX)
			return false;
		*when = (struct when){.minutes = number};
		return true;
	}
	digits = scan_u32_prefix(s, &number);
	if (digits == 0)
		return false;
	if (s[digits] == ':')
		return parse_clock(s, digits, number, when);
	if (s[digits] != '\0' || number > MINUTES_MAX)
		return false;
	*when = (struct when){.minutes = number};
	return true;
}

time_t
when_due(struct when when, time_t now)
{
	struct tm tm;

	if (!when.is_clock || localtime_r(&now, &tm) == NULL)
		return now + (time_t)when.minutes * 60;
	/* mktime() sorts out the 32nd and the day that clocks change. */
	tm.tm_hour = (int)(when.minutes / 60);
	tm.tm_min = (int)(when.minutes % 60);
	tm.tm_sec = 0;
	tm.tm_isdst = -1;
	struct tm today = tm;
	time_t due = mktime(&today);
	if (due > now)
		return due;
	tm.tm_mday++;
	return mktime(&tm);
}

/* The fields of one of these, and nothing behind them but a fraction. */
static bool
parse_moment(const char *s, const char *const *formats, struct tm *tm)
{
	for (; *formats != NULL; formats++) {
		struct tm fields = *tm;
		const char *end = strptime(s, *formats, &fields);
		if (end == NULL)
			continue;
		if (*end == '.' && strchr(*formats, 'S') != NULL)
			end += 1 + strspn(end + 1, "0123456789");
		if (*end != '\0')
			continue;
		*tm = fields;
		return true;
	}
	return false;
}

bool
when_was(const char *s, time_t now, time_t *at)
{
	static const char *const dates[] = {
	    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", NULL};
	static const char *const clocks[] = {"%H:%M:%S", "%H:%M", NULL};
	struct tm tm = {0}, given;
	bool is_date = parse_moment(s, dates, &tm);

	if (!is_date) {
		if (localtime_r(&now, &tm) == NULL)
			return false;
		tm.tm_sec = 0;
		if (!parse_moment(s, clocks, &tm))
			return false;
	}
	tm.tm_isdst = -1;
	given = tm;
	*at = mktime(&tm);
	/* mktime() would take the 31st of a month that has none. */
	if (is_date)
		return tm.tm_mday == given.tm_mday;
	if (*at > now) {
		given.tm_mday--;
		*at = mktime(&given);
	}
	return true;
}

long
when_next_warning(long left)
{
	/* Warned at these many minutes before, then each three hours. */
	static const long marks[] = {
	    180, 120, 90, 60, 45, 30, 15, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
	long hours = 3 * 3600;

	if (left > hours)
		return (left - 1) % hours + 1;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (marks[i] * 60 < left)
			return left - marks[i] * 60;
	return 0;
}
