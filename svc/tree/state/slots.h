/*
 * Numbers of the keeper's slots that hold descriptors of ours. The record that
 * uses a slot remembers it; who is free is found again from the records.
 */
#ifndef SVC_TREE_SLOTS_H
#define SVC_TREE_SLOTS_H

#include <stdint.h>

/* The first that is ours to give: state, settings and lines stand before. */
#define SLOTS_FIRST 3
#define SLOTS_MAX 16000

/*
 * The keeper holds these as well, in n slots in a row: the first of them. 0 and
 * errno: it does not; ENOSPC: so many are not free.
 */
uint32_t slots_put(const int *fds, uint32_t n);
/* The keeper lets go of them; 0 is no slot. */
void slots_drop(uint32_t slot, uint32_t n);
/* What a record says to stand there, after a death of ours: in use. */
void slots_mark(uint32_t slot, uint32_t n);
/* And had back, above TREE_FD_FLOOR; -1: it is lost. */
int slots_get(uint32_t slot);

#endif
