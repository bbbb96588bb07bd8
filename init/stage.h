/*
 * The stages and the rescue program: programs that a phase waits for. Each is
 * started in a session of its own with the console as descriptors 0 to 2; the
 * shutdown stage gets the ending's name (poweroff, reboot, …) as argument.
 */
#ifndef INIT_STAGE_H
#define INIT_STAGE_H

#include "init/job.h"
#include "init/phase.h"

/* The program of that phase. */
const char *stage_path(enum phase phase);
/* 0; -1: no process could be made. */
int stage_start(enum phase phase);
/* The rescue program beside whatever else happens. */
int stage_offer(void);
/* TERM or KILL to the stage and to all in its process group. */
void stage_push(enum push how);
/* Says how it ended, where that is worth a line. */
void stage_ended(enum phase phase, const struct job_end *end);

#endif
