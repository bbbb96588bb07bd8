#include "svc/core/rule.h"

#include <string.h>

#include "lib/scan.h"
#include "lib/str.h"
#include "svc/core/settings.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == ',';
}

void
rule_next(struct rule *r)
{
	size_t n = 0;

	while (is_blank(*r->rest))
		r->rest++;
	for (; *r->rest != '\0' && !is_blank(*r->rest); r->rest++)
		if (n < RULE_WORD - 1)
			r->word[n++] = *r->rest;
	r->word[n] = '\0';
}

void
rule_begin(struct rule *r, const char *text)
{
	r->rest = text;
	rule_next(r);
}

bool
rule_is_end(const struct rule *r)
{
	return r->word[0] == '\0';
}

const char *
rule_rest(const struct rule *r)
{
	const char *rest = r->rest;

	while (is_blank(*rest))
		rest++;
	return rest;
}

int
rule_index(const struct rule *r, const char *const *words)
{
	for (int i = 0; words[i] != NULL; i++)
		if (str_eq(r->word, words[i]))
			return i;
	return -1;
}

void
rule_put(struct buf *b, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buf_putc(b, (char)(v >> 8 * i));
}

void
rule_put_text(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text) + 1);
}

bool
rule_time(const char *word, int64_t *ms)
{
	if (str_eq(word, "infinity")) {
		*ms = SETTINGS_FOREVER;
		return true;
	}
	return scan_duration_ms(word, ms);
}
