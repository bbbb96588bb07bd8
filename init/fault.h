/*
 * Faults of init itself. A SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP or
 * SIGSYS executes init again, in the same process, with everything it keeps;
 * a fault that comes back again and again, without one turn of the loop
 * between, ends in a loop that needs no state: reap, a shell on the console,
 * and when that is left a reboot.
 */
#ifndef INIT_FAULT_H
#define INIT_FAULT_H

#include <stdint.h>

/* Installs the handlers. argv and envp are for the next execution. */
void fault_open(char *const *argv, char *const *envp);
/* Signals that must not be blocked. */
uint64_t fault_signals(void);
/* A turn of the loop is done: no row of faults goes through it. */
void fault_turned(void);
/* Executes FD_SELF in place of this program. Returns only if that failed. */
void fault_again(void);
/* The last resort. */
_Noreturn void fault_loop(void);

#endif
