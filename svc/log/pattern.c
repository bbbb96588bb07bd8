/*
 * Matching of lines. The texts come from strangers and may hold any byte; the
 * patterns come from the administrator and end in NUL. Nothing is written.
 */
#include "svc/log/pattern.h"

#include <string.h>

/* The text from the first byte c on, or NULL. */
static const char *
skip_to(const char *text, const char *end, char c)
{
	return text == end ? NULL : memchr(text, c, (size_t)(end - text));
}

bool
pattern_fits(
    enum pattern_kind kind, const char *pattern, const char *text, size_t len)
{
	const char *end = text + len;

	for (char c; (c = *pattern++) != '\0';) {
		if (c == '*') {
			if (*pattern == '\0')
				return true;
			text = skip_to(text, end, *pattern);
			if (text == NULL)
				return false;
			continue;
		}
		bool many = kind == PATTERN_STAR_PLUS && c == '+';
		if (many && (c = *pattern++) == '\0')
			return false;
		if (text == end || *text != c)
			return false;
		do
			text++;
		while (many && text < end && *text == c);
	}
	return text == end;
}

bool
pattern_selects(const struct pattern_ask *ask, const struct pattern_rule *rule,
    size_t rules, const char *text, size_t len)
{
	for (size_t i = rules; i-- > 0;) {
		char verb = rule[i].verb;

		if (verb != ask->yes && verb != ask->no)
			continue;
		if (pattern_fits(ask->kind, rule[i].pattern, text, len))
			return verb == ask->yes;
	}
	return ask->otherwise;
}
