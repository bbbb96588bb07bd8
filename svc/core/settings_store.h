/*
 * The inside of the settings parser that its two halves share: lines
 * (settings_parse.c) and files (settings_files.c).
 */
#ifndef SVC_CORE_SETTINGS_STORE_H
#define SVC_CORE_SETTINGS_STORE_H

#include "svc/core/settings.h"

#define LINE_MOST 16384 /* bytes of one logical line */

void parse_complain(
    struct settings_parse *p, const char *key, const char *what);
void parse_warn(struct settings_parse *p, const char *key, const char *what);
/* Reads `value` as the row says and adds its entry, or complains. */
void parse_store(struct settings_parse *p, const struct settings_row *row,
    const char *value);
/*
 * The next logical line of bytes[*at..len) into `line`, its lines joined where
 * one ends in a backslash; false: no more. A comment is not continued.
 */
bool parse_next_line(struct settings_parse *p, const char *bytes, size_t len,
    size_t *at, struct buf *line);
/* Without blanks around it; cuts in place. */
char *parse_trim(char *s);
/*
 * The row of a key; for s6's notification-fd it is ready's, and value[cap]
 * becomes "fd N". NULL: unknown.
 */
const struct settings_row *parse_alias(
    const char *key, char *value, size_t cap);
void parse_mark(uint64_t *set, uint16_t number);

#endif
