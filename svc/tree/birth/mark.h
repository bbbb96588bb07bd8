/*
 * Two variables in the environment of each process of a service show whose it
 * is, where no cgroup does.
 */
#ifndef SVC_TREE_MARK_H
#define SVC_TREE_MARK_H

#include "svc/tree/state/tree.h"

/* Which tree, and which of its services: "X=…" each, with its NUL. */
struct mark {
	char tree[40], service[BOARD_NAME_MAX + 32];
};
void mark_of(uint32_t i, struct mark *m);

struct birth;
void birth_mark(struct birth *b);

#endif
