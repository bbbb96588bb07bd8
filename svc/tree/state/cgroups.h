/*
 * The cgroup of each service, where the machine has them.
 */
#ifndef SVC_TREE_CGROUPS_H
#define SVC_TREE_CGROUPS_H

#include "svc/tree/state/tree.h"

void cgroups_start(void);
/* There are some. */
bool cgroups_work(void);
void cgroups_recover(uint32_t i);
/* Nobody waits to be started: what would have held them up is done now. */
void cgroups_calm(void);
/* Its group, made and limited, for the clone that follows; -1: without. */
int cgroups_enter(uint32_t i);
/* delegate: it is the user's to divide. */
void cgroups_hand_over(uint32_t i, int group, uint32_t uid, uint32_t gid);
/* The kernel would not have it born there. */
void cgroups_refused(uint32_t i);
/* What was started last was born in a group of its own. */
bool cgroups_has(uint32_t i);
/* Whose a process is, as far as cgroups tell. */
enum cgroups_whose {
	CGROUPS_UNKNOWN,
	CGROUPS_ITS,
	CGROUPS_OTHERS
};
enum cgroups_whose cgroups_whose(uint32_t i, uint32_t pid);
/* False: there is no group to kill. */
bool cgroups_kill(uint32_t i);
/* How many were there to be signalled. */
unsigned cgroups_signal(uint32_t i, int sig);
bool cgroups_populated(uint32_t i);
/* Since it was asked last the kernel has killed for memory in it. */
bool cgroups_oom(uint32_t i);
void cgroups_close(uint32_t i);
void cgroups_end(void);

#endif
