#include <limits.h>
#include <stdint.h>

#include "lib/fmt.h"
#include "tests/unit/unit.h"

/* The same format through libc is the judge. */
#define AS_PRINTF(...)                                         \
	do {                                                   \
		char ours[256], theirs[256];                   \
		struct buf b = BUF(ours);                      \
		buf_fmt(&b, __VA_ARGS__);                      \
		snprintf(theirs, sizeof(theirs), __VA_ARGS__); \
		SAME(ours, theirs);                            \
	} while (0)

static void
formats(void)
{
	AS_PRINTF("plain");
	AS_PRINTF("%s and %s", "one", "two");
	AS_PRINTF("%d %d %d", 0, INT_MAX, INT_MIN);
	AS_PRINTF("%i|%5d|%-5d|%05d|%05d", -7, 42, 42, 42, -42);
	AS_PRINTF("%u %x %o", UINT_MAX, 0xbeefU, 0755U);
	AS_PRINTF("%ld %lu", LONG_MIN, ULONG_MAX);
	AS_PRINTF("%lld %llu %llx", LLONG_MIN, ULLONG_MAX, ULLONG_MAX);
	AS_PRINTF("%zu %zd", SIZE_MAX, (ssize_t)-5);
	AS_PRINTF("%08lx|%02x|%10s|%-10s|", 0xabcUL, 5U, "right", "left");
	AS_PRINTF("%.3s|%.*s|%*d|%-*s|", "abcdef", 2, "xyz", 6, 12, 4, "a");
	AS_PRINTF("%c%c 100%%", 'o', 'k');
	AS_PRINTF("%5c|%-3c|", 'x', 'y');
}

/* No compiler is to look at the formats given to this one: they are wrong. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void
unchecked(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	buf_clear(b);
	va_start(ap, fmt);
	buf_vfmt(b, fmt, ap);
	va_end(ap);
}
#pragma GCC diagnostic pop

static void
is_harmless(void)
{
	char text[64];
	struct buf b = BUF(text);

	unchecked(&b, "%s", (char *)NULL);
	SAME(text, "(null)");
	unchecked(&b, "%q %s", 1, 2);
	SAME(text, "%q %s");
	unchecked(&b, "half %");
	SAME(text, "half %");
	unchecked(&b, "%*d|%99999s", 1000000, 5, "x");
	HOLDS(b.full && b.len == sizeof(text) - 1);
}

static void
numbers(void)
{
	char text[128];
	struct buf b = BUF(text);

	buf_u64(&b, UINT64_MAX);
	buf_putc(&b, ' ');
	buf_i64(&b, INT64_MIN);
	buf_putc(&b, ' ');
	buf_hex(&b, 0xab, 4);
	buf_putc(&b, ' ');
	buf_oct(&b, 0644, 0);
	SAME(text, "18446744073709551615 -9223372036854775808 00ab 644");
}

static void
escapes(void)
{
	char text[64];
	struct buf b = BUF(text);

	buf_escaped(&b, "a\tb\nc\033[1m\0\177\\\303\244", 14);
	SAME(text, "a\\tb\\nc\\e[1m\\x00\\x7f\\\\\303\244");
}

int
main(void)
{
	TEST("fmt: says what printf says", formats);
	TEST("fmt: a wrong format is text", is_harmless);
	TEST("fmt: numbers", numbers);
	TEST("fmt: control characters never reach a terminal", escapes);
	return unit_done();
}
