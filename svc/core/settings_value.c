/*
 * One value: text to packed bytes by its kind, or why not.
 */
#include <string.h>

#include "lib/env.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/scan.h"
#include "lib/signame.h"
#include "lib/str.h"
#include "lib/words.h"
#include "svc/core/settings_rule.h"

#define WORDS_BYTES 16384

/* Any name will do: what it stands for is known when the service starts. */
static bool
accept_name(struct buf *to, char sigil, const char *name, size_t len, void *arg)
{
	(void)arg;
	buf_putc(to, sigil);
	buf_put(to, name, len);
	return sigil != '%' || (len == 1 && *name == 'i');
}

static bool
split(struct words *w, const char *text, struct buf *why)
{
	enum words_fault fault = words_split(w, text);

	if (fault != WORDS_NONE)
		buf_fmt(why, "%s at byte %zu%s", words_fault_text(fault),
		    w->at + 1,
		    fault == WORDS_UNKNOWN ? ": %i is its instance, %% is a %"
					   : "");
	return fault == WORDS_NONE;
}

/* What people write from habit, and no program has for a name. */
static bool
is_for_shell(const char *word, struct buf *why)
{
	static const char *const words[] = {".", "cd", "eval", "exec", "export",
	    "set", "source", "trap", "ulimit", "umask", NULL};
	const char *equal = strchr(word, '=');
	unsigned i = 0;

	while (words[i] != NULL && !str_eq(word, words[i]))
		i++;
	if (words[i] != NULL)
		buf_fmt(why,
		    "no shell runs this line: leave %s out or use a script",
		    word);
	else if (equal != NULL && env_is_name(word, (size_t)(equal - word)))
		buf_puts(
		    why, "no shell runs this line: variables belong in env");
	else
		return false;
	return true;
}

static bool
read_command(const char *text, struct buf *bytes, struct buf *why)
{
	char *vec[SETTINGS_WORDS_MAX], storage[WORDS_BYTES];
	struct words w;

	words_init(&w, vec, SETTINGS_WORDS_MAX, storage, sizeof(storage));
	w.expand = accept_name;
	w.percent = true;
	if (!split(&w, text, why))
		return false;
	if (w.n == 0 || is_for_shell(w.v[0], why))
		return false;
	rule_put_text(bytes, text);
	return true;
}

static bool
read_text(const struct settings_row *row, const char *text, struct buf *bytes)
{
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || (row->least == 1 && *c == ' '))
			return false;
	if (*text == '\0')
		return false;
	rule_put_text(bytes, text);
	return true;
}

/* Absolute where it must be. */
static bool
is_path(const struct settings_row *row, const char *path)
{
	if (*path == '\0')
		return false;
	return row->least != 1 || *path == '/';
}

static bool
is_below(const char *dir)
{
	const char *part = dir;

	if (*dir == '/' || *dir == '\0')
		return false;
	/* Every part is a name: nothing leads up and out. */
	while (*part != '\0') {
		const char *slash = strchr(part, '/');
		size_t n =
		    slash != NULL ? (size_t)(slash - part) : strlen(part);
		char name[PATH_NAME_MAX + 1];
		if (n > PATH_NAME_MAX)
			return false;
		memcpy(name, part, n);
		name[n] = '\0';
		if (!path_is_name(name))
			return false;
		part += n + (slash != NULL);
	}
	return true;
}

static bool
is_item(const struct settings_row *row, const char *item, struct buf *why)
{
	const char *equal;

	if (row->kind == KIND_NAMES && !path_is_name(item)) {
		buf_puts(why, "not a name: ");
		buf_escaped(why, item, strlen(item));
		return false;
	}
	if (row->kind == KIND_DIRS && !is_below(item)) {
		buf_puts(why, "expected a directory below the usual place, "
			      "without a leading / and without ..");
		return false;
	}
	if (row->kind == KIND_ENV) {
		equal = strchr(item, '=');
		return equal != NULL &&
		       env_is_name(item, (size_t)(equal - item));
	}
	return row->kind != KIND_PATHS || is_path(row, item);
}

static bool
read_list(const struct settings_row *row, const char *text, struct buf *bytes,
    struct buf *why)
{
	char *vec[SETTINGS_WORDS_MAX], storage[WORDS_BYTES];
	struct words w;

	words_init(&w, vec, SETTINGS_WORDS_MAX, storage, sizeof(storage));
	if (!split(&w, text, why))
		return false;
	if (w.n == 0)
		return false;
	for (size_t i = 0; i < w.n; i++) {
		if (!is_item(row, w.v[i], why))
			return false;
		rule_put_text(bytes, w.v[i]);
	}
	return true;
}

static bool
read_flag(const char *text, struct buf *bytes)
{
	static const char *const yes[] = {"yes", "true", "on", "1", NULL};
	static const char *const no[] = {"no", "false", "off", "0", NULL};
	struct rule r;

	rule_begin(&r, text);
	if (*rule_rest(&r) != '\0')
		return false;
	if (rule_index(&r, yes) < 0 && rule_index(&r, no) < 0)
		return false;
	rule_put(bytes, rule_index(&r, yes) >= 0, 1);
	return true;
}

