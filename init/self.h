/*
 * Init's own program: held open to be executed again, and a place to look for
 * the programs that were installed with it.
 */
#ifndef INIT_SELF_H
#define INIT_SELF_H

#include <stdbool.h>
#include <stddef.h>

/* Opens FD_SELF. */
void self_open(void);
/* The path of `name` in the directory of this program; false: unknown. */
bool self_beside(const char *name, char *path, size_t size);

#endif
