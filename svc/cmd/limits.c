/*
 * Soft limits. The hard limit stays as it is and caps what is asked for, so
 * that a number too high is never an error: run scripts depend on that.
 */
#include "svc/cmd/limits.h"

#include <string.h>

#define LIMITS_ROW(letter, resource) {letter, resource, false, 0},

struct limits
limits_none(void)
{
	return (struct limits){{LIMITS(LIMITS_ROW)}};
}

void
limits_note(struct limits *l, char letter, rlim_t value)
{
	for (size_t i = 0; i < sizeof l->row / sizeof *l->row; i++) {
		struct limit *row = &l->row[i];
		if (row->letter == letter ||
		    (letter == 'm' && strchr(LIMITS_MEMORY, row->letter))) {
			row->set = true;
			row->value = value;
		}
	}
}

const char *
limits_set(const struct limits *l)
{
	for (size_t i = 0; i < sizeof l->row / sizeof *l->row; i++) {
		const struct limit *row = &l->row[i];
		struct rlimit now;
		if (!row->set)
			continue;
		if (getrlimit(row->resource, &now) < 0)
			return "getrlimit";
		now.rlim_cur =
		    row->value < now.rlim_max ? row->value : now.rlim_max;
		if (setrlimit(row->resource, &now) < 0)
			return "setrlimit";
	}
	return NULL;
}
