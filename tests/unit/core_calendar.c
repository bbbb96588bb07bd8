/*
 * svc/core/calendar.c: times of day as moments.
 */
#include "lib/tai.h"
#include "svc/core/calendar.h"
#include "tests/unit/unit.h"

static char blob_bytes[4096], text_bytes[1024];
static struct zone zone;

/* What stands in `lines`, after this moment. */
static int64_t
next(const char *lines, int64_t after)
{
	static struct settings_parse parse;
	static struct settings s;
	struct buf blob = BUF(blob_bytes), text = BUF(text_bytes);

	settings_begin(&parse, &blob, &text, "test");
	settings_lines(&parse, "service", "run = a\n", 8);
	settings_override(&parse, "override", lines, strlen(lines));
	HOLDS(settings_end(&parse));
	HOLDS(settings_view(&s, blob.p, blob.len));
	return calendar_next(s.at, &zone, after);
}

#define AT(year, month, day, hour, minute) \
	tai_date_unix((struct tai_date){year, month, day, hour, minute, 0})
#define IS(lines, after, then) HOLDS(next(lines, after) == (then))

static void
days(void)
{
	zone_text(&zone, "UTC0");
	/* 2026-11-22 is a Sunday. */
	IS("at = 03:30\n", AT(2026, 11, 22, 3, 30) - 1,
	    AT(2026, 11, 22, 3, 30));
	IS("at = 03:30\n", AT(2026, 11, 22, 3, 30), AT(2026, 11, 23, 3, 30));
	IS("at = 23:59\n", AT(2026, 12, 31, 23, 59) + 1,
	    AT(2027, 1, 1, 23, 59));
	IS("at = Mon 00:00\n", AT(2026, 11, 22, 12, 0), AT(2026, 11, 23, 0, 0));
	IS("at = Sun 12:00\n", AT(2026, 11, 22, 12, 0),
	    AT(2026, 11, 29, 12, 0));
	IS("at = Sat Tue 06:00\n", AT(2026, 11, 22, 12, 0),
	    AT(2026, 11, 24, 6, 0));
	IS("at = Fri 06:00\nat = 20:00\n", AT(2026, 11, 27, 5, 0),
	    AT(2026, 11, 27, 6, 0));
	IS("at = Fri 06:00\nat = 20:00\n", AT(2026, 11, 27, 6, 0),
	    AT(2026, 11, 27, 20, 0));
	IS("at = 12:00\n", AT(1969, 12, 30, 13, 0), AT(1969, 12, 31, 12, 0));
	HOLDS(next("", AT(2026, 11, 22, 0, 0)) == 0);
}

/* Berlin: 29 March and 25 October of 2026. */
static void
changes(void)
{
	zone_text(&zone, "CET-1CEST,M3.5.0,M10.5.0/3");
	IS("at = 02:30\n", AT(2026, 3, 28, 0, 0), AT(2026, 3, 28, 1, 30));
	/* Left out by the clock, and not by us; and once where it is twice. */
	IS("at = 02:30\n", AT(2026, 3, 28, 1, 30), AT(2026, 3, 29, 1, 30));
	IS("at = 02:30\n", AT(2026, 3, 29, 1, 30), AT(2026, 3, 30, 0, 30));
	IS("at = 02:30\n", AT(2026, 10, 24, 12, 0), AT(2026, 10, 25, 0, 30));
	IS("at = 02:30\n", AT(2026, 10, 25, 0, 30), AT(2026, 10, 26, 1, 30));
	zone_text(&zone, "NZST-12NZDT,M9.5.0,M4.1.0/3");
	/* Sunday there, Saturday here. */
	IS("at = Sun 08:00\n", AT(2026, 7, 4, 19, 0), AT(2026, 7, 4, 20, 0));
}

static void
clock_set(void)
{
	HOLDS(calendar_since(1000, 900, 100) == 900);
	/* Put back a little: what was met is not met again. */
	HOLDS(calendar_since(1000, 1500, 100) == 1500);
	/* Put back by a day, or forward: it was wrong. */
	HOLDS(calendar_since(100000, 190000, 100) == 99900);
	HOLDS(calendar_since(2000000000, 100, 50) == 1999999950);
}

int
main(void)
{
	TEST("times of day, on days of the week", days);
	TEST("where clocks are changed each day has its moment", changes);
	TEST("a clock that was set", clock_set);
	return unit_done();
}