/* s6-rc's words for the types are understood as well. */
static bool
read_choice(const struct settings_row *row, const char *text, struct buf *bytes)
{
	const char *word;

	if (row->number == SET_type && str_eq(text, "longrun"))
		text = "process";
	if (row->number == SET_type && str_eq(text, "bundle"))
		text = "group";
	for (unsigned i = 0; (word = settings_choice(row->number, i)) != NULL;
	     i++) {
		if (!str_eq(text, word))
			continue;
		rule_put(bytes, i, 1);
		return true;
	}
	return false;
}

static bool
read_number(const struct settings_row *row, const char *text, struct buf *bytes,
    struct buf *why)
{
	char digits[16];
	size_t len = strlen(text);
	int32_t v;

	if (len == 0 || len >= sizeof(digits))
		return false;
	memcpy(digits, text, len + 1);
	if (row->kind == KIND_PERCENT) {
		if (digits[len - 1] != '%')
			return false;
		digits[len - 1] = '\0';
	}
	if (!scan_i32(digits, &v))
		return false;
	if (v < row->least || v > row->most) {
		buf_fmt(why, "expected a number from %lld to %lld",
		    (long long)row->least, (long long)row->most);
		return false;
	}
	rule_put(bytes, (uint64_t)(int64_t)v, 8);
	return true;
}

static bool
read_time(const struct settings_row *row, const char *text, struct buf *bytes,
    struct buf *why)
{
	int64_t ms;

	if (!rule_time(text, &ms))
		return false;
	if (ms == 0 && row->least > 0) {
		buf_puts(why, "expected a time that is not 0");
		return false;
	}
	rule_put(bytes, (uint64_t)ms, 8);
	return true;
}

static bool
read_size(const char *text, struct buf *bytes)
{
	uint64_t size = SETTINGS_UNLIMITED;

	if (!str_eq(text, "infinity") && !scan_size(text, &size))
		return false;
	rule_put(bytes, size, 8);
	return true;
}

static bool
read_mode(const struct settings_row *row, const char *text, struct buf *bytes)
{
	uint32_t mode;

	if (!scan_oct(text, &mode) || mode > (uint64_t)row->most)
		return false;
	rule_put(bytes, mode, 8);
	return true;
}

static bool
read_signal(const char *text, struct buf *bytes)
{
	int signal = sig_parse(text);

	if (signal <= 0)
		return false;
	rule_put(bytes, (uint64_t)signal, 1);
	return true;
}

static bool
read_value(const struct settings_row *row, const char *text, struct buf *bytes,
    struct buf *why)
{
	switch (row->kind) {
	case KIND_COMMAND:
		return read_command(text, bytes, why);
	case KIND_TEXT:
		return read_text(row, text, bytes);
	case KIND_PATH:
		return is_path(row, text) && read_text(row, text, bytes);
	case KIND_CPUS:
		return rule_cpus(row, text, bytes);
	case KIND_FLAG:
		return read_flag(text, bytes);
	case KIND_CHOICE:
		return read_choice(row, text, bytes);
	case KIND_NUMBER:
	case KIND_PERCENT:
		return read_number(row, text, bytes, why);
	case KIND_TIME:
		return read_time(row, text, bytes, why);
	case KIND_SIZE:
		return read_size(text, bytes);
	case KIND_MODE:
		return read_mode(row, text, bytes);
	case KIND_SIGNAL:
		return read_signal(text, bytes);
	case KIND_READY:
		return rule_ready(text, bytes);
	case KIND_RESTART:
		return rule_restart(text, bytes);
	case KIND_CODES:
		return rule_codes(text, bytes);
	case KIND_ON_FAILED:
		return rule_on_failed(text, bytes);
	case KIND_STOP:
		return rule_stop(text, bytes);
	case KIND_IONICE:
	case KIND_SCHEDULER:
		return rule_class(row, text, bytes);
	case KIND_STDIO:
		return rule_stdio(text, bytes);
	case KIND_LIMIT:
		return rule_limit(row, text, bytes);
	case KIND_CAPS:
		return rule_caps(text, bytes);
	case KIND_LOG:
		return rule_log(text, bytes);
	case KIND_RATE:
		return rule_rate(text, bytes);
	case KIND_LISTEN:
		return rule_listen(text, bytes);
	case KIND_AT:
		return rule_at(text, bytes);
	case KIND_NAMES:
	case KIND_PATHS:
	case KIND_DIRS:
	case KIND_ENV:
		return read_list(row, text, bytes, why);
	}
	return false;
}

/* What is most often meant by a value that is none. */
static const char *
hint(enum settings_kind kind)
{
	if (kind == KIND_TIME)
		return " with its unit, such as 500ms, 30s or 1h30m, or "
		       "infinity";
	if (kind == KIND_SIZE)
		return ", such as 64M or 2G, or infinity";
	if (kind == KIND_STOP)
		return ", such as INT 60s KILL; times have units";
	if (kind == KIND_RESTART)
		return ", such as on-failure 1s..30s, 5 in 1m";
	return "";
}

bool
settings_value(const struct settings_row *row, const char *text,
    struct buf *bytes, struct buf *why)
{
	size_t before = bytes->len, said = why->len;

	if (read_value(row, text, bytes, why))
		return true;
	buf_cut(bytes, before);
	if (why->len == said)
		buf_fmt(why, "expected %s%s", row->values, hint(row->kind));
	return false;
}
