/*
 * What could not be done now, for want of memory, of descriptors or of room.
 * Who saw that says so once, puts it down here, and is called again every
 * second until it is not put down any more (a round ends early when many fail):
 *
 *	static struct later files = LATER(supervise_again);
 *	...
 *	if (fd < 0 && error_may_pass(errno))
 *		later_add(&files, i);
 *
 * One list for each kind; it lives as long as svcd. A record that has been
 * freed meanwhile is left out. What is done at births needs none: a birth that
 * lacks something has not taken place, and comes again (births.c).
 */
#ifndef SVC_TREE_LATER_H
#define SVC_TREE_LATER_H

#include "lib/bits.h"
#include "svc/tree/state/tree.h"

struct later {
	void (*again)(uint32_t i);
	struct later *next; /* of those that have something to do */
	bool is_listed;
	size_t next_at; /* where the next round begins */
	uint64_t due[BITS_WORDS(TREE_RECORDS)];
};
#define LATER(fn)             \
	{                     \
		.again = (fn) \
	}
/* In place of a record, where the thing is the whole tree's. */
#define LATER_TREE 0

void later_add(struct later *l, uint32_t i);
bool later_has(const struct later *l, uint32_t i);

#endif
