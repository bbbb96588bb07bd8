/*
 * Sets of small numbers over the caller's words.
 */
#include "lib/bits.h"

#include <string.h>

void
bits_clear(uint64_t *set, size_t n)
{
	memset(set, 0, BITS_WORDS(n) * sizeof(*set));
}

void
bits_fill(uint64_t *set, size_t n)
{
	memset(set, 0xff, BITS_WORDS(n) * sizeof(*set));
	if (n % 64 != 0)
		set[n / 64] = (UINT64_C(1) << n % 64) - 1;
}

void
bits_or(uint64_t *a, const uint64_t *b, size_t n)
{
	for (size_t i = 0; i < BITS_WORDS(n); i++)
		a[i] |= b[i];
}

void
bits_without(uint64_t *a, const uint64_t *b, size_t n)
{
	for (size_t i = 0; i < BITS_WORDS(n); i++)
		a[i] &= ~b[i];
}

void
bits_and(uint64_t *a, const uint64_t *b, size_t n)
{
	for (size_t i = 0; i < BITS_WORDS(n); i++)
		a[i] &= b[i];
}

bool
bits_any(const uint64_t *set, size_t n)
{
	return bits_next(set, n, 0) < n;
}

size_t
bits_count(const uint64_t *set, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < BITS_WORDS(n); i++)
		count += (size_t)__builtin_popcountll(set[i]);
	return count;
}

/* `flip` is all ones to look for those that are not in the set. */
static size_t
next(const uint64_t *set, size_t n, size_t from, uint64_t flip)
{
	for (size_t i = from / 64; from < n && i < BITS_WORDS(n); i++) {
		uint64_t word = set[i] ^ flip;

		if (i == from / 64)
			word &= ~UINT64_C(0) << from % 64;
		if (word != 0) {
			size_t at = i * 64 + (size_t)__builtin_ctzll(word);

			return at < n ? at : n;
		}
	}
	return n;
}

size_t
bits_next(const uint64_t *set, size_t n, size_t from)
{
	return next(set, n, from, 0);
}

size_t
bits_next_free(const uint64_t *set, size_t n, size_t from)
{
	return next(set, n, from, ~UINT64_C(0));
}
