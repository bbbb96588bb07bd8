/*
 * One step of lib/spawn.h, done in this process by raw system calls only.
 */
#ifndef LIB_SPAWN_STEP_H
#define LIB_SPAWN_STEP_H

#include "lib/spawn.h"

/* 0 or more, or -errno. */
long spawn_step(const struct spawn_step *step);

#endif
