/*
 * A logger's config file, then its patterns on its own text.
 */
#include "svc/log/conf.h"
#include "tests/fuzz/fuzz.h"

static void
complain(void *arg, unsigned line, const char *what, const char *about)
{
	(void)arg;
	CLAIM(line > 0 && what != NULL && about != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[8192], line[8192];
	static struct conf c;
	struct pattern_ask ask = {PATTERN_STAR_PLUS, '+', '-', true};

	fuzz_text(line, sizeof(line), data, size);
	fuzz_text(text, sizeof(text), data, size);
	conf_parse(&c, text, strlen(text), complain, NULL);
	CLAIM(c.rules <= CONF_RULES);
	if (size > 200)
		size = 200;
	pattern_selects(&ask, c.rule, c.rules, line, strnlen(line, size));
	ask.kind = PATTERN_STAR;
	pattern_selects(&ask, c.rule, c.rules, line, strnlen(line, size));
	return 0;
}
