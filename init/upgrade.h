/*
 * New programs for the kept child and for init, while everything runs on.
 * Nothing is touched until the new init has said that it knows this state, and
 * the old programs stay at hand until the new kept child is READY, the old init
 * until the new one has then been without a fault for a second. What a new init
 * does before it can hear a fault, it has done in the trial.
 */
#ifndef INIT_UPGRADE_H
#define INIT_UPGRADE_H

#include <stddef.h>
#include <stdint.h>

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
/* Our own new program stays, after a while without a fault. */
void upgrade_turn(int64_t now_ns);
/* At the start: whether it did not, and the rest of taking back the old. */
void upgrade_carry_on(void);

/* `init --accepts VERSION`: exit code of the answer. */
int upgrade_accepts(const char *version);

#endif
