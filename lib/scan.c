/*
 * Numbers, times and sizes from text. The prefix forms do the work; a plain
 * form is a prefix form that must reach the end.
 */
#include "lib/scan.h"

#include <string.h>

static unsigned
digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 99;
}

/* Digits of `base` up to `max`; 0 also for a number that is too large. */
static size_t
scan(const char *s, unsigned base, uint64_t max, uint64_t *v)
{
	uint64_t sum = 0;
	size_t n = 0;

	for (; digit(s[n]) < base; n++) {
		unsigned d = digit(s[n]);

		if (sum > (max - d) / base)
			return 0;
		sum = sum * base + d;
	}
	if (n > 0)
		*v = sum;
	return n;
}

size_t
scan_u64_prefix(const char *s, uint64_t *v)
{
	return scan(s, 10, UINT64_MAX, v);
}

static size_t
scan_u32_base(const char *s, unsigned base, uint32_t *v)
{
	uint64_t wide;
	size_t n = scan(s, base, UINT32_MAX, &wide);

	if (n > 0)
		*v = (uint32_t)wide;
	return n;
}

size_t
scan_u32_prefix(const char *s, uint32_t *v)
{
	return scan_u32_base(s, 10, v);
}

size_t
scan_oct_prefix(const char *s, uint32_t *v)
{
	return scan_u32_base(s, 8, v);
}

size_t
scan_hex_prefix(const char *s, uint64_t *v)
{
	return scan(s, 16, UINT64_MAX, v);
}

size_t
scan_i32_prefix(const char *s, int32_t *v)
{
	bool minus = *s == '-';
	size_t sign = minus || *s == '+' ? 1 : 0;
	uint64_t wide;
	size_t n =
	    scan(s + sign, 10, (uint64_t)INT32_MAX + (minus ? 1 : 0), &wide);

	if (n == 0)
		return 0;
	*v = (int32_t)(minus ? -(int64_t)wide : (int64_t)wide);
	return n + sign;
}

bool
scan_u64(const char *s, uint64_t *v)
{
	uint64_t got;
	size_t n = scan_u64_prefix(s, &got);

	if (n == 0 || s[n] != '\0')
		return false;
	*v = got;
	return true;
}

bool
scan_hex(const char *s, uint64_t *v)
{
	uint64_t got;
	size_t n = scan_hex_prefix(s, &got);

	if (n == 0 || s[n] != '\0')
		return false;
	*v = got;
	return true;
}

bool
scan_u32(const char *s, uint32_t *v)
{
	uint32_t got;
	size_t n = scan_u32_prefix(s, &got);

	if (n == 0 || s[n] != '\0')
		return false;
	*v = got;
	return true;
}

bool
scan_oct(const char *s, uint32_t *v)
{
	uint32_t got;
	size_t n = scan_oct_prefix(s, &got);

	if (n == 0 || s[n] != '\0')
		return false;
	*v = got;
	return true;
}

bool
scan_i32(const char *s, int32_t *v)
{
	int32_t got;
	size_t n = scan_i32_prefix(s, &got);

	if (n == 0 || s[n] != '\0')
		return false;
	*v = got;
	return true;
}

/* Largest first; "ms" stands before "m", which begins it. */
static const struct unit {
	const char *name;
	int64_t ms;
} units[] = {
    {"d", 86400000}, {"h", 3600000}, {"ms", 1}, {"m", 60000}, {"s", 1000}};

static const struct unit *
unit_of(const char *s)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (strncmp(s, units[i].name, strlen(units[i].name)) == 0)
			return &units[i];
	return NULL;
}

/* One "30s" that is smaller than `below`; its length, or 0. */
static size_t
scan_part(const char *s, int64_t below, const struct unit **unit, int64_t *ms)
{
	uint64_t count;
	size_t n = scan(s, 10, INT64_MAX, &count);

	if (n == 0 || (*unit = unit_of(s + n)) == NULL ||
	    (*unit)->ms >= below || count > (uint64_t)(INT64_MAX / (*unit)->ms))
		return 0;
	*ms = (int64_t)count * (*unit)->ms;
	return n + strlen((*unit)->name);
}

size_t
scan_duration_ms_prefix(const char *s, int64_t *ms)
{
	int64_t sum = 0, part, below = INT64_MAX;
	const struct unit *unit;
	size_t all = 0, n;

	while ((n = scan_part(s + all, below, &unit, &part)) > 0) {
		if (part > INT64_MAX - sum)
			return 0;
		sum += part;
		below = unit->ms;
		all += n;
	}
	if (all == 0 && s[0] == '0' && digit(s[1]) > 9)
		all = 1; /* nothing is nothing in every unit */
	if (all > 0)
		*ms = sum;
	return all;
}

bool
scan_duration_ms(const char *s, int64_t *ms)
{
	int64_t got;
	size_t n = scan_duration_ms_prefix(s, &got);

	if (n == 0 || s[n] != '\0')
		return false;
	*ms = got;
	return true;
}

static unsigned
size_shift(char c)
{
	static const char letters[] = "KkMmGgTt";
	const char *at = c == '\0' ? NULL : strchr(letters, c);

	return at == NULL ? 0 : 10 * ((unsigned)(at - letters) / 2 + 1);
}

size_t
scan_size_prefix(const char *s, uint64_t *bytes)
{
	uint64_t v;
	size_t n = scan_u64_prefix(s, &v);
	unsigned shift;

	if (n == 0)
		return 0;
	shift = size_shift(s[n]);
	if (v > UINT64_MAX >> shift)
		return 0;
	*bytes = v << shift;
	return n + (shift > 0 ? 1 : 0);
}

bool
scan_size(const char *s, uint64_t *bytes)
{
	uint64_t got;
	size_t n = scan_size_prefix(s, &got);

	if (n == 0 || s[n] != '\0')
		return false;
	*bytes = got;
	return true;
}
