/*
 * A line split into words as a POSIX shell splits it, without a shell: blanks
 * and newlines part words; '…' is literal; "…" keeps blanks and knows \" \\ \$
 * \` and backslash-newline; a backslash outside quotes makes the next byte
 * ordinary; an unquoted # at the beginning of a word ends the line. There are
 * no patterns, no ~, no field splitting of what was expanded. What a shell
 * would take for an operator ( | & ; < > ( ) ` ) is a fault when unquoted, so
 * that nobody's redirection becomes an argument by accident.
 *
 * ${NAME} and $NAME, outside '…', and with `percent` %X too, are asked of the
 * caller. Without `expand` they are ordinary text.
 */
#ifndef LIB_WORDS_H
#define LIB_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"

/* clang-format off */
#define WORDS_FAULTS(X) \
	X(NONE, "") \
	X(QUOTE, "quote is not closed") \
	X(ESCAPE, "nothing after the backslash") \
	X(BRACE, "${ is not closed") \
	X(NAME, "bad name in ${ }") \
	X(UNKNOWN, "unknown name") \
	X(OPERATOR, "no shell runs this line: quote it or use a script") \
	X(MANY, "too many words") \
	X(LONG, "words too long")
/* clang-format on */
#define WORDS_ENUM(name, text) WORDS_##name,
enum words_fault {
	WORDS_FAULTS(WORDS_ENUM)
};

/*
 * Appends the value of name[0..len) to `to`; sigil is '$' or '%'. False:
 * unknown, which is a fault (append nothing and return true for "empty").
 */
typedef bool words_expand(
    struct buf *to, char sigil, const char *name, size_t len, void *arg);

struct words {
	char **v; /* n words, then NULL; storage of the caller */
	size_t n, cap;
	struct buf text; /* the words, each with its NUL */
	words_expand *expand;
	void *arg;
	bool percent; /* %X is asked for; %% is % */
	size_t at;    /* where in the line the fault is */
};

/* vec holds cap pointers: cap - 1 words and NULL. */
void words_init(
    struct words *w, char **vec, size_t cap, char *text, size_t bytes);
/* Adds the words of `line`; on a fault the words before it stand. */
enum words_fault words_split(struct words *w, const char *line);
const char *words_fault_text(enum words_fault fault);

#endif
