/*
 * Questions about C strings, and the nearest of a set of words for "did you
 * mean". Nothing here writes to a string or keeps one.
 */
#ifndef LIB_STR_H
#define LIB_STR_H

#include <stdbool.h>
#include <stddef.h>

bool str_eq(const char *a, const char *b);
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* The rest of s after `prefix`, or NULL where s does not begin with it. */
const char *str_after(const char *s, const char *prefix);
/* s[0..len) is exactly the word `word`. */
bool str_is(const char *s, size_t len, const char *word);

/*
 * How many single letters must be put in, left out, changed, or swapped with
 * their neighbour to make b of a. Words longer than STR_NEAR_MAX are as far
 * apart as can be: nobody mistypes those.
 */
#define STR_NEAR_MAX 64
unsigned str_distance(const char *a, const char *b);

/*
 * The nearest of many words, offered one after the other:
 *
 *	struct str_near near = str_near_to(wrong);
 *	for (…)
 *		str_near_offer(&near, name);
 *	if (near.best != NULL)
 *		… "did you mean", near.best
 *
 * Words too different to be meant are never best. The word and the offers are
 * borrowed: they must outlive `near`.
 */
struct str_near {
	const char *word;
	const char *best;
	unsigned distance;
};
struct str_near str_near_to(const char *word);
void str_near_offer(struct str_near *near, const char *candidate);
/* The same over a list that ends in NULL; NULL if none is near. */
const char *str_nearest(const char *word, const char *const *list);

#endif
