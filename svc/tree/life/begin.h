/*
 * A service begins, and is read again.
 */
#ifndef SVC_TREE_BEGIN_H
#define SVC_TREE_BEGIN_H

#include "svc/tree/state/define.h"

/* Its first word, with the wish in it; false: it is another's, forgotten. */
bool service_begin(uint32_t i, int dir);
/* A rescan: an edited definition is read, and used by the next start. */
void service_look_again(uint32_t i, int dir);
/* The main command of a container, after the first look at the directories. */
void service_take_command(void);
/* Looks again, as runit does: after a run has ended. */
void service_refresh(uint32_t i);

#endif
