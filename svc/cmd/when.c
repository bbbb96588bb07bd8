/*
 * Pure but for the zone of the machine, which localtime(3) knows.
 */
#include "lib/scan.h"

#include "svc/cmd/when.h"

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
