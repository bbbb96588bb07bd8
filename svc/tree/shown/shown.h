/*
 * What foreign tools read and write: supervise/ of each service.
 */
#ifndef SVC_TREE_SHOWN_H
#define SVC_TREE_SHOWN_H

#include "svc/tree/state/tree.h"

/* --- supervise.c: the directory and its FIFO --- */
/* With what is to be called, with the record, when its FIFO is written to. */
void supervise_start(void (*written)(void *arg, uint32_t events));
/* Opens, makes, locks. -1: another supervisor holds it; said. */
int supervise_open(uint32_t i);
/* The same, where the service's directory is open already. */
int supervise_open_at(uint32_t i, int at);
void supervise_close(uint32_t i);
/* Tells of how many more there was trouble than it was said of. */
void supervise_said(void);
/* The directory itself, made if it is missing; -1. */
int supervise_dir(uint32_t i);

/* --- views.c: status, stat, pid --- */
void views_start(void);
void views_add(uint32_t i);
/* Its status, if there is none yet, in a supervise/ that has no `ok` yet. */
void views_first(uint32_t i, int dir);
/* Down, now: it is about to be forgotten. */
void views_last(uint32_t i);
/* Writes some. True: more to do. */
bool views_run(void);

#endif
