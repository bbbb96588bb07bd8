/*
 * The end of the tree.
 */
#ifndef SVC_TREE_STOP_H
#define SVC_TREE_STOP_H

#include "svc/tree/state/tree.h"

void stop_start(void);
void stop_all(enum keep_ending ending, int64_t ms, bool at_once);
void stop_signal(int sig);
/* Everything is on its way down, and perhaps there in a moment. */
bool stop_is_near(void);
void stop_look(void);

#endif
