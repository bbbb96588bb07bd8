/*
 * What a signal to the keeper means, by role: systemd's, sysvinit's, busybox's
 * and the containers' dialects in one table of raw numbers (SIGRTMIN+3 of a
 * glibc host is 37 here). Pure.
 */
#ifndef INIT_SIGNALS_H
#define INIT_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

#include "init/phase.h"

enum request_kind {
	REQUEST_UNKNOWN, /* nobody gives this signal a meaning */
	REQUEST_NOTHING, /* known, and nothing to do here */
	REQUEST_CHILD,	 /* somebody died */
	REQUEST_PASS,	 /* the kept child's business */
	REQUEST_END,	 /* end the system */
	REQUEST_NOW,	 /* end it at once */
	REQUEST_AGAIN,	 /* execute this program again, in place */
};

/* In two bytes: the table has one for every signal and role. */
struct request {
	enum request_kind kind : 8;
	enum keep_ending ending : 8; /* with END and NOW */
};

/*
 * `busybox`: the tools on this machine are busybox's, whose reboot sends TERM
 * and whose halt sends USR1 to PID 1; others mean nothing of the kind by them.
 */
struct request signal_request(int sig, enum role role, bool busybox);

/*
 * Ctrl-alt-del again and again: the seventh within two seconds means at once.
 * Remembers the last ones in `ring`, which begins as zeros.
 */
#define BURST_COUNT 7
#define BURST_MS 2000
struct burst {
	int64_t at_ms[BURST_COUNT];
	uint8_t next;
};
bool burst_hit(struct burst *ring, int64_t now_ms);

#endif
