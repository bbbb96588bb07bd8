/*
 * Zones. Files of TZif hold the changes of the past and, at their end, the
 * rule for the future as a text of TZ.
 */
#include "lib/zone.h"

#include <string.h>

#include "lib/scan.h"
#include "lib/str.h"
#include "lib/tai.h"

#define DAY 86400
#define HEADER 44
#define TYPE_BYTES 6
#define RULE_MOST 128
#define SECOND_MOST (167 * 3600 + 3599)

/* --- a rule for every year --- */

static bool
take_number(const char **p, uint32_t least, uint32_t most, uint32_t *v)
{
	size_t n = scan_u32_prefix(*p, v);

	*p += n;
	return n > 0 && *v >= least && *v <= most;
}

static bool
take(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* [+-]HH[:MM[:SS]] */
static bool
take_time(const char **p, int32_t *seconds)
{
	bool is_negative = take(p, '-');
	uint32_t part[3] = {0};

	if (!is_negative)
		take(p, '+');
	if (!take_number(p, 0, SECOND_MOST / 3600, &part[0]))
		return false;
	for (int n = 1; n < 3 && take(p, ':'); n++)
		if (!take_number(p, 0, 59, &part[n]))
			return false;
	*seconds = (int32_t)(part[0] * 3600 + part[1] * 60 + part[2]);
	if (is_negative)
		*seconds = -*seconds;
	return true;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Nobody asks for it: three letters or more, or anything within <>. */
static bool
take_name(const char **p)
{
	const char *start = *p;

	if (take(p, '<')) {
		while (**p != '\0' && **p != '>')
			(*p)++;
		return take(p, '>');
	}
	while (is_letter(**p))
		(*p)++;
	return *p - start >= 3;
}

static bool
take_change(const char **p, struct zone_change *c)
{
	c->kind = take(p, 'M') ? 'M' : take(p, 'J') ? 'J' : '0';
	c->second = 2 * 3600;
	if (c->kind == 'M') {
		if (!take_number(p, 1, 12, &c->month) || !take(p, '.') ||
		    !take_number(p, 1, 5, &c->week) || !take(p, '.') ||
		    !take_number(p, 0, 6, &c->day))
			return false;
	} else if (!take_number(p, c->kind == 'J', 365, &c->day)) {
		return false;
	}
	return !take(p, '/') || take_time(p, &c->second);
}

/* West is positive there. */
static bool
take_offset(const char **p, int32_t *offset)
{
	if (!take_time(p, offset))
		return false;
	*offset = -*offset;
	return true;
}

static bool
take_rule(struct zone *z, const char *p)
{
	if (!take_name(&p) || !take_offset(&p, &z->offset))
		return false;
	if (*p == '\0')
		return true;
	z->has_summer = true;
	z->summer_offset = z->offset + 3600;
	if (!take_name(&p) ||
	    (*p != ',' && !take_offset(&p, &z->summer_offset)))
		return false;
	return take(&p, ',') && take_change(&p, &z->to_summer) &&
	       take(&p, ',') && take_change(&p, &z->from_summer) && *p == '\0';
}

bool
zone_text(struct zone *z, const char *text)
{
	*z = (struct zone){.has_rule = true};
	if (take_rule(z, text))
		return true;
	*z = (struct zone){.has_rule = true};
	return false;
}

static int64_t
day_of(int64_t year, unsigned month, unsigned day)
{
	return tai_date_unix((struct tai_date){
		   .year = year, .month = month, .day = day}) /
	       DAY;
}

static int64_t
day_of_month(const struct zone_change *c, int64_t year)
{
	int64_t first = day_of(year, c->month, 1);
	int64_t next = c->month == 12 ? day_of(year + 1, 1, 1)
				      : day_of(year, c->month + 1, 1);
	/* Day 0 was a Thursday; far in the past the rest is negative. */
	int64_t weekday = ((first + 4) % 7 + 7) % 7;
	int64_t day = first + ((int64_t)c->day - weekday + 7) % 7 +
		      7 * ((int64_t)c->week - 1);

	return day < next ? day : day - 7;
}

/* In local time, as if it were UTC. */
static int64_t
change_at(const struct zone_change *c, int64_t year)
{
	int64_t day = day_of(year, 1, 1) + c->day;

	if (c->kind == 'M')
		day = day_of_month(c, year);
	else if (c->kind == 'J') /* the 29th of February has no number */
		day -= day_of(year, 3, 1) - day_of(year, 1, 1) == 60 &&
			       c->day >= 60
			   ? 0
			   : 1;
	return day * DAY + c->second;
}

static int32_t
offset_by_rule(const struct zone *z, int64_t t)
{
	int64_t year, begin, end;
	bool is_summer;

	if (!z->has_summer)
		return z->offset;
	year = tai_date(t + z->offset).year;
	begin = change_at(&z->to_summer, year) - z->offset;
	end = change_at(&z->from_summer, year) - z->summer_offset;
	/* In the south the year begins and ends in summer. */
	is_summer = begin < end ? t >= begin && t < end : t >= begin || t < end;
	return is_summer ? z->summer_offset : z->offset;
}

/* --- files --- */

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static int64_t
time_at(const struct zone *z, size_t n)
{
	const unsigned char *p = z->times + 8 * n;

	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* Counts: UT and standard indicators, leap seconds, times, types, letters. */
struct counts {
	uint64_t ut, standard, leaps, times, types, letters;
};

static struct counts
counts_of(const unsigned char *header)
{
	return (struct counts){be32(header + 20), be32(header + 24),
	    be32(header + 28), be32(header + 32), be32(header + 36),
	    be32(header + 40)};
}

static uint64_t
body_bytes(struct counts c, unsigned width)
{
	return c.times * (width + 1) + c.types * TYPE_BYTES + c.letters +
	       c.leaps * (width + 4) + c.standard + c.ut;
}

/* The rule stands between two newlines, at the end. */
static bool
read_rule(struct zone *z, const unsigned char *p, size_t len)
{
	char text[RULE_MOST];
	const unsigned char *end;
	struct zone rule;
	size_t n;

	if (len < 2 || p[0] != '\n')
		return false;
	end = memchr(p + 1, '\n', len - 1);
	n = end != NULL ? (size_t)(end - p - 1) : 0;
	if (end == NULL || n >= sizeof(text))
		return false;
	if (n == 0)
		return true;
	memcpy(text, p + 1, n);
	text[n] = '\0';
	if (!zone_text(&rule, text))
		return false;
	rule.times = z->times;
	rule.kinds = z->kinds;
	rule.types = z->types;
	rule.count = z->count;
	rule.type_count = z->type_count;
	*z = rule;
	return true;
}

static bool
are_types(const struct zone *z)
{
	for (size_t n = 0; n < z->count; n++)
		if (z->kinds[n] >= z->type_count)
			return false;
	return z->type_count > 0;
}

static bool
is_header(const unsigned char *p, size_t len)
{
	return len >= HEADER && memcmp(p, "TZif", 4) == 0 && p[4] >= '2';
}

/* The first part is for readers of another age: 32 bits, no rule. */
static bool
read_file(struct zone *z, const unsigned char *p, size_t len)
{
	struct counts c;
	uint64_t skip;

	if (!is_header(p, len))
		return false;
	skip = HEADER + body_bytes(counts_of(p), 4);
	if (skip > len || !is_header(p + skip, len - skip))
		return false;
	p += skip;
	len -= skip;
	c = counts_of(p);
	skip = HEADER + body_bytes(c, 8);
	if (skip > len)
		return false;
	z->times = p + HEADER;
	z->kinds = z->times + 8 * c.times;
	z->types = z->kinds + c.times;
	z->count = c.times;
	z->type_count = c.types;
	return are_types(z) && read_rule(z, p + skip, len - skip);
}

bool
zone_read(struct zone *z, const void *bytes, size_t len)
{
	*z = (struct zone){0};
	if (read_file(z, bytes, len))
		return true;
	*z = (struct zone){.has_rule = true};
	return false;
}

/* --- both --- */

static int32_t
offset_of_type(const struct zone *z, size_t type)
{
	return (int32_t)be32(z->types + TYPE_BYTES * type);
}

int32_t
zone_offset(const struct zone *z, int64_t t)
{
	size_t low = 0, high = z->count;

	if (z->has_rule && (z->count == 0 || t >= time_at(z, z->count - 1)))
		return offset_by_rule(z, t);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (time_at(z, middle) <= t)
			low = middle + 1;
		else
			high = middle;
	}
	return offset_of_type(z, low == 0 ? 0 : z->kinds[low - 1]);
}

int64_t
zone_moment(const struct zone *z, int64_t local)
{
	int32_t before = zone_offset(z, local - DAY);
	int32_t after = zone_offset(z, local + DAY);

	if (zone_offset(z, local - before) != before &&
	    zone_offset(z, local - after) == after)
		return local - after;
	return local - before;
}
