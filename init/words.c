/*
 * Words into settings: what is understood is stored, what is not is reported
 * as a verdict and changes nothing.
 */
#include "init/words.h"

#include <string.h>

#include "lib/scan.h"
#include "lib/sig.h"
#include "lib/str.h"

struct settings
settings_default(void)
{
	struct settings s = {0};

	s.grace = WORDS_GRACE_MS;
	phase_default_limits(s.limits);
	return s;
}

static enum word_verdict
take_PATH(char (*to)[WORD_PATH_MAX], const char *value)
{
	if (value == NULL || value[0] != '/' || strlen(value) >= WORD_PATH_MAX)
		return WORD_VALUE;
	strncpy(*to, value, WORD_PATH_MAX);
	return WORD_TAKEN;
}

static enum word_verdict
take_FLAG(bool *to, const char *value)
{
	if (value != NULL && !str_eq(value, "yes") && !str_eq(value, "1") &&
	    !str_eq(value, "no") && !str_eq(value, "0"))
		return WORD_VALUE;
	*to = value == NULL || value[0] == 'y' || value[0] == '1';
	return WORD_TAKEN;
}

static enum word_verdict
take_TIME(int64_t *to, const char *value)
{
	return value != NULL && scan_duration_ms(value, to) ? WORD_TAKEN
							    : WORD_VALUE;
}

static enum word_verdict
take_SIGNAL(int *to, const char *value)
{
	int sig = value != NULL ? sig_parse(value) : 0;

	if (sig == 0)
		return WORD_VALUE;
	*to = sig;
	return WORD_TAKEN;
}

/* NAME or NAME=VALUE, whatever stood before it. */
static enum word_verdict
take_named(struct settings *s, const char *word)
{
	size_t n = strcspn(word, "=");
	const char *value = word[n] == '=' ? word + n + 1 : NULL;

#define TAKE(name, kind, member, text) \
	if (str_is(word, n, name))     \
		return take_##kind(&s->member, value);
	WORDS(TAKE)
#define LEAVE(name, text)          \
	if (str_is(word, n, name)) \
		return WORD_FOREIGN;
	STAGE_WORDS(LEAVE)
	return WORD_UNKNOWN;
}

static bool
is_one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (str_eq(word, *list))
			return true;
	return false;
}

enum word_verdict
settings_word(struct settings *s, const char *word)
{
	static const char *const rescue[] = {
	    "single", "s", "S", "1", "-s", "rescue", NULL};
	static const char *const emergency[] = {"emergency", "-b", NULL};
	const char *rest = str_after(word, "trivet.");

	if (rest == NULL)
		rest = str_after(word, "--");
	if (rest != NULL)
		return *rest == '\0' ? WORD_FOREIGN : take_named(s, rest);
	if (is_one_of(word, rescue))
		s->rescue = true;
	else if (is_one_of(word, emergency))
		s->emergency = true;
	else if (str_eq(word, "quiet"))
		s->quiet = true;
	else
		return WORD_FOREIGN;
	return WORD_TAKEN;
}

bool
words_next(const char *line, size_t *at, char *word, size_t size)
{
	size_t i = *at, n = 0;
	bool quoted = false;

	i += strspn(line + i, " \t\n");
	if (line[i] == '\0')
		return false;
	for (; line[i] != '\0'; i++) {
		if (line[i] == '"') {
			quoted = !quoted;
			continue;
		}
		if (!quoted && strchr(" \t\n", line[i]) != NULL)
			break;
		if (n + 1 < size)
			word[n++] = line[i];
	}
	word[n] = '\0';
	*at = i;
	return true;
}
