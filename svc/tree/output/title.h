/*
 * The argument of runsvdir that shows in ps what services say.
 */
#ifndef SVC_TREE_TITLE_H
#define SVC_TREE_TITLE_H

#include <stdbool.h>
#include <stddef.h>

void title_set(char *argument);
/* False: there is none. */
bool title_put(const char *p, size_t n);

#endif
