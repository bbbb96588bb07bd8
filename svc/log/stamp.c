/*
 * The three forms of svlogd's -t. Every line of one read gets the same stamp,
 * so this runs once a read; still the calendar is only asked once a second.
 */
#include "svc/log/stamp.h"

#include <stdbool.h>
#include <string.h>

#include "lib/tai.h"

void
stamp_init(struct stamp *s, enum stamp_kind kind)
{
	s->kind = kind;
	s->sec = INT64_MIN;
	memset(s->text, ' ', sizeof(s->text));
}

static void
digits(char *at, unsigned width, uint64_t v)
{
	while (width-- > 0) {
		at[width] = (char)('0' + v % 10);
		v /= 10;
	}
}

static void
date(char *text, int64_t unix_sec, char between)
{
	struct tai_date d = tai_date(unix_sec);

	/* Four digits of year are all there is room for. */
	digits(text, 4, (uint64_t)(d.year < 0 ? 0 : d.year));
	text[4] = text[7] = '-';
	digits(text + 5, 2, d.month);
	digits(text + 8, 2, d.day);
	text[10] = between;
	digits(text + 11, 2, d.hour);
	text[13] = text[16] = ':';
	digits(text + 14, 2, d.minute);
	digits(text + 17, 2, d.second);
	text[19] = '.';
}

void
stamp_set(struct stamp *s, int64_t unix_sec, uint32_t nano)
{
	bool same = s->sec == unix_sec;

	s->sec = unix_sec;
	switch (s->kind) {
	case STAMP_NONE:
		return;
	case STAMP_TAI64N:
		tai_format(tai_from_unix(unix_sec, nano), s->text);
		return;
	case STAMP_HUMAN:
	case STAMP_ISO:
		if (!same)
			date(s->text, unix_sec,
			    s->kind == STAMP_ISO ? 'T' : '_');
		digits(s->text + 20, 5, nano / 10000);
	}
}
