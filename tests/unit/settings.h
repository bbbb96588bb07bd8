/*
 * A definition for a test: lines and files in, complaints in `text`, what they
 * make in `s`.
 */
#ifndef TESTS_UNIT_SETTINGS_H
#define TESTS_UNIT_SETTINGS_H

#include "svc/core/settings.h"

#include <sys/stat.h>

#include "tests/unit/unit.h"

static char blob_bytes[SETTINGS_BLOB_MAX], text_bytes[8192];
static struct buf blob, text;
static struct settings_parse parse;
static struct settings s;

static void
begin(const char *name)
{
	blob = BUF(blob_bytes);
	text = BUF(text_bytes);
	settings_begin(&parse, &blob, &text, name);
}

static void
lines(const char *bytes)
{
	settings_lines(&parse, "service", bytes, strlen(bytes));
}

static void
file(const char *name, const char *bytes)
{
	HOLDS(settings_is_file(name));
	if (settings_see(&parse, name, S_IFREG) == SETTINGS_BYTES)
		settings_file(&parse, name, bytes, strlen(bytes));
}

static bool
end(void)
{
	bool good = settings_end(&parse);

	HOLDS(settings_view(&s, blob.p, blob.len));
	if (!good && unit_bad)
		printf("# %s", buf_str(&text));
	return good;
}

#endif
