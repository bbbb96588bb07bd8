/*
 * The shared logger, which writes the output of services that just say `log`.
 */
#ifndef SVC_TREE_LOGGER_H
#define SVC_TREE_LOGGER_H

#include "svc/tree/state/tree.h"

/* Begins with what a state file says; nothing until the first who wants it. */
void logger_start(void);
/* Its definition was read: makes its pipe, tells the logger its plan. */
void logger_look(uint32_t i);
/*
 * It is about to be born: what its definition says now holds from here on.
 * False and errno: it is to write to a logger or to be one, and the pipe
 * between them cannot be had just now.
 */
bool logger_birth(uint32_t i);
/* It is about to be forgotten: what is in the pipe is written, then it goes. */
void logger_leave(uint32_t i);
/* Another is to read its output: what none of ours has taken is left to it. */
void logger_yield(uint32_t i);
/* Its file ends now; false: it has no log of this kind. */
bool logger_rotate(uint32_t i);
/* Everything has stopped: true when all is written and the logger is gone. */
bool logger_end(void);

#endif
