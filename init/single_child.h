/*
 * The command as a process, and the processes that it leaves: what of the
 * one-command init deals with others than itself.
 */
#ifndef INIT_SINGLE_CHILD_H
#define INIT_SINGLE_CHILD_H

#include "init/single.h"

/*
 * Starts the command. Its group exists when this returns, so a signal to the
 * group cannot miss it. Returns the pid, or -1 and errno.
 */
int single_child(struct single *s);

/*
 * Where the command could not be run: says why and returns the exit code for
 * it, otherwise -1. To be asked when the command has ended.
 */
int single_child_fault(const struct single *s);

/*
 * Sends a signal once to everything that is ours to end: as PID 1 all of the
 * namespace, otherwise every process below us that the kernel can name.
 */
void single_signal_rest(int sig);

#endif
