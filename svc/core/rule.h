/*
 * The inside of reading a value that is more than one word: the words of a
 * text, and how what they say is packed.
 */
#ifndef SVC_CORE_RULE_H
#define SVC_CORE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"

#define RULE_WORD 256

/* A text taken apart at blanks and commas, a word at a time. */
struct rule {
	const char *rest;
	char word[RULE_WORD]; /* the present word, "" at the end */
};
/* The first word; a word of RULE_WORD or more bytes is cut (and bad). */
void rule_begin(struct rule *r, const char *text);
void rule_next(struct rule *r);
bool rule_is_end(const struct rule *r);
/* All that follows the present word, without leading blanks. */
const char *rule_rest(const struct rule *r);
/* Index of the present word in a list that ends in NULL; -1. */
int rule_index(const struct rule *r, const char *const *words);

/* Packed, little-endian; a text with its NUL. */
void rule_put(struct buf *b, uint64_t v, unsigned bytes);
void rule_put_text(struct buf *b, const char *text);
/* "infinity" or a time of the units of lib/scan.h. */
bool rule_time(const char *word, int64_t *ms);

#endif
