/*
 * An environment block over storage of the caller.
 */
#include "lib/env.h"

#include <string.h>

void
env_init(struct env *e, char **vec, size_t cap, char *text, size_t bytes)
{
	*e = (struct env){vec, 0, cap, buf_over(text, bytes), false};
	vec[0] = NULL;
}

/* The place of name[0..len) in the vector; e->n if it is not there. */
static size_t
place(const struct env *e, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (strncmp(e->vec[i], name, len) == 0 && e->vec[i][len] == '=')
			break;
	return i;
}

/* Puts `string` at place i, which may be the end. */
static void
enter(struct env *e, size_t i, char *string)
{
	if (i == e->n && e->n + 1 >= e->cap) {
		e->full = true;
		return;
	}
	e->vec[i] = string;
	if (i == e->n)
		e->vec[++e->n] = NULL;
}

void
env_take(struct env *e, char *const *envp)
{
	for (; *envp != NULL; envp++) {
		const char *is = strchr(*envp, '=');

		if (is != NULL)
			enter(e, place(e, *envp, (size_t)(is - *envp)), *envp);
	}
}

static void
set_n(struct env *e, const char *name, size_t len, const char *value)
{
	size_t i = place(e, name, len), start = e->text.len;

	if (i == e->n && e->n + 1 >= e->cap) {
		e->full = true;
		return;
	}
	buf_put(&e->text, name, len);
	buf_putc(&e->text, '=');
	buf_puts(&e->text, value);
	buf_putc(&e->text, '\0');
	if (e->text.full) {
		buf_cut(&e->text, start);
		e->full = true;
		return;
	}
	enter(e, i, e->text.p + start);
}

void
env_set(struct env *e, const char *name, const char *value)
{
	set_n(e, name, strlen(name), value);
}

bool
env_put(struct env *e, const char *assignment)
{
	const char *is = strchr(assignment, '=');

	if (is == NULL || is == assignment)
		return false;
	set_n(e, assignment, (size_t)(is - assignment), is + 1);
	return true;
}

void
env_unset(struct env *e, const char *name)
{
	size_t i = place(e, name, strlen(name));

	if (i == e->n)
		return;
	memmove(&e->vec[i], &e->vec[i + 1], (e->n - i) * sizeof(*e->vec));
	e->n--;
}

const char *
env_get_n(const struct env *e, const char *name, size_t len)
{
	size_t i = place(e, name, len);

	return i == e->n ? NULL : e->vec[i] + len + 1;
}

const char *
env_get(const struct env *e, const char *name)
{
	return env_get_n(e, name, strlen(name));
}

const char *
env_find(char *const *envp, const char *name)
{
	size_t len = strlen(name);

	for (; *envp != NULL; envp++)
		if (strncmp(*envp, name, len) == 0 && (*envp)[len] == '=')
			return *envp + len + 1;
	return NULL;
}

char *const *
env_vec(const struct env *e)
{
	return e->vec;
}

bool
env_is_name(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool letter = (s[i] >= 'a' && s[i] <= 'z') ||
			      (s[i] >= 'A' && s[i] <= 'Z') || s[i] == '_';

		if (!letter && (i == 0 || s[i] < '0' || s[i] > '9'))
			return false;
	}
	return len > 0;
}
