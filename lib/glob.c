/*
 * Shell patterns. On a mismatch the last `*` takes one byte more: earlier ones
 * need never be reconsidered, so there is no recursion.
 */
#include "lib/glob.h"

#include <string.h>

/* Where the set that begins at p[at] ('[') ends, or 0 if it is not closed. */
static size_t
set_end(const char *p, size_t n, size_t at)
{
	size_t i = at + 1;

	if (i < n && p[i] == '!')
		i++;
	if (i < n && p[i] == ']')
		i++;
	while (i < n && p[i] != ']')
		i++;
	return i < n ? i : 0;
}

static bool
set_has(const char *p, size_t from, size_t end, char c)
{
	unsigned char want = (unsigned char)c;
	bool not = p[from] == '!', found = false;

	for (size_t i = from + (not ? 1 : 0); i < end; i++) {
		unsigned char low = (unsigned char)p[i], high = low;

		if (i + 2 < end && p[i + 1] == '-') {
			high = (unsigned char)p[i + 2];
			i += 2;
		}
		found |= want >= low && want <= high;
	}
	return found != not ;
}

/* Whether the element at p[at] takes c; *next is where the next one begins. */
static bool
takes(const char *p, size_t n, size_t at, char c, size_t *next)
{
	size_t end;

	*next = at + 1;
	switch (p[at]) {
	case '?':
		return true;
	case '[':
		if ((end = set_end(p, n, at)) == 0)
			break;
		*next = end + 1;
		return set_has(p, at + 1, end, c);
	case '\\':
		if (at + 1 == n)
			break;
		*next = at + 2;
		return p[at + 1] == c;
	}
	return p[at] == c;
}

bool
glob_match_n(const char *p, size_t plen, const char *s, size_t slen)
{
	size_t at = 0, i = 0, next;
	size_t star = plen, star_i = 0; /* star == plen: none seen yet */

	while (i < slen) {
		if (at < plen && p[at] == '*') {
			star = at++;
			star_i = i;
		} else if (at < plen && takes(p, plen, at, s[i], &next)) {
			at = next;
			i++;
		} else if (star < plen) {
			at = star + 1;
			i = ++star_i;
		} else {
			return false;
		}
	}
	while (at < plen && p[at] == '*')
		at++;
	return at == plen;
}

bool
glob_match(const char *pattern, const char *name)
{
	return glob_match_n(pattern, strlen(pattern), name, strlen(name));
}

bool
glob_is_pattern(const char *s)
{
	return strpbrk(s, "*?[\\") != NULL;
}
