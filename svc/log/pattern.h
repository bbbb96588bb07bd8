/*
 * The patterns of svlogd and multilog, and lists of them. A pattern must fit
 * the whole text:
 *
 *	*	any run of bytes without the byte that follows the star in the
 *		pattern; at the end of the pattern, anything at all
 *	+	(svlogd only) the next byte of the pattern, once or more often
 *	other	itself
 *
 * There is no backtracking, so the time is linear. Pure.
 */
#ifndef SVC_LOG_PATTERN_H
#define SVC_LOG_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

enum pattern_kind {
	PATTERN_STAR,	   /* multilog: only the star is special */
	PATTERN_STAR_PLUS, /* svlogd */
};

bool pattern_fits(
    enum pattern_kind kind, const char *pattern, const char *text, size_t len);

/* One selection: the last of a list that fits decides. */
struct pattern_rule {
	char verb; /* '+' '-' for the log, 'e' 'E' for stderr */
	const char *pattern;
};

/*
 * What the rules with one of two verbs say about a text: true if the last
 * one that fits is `yes`, false if it is `no`, `otherwise` if none fits.
 */
struct pattern_ask {
	enum pattern_kind kind;
	char yes, no;
	bool otherwise;
};
bool pattern_selects(const struct pattern_ask *ask,
    const struct pattern_rule *rule, size_t rules, const char *text,
    size_t len);

#endif
