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

/* n in a row; 0: none left. */
uint32_t slots_take(uint32_t n);
void slots_give(uint32_t slot, uint32_t n);
void slots_mark(uint32_t slot, uint32_t n);

#endif
