/*
 * Sets of small numbers over the caller's words:
 *
 *	uint64_t seen[BITS_WORDS(1000)] = {0};
 *	bits_add(seen, 17);
 *	for (size_t i = bits_next(seen, 1000, 0); i < 1000;
 *	     i = bits_next(seen, 1000, i + 1))
 *
 * `n` is always the number of bits; bits of the last word beyond it stay 0.
 */
#ifndef LIB_BITS_H
#define LIB_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITS_WORDS(n) (((size_t)(n) + 63) / 64)

static inline void
bits_add(uint64_t *set, size_t i)
{
	set[i / 64] |= UINT64_C(1) << i % 64;
}

static inline void
bits_del(uint64_t *set, size_t i)
{
	set[i / 64] &= ~(UINT64_C(1) << i % 64);
}

static inline bool
bits_has(const uint64_t *set, size_t i)
{
	return (set[i / 64] >> i % 64 & 1) != 0;
}

void bits_clear(uint64_t *set, size_t n);
/* All of 0 … n-1. */
void bits_fill(uint64_t *set, size_t n);
/* a = a ∪ b, a = a \ b, a = a ∩ b. */
void bits_or(uint64_t *a, const uint64_t *b, size_t n);
void bits_without(uint64_t *a, const uint64_t *b, size_t n);
void bits_and(uint64_t *a, const uint64_t *b, size_t n);
bool bits_any(const uint64_t *set, size_t n);
size_t bits_count(const uint64_t *set, size_t n);
/* The first member at or after `from`; n if there is none. */
size_t bits_next(const uint64_t *set, size_t n, size_t from);
/* The first number that is no member, at or after `from`; n if none. */
size_t bits_next_free(const uint64_t *set, size_t n, size_t from);

#endif
