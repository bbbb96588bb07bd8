/*
 * Short copies and searches, inline. musl's memcpy and memchr are small, not
 * fast: for a line of a hundred bytes their start costs more than their work,
 * and a logger does nothing else. Same meaning as the functions of string.h.
 */
#ifndef SVC_LOG_BYTES_H
#define SVC_LOG_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Copies of a fixed size become single moves. */
static inline void
bytes_copy(char *to, const char *from, size_t n)
{
	if (n > 512) {
		memcpy(to, from, n);
		return;
	}
	for (; n >= 32; n -= 32, to += 32, from += 32)
		memcpy(to, from, 32);
	if (n & 16) {
		memcpy(to, from, 16);
		to += 16;
		from += 16;
	}
	if (n & 8) {
		memcpy(to, from, 8);
		to += 8;
		from += 8;
	}
	for (n &= 7; n > 0; n--)
		*to++ = *from++;
}

/* A word whose high bits are set where `word` holds a newline. */
static inline uint64_t
bytes_newlines(const char *p)
{
	const uint64_t ones = UINT64_MAX / 255;
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	word ^= ones * '\n';
	return (word - ones) & ~word & ones << 7;
}

/* The first newline of n bytes, or NULL. */
static inline const char *
bytes_newline(const char *p, size_t n)
{
	while (n >= 32 &&
	       (bytes_newlines(p) | bytes_newlines(p + 8) |
		   bytes_newlines(p + 16) | bytes_newlines(p + 24)) == 0) {
		p += 32;
		n -= 32;
	}
	while (n >= 8 && bytes_newlines(p) == 0) {
		p += 8;
		n -= 8;
	}
	for (; n > 0; p++, n--)
		if (*p == '\n')
			return p;
	return NULL;
}

#endif
