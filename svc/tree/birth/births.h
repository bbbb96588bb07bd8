/*
 * From an intention to a running program.
 */
#ifndef SVC_TREE_BIRTHS_H
#define SVC_TREE_BIRTHS_H

#include "svc/tree/state/tree.h"

struct rlimit;
enum birth_kind {
	BIRTH_NONE,
	BIRTH_PRE,
	BIRTH_RUN,
	BIRTH_FINISH,
	BIRTH_AUX
};
/* Who is told what becomes of those that were added. */
struct births_ears {
	/* It waits at the gate, and passes it if its step says so. */
	void (*born)(uint32_t i, enum birth_kind kind, uint32_t pid);
	void (*failed)(uint32_t i, enum birth_kind kind, int error);
	/* `run` has become its program. */
	void (*executed)(uint32_t i);
};
/* First of all: what is opened after this is above what children are given. */
void births_reserve(void);
void births_start(const struct rlimit *files, struct births_ears who);
void births_add(uint32_t i);
void births_add_aux(uint32_t i);
/* The effect UNGATE, and its opposite. */
void births_ungate(uint32_t i);
void births_drop(uint32_t i);
/* Its process is on its way to its program. */
bool births_has(uint32_t i);
/* birth_dirs.c: removes what is to go with it. */
void dirs_remove(uint32_t i);
/* A pid died that no record names. */
void births_stray(int32_t pid);
/* Clones one batch. True: more to do now. */
bool births_run(void);
bool births_wait(void);
/* Not all that were cloned run their programs yet, but they soon will. */
bool births_are_near(void);

#endif
