/*
 * What init says. A line goes to the kernel's log, which never blocks, and into
 * a small store in memo, from which a child writes it to the console: a console
 * that is stopped, slow or dead holds up that child and nobody else.
 */
#ifndef INIT_CONSOLE_H
#define INIT_CONSOLE_H

#include <stdint.h>

#include "init/job.h"

/* Lines of lib/say go this way from now on. */
void console_open(const char *name);
/* Starts a writer where there is something to write and none at work. */
void console_turn(int64_t now_ns);
/* The writer has ended: well, late, or killed with everybody. */
void console_ended(const struct job_end *end, int64_t now_ns);
/* When console_turn has something to do; INT64_MAX: nothing. */
int64_t console_next_ns(void);
/* The last words before init is no more: waits for them, for a little. */
void console_last_words(void);

#endif
