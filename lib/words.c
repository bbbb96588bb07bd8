/*
 * A line split as a POSIX shell splits it. w->at is the cursor; on a fault it
 * goes back to where the thing at fault begins.
 */
#include "lib/words.h"

#include <string.h>

#include "lib/env.h"

void
words_init(struct words *w, char **vec, size_t cap, char *text, size_t bytes)
{
	*w = (struct words){.v = vec, .cap = cap};
	w->text = buf_over(text, bytes);
	vec[0] = NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static enum words_fault
fault_at(struct words *w, size_t at, enum words_fault fault)
{
	w->at = at;
	return fault;
}

/* %X, %% */
static enum words_fault
put_percent(struct words *w, const char *line)
{
	char letter = line[w->at + 1];

	if (letter == '%') {
		buf_putc(&w->text, '%');
	} else if (letter == '\0' || is_blank(letter)) {
		buf_putc(&w->text, '%');
		w->at++;
		return WORDS_NONE;
	} else if (!w->expand(&w->text, '%', &letter, 1, w->arg)) {
		return WORDS_UNKNOWN;
	}
	w->at += 2;
	return WORDS_NONE;
}

/* ${NAME}, $NAME; any other $ is just that. */
static enum words_fault
put_dollar(struct words *w, const char *line)
{
	const char *name = line + w->at + 1;
	size_t len = 0, past;

	if (*name == '{') {
		name++;
		len = strcspn(name, "}");
		if (name[len] == '\0')
			return WORDS_BRACE;
		if (!env_is_name(name, len))
			return WORDS_NAME;
		past = len + 3;
	} else {
		while (env_is_name(name, len + 1))
			len++;
		past = len + 1;
	}
	if (len == 0)
		buf_putc(&w->text, '$');
	else if (!w->expand(&w->text, '$', name, len, w->arg))
		return WORDS_UNKNOWN;
	w->at += past;
	return WORDS_NONE;
}

/* An ordinary byte, or the beginning of an expansion. */
static enum words_fault
put_byte(struct words *w, const char *line)
{
	if (line[w->at] == '$' && w->expand != NULL)
		return put_dollar(w, line);
	if (line[w->at] == '%' && w->expand != NULL && w->percent)
		return put_percent(w, line);
	buf_putc(&w->text, line[w->at++]);
	return WORDS_NONE;
}

static enum words_fault
put_single(struct words *w, const char *line)
{
	const char *text = line + w->at + 1;
	size_t n = strcspn(text, "'");

	if (text[n] == '\0')
		return WORDS_QUOTE;
	buf_put(&w->text, text, n);
	w->at += n + 2;
	return WORDS_NONE;
}

static enum words_fault
put_double(struct words *w, const char *line)
{
	size_t open = w->at++;

	while (line[w->at] != '"') {
		enum words_fault fault = WORDS_NONE;
		char c = line[w->at], next = c == '\0' ? c : line[w->at + 1];

		if (c == '\0')
			return fault_at(w, open, WORDS_QUOTE);
		if (c == '\\' && next == '\n') {
			w->at += 2;
		} else if (c == '\\' && next != '\0' &&
			   strchr("\"\\$`", next) != NULL) {
			buf_putc(&w->text, next);
			w->at += 2;
		} else {
			fault = put_byte(w, line);
		}
		if (fault != WORDS_NONE)
			return fault;
	}
	w->at++;
	return WORDS_NONE;
}

static enum words_fault
put_escaped(struct words *w, const char *line)
{
	char c = line[w->at + 1];

	if (c == '\0')
		return WORDS_ESCAPE;
	if (c != '\n')
		buf_putc(&w->text, c);
	w->at += 2;
	return WORDS_NONE;
}

static enum words_fault
put_word(struct words *w, const char *line)
{
	enum words_fault fault = WORDS_NONE;

	while (fault == WORDS_NONE && line[w->at] != '\0' &&
	       !is_blank(line[w->at])) {
		switch (line[w->at]) {
		case '\'':
			fault = put_single(w, line);
			break;
		case '"':
			fault = put_double(w, line);
			break;
		case '\\':
			fault = put_escaped(w, line);
			break;
		case '|':
		case '&':
		case ';':
		case '<':
		case '>':
		case '(':
		case ')':
		case '`':
			fault = WORDS_OPERATOR;
			break;
		default:
			fault = put_byte(w, line);
		}
	}
	return fault;
}

/* Past blanks and continued line ends, to where a word begins. */
static void
skip_blanks(struct words *w, const char *line)
{
	for (;;) {
		if (is_blank(line[w->at]))
			w->at++;
		else if (line[w->at] == '\\' && line[w->at + 1] == '\n')
			w->at += 2;
		else
			break;
	}
}

static enum words_fault
add_word(struct words *w, const char *line)
{
	size_t start = w->text.len, at = w->at;
	enum words_fault fault;

	if (w->n + 1 >= w->cap)
		return WORDS_MANY;
	fault = put_word(w, line);
	buf_putc(&w->text, '\0');
	if (fault == WORDS_NONE && w->text.full)
		fault = fault_at(w, at, WORDS_LONG);
	if (fault != WORDS_NONE) {
		buf_cut(&w->text, start);
		return fault;
	}
	w->v[w->n++] = w->text.p + start;
	w->v[w->n] = NULL;
	return WORDS_NONE;
}

enum words_fault
words_split(struct words *w, const char *line)
{
	enum words_fault fault = WORDS_NONE;

	w->at = 0;
	while (fault == WORDS_NONE) {
		skip_blanks(w, line);
		if (line[w->at] == '\0' || line[w->at] == '#')
			break;
		fault = add_word(w, line);
	}
	return fault;
}

const char *
words_fault_text(enum words_fault fault)
{
	/* clang-format off */
	switch (fault) {
#define TEXT(name, text) case WORDS_##name: return text;
	WORDS_FAULTS(TEXT)
#undef TEXT
	}
	/* clang-format on */
	return "";
}
