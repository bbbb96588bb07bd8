/*
 * Services that depend on others, and groups of them.
 */
#ifndef SVC_TREE_RELATIONS_H
#define SVC_TREE_RELATIONS_H

#include "svc/tree/state/tree.h"

/* --- relations.c: who waits for whom --- */
void relations_start(void);
/* Its definition has relations. */
bool relations_has(uint32_t i);
/* Its definition was read. */
void relations_defined(uint32_t i);
/* After its first commit; before it is freed; after each commit. */
void relations_add(uint32_t i);
void relations_remove(uint32_t i);
void relations_tell(uint32_t i);
/* This wish is about to be given to it, after those for others. */
void relations_expect(uint32_t i, enum sv_event ev);
/* It is about to be committed as ready. */
void relations_expect_ready(uint32_t i);
/* It may not start, and has not been told so. */
bool relations_withhold(uint32_t i);
/* EV_DOWN or EV_EXIT when nothing that needs it lives; or not any more. */
void relations_end(uint32_t i, enum sv_event ev);
void relations_keep(uint32_t i);
/* It is about to be ended whoever needs it. */
void relations_force(uint32_t i);
void relations_recover(uint32_t i);
/* Those that names mean are found, before anything of them changes. */
void relations_resolve(void);
/* Sets why it waits; what others see of it has changed. */
void relations_cause(uint32_t i);
void relations_news(uint32_t i);
/* The next that needs it and is to stay up, after cursor (0: first). */
uint32_t relations_dependent(uint32_t i, uint32_t *cursor);
/* The next that needs it, whatever it is to be. */
uint32_t relations_needed_by(uint32_t i, uint32_t *cursor);
/* Whether it is the cause of what another is in. */
bool relations_holds_back(uint32_t i);
/* All events, and then what the relations make of it, until all is quiet. */
void relations_settle(void);
/* Something was told that has not been settled. */
bool relations_wait(void);

/* A record of that name, or one that provides it; 0. */
uint32_t relations_find(const char *name);

/* The next member of a group, the last first; the next group of a member. */
uint32_t relations_member(uint32_t i, uint32_t *cursor);
uint32_t relations_group(uint32_t i, uint32_t *cursor);

/* --- group.c --- */
void group_start(void);
bool group_is(uint32_t i);
bool group_effect(uint32_t i, enum sv_effect_bit bit);
void group_death(uint32_t m);
void group_tell(uint32_t m);
bool group_answer(void);
bool group_waits(void);
/* It is a group now, or is none any more, as its settings say. */
void group_mark(uint32_t i);
/* Some group names it. */
bool group_has(const char *name);
void group_add(uint32_t i);
void group_leave(uint32_t m);
void group_renamed(void);
void group_recover(uint32_t i);

#endif
