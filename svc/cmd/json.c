/*
 * Writes as it is told and remembers nothing but the open brackets.
 */
#include <string.h>

#include "svc/cmd/json.h"
#include "svc/cmd/screen.h"

struct json
json_to(FILE *to)
{
	return (struct json){.to = to};
}

static void
put_string(struct json *j, const char *p, size_t n)
{
	size_t length;

	fputc('"', j->to);
	for (size_t i = 0; i < n; i += length) {
		unsigned char c = (unsigned char)p[i];
		length = screen_utf8(p + i, n - i);
		if (length == 0) {
			fputs("\\ufffd", j->to);
			length = 1;
		} else if (c == '"' || c == '\\') {
			fprintf(j->to, "\\%c", c);
		} else if (c == '\n') {
			fputs("\\n", j->to);
		} else if (c == '\t') {
			fputs("\\t", j->to);
		} else if (c < 0x20 || c == 0x7f) {
			fprintf(j->to, "\\u%04x", c);
		} else if (c == 0xc2 && (unsigned char)p[i + 1] < 0xa0) {
			/* C1 controls: some terminals obey them. */
			fprintf(j->to, "\\u%04x", (unsigned char)p[i + 1]);
		} else {
			fwrite(p + i, 1, length, j->to);
		}
	}
	fputc('"', j->to);
}

/* All that stands before a value: comma, line end, key. */
static void
lead(struct json *j, const char *key)
{
	if (j->comma)
		fputc(',', j->to);
	if (j->depth == 1 && j->closers[0] == ']')
		fputc('\n', j->to);
	j->comma = true;
	if (key == NULL)
		return;
	put_string(j, key, strlen(key));
	fputc(':', j->to);
}

static void
trail(struct json *j)
{
	if (j->depth > 0)
		return;
	fputc('\n', j->to);
	j->comma = false;
}

void
json_open_at(struct json *j, const char *key, char bracket)
{
	lead(j, key);
	fputc(bracket, j->to);
	if (j->depth < JSON_DEPTH)
		j->closers[j->depth++] = bracket == '{' ? '}' : ']';
	j->comma = false;
}

void
json_open(struct json *j, char bracket)
{
	json_open_at(j, NULL, bracket);
}

void
json_close(struct json *j)
{
	if (j->depth == 0)
		return;
	j->depth--;
	if (j->depth == 0 && j->closers[0] == ']' && j->comma)
		fputc('\n', j->to);
	fputc(j->closers[j->depth], j->to);
	j->comma = true;
	trail(j);
}

void
json_bytes(struct json *j, const char *key, const char *p, size_t n)
{
	lead(j, key);
	put_string(j, p, n);
	trail(j);
}

void
json_text(struct json *j, const char *key, const char *value)
{
	json_bytes(j, key, value, strlen(value));
}

void
json_number(struct json *j, const char *key, int64_t value)
{
	lead(j, key);
	fprintf(j->to, "%lld", (long long)value);
	trail(j);
}

void
json_bool(struct json *j, const char *key, bool value)
{
	lead(j, key);
	fputs(value ? "true" : "false", j->to);
	trail(j);
}

void
json_null(struct json *j, const char *key)
{
	lead(j, key);
	fputs("null", j->to);
	trail(j);
}

void
json_text_or_null(struct json *j, const char *key, const char *value)
{
	if (value == NULL || *value == '\0')
		json_null(j, key);
	else
		json_text(j, key, value);
}
