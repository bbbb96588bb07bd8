/*
 * An environment block over storage of the caller, ready for execve. Strings
 * set here are copied into the block; those taken from an envp are borrowed
 * until replaced. What does not fit sets `full`, looked at once at the end,
 * and leaves the block as it was. Replaced text is not reused: size the
 * storage for all that will be set.
 */
#ifndef LIB_ENV_H
#define LIB_ENV_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"

struct env {
	char **vec; /* n strings "NAME=VALUE", then NULL */
	size_t n, cap;
	struct buf text; /* the copies, each with its NUL */
	bool full;
};

/* vec holds cap pointers, the last always NULL; text: bytes for copies. */
void env_init(struct env *e, char **vec, size_t cap, char *text, size_t bytes);
/* Borrows every string of envp; a later one of the same name wins. */
void env_take(struct env *e, char *const *envp);
void env_set(struct env *e, const char *name, const char *value);
/* "NAME=VALUE"; without '=' nothing happens and false comes back. */
bool env_put(struct env *e, const char *assignment);
void env_unset(struct env *e, const char *name);
/* The value, or NULL. The _n form: a name that ends after len bytes. */
const char *env_get(const struct env *e, const char *name);
const char *env_get_n(const struct env *e, const char *name, size_t len);
char *const *env_vec(const struct env *e);
/* The same of an envp that is only looked at. */
const char *env_find(char *const *envp, const char *name);
/* A letter or _, then letters, digits, _. */
bool env_is_name(const char *s, size_t len);

#endif
