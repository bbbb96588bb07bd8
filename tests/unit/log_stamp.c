/*
 * Time stamps, character by character.
 */
#include <stdint.h>

#include "svc/log/stamp.h"
#include "tests/unit/unit.h"

static const char *
stamp(enum stamp_kind kind, int64_t sec, uint32_t nano)
{
	static char text[STAMP_BYTES + 1];
	static struct stamp s;

	if (s.kind != kind)
		stamp_init(&s, kind);
	stamp_set(&s, sec, nano);
	memcpy(text, s.text, STAMP_BYTES);
	return text;
}

static void
human(void)
{
	SAME(stamp(STAMP_HUMAN, 0, 0), "1970-01-01_00:00:00.00000 ");
	SAME(stamp(STAMP_HUMAN, 1709210096, 123459999),
	    "2024-02-29_12:34:56.12345 ");
	SAME(stamp(STAMP_HUMAN, 1709210096, 999999999),
	    "2024-02-29_12:34:56.99999 ");
	SAME(stamp(STAMP_HUMAN, 1709210097, 10000),
	    "2024-02-29_12:34:57.00001 ");
	SAME(stamp(STAMP_HUMAN, 253402300799, 0), "9999-12-31_23:59:59.00000 ");
}

static void
iso(void)
{
	SAME(stamp(STAMP_ISO, 1709210096, 5), "2024-02-29T12:34:56.00000 ");
}

static void
tai(void)
{
	SAME(stamp(STAMP_TAI64N, 0, 1), "@400000000000000a00000001 ");
	SAME(stamp(STAMP_TAI64N, 1709210096, 0x12345678),
	    "@4000000065e079fa12345678 ");
}

static void
clock_steps(void)
{
	SAME(stamp(STAMP_HUMAN, 100, 0), "1970-01-01_00:01:40.00000 ");
	SAME(stamp(STAMP_HUMAN, 99, 0), "1970-01-01_00:01:39.00000 ");
	SAME(stamp(STAMP_HUMAN, -1, 0), "1969-12-31_23:59:59.00000 ");
}

int
main(void)
{
	TEST("-tt", human);
	TEST("-ttt", iso);
	TEST("-t", tai);
	TEST("a clock that goes back", clock_steps);
	return unit_done();
}
