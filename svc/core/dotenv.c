/*
 * Assignments out of bytes: see the header for what they look like.
 */
#include "svc/core/dotenv.h"

#include <string.h>

#include "lib/env.h"

void
dotenv_begin(struct dotenv *d, const char *bytes, size_t len)
{
	*d = (struct dotenv){.p = bytes, .end = bytes + len, .next = 1};
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static int
peek(const struct dotenv *d)
{
	return d->p < d->end ? (unsigned char)*d->p : -1;
}

static int
take(struct dotenv *d)
{
	int c = peek(d);

	if (c >= 0)
		d->p++;
	d->next += c == '\n';
	return c;
}

/* Blanks, empty lines and comments; false: nothing is left. */
static bool
skip(struct dotenv *d)
{
	for (;;) {
		int c = peek(d);
		if (c < 0)
			return false;
		if (c == '#' || c == ';')
			while ((c = peek(d)) >= 0 && c != '\n')
				take(d);
		else if (c == '\n' || is_blank((char)c))
			take(d);
		else
			return true;
	}
}

static void
skip_blanks(struct dotenv *d)
{
	while (d->p < d->end && is_blank(*d->p))
		d->p++;
}

static bool
take_name(struct dotenv *d, struct buf *to)
{
	static const char word[] = "export";
	size_t n = sizeof(word) - 1;
	const char *name;

	if ((size_t)(d->end - d->p) > n && memcmp(d->p, word, n) == 0 &&
	    is_blank(d->p[n])) {
		d->p += n;
		skip_blanks(d);
	}
	name = d->p;
	while (
	    d->p < d->end && *d->p != '=' && !is_blank(*d->p) && *d->p != '\n')
		d->p++;
	if (!env_is_name(name, (size_t)(d->p - name)))
		return false;
	buf_put(to, name, (size_t)(d->p - name));
	skip_blanks(d);
	if (peek(d) != '=')
		return false;
	take(d);
	skip_blanks(d);
	buf_putc(to, '=');
	return true;
}

static bool
take_single(struct dotenv *d, struct buf *to)
{
	int c;

	while ((c = take(d)) >= 0 && c != '\'')
		buf_putc(to, (char)c);
	return c >= 0;
}

static bool
take_double(struct dotenv *d, struct buf *to)
{
	int c;

	while ((c = take(d)) >= 0 && c != '"') {
		if (c != '\\') {
			buf_putc(to, (char)c);
			continue;
		}
		c = take(d);
		if (c == 'n' || c == 't')
			buf_putc(to, c == 'n' ? '\n' : '\t');
		else if (c >= 0 && strchr("\"\\$`\n", c) != NULL && c != '\n')
			buf_putc(to, (char)c);
		else if (c >= 0 && c != '\n') {
			buf_putc(to, '\\');
			buf_putc(to, (char)c);
		}
	}
	return c >= 0;
}

/* Up to the line end; bare blanks at the end do not count. */
static bool
take_value(struct dotenv *d, struct buf *to)
{
	size_t kept = to->len;
	int c;

	while ((c = take(d)) >= 0 && c != '\n') {
		bool is_bare = false;
		if (c == '\'') {
			if (!take_single(d, to))
				return false;
		} else if (c == '"') {
			if (!take_double(d, to))
				return false;
		} else if (c == '\\') {
			c = take(d);
			if (c >= 0 && c != '\n')
				buf_putc(to, (char)c);
		} else {
			is_bare = is_blank((char)c);
			buf_putc(to, (char)c);
		}
		if (!is_bare)
			kept = to->len;
	}
	if (!to->full)
		buf_cut(to, kept);
	return true;
}

bool
dotenv_next(struct dotenv *d, struct buf *to)
{
	buf_clear(to);
	if (d->is_bad || !skip(d))
		return false;
	d->line = d->next;
	if (take_name(d, to) && take_value(d, to) && !to->full &&
	    memchr(to->p, '\0', to->len) == NULL)
		return true;
	d->is_bad = true;
	return false;
}
