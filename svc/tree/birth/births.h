/*
 * From an intention to a running program.
 */
#ifndef SVC_TREE_BIRTHS_H
#define SVC_TREE_BIRTHS_H

#include "svc/tree/state/tree.h"

struct rlimit;
void births_start(const struct rlimit *files);
void births_add(uint32_t i);
void births_add_aux(uint32_t i);
/* The effect UNGATE, and its opposite. */
void births_ungate(uint32_t i);
void births_drop(uint32_t i);
/* Its process is on its way to its program. */
bool births_has(uint32_t i);
/* birth_dirs.c: removes what is to go with it. */
/* From the directory `fd`, which is closed, down to one that is made where it
 * is not there; no link is followed that others than root could have made. -1.
 */
int dirs_walk(int fd, const char *path);
void dirs_remove(uint32_t i);
/* A pid died that no record names. */
void births_stray(int32_t pid);
/* Clones one batch. True: more to do now. */
bool births_run(void);
bool births_wait(void);
/* Not all that were cloned run their programs yet, but they soon will. */
bool births_are_near(void);

#endif
