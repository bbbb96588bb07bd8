#include <time.h>

#include "lib/tai.h"
#include "tests/unit/unit.h"

static void
labels(void)
{
	/* From the TAI64 page: 1970-01-01 00:00:10 TAI is the Unix epoch. */
	struct tai64n t = tai_from_unix(0, 0), back;
	unsigned char bytes[TAI_BYTES];
	char text[TAI_TEXT + 1] = {0};

	tai_format(t, text);
	SAME(text, "@400000000000000a00000000");
	tai_format(tai_from_unix(1234567890, 123456789), text);
	SAME(text, "@40000000499602dc075bcd15");
	tai_format(tai_from_unix(-11, 0), text);
	SAME(text, "@3fffffffffffffff00000000");
	HOLDS(tai_parse("@40000000499602DC075BCD15 rest", 30, &back));
	HOLDS(tai_unix(back) == 1234567890 && back.nano == 123456789);
	tai_pack(back, bytes);
	HOLDS(bytes[0] == 0x40 && bytes[7] == 0xdc && bytes[11] == 0x15);
	HOLDS(tai_unpack(bytes).sec == back.sec);
	HOLDS(!tai_parse("@40000000499602dc075bcd1", 24, &back));
	HOLDS(!tai_parse("40000000499602dc075bcd155", 25, &back));
	HOLDS(!tai_parse("@40000000499602dg075bcd15", 25, &back));
}

/* Against libc, over years that try every rule of the calendar. */
static void
calendar(void)
{
	for (int64_t s = -80000000000; s < 80000000000; s += 7654321 * 60 + 7) {
		time_t libc = (time_t)s;
		struct tm tm;
		struct tai_date d = tai_date(s);

		gmtime_r(&libc, &tm);
		HOLDS(d.year == tm.tm_year + 1900);
		HOLDS((int)d.month == tm.tm_mon + 1);
		HOLDS((int)d.day == tm.tm_mday);
		HOLDS((int)d.hour == tm.tm_hour);
		HOLDS((int)d.minute == tm.tm_min);
		HOLDS((int)d.second == tm.tm_sec);
		HOLDS(tai_date_unix(d) == s);
	}
	struct tai_date leap = tai_date(951782400); /* 2000-02-29 */
	HOLDS(leap.month == 2 && leap.day == 29);
}

int
main(void)
{
	TEST("tai: labels", labels);
	TEST("tai: the calendar agrees with libc", calendar);
	return unit_done();
}
