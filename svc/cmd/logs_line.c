/*
 * A line of a log: what the logger put before the service's words is taken
 * off, and told.
 */
#include <string.h>

#include "lib/tai.h"

#include "svc/cmd/logs.h"

#define NS INT64_C(1000000000)

static bool
number(const char *p, size_t width, unsigned *v)
{
	*v = 0;
	for (size_t i = 0; i < width; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		*v = *v * 10 + (unsigned)(p[i] - '0');
	}
	return true;
}

/* YYYY-MM-DD, then _ T or a blank, HH:MM:SS and .digits; bytes of it. */
static size_t
date_stamp(const char *p, size_t n, int64_t *ns)
{
	struct tai_date d;
	unsigned year;
	int64_t fraction = 0, unit = NS;

	if (n < 20 || p[4] != '-' || p[7] != '-' || p[13] != ':' ||
	    p[16] != ':' || strchr("_T ", p[10]) == NULL ||
	    !number(p, 4, &year) || !number(p + 5, 2, &d.month) ||
	    !number(p + 8, 2, &d.day) || !number(p + 11, 2, &d.hour) ||
	    !number(p + 14, 2, &d.minute) || !number(p + 17, 2, &d.second))
		return 0;
	size_t at = 19;
	if (p[at] == '.')
		for (at++; at < n && p[at] >= '0' && p[at] <= '9'; at++)
			if (unit > 1) {
				unit /= 10;
				fraction += (p[at] - '0') * unit;
			}
	/* s6-log's stamp is in local time and has a blank: not believed. */
	if (at == n || p[at] != ' ' || p[10] == ' ')
		return 0;
	d.year = year;
	*ns = tai_date_unix(d) * NS + fraction;
	return at + 1;
}

static size_t
stamp(const char *p, size_t n, int64_t *ns)
{
	struct tai64n t;

	if (n > TAI_TEXT && p[0] == '@' && p[TAI_TEXT] == ' ' &&
	    tai_parse(p, n, &t)) {
		*ns = tai_unix(t) * NS + t.nano;
		return TAI_TEXT + 1;
	}
	return date_stamp(p, n, ns);
}

static size_t
level(const char *p, size_t n, int *v)
{
	if (n < 3 || p[0] != '<')
		return 0;
	size_t at = 1;
	unsigned sum = 0;
	for (; at < n && at < 4 && p[at] >= '0' && p[at] <= '9'; at++)
		sum = sum * 10 + (unsigned)(p[at] - '0');
	if (at == 1 || at == n || p[at] != '>' || sum > 191)
		return 0;
	*v = (int)(sum & 7);
	return at + 1;
}

struct logs_line
logs_line(const char *name, const char *p, size_t n, int64_t at_ns)
{
	struct logs_line l = {.at_ns = at_ns, .level = -1, .name = name};
	size_t skip = stamp(p, n, &l.at_ns);

	skip += level(p + skip, n - skip, &l.level);
	l.p = p + skip;
	l.n = n - skip;
	return l;
}
