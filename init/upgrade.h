/*
 * New programs for the kept child and for init, while everything runs on.
 * Nothing is touched until the new init has said that it knows this state, and
 * the old programs stay at hand until the new kept child is READY.
 */
#ifndef INIT_UPGRADE_H
#define INIT_UPGRADE_H

#include <stddef.h>

#include "init/job.h"

struct keep_asks;

void upgrade_init(const struct keep_asks *asks, const char *name);
/* The kept child's new program, and perhaps ours. Takes copies. */
void upgrade_begin(const int *fds, size_t nfds);
/* The trial of our own new program is over. */
void upgrade_tried(const struct job_end *end);
/* The new kept child is READY; or it is not, and never will be. */
void upgrade_done(void);
void upgrade_undo(void);

/* `init --accepts VERSION`: exit code of the answer. */
int upgrade_accepts(const char *version);

#endif
