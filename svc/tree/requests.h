/*
 * What clients ask for.
 */
#ifndef SVC_TREE_REQUESTS_H
#define SVC_TREE_REQUESTS_H

#include "svc/tree/shown/clients.h"

/* Whatever it is: done and answered before this returns. */
void request(struct client *c, const struct wire_head *head, struct wire *w);

#endif
