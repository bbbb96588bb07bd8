/*
 * What services without a logger say, line by line on svcd's own standard
 * output and error, each with its service: for containers, whose manager reads
 * there. Standard output and error stay apart, a line is written whole, and
 * nothing is lost: a line leaves the service's pipe when it has been written,
 * the keeper holds the pipes, and where our output is full services wait.
 */
#ifndef SVC_TREE_SAID_H
#define SVC_TREE_SAID_H

#include "svc/tree/state/tree.h"

void said_start(void);
/* Descriptors for its 1 and 2; false: they are svcd's own. */
bool said_make(uint32_t i);
int said_pipe(uint32_t i, unsigned stream);
void said_close(uint32_t i);
void said_recover(uint32_t i);
/* Its process has ended: a line without an end is a line. */
void said_over(uint32_t i);
/* Everything; false: our output is full, and we are told when it is not. */
bool said_all(void);

#endif
