/*
 * A fuzz target: one function that libFuzzer calls with bytes. Whatever they
 * are, it must come back, and what it claims must hold.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLAIM(claim) ((claim) ? (void)0 : __builtin_trap())

/* The bytes as a C string, cut at `cap`. */
static inline char *
fuzz_text(char *to, size_t cap, const uint8_t *data, size_t size)
{
	if (size >= cap)
		size = cap - 1;
	memcpy(to, data, size);
	to[size] = '\0';
	return to;
}

#endif
