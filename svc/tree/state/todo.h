/*
 * Lists of records that are to be seen to, each at most once in each list:
 *
 *	static struct todo due;
 *	...
 *	todo_init(&due);	once, at start or before its first use
 *	todo_add(&due, i);
 *	...
 *	while ((i = todo_take(&due)) != 0)
 *		...
 *
 * A record keeps its places when it is freed and taken again; whoever takes it
 * from a list looks what it is by then.
 */
#ifndef SVC_TREE_TODO_H
#define SVC_TREE_TODO_H

#include "svc/tree/state/tree.h"

struct todo {
	uint32_t *of; /* a ring of TREE_RECORDS */
	uint16_t bit; /* in struct live: stands in this list */
	size_t head, len;
};
/* Dies where there is no room for it. */
void todo_init(struct todo *t);
void todo_add(struct todo *t, uint32_t i);
uint32_t todo_take(struct todo *t); /* 0: empty */

#endif
