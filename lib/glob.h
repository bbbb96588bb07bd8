/*
 * Shell patterns over names: `*` any run, `?` any one byte, `[a-z]` and
 * `[!a-z]` sets, `\x` the byte x. `*` matches slashes and leading dots too.
 * No recursion: the time is bounded by pattern × name. An unclosed `[` is an
 * ordinary byte.
 */
#ifndef LIB_GLOB_H
#define LIB_GLOB_H

#include <stdbool.h>
#include <stddef.h>

bool glob_match(const char *pattern, const char *name);
bool glob_match_n(const char *pattern, size_t plen, const char *s, size_t slen);
/* Whether it holds anything special: else it is just a name. */
bool glob_is_pattern(const char *s);

#endif
