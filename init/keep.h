/*
 * The kept child: kept alive, told what it must know, its descriptors held,
 * and its upgrades tried before they are believed. lib/keeper.h is what the
 * two say to each other.
 */
#ifndef INIT_KEEP_H
#define INIT_KEEP_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "init/job.h"

/* What it asks of the rest of init. */
struct keep_asks {
	void (*end)(enum keep_ending how, bool now, int code);
	void (*done)(int code);
	void (*again)(void); /* execute init again */
	void (*offer)(void); /* it does not come up: offer a shell */
};

/* argv of the kept child, borrowed. */
void keep_init(const struct keep_asks *asks, const char *const *argv);
/* Opens the program where no path must be looked up later; missing: later. */
void keep_find(void);

/* From now on it is to be alive; or not, and it is killed. */
void keep_on(void);
void keep_off(void);
/* Tells it to stop everything, within `ms`. */
void keep_stop(enum keep_ending how, bool now, int64_t ms);
/* A signal that is its business; held until it can be told. */
void keep_signal(int sig);
/* It is up and in control. */
bool keep_is_ready(void);

/* Nobody is there who could answer, nor will be soon. */
bool keep_is_hopeless(void);

/* Starts it when it is due, sends what is due. */
void keep_turn(int64_t now_ns);
int64_t keep_next_ns(void);
/* What to wait for on FD_LINE. */
short keep_events(void);
/* The line has something to read. */
void keep_listen(void);

/* What the reaper saw. */
void keep_ended(const struct job_end *end);
void keep_stopped(void);
void keep_told(void); /* a record is in the queue */
void keep_sent(void); /* a message is on the line */
void keep_queue_full(bool full);

#endif
