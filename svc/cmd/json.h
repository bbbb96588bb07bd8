/*
 * The one JSON writer of svc (RFC 8259). Commas, quotes and line ends are its
 * business; the caller only says what there is:
 *
 *	struct json j = json_to(stdout);
 *	json_open(&j, '[');
 *	json_open(&j, '{');
 *	json_text(&j, "name", name);
 *	json_number(&j, "pid", pid);
 *	json_close(&j);
 *	json_close(&j);
 *
 * Strings may be any bytes: what is no UTF-8 becomes U+FFFD, control
 * characters are escaped. Elements of an outermost array stand on lines of
 * their own; so does each outermost value.
 */
#ifndef SVC_CMD_JSON_H
#define SVC_CMD_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH 16 /* deepest nesting */

struct json {
	FILE *to;
	unsigned depth;
	char closers[JSON_DEPTH];
	bool comma; /* something stands before */
};

struct json json_to(FILE *to);
/* Opens '{' or '[': as an element, or as the member called `key`. */
void json_open(struct json *j, char bracket);
void json_open_at(struct json *j, const char *key, char bracket);
/* Closes what was opened last. */
void json_close(struct json *j);

/* Members of an object; in an array `key` is NULL. */
void json_text(struct json *j, const char *key, const char *value);
void json_bytes(struct json *j, const char *key, const char *p, size_t n);
void json_number(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);
/* A string, or null for NULL or "". */
void json_text_or_null(struct json *j, const char *key, const char *value);

#endif
