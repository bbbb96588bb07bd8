/*
 * Which program the shared logger is: the installed one, unless that dies twice
 * before it has worked for a second; then the last one that has, which the
 * keeper holds open for this. So an upgrade to one that cannot work ends no
 * log.
 */
#ifndef SVC_TREE_LOGPROGRAM_H
#define SVC_TREE_LOGPROGRAM_H

#include <stdbool.h>

#include "svc/tree/state/tree.h"

struct spawn;

void logprogram_start(void);
/* Who is to be started now: in s, `path` being room for it. False: nobody. */
bool logprogram_choose(struct spawn *s, char path[TREE_PATH]);
/* It has said that it is READY; it is gone. */
void logprogram_ready(void);
void logprogram_gone(void);

#endif
