/*
 * Where one log file ends and the next begins. A file ends with the first
 * newline once it holds `limit - slack` bytes, and at `limit` bytes if no
 * newline comes; a limit of 0 is none. Pure.
 */
#ifndef SVC_LOG_CUT_H
#define SVC_LOG_CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cut_rule {
	uint64_t limit;
	uint64_t slack; /* more than the limit: only the limit counts */
};

struct cut {
	size_t take; /* of the bytes at hand belong to this file */
	bool full;   /* and then it has ended */
};

/* How many bytes may follow without a look at them: no end lies before. */
uint64_t cut_blind(const struct cut_rule *r, uint64_t size);
struct cut cut_at(
    const struct cut_rule *r, uint64_t size, const char *p, size_t n);

#endif
