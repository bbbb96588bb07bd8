/*
 * The inside of reading one value: words of a text, and the readers of values
 * that are small rules. Only settings_value.c and settings_rule.c use it.
 */
#ifndef SVC_CORE_SETTINGS_RULE_H
#define SVC_CORE_SETTINGS_RULE_H

#include "svc/core/settings.h"

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

void rule_put(struct buf *b, uint64_t v, unsigned bytes);
void rule_put_text(struct buf *b, const char *text);

bool rule_ready(const char *text, struct buf *bytes);
bool rule_restart(const char *text, struct buf *bytes);
bool rule_codes(const char *text, struct buf *bytes);
bool rule_on_failed(const char *text, struct buf *bytes);
bool rule_stop(const char *text, struct buf *bytes);
bool rule_class(
    const struct settings_row *row, const char *text, struct buf *bytes);
bool rule_stdio(const char *text, struct buf *bytes);
bool rule_log(const char *text, struct buf *bytes);
bool rule_rate(const char *text, struct buf *bytes);
bool rule_listen(const char *text, struct buf *bytes);
bool rule_at(const char *text, struct buf *bytes);
bool rule_caps(const char *text, struct buf *bytes);
bool rule_limit(
    const struct settings_row *row, const char *text, struct buf *bytes);
bool rule_cpus(
    const struct settings_row *row, const char *text, struct buf *bytes);
/* "infinity" or a time of the units of lib/scan.h. */
bool rule_time(const char *word, int64_t *ms);

#endif
