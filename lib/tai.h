/*
 * TAI64N: the time labels of daemontools and runit. Wall-clock time, so only
 * for what a person or another program reads, never for deadlines. Leap
 * seconds are daemontools' way: none, 10 s constant.
 */
#ifndef LIB_TAI_H
#define LIB_TAI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tai64n {
	uint64_t sec; /* TAI64: 2^62 + 10 + Unix seconds */
	uint32_t nano;
};

#define TAI_BYTES 12 /* packed, big-endian */
#define TAI_TEXT 25  /* "@" and 24 hex digits, without a NUL */

struct tai64n tai_from_unix(int64_t sec, uint32_t nano);
/* Seconds since 1970; negative before. */
int64_t tai_unix(struct tai64n t);

void tai_pack(struct tai64n t, unsigned char bytes[TAI_BYTES]);
/* The 8-byte TAI64 form is the first 8 of these. */
struct tai64n tai_unpack(const unsigned char bytes[TAI_BYTES]);

/* Writes exactly TAI_TEXT characters, no NUL. */
void tai_format(struct tai64n t, char text[TAI_TEXT]);
/* Reads "@" and 24 hex digits (either case); more may follow. */
bool tai_parse(const char *text, size_t len, struct tai64n *t);

/* The calendar, proleptic Gregorian, UTC: for ISO dates without libc. */
struct tai_date {
	int64_t year;
	unsigned month, day; /* from 1 */
	unsigned hour, minute, second;
};
struct tai_date tai_date(int64_t unix_sec);
int64_t tai_date_unix(struct tai_date d);

#endif
