/*
 * The lines of an env-file, one assignment after the other:
 *
 *	# a comment
 *	NAME=as it stands, blanks at its ends taken off
 *	export NAME='as it stands, over several lines too'
 *	NAME="\n, \t, \", \\ and \$ mean what they mean; nothing is expanded"
 *
 * Quoted and bare pieces side by side are one value; a backslash outside
 * quotes takes the next character as it is, and a line end away.
 */
#ifndef SVC_CORE_DOTENV_H
#define SVC_CORE_DOTENV_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"

struct dotenv {
	const char *p, *end;
	unsigned line; /* of the assignment that was read last, or is wrong */
	unsigned next;
	bool is_bad;
};

void dotenv_begin(struct dotenv *d, const char *bytes, size_t len);
/*
 * "NAME=VALUE" into `to`, emptied first. False: the end, or (is_bad) no
 * assignment, a quote without its end, a NUL, or more than `to` holds.
 */
bool dotenv_next(struct dotenv *d, struct buf *to);

#endif
