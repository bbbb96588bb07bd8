/*
 * The end of every process that has nobody else: peek, announce, reap. A
 * status leaves the kernel only when it stands in the exit queue, so neither a
 * fault here nor the death of the kept child loses one; a queue that is full
 * leaves the zombies where they are, and that is the back-pressure.
 */
#ifndef INIT_REAP_H
#define INIT_REAP_H

#include <stdbool.h>

#include "init/job.h"

enum reaped {
	REAPED_ALL,   /* nobody dead is left */
	REAPED_SOME,  /* a whole batch: look at other things, then come back */
	REAPED_FULL,  /* the queue is full: come back when it is not */
	REAPED_LATER, /* the kernel could not: come back a little later */
	REAPED_ALONE, /* there are no children at all */
};

/*
 * Who hears of what: `ended` of each job that ended, and is to call job_forget
 * last; `stopped` of a kept child that somebody stopped; `told` of each record
 * that went into the queue.
 */
struct reap_asks {
	void (*ended)(enum job job, const struct job_end *end);
	void (*stopped)(void);
	void (*told)(void);
};

/*
 * One bounded pass. Init's own jobs come first and by pid, the kept child
 * before all others: it is the one who empties a full queue.
 */
enum reaped reap_pass(const struct reap_asks *asks);

/* Makes the exit queue. 0 or -1. */
int reap_open(void);

#endif
