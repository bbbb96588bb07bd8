/*
 * Soft limits by the letters of softlimit and chpst. One list of them.
 */
#ifndef SVC_CMD_LIMITS_H
#define SVC_CMD_LIMITS_H

#include <sys/resource.h>

#include <stdbool.h>

/* The order is that in which chpst sets them. */
/* clang-format off */
#define LIMITS(X) \
	X('d', RLIMIT_DATA) \
	X('s', RLIMIT_STACK) \
	X('l', RLIMIT_MEMLOCK) \
	X('a', RLIMIT_AS) \
	X('o', RLIMIT_NOFILE) \
	X('p', RLIMIT_NPROC) \
	X('f', RLIMIT_FSIZE) \
	X('c', RLIMIT_CORE) \
	X('r', RLIMIT_RSS) \
	X('t', RLIMIT_CPU)
/* clang-format on */

/* What -m sets, each to the same number. */
#define LIMITS_MEMORY "dsla"

struct limits {
	struct limit {
		char letter;
		int resource;
		bool set;
		rlim_t value; /* capped at the hard limit when set */
	} row[10];
};

struct limits limits_none(void);
/* Notes `value` for a letter, or for several with `m`. */
void limits_note(struct limits *l, char letter, rlim_t value);
/* Sets what was noted; NULL, or the call that failed, with errno. */
const char *limits_set(const struct limits *l);

#endif
