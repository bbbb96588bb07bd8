/*
 * The very first act: init_start, the entry of the program (init/start_*.S),
 * blocks every signal before libc has run. What was blocked before is kept
 * here, for a command that is to inherit it.
 */
#ifndef INIT_START_H
#define INIT_START_H

#include <stdint.h>

/* Set before main, and never again. Bit n-1 is signal n (lib/sig.h). */
extern uint64_t start_mask;

#endif
