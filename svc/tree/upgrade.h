/*
 * svc upgrade: the programs that are installed now take over from this one and
 * its keeper.
 */
#ifndef SVC_TREE_UPGRADE_H
#define SVC_TREE_UPGRADE_H

#include "svc/tree/shown/clients.h"

void upgrade_start(void);
/* `svcd --accepts VERSION`: says whether it can carry on from such a state. */
_Noreturn void upgrade_accepts(const char *version);
/*
 * Asks the new svcd whether it knows our state, then the keeper; the client is
 * told, and again if the keeper refuses.
 */
void upgrade_ask(struct client *c, uint32_t id);
/* The keeper's answer: errno, or 0 for a program that does not fit. */
void upgrade_refused(int why);

#endif
