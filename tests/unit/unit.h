/*
 * The whole harness of the unit tests: a test is a function that states what
 * holds; main() names them in order and returns unit_done(). It prints TAP.
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H
#include <stdio.h>
#include <string.h>

static int unit_count, unit_failed, unit_bad;

/* States that `claim` holds; a false one is told and fails the test. */
#define HOLDS(claim)                                                    \
	((claim) ? (void)0                                              \
		 : (void)(unit_bad = 1, printf("# %s:%d: not so: %s\n", \
					    __FILE__, __LINE__, #claim)))
#define SAME(a, b) unit_same((a), (b), __FILE__, __LINE__)
/* Runs one test; its promise is its name in the output. */
#define TEST(promise, function)                                            \
	(unit_bad = 0, (function)(), unit_failed += unit_bad,              \
	    printf("%sok %d - %s\n", unit_bad ? "not " : "", ++unit_count, \
		(promise)))

static inline void
unit_same(const char *a, const char *b, const char *file, int line)
{
	if (strcmp(a, b) == 0)
		return;
	unit_bad = 1;
	printf("# %s:%d: \"%s\" is not \"%s\"\n", file, line, a, b);
}

static inline int
unit_done(void)
{
	printf("1..%d\n", unit_count);
	return unit_failed != 0;
}

#endif
