/*
 * Definitions of services: read into settings, kept, looked at.
 */
#ifndef SVC_TREE_DEFINE_H
#define SVC_TREE_DEFINE_H

#include "svc/core/settings.h"
#include "svc/tree/state/tree.h"

enum define {
	DEFINE_SAME,
	DEFINE_NEW,
	DEFINE_BROKEN
};

/* Reads it again; BROKEN: said, shown, and what was before stays. */
enum define define_directory(uint32_t i, int dir);
enum define define_file(uint32_t i, int at, const char *file);
/* Of a service that has only a program, no file: the lines themselves. */
enum define define_text(
    uint32_t i, const char *called, const char *text, size_t len);
/* The last one was BROKEN only because something could not be read just now. */
bool define_may_pass(void);
/* All that was ever read of it has errors: there is nothing to run it by. */
bool define_is_lacking(uint32_t i);
/* NULL: a directory of runit's, without settings. Until the next call. */
const struct settings *define_view(uint32_t i);

/* Names that the directory read last holds; all, where that is not known. */
enum {
	SEEN_LOG = 1,
	SEEN_FINISH = 2,
	SEEN_DOWN = 4,
	SEEN_CONTROL = 8,
	SEEN_ALL = 15
};
unsigned define_seen(void);

#endif
