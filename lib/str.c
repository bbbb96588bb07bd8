/*
 * Questions about C strings; the nearest word for "did you mean".
 */
#include "lib/str.h"

#include <limits.h>
#include <string.h>

bool
str_eq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

bool
str_starts(const char *s, const char *prefix)
{
	return str_after(s, prefix) != NULL;
}

bool
str_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return m <= n && memcmp(s + n - m, suffix, m) == 0;
}

const char *
str_after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

bool
str_is(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(s, word, len) == 0;
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/*
 * Optimal string alignment: three rows of the table are enough, the third for
 * swapped neighbours.
 */
unsigned
str_distance(const char *a, const char *b)
{
	unsigned rows[3][STR_NEAR_MAX + 1];
	unsigned *before = rows[0], *above = rows[1], *row = rows[2];
	size_t n = strlen(a), m = strlen(b);

	if (n > STR_NEAR_MAX || m > STR_NEAR_MAX)
		return UINT_MAX;
	for (size_t j = 0; j <= m; j++)
		above[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned same = a[i - 1] == b[j - 1] ? 0 : 1;

			row[j] = least(least(above[j], row[j - 1]) + 1,
			    above[j - 1] + same);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		unsigned *spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[m];
}

struct str_near
str_near_to(const char *word)
{
	return (struct str_near){word, NULL, UINT_MAX};
}

void
str_near_offer(struct str_near *near, const char *candidate)
{
	unsigned distance = str_distance(near->word, candidate);
	size_t n = strlen(near->word);

	/* One slip in three letters is a slip; more is another word. */
	if (distance > 1 + n / 4 || distance >= n)
		return;
	if (distance < near->distance) {
		near->distance = distance;
		near->best = candidate;
	}
}

const char *
str_nearest(const char *word, const char *const *list)
{
	struct str_near near = str_near_to(word);

	for (; *list != NULL; list++)
		str_near_offer(&near, *list);
	return near.best;
}
