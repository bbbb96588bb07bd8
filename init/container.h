/*
 * A container of many services: how it is recognized, by its command line or
 * by what stands around it, and what of that line is svcd's. As PID 1 or below
 * one: then as a subreaper, which signals nobody but its own descendants.
 */
#ifndef INIT_CONTAINER_H
#define INIT_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "init/signals.h"

/* --container, or --services=DIR with a command after "--". */
bool container_is_meant(int argc, char **argv);
/* A manager has left its mark, in the environment or in a file. */
bool container_is_here(char **envp);
/*
 * The arguments of svcd: "svcd --container", what init does not know itself,
 * the scan directory, and the command with its "--". Ends the program on wrong
 * use where the line was `meant`; a foreign manager's words are passed over.
 */
const char *const *container_words(char **argv, bool meant);
/* A command is to have the terminal: the session that was given to us lets go
 * of it, so that another can have it. */
void container_leave_terminal(char **argv);
/*
 * What a signal means, in every role. A container's maker may have chosen any
 * as the one that stops it: what comes from outside and has no meaning of its
 * own is that one. `from_outside`: no process in here has sent it.
 */
struct request container_request(int sig, bool from_outside);
/* The limit `ms` of a phase, within what is left of the grace. */
int64_t container_limit_ms(const struct plan *p, int64_t ms);

#endif
