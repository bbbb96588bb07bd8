/*
 * The TIME of shutdown(8).
 */
#include <stdlib.h>

#include "svc/cmd/when.h"

#include "tests/unit/unit.h"

static const struct {
	const char *text;
	bool good, is_clock;
	unsigned minutes;
} rows[] = {
    {"now", true, false, 0},
    {"+0", true, false, 0},
    {"+5", true, false, 5},
    {"5", true, false, 5},
    {"0", true, false, 0},
    {"+527040", true, false, 527040},
    {"00:00", true, true, 0},
    {"8:05", true, true, 485},
    {"23:59", true, true, 1439},
    {"", false, false, 0},
    {"+", false, false, 0},
    {"+-5", false, false, 0},
    {"-5", false, false, 0},
    {"nowish", false, false, 0},
    {"+5m", false, false, 0},
    {"24:00", false, false, 0},
    {"12:60", false, false, 0},
    {"12:5", false, false, 0},
    {"12:005", false, false, 0},
    {"012:05", false, false, 0},
    {"12:", false, false, 0},
    {":30", false, false, 0},
    {"12:30:00", false, false, 0},
    {"99999999999", false, false, 0},
    {"+527041", false, false, 0},
};

static void
texts(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct when when = {0};
		bool good = when_parse(rows[i].text, &when);
		if (good != rows[i].good || when.is_clock != rows[i].is_clock ||
		    when.minutes != rows[i].minutes) {
			printf("# TIME %s\n", rows[i].text);
			HOLDS(false);
		}
	}
}

/* 2026-03-01 12:00:00 UTC */
#define NOON 1772366400

static void
moments(void)
{
	struct when in_5 = {.minutes = 5};
	struct when at_noon = {.is_clock = true, .minutes = 720};
	struct when at_1201 = {.is_clock = true, .minutes = 721};

	setenv("TZ", "UTC0", 1);
	HOLDS(when_due(in_5, NOON) == NOON + 300);
	HOLDS(when_due(at_1201, NOON) == NOON + 60);
	HOLDS(when_due(at_1201, NOON + 59) == NOON + 60);
	/* Now is too late: tomorrow. */
	HOLDS(when_due(at_noon, NOON) == NOON + 86400);
	/* Over the end of a month. */
	HOLDS(when_due(at_noon, NOON - 43201) == NOON);
}

static void
zones(void)
{
	struct when at_3 = {.is_clock = true, .minutes = 180};

	/* Clocks go from 2 to 3 at 01:00 UTC on 2026-03-29. */
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	HOLDS(when_due(at_3, 1774740600) == 1774746000);
	HOLDS(when_due(at_3, 1774746000) == 1774746000 + 86400);
}

static void
was(void)
{
	static const struct {
		const char *text;
		long at; /* from noon; 1: no such time */
	} past[] = {
	    {"2026-03-01 12:00:00", 0},
	    {"2026-03-01 11:59:58.034", -2},
	    {"2026-03-01 11:30", -1800},
	    {"2026-03-01", -43200},
	    {"2026-02-28", -43200 - 86400},
	    {"2026-03-02", 43200},
	    {"11:30", -1800},
	    {"12:00", 0},
	    {"12:00:00.5", 0},
	    {"12:00:02", 2 - 86400},
	    {"13:00", 3600 - 86400},
	    {"2026-02-29", 1},
	    {"2026-13-01", 1},
	    {"2026-03", 1},
	    {"2026-03-01 12", 1},
	    {"2026-03-01 12:00 x", 1},
	    {"2026-03-01.5", 1},
	    {"24:01", 1},
	    {"12:60", 1},
	    {"12", 1},
	    {"", 1},
	    {"yesterday", 1},
	};

	setenv("TZ", "UTC0", 1);
	tzset();
	for (size_t i = 0; i < sizeof past / sizeof *past; i++) {
		time_t at = 0;
		bool good = when_was(past[i].text, NOON, &at);
		if (good != (past[i].at != 1) ||
		    (good && at != NOON + past[i].at)) {
			printf("# %s: %ld\n", past[i].text, (long)at - NOON);
			HOLDS(false);
		}
	}
}

static void
warnings(void)
{
	HOLDS(when_next_warning(0) == 0);
	HOLDS(when_next_warning(60) == 0);
	HOLDS(when_next_warning(61) == 1);
	HOLDS(when_next_warning(120) == 60);
	HOLDS(when_next_warning(600) == 60);
	HOLDS(when_next_warning(660) == 60);
	HOLDS(when_next_warning(900) == 300);
	HOLDS(when_next_warning(3 * 3600) == 3600);
	HOLDS(when_next_warning(3 * 3600 + 1) == 1);
	HOLDS(when_next_warning(24 * 3600) == 3 * 3600);
}

int
main(void)
{
	TEST("TIME is read, rubbish is not", texts);
	TEST("hh:mm is the next such moment", moments);
	TEST("hh:mm in a zone whose clocks change", zones);
	TEST("a moment that was, with and without its day", was);
	TEST("warnings come more often near the end", warnings);
	return unit_done();
}
