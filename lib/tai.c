/*
 * TAI64N labels and the calendar.
 */
#include "lib/tai.h"

#define EPOCH (UINT64_C(0x4000000000000000) + 10)

struct tai64n
tai_from_unix(int64_t sec, uint32_t nano)
{
	return (struct tai64n){EPOCH + (uint64_t)sec, nano};
}

int64_t
tai_unix(struct tai64n t)
{
	return (int64_t)(t.sec - EPOCH);
}

void
tai_pack(struct tai64n t, unsigned char bytes[TAI_BYTES])
{
	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(t.sec >> (56 - 8 * i));
	for (int i = 0; i < 4; i++)
		bytes[8 + i] = (unsigned char)(t.nano >> (24 - 8 * i));
}

struct tai64n
tai_unpack(const unsigned char bytes[TAI_BYTES])
{
	struct tai64n t = {0, 0};

	for (int i = 0; i < 8; i++)
		t.sec = t.sec << 8 | bytes[i];
	for (int i = 0; i < 4; i++)
		t.nano = t.nano << 8 | bytes[8 + i];
	return t;
}

void
tai_format(struct tai64n t, char text[TAI_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char bytes[TAI_BYTES];

	tai_pack(t, bytes);
	text[0] = '@';
	for (int i = 0; i < TAI_BYTES; i++) {
		text[1 + 2 * i] = hex[bytes[i] >> 4];
		text[2 + 2 * i] = hex[bytes[i] & 15];
	}
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
tai_parse(const char *text, size_t len, struct tai64n *t)
{
	unsigned char bytes[TAI_BYTES];

	if (len < TAI_TEXT || text[0] != '@')
		return false;
	for (int i = 0; i < TAI_BYTES; i++) {
		int high = nibble(text[1 + 2 * i]);
		int low = nibble(text[2 + 2 * i]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	*t = tai_unpack(bytes);
	return true;
}

/*
 * Days are counted from 1 March 0000, so that the leap day is the last of its
 * year; 400 years are 146097 days.
 */
#define DAYS_400 146097
#define DAYS_TO_1970 719468

struct tai_date
tai_date(int64_t unix_sec)
{
	int64_t day = unix_sec / 86400, rest = unix_sec % 86400;

	if (rest < 0) {
		rest += 86400;
		day--;
	}
	day += DAYS_TO_1970;
	int64_t era = (day >= 0 ? day : day - (DAYS_400 - 1)) / DAYS_400;
	int64_t doe = day - era * DAYS_400;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t m = (5 * doy + 2) / 153; /* 0 is March */

	return (struct tai_date){
	    .year = yoe + era * 400 + (m >= 10 ? 1 : 0),
	    .month = (unsigned)(m < 10 ? m + 3 : m - 9),
	    .day = (unsigned)(doy - (153 * m + 2) / 5 + 1),
	    .hour = (unsigned)(rest / 3600),
	    .minute = (unsigned)(rest / 60 % 60),
	    .second = (unsigned)(rest % 60),
	};
}

int64_t
tai_date_unix(struct tai_date d)
{
	int64_t year = d.year - (d.month <= 2 ? 1 : 0);
	int64_t m = d.month > 2 ? d.month - 3 : d.month + 9;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t yoe = year - era * 400;
	int64_t doy = (153 * m + 2) / 5 + d.day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	int64_t day = era * DAYS_400 + doe - DAYS_TO_1970;

	return day * 86400 + d.hour * 3600 + d.minute * 60 + d.second;
}
