/*
 * Init as runit: by the name runit or runit-init, or through a link to one of
 * them, PID 1 runs /etc/runit/1, 2 and 3 by runit's rules instead of our stages
 * and svcd.
 *
 *	1	ends with 100 or by a signal: 3 follows, otherwise 2
 *	2	ends with 111 or by a signal: what it left in its process group
 *		is killed, and after a while it runs again; otherwise 3 follows
 *	3	then everybody is killed; reboot if a flag file says so, else
 *		power off
 *
 * While 2 runs, CONT ends it if the flag file stopit says so; INT runs
 * /etc/runit/ctrlaltdel and then does what CONT does. A flag is set when the
 * owner may execute the file. It may be in more than one place, and whoever
 * looks at it is a child: see RUNIT_FLAGS in runit.c.
 *
 * The phases stay what they are (init/phase.h): 1 is the boot stage, 2 what is
 * kept, 3 the shutdown stage. So a stage that hangs is bounded here too.
 */
#ifndef INIT_RUNIT_H
#define INIT_RUNIT_H

#include <stdbool.h>
#include <stdint.h>

#include "init/job.h"
#include "init/keep.h"

/* Is this what we were called, or what the path that was executed leads to? */
bool runit_is(const char *argv0);
/* Of a memo that was just made: this system is runit's. */
void runit_set_up(void);

void runit_init(const struct keep_asks *asks);
/* The program of that phase; NULL: none of runit's. */
const char *runit_stage(enum phase phase);

/* Stage 2: to be run, to be ended, not to be started again. */
void runit_on(void);
void runit_stop(void);
void runit_off(void);
/* Starts it where that is due. */
void runit_turn(int64_t now_ns);
int64_t runit_next_ns(void);
/* Nothing of it runs. */
bool runit_has_stopped(void);

/*
 * CONT and INT; on a machine also those that runit ignores. The rest means what
 * it means elsewhere: systemd's dialect, TERM to a container, a failing power.
 */
bool runit_hears(int sig);
void runit_signal(int sig);
/* What is said as a stage begins. */
void runit_say_enter(enum phase phase);
/*
 * The stage of a phase has ended. True: something has to be looked at first,
 * and the phase's child is that now.
 */
bool runit_stage_ended(enum phase phase, const struct job_end *end);
/* Stage 2, or whoever looked at a flag. */
void runit_job_ended(enum job job, const struct job_end *end);

/*
 * Not as PID 1: runit says so; runit-init 0 and 6 set the flags and tell PID 1.
 * The value is the exit code.
 */
int runit_command(int argc, char **argv);

#endif
