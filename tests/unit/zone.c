/*
 * Zones, against libc: rules as texts, a file made here, and the files of this
 * machine where it has any.
 */
#include "lib/zone.h"

#include <stdlib.h>
#include <time.h>

#include "tests/unit/unit.h"

#define YEAR INT64_C(31556952)

static int32_t
libc_offset(int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;

	localtime_r(&t, &tm);
	return (int32_t)tm.tm_gmtoff;
}

static bool
agrees(const struct zone *z, const char *tz, int64_t from, int64_t to)
{
	setenv("TZ", tz, 1);
	tzset();
	for (int64_t t = from; t < to; t += 4 * 3600 + 977)
		if (zone_offset(z, t) != libc_offset(t)) {
			printf("# %s at %lld: %d, not %d\n", tz, (long long)t,
			    zone_offset(z, t), libc_offset(t));
			return false;
		}
	return true;
}

static void
texts(void)
{
	static const char *const good[] = {"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3",
	    "EST5EDT,M3.2.0,M11.1.0", "AEST-10AEDT,M10.1.0,M4.1.0/3",
	    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "<-03>3",
	    "NST3:30NDT,M3.2.0,M11.1.0", "XXX-2YYY,J60/0,J300/0",
	    "IST-1GMT0,M10.5.0,M3.5.0/1", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"};
	static const char *const bad[] = {"", "U", "UTC", "UTCx", "UTC0x",
	    "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
	    "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "<UTC0",
	    "CET-1CEST,M3.5.0,M10.5.0/999", "CET-1CEST,J0,J3", "CET-1:60",
	    "Europe/Berlin"};
	struct zone z;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		HOLDS(zone_text(&z, good[i]));
		HOLDS(agrees(&z, good[i], 50 * YEAR, 60 * YEAR));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		HOLDS(!zone_text(&z, bad[i]));
		HOLDS(zone_offset(&z, 50 * YEAR) == 0);
	}
	/* Days from 0 count the 29th of February, which libcs do not agree on.
	 */
	HOLDS(zone_text(&z, "XXX0YYY,59/0,300/0"));
	HOLDS(zone_offset(&z, 1709164799) == 0);
	HOLDS(zone_offset(&z, 1709164800) == 3600); /* 2024-02-29 */
}

/* Berlin of 2026: 29 March, 25 October. */
static void
moments(void)
{
	const int64_t march = 1774742400, october = 1792886400;
	struct zone z;

	HOLDS(zone_text(&z, "CET-1CEST,M3.5.0,M10.5.0/3"));
	HOLDS(zone_moment(&z, march + 3600) == march);
	/* 02:30 is left out: it is told by winter's clock, 03:30 by summer's.
	 */
	HOLDS(zone_moment(&z, march + 9000) == march + 5400);
	HOLDS(zone_moment(&z, march + 12600) == march + 5400);
	/* 02:30 comes twice. */
	HOLDS(zone_moment(&z, october + 9000) == october + 1800);
	HOLDS(zone_moment(&z, october + 10800) == october + 7200);
	HOLDS(zone_moment(&z, 0) == -3600);
}

static size_t
put(unsigned char *to, size_t at, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		to[at + i] = (unsigned char)(v >> 8 * (bytes - 1 - i));
	return at + bytes;
}

static size_t
put_header(unsigned char *to, size_t at, uint32_t times, uint32_t types)
{
	const uint32_t counts[] = {0, 0, 0, times, types, types * 4};

	memcpy(to + at, "TZif2", 5);
	memset(to + at + 5, 0, 15);
	at += 20;
	for (int i = 0; i < 6; i++)
		at = put(to, at, counts[i], 4);
	return at;
}

/* One hour until 1000, two until 2000, then by the rule. */
static size_t
make_file(unsigned char *to)
{
	size_t at = put_header(to, 0, 0, 0);

	at = put_header(to, at, 2, 2);
	at = put(to, at, 1000, 8);
	at = put(to, at, 2000, 8);
	at = put(to, at, 1, 1);
	at = put(to, at, 0, 1);
	at = put(to, at, 3600, 4);
	at = put(to, at, 0, 2);
	at = put(to, at, 7200, 4);
	at = put(to, at, 0, 2);
	memcpy(to + at, "AAA\0BBB\0\nCCC-3\n", 16);
	return at + 15;
}

static void
files(void)
{
	unsigned char bytes[256];
	size_t len = make_file(bytes);
	struct zone z;

	HOLDS(zone_read(&z, bytes, len));
	HOLDS(zone_offset(&z, -5) == 3600 && zone_offset(&z, 999) == 3600);
	HOLDS(zone_offset(&z, 1000) == 7200 && zone_offset(&z, 1999) == 7200);
	HOLDS(zone_offset(&z, 2000) == 3 * 3600);
	for (size_t n = 0; n < len; n++)
		HOLDS(!zone_read(&z, bytes, n) && zone_offset(&z, 5) == 0);
	for (size_t n = 0; n < len; n++)
		for (int bit = 0; bit < 8; bit++) {
			bytes[n] ^= (unsigned char)(1 << bit);
			(void)zone_read(&z, bytes, len);
			(void)zone_offset(&z, 1500);
			bytes[n] ^= (unsigned char)(1 << bit);
		}
}

static void
real_files(void)
{
	static const char *const names[] = {"Europe/Berlin", "America/New_York",
	    "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca",
	    "America/Sao_Paulo", "UTC"};
	static unsigned char bytes[65536];
	struct zone z;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[128];
		FILE *f;
		size_t n;
		snprintf(
		    path, sizeof(path), "/usr/share/zoneinfo/%s", names[i]);
		f = fopen(path, "r");
		if (f == NULL)
			continue;
		n = fread(bytes, 1, sizeof(bytes), f);
		fclose(f);
		HOLDS(zone_read(&z, bytes, n));
		HOLDS(agrees(&z, path, 0, 80 * YEAR));
	}
}

int
main(void)
{
	TEST("texts of TZ are what libc makes of them", texts);
	TEST("a local time is one moment", moments);
	TEST("a file: what was, then its rule; damaged it is none", files);
	TEST("zones of this machine are what libc makes of them", real_files);
	return unit_done();
}
