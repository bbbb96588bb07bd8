/*
 * svc upgrade: the programs that are installed now take over from this one and
 * its keeper.
 */
#ifndef SVC_TREE_UPGRADE_H
#define SVC_TREE_UPGRADE_H

#include "svc/tree/clients.h"

/* Asks the keeper; the client is told now, and again if it is refused. */
void upgrade_ask(struct client *c, uint32_t id);
/* The keeper's answer: errno, or 0 for a program that does not fit. */
void upgrade_refused(int why);

#endif
