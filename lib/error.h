/*
 * errno in our words, as tables without libc: no locale, no heap. The words of
 * runit and daemontools, which programs look for: lib/errtext.h.
 */
#ifndef LIB_ERROR_H
#define LIB_ERROR_H

#include <stdbool.h>

/* "no such file or directory"; "unknown error" for a number without one. */
const char *error_text(int error);
/* "ENOENT", or NULL. */
const char *error_name(int error);
/* For want of memory, descriptors, processes or room: later it may go well. */
bool error_may_pass(int error);
#endif
