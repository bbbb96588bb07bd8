/*
 * libc's getopt prints by itself, keeps its place in globals and differs
 * between libraries in whether it reorders words; programs that stand in for
 * several others need none of that decided for them.
 */
#include "lib/opt.h"

#include <stddef.h>
#include <string.h>

struct opt
opt_over(int argc, char **argv)
{
	return (struct opt){.argc = argc, .argv = argv, .at = 1};
}

static void
name_set(struct opt *o, const char *text, size_t n)
{
	if (n > sizeof(o->name) - 1)
		n = sizeof(o->name) - 1;
	memcpy(o->name, text, n);
	o->name[n] = '\0';
}

/* The value of an option whose word is used up: the next word. */
static int
value_next(struct opt *o, int code)
{
	if (o->at >= o->argc)
		return OPT_MISSING;
	o->value = o->argv[o->at++];
	return code;
}

static int
letter_next(struct opt *o, const char *letters)
{
	char name[2] = {'-', *o->rest};
	const char *found = strchr(letters, *o->rest);

	name_set(o, name, 2);
	if (*++o->rest == '\0') {
		o->rest = NULL;
		o->at++;
	}
	if (found == NULL || *found == ':')
		return OPT_UNKNOWN;
	if (found[1] != ':')
		return *found;
	if (o->rest == NULL)
		return value_next(o, *found);
	o->value = o->rest;
	o->rest = NULL;
	o->at++;
	return *found;
}

static int
word_next(struct opt *o, const char *letters, const struct opt_word *words)
{
	const char *word = o->argv[o->at++] + 2;
	size_t n = strcspn(word, "=");

	name_set(o, word - 2, n + 2);
	for (; words != NULL && words->word != NULL; words++) {
		if (strlen(words->word) != n ||
		    strncmp(words->word, word, n) != 0)
			continue;
		const char *letter =
		    words->code < 256 ? strchr(letters, words->code) : NULL;
		int takes =
		    letter != NULL ? letter[1] == ':' : words->takes_value;
		if (!takes)
			return word[n] == '=' ? OPT_UNKNOWN : words->code;
		if (word[n] != '=')
			return value_next(o, words->code);
		o->value = word + n + 1;
		return words->code;
	}
	return OPT_UNKNOWN;
}

int
opt_next(struct opt *o, const char *letters, const struct opt_word *words)
{
	o->value = NULL;
	if (o->rest != NULL)
		return letter_next(o, letters);
	if (o->at >= o->argc || o->argv[o->at][0] != '-' ||
	    o->argv[o->at][1] == '\0')
		return OPT_END;
	if (o->argv[o->at][1] != '-') {
		o->rest = o->argv[o->at] + 1;
		return letter_next(o, letters);
	}
	if (o->argv[o->at][2] == '\0') {
		o->at++;
		return OPT_END;
	}
	return word_next(o, letters, words);
}
