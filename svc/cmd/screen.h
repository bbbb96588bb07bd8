/*
 * What reaches a person's terminal: text that cannot harm it, in colours it
 * has, no wider than it is.
 *
 * Text of services (names, log lines, command lines) goes through here and
 * never raw: control characters, DEL, the C1 range and broken UTF-8 come out
 * as \xNN. Columns are counted as a terminal counts them: wide letters two,
 * combining ones none.
 */
#ifndef SVC_CMD_SCREEN_H
#define SVC_CMD_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/buf.h"

/* clang-format off */
#define SCREEN_INKS(X) \
	X(PLAIN, "") \
	X(GOOD, "32") \
	X(BUSY, "33") \
	X(BAD, "1;31") \
	X(DIM, "2") \
	X(STRONG, "1")
/* clang-format on */
#define SCREEN_ENUM_INK(name, code) INK_##name,
enum screen_ink {
	SCREEN_INKS(SCREEN_ENUM_INK)
};

/* Columns of stdout; 0 where it is no terminal: no limit. */
unsigned screen_width(void);
/* Colours: stdout is a terminal, NO_COLOR is not set, TERM is not dumb. */
bool screen_has_colour(void);
/* The sequences that start and end an ink; "" where there are no colours. */
const char *screen_on(enum screen_ink ink);
const char *screen_off(enum screen_ink ink);

/* Bytes of the (shortest, legal) UTF-8 character at s[0..n); 0: it is none. */
size_t screen_utf8(const char *s, size_t n);
/*
 * One character at s[0..n), n > 0: its bytes, at least 1. *columns is what it
 * takes on a terminal; -1 if it may not be shown raw.
 */
size_t screen_char(const char *s, size_t n, int *columns);
/* Appends bytes made harmless; text that is so already stays as it is. */
void screen_clean(struct buf *to, const char *bytes, size_t n);
/* A copy made harmless. */
const char *screen_text(const char *bytes, size_t n);
/* Prints it so. */
void screen_escaped(FILE *to, const char *s);
/* Columns that harmless text takes. */
unsigned screen_columns(const char *s);
/*
 * Prints harmless text from column `at` on: where stdout is a terminal it is
 * broken at blanks before its edge, and goes on in column `hang`.
 */
void screen_wrap(const char *s, unsigned at, unsigned hang);
/* Harmless text cut to so many columns, the last being "…" if it was cut. */
const char *screen_cut(const char *s, unsigned columns);

#endif
