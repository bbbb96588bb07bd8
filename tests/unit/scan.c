#include "lib/scan.h"
#include "tests/unit/unit.h"

#define BAD INT64_MIN

static int64_t
u32(const char *s)
{
	uint32_t v = 77;
	bool ok = scan_u32(s, &v);

	HOLDS(ok || v == 77);
	return ok ? v : BAD;
}

static int64_t
i32(const char *s)
{
	int32_t v = 77;

	return scan_i32(s, &v) ? v : BAD;
}

static int64_t
ms(const char *s)
{
	int64_t v = 77;
	bool ok = scan_duration_ms(s, &v);

	HOLDS(ok || v == 77);
	return ok ? v : BAD;
}

static int64_t
size(const char *s)
{
	uint64_t v = 77;

	return scan_size(s, &v) ? (int64_t)v : BAD;
}

static void
numbers(void)
{
	uint64_t wide;
	uint32_t oct;

	HOLDS(u32("0") == 0);
	HOLDS(u32("4294967295") == 4294967295);
	HOLDS(u32("4294967296") == BAD);
	HOLDS(u32("00012") == 12);
	HOLDS(u32("") == BAD);
	HOLDS(u32("12 ") == BAD);
	HOLDS(u32(" 12") == BAD);
	HOLDS(u32("-1") == BAD);
	HOLDS(u32("+1") == BAD);
	HOLDS(u32("0x10") == BAD);
	HOLDS(u32("1e3") == BAD);
	HOLDS(i32("-2147483648") == INT32_MIN);
	HOLDS(i32("-2147483649") == BAD);
	HOLDS(i32("2147483648") == BAD);
	HOLDS(i32("+5") == 5);
	HOLDS(i32("--5") == BAD);
	HOLDS(i32("-") == BAD);
	HOLDS(scan_u64("18446744073709551615", &wide) && wide == UINT64_MAX);
	HOLDS(!scan_u64("18446744073709551616", &wide));
	HOLDS(!scan_u64("99999999999999999999999", &wide));
	HOLDS(scan_hex("fFfFfFfFfFfFfFfF", &wide) && wide == UINT64_MAX);
	HOLDS(!scan_hex("10000000000000000", &wide));
	HOLDS(scan_oct("0755", &oct) && oct == 0755);
	HOLDS(!scan_oct("0785", &oct));
}

static void
prefixes(void)
{
	uint64_t wide = 5;
	uint32_t narrow;
	int32_t sign;
	int64_t time;

	HOLDS(scan_u64_prefix("123abc", &wide) == 3 && wide == 123);
	HOLDS(scan_u64_prefix("abc", &wide) == 0 && wide == 123);
	HOLDS(scan_u32_prefix("7..9", &narrow) == 1 && narrow == 7);
	HOLDS(scan_i32_prefix("-12/", &sign) == 3 && sign == -12);
	HOLDS(scan_duration_ms_prefix("1s..30s", &time) == 2 && time == 1000);
	HOLDS(scan_duration_ms_prefix("1m30s,", &time) == 5 && time == 90000);
	HOLDS(scan_size_prefix("10M x 20", &wide) == 3 && wide == 10 << 20);
	HOLDS(scan_size_prefix("512 x", &wide) == 3 && wide == 512);
}

static void
times(void)
{
	HOLDS(ms("500ms") == 500);
	HOLDS(ms("30s") == 30000);
	HOLDS(ms("5m") == 300000);
	HOLDS(ms("2h") == 7200000);
	HOLDS(ms("1d") == 86400000);
	HOLDS(ms("1d2h3m4s5ms") == 93784005);
	HOLDS(ms("0") == 0);
	HOLDS(ms("0s") == 0);
	HOLDS(ms("5") == BAD);
	HOLDS(ms("") == BAD);
	HOLDS(ms("5x") == BAD);
	HOLDS(ms("s") == BAD);
	HOLDS(ms("1s1s") == BAD);
	HOLDS(ms("1s1m") == BAD);
	HOLDS(ms("1.5s") == BAD);
	HOLDS(ms("-5s") == BAD);
	HOLDS(ms("5 s") == BAD);
	HOLDS(ms("5sec") == BAD);
	HOLDS(ms("9223372036854775807ms") == INT64_MAX);
	HOLDS(ms("9223372036854775808ms") == BAD);
	HOLDS(ms("106751991167d") == 106751991167 * 86400000);
	HOLDS(ms("106751991168d") == BAD);
	HOLDS(ms("106751991167d24h") == BAD);
}

static void
sizes(void)
{
	HOLDS(size("0") == 0);
	HOLDS(size("4096") == 4096);
	HOLDS(size("64K") == 65536);
	HOLDS(size("64k") == 65536);
	HOLDS(size("10M") == 10485760);
	HOLDS(size("2G") == INT64_C(2147483648));
	HOLDS(size("1T") == INT64_C(1) << 40);
	HOLDS(size("1KB") == BAD);
	HOLDS(size("K") == BAD);
	HOLDS(size("1.5G") == BAD);
	HOLDS(size("-1") == BAD);
	HOLDS(size("16777216T") == BAD);
	HOLDS(size("8388607T") == INT64_C(8388607) << 40);
}

int
main(void)
{
	TEST("scan: whole numbers, without rubbish or overflow", numbers);
	TEST("scan: prefixes tell how far they read", prefixes);
	TEST("scan: times want a unit", times);
	TEST("scan: sizes", sizes);
	return unit_done();
}
