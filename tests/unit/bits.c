#include <stdlib.h>

#include "lib/bits.h"
#include "tests/unit/unit.h"

#define N 130

static void
members(void)
{
	uint64_t set[BITS_WORDS(N)] = {0};

	HOLDS(BITS_WORDS(0) == 0 && BITS_WORDS(64) == 1 && BITS_WORDS(65) == 2);
	HOLDS(!bits_any(set, N));
	bits_add(set, 0);
	bits_add(set, 63);
	bits_add(set, 64);
	bits_add(set, N - 1);
	HOLDS(bits_has(set, 63) && !bits_has(set, 62));
	HOLDS(bits_count(set, N) == 4);
	HOLDS(bits_next(set, N, 0) == 0);
	HOLDS(bits_next(set, N, 1) == 63);
	HOLDS(bits_next(set, N, 64) == 64);
	HOLDS(bits_next(set, N, 65) == N - 1);
	HOLDS(bits_next(set, N, N) == N);
	bits_del(set, N - 1);
	HOLDS(bits_next(set, N, 65) == N);
	HOLDS(bits_next_free(set, N, 0) == 1);
	bits_fill(set, N);
	HOLDS(bits_count(set, N) == N);
	HOLDS(bits_next_free(set, N, 0) == N);
	bits_clear(set, N);
	HOLDS(!bits_any(set, N));
}

/* Every operation against an array of bool. */
static void
agrees_with_bools(void)
{
	uint64_t a[BITS_WORDS(N)] = {0}, b[BITS_WORDS(N)] = {0};
	bool x[N] = {0}, y[N] = {0};

	srandom(1);
	for (int i = 0; i < 60; i++) {
		size_t at = (size_t)random() % N;
		bits_add(a, at);
		x[at] = true;
		at = (size_t)random() % N;
		bits_add(b, at);
		y[at] = true;
	}
	bits_or(a, b, N);
	for (size_t i = 0; i < N; i++)
		HOLDS(bits_has(a, i) == (x[i] || y[i]));
	bits_without(a, b, N);
	for (size_t i = 0; i < N; i++)
		HOLDS(bits_has(a, i) == (x[i] && !y[i]));
	bits_fill(a, N);
	bits_and(a, b, N);
	for (size_t i = 0; i < N; i++)
		HOLDS(bits_has(a, i) == y[i]);
}

int
main(void)
{
	TEST("bits: members at word edges", members);
	TEST("bits: union, difference and intersection", agrees_with_bools);
	return unit_done();
}
