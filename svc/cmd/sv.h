/*
 * sv, in three files: sv.c reads the command and goes through the services,
 * sv_wait.c waits until what was asked for has come about, and below both
 * sv_see.c looks at one, sends to it and prints. They share what stands here.
 */
#ifndef SVC_CMD_SV_H
#define SVC_CMD_SV_H

#include <stdbool.h>
#include <stdint.h>

#include "svc/cmd/supervise.h"

/* One service named on the command line. */
struct sv_target {
	const char *name;    /* as the user said it: what is printed */
	const char *path;    /* its directory */
	bool done;	     /* nothing more to do or to wait for */
	struct tai64n since; /* of the status before anything was sent */
	int ok;		     /* supervise/ok while waiting for its end, or -1 */
};

/* What is asked of every service. */
struct sv {
	const char *letters; /* what is sent, and what is waited for */
	bool lsb;	     /* called by the name of a service */
	bool wait;	     /* until it has taken effect */
	bool kill;	     /* what does not obey in time */
	uint32_t seconds;    /* how long to wait */
	unsigned trouble;    /* services that failed: the exit code */
	struct tai64n start; /* when sv was started, wall clock */
	struct tai64n now;   /* of this round */
	struct sv_target *targets;
	int count;
};

/* What comes after the service's name in the letter list of `check`. */
#define SV_CHECK "C"

enum sv_sight {
	SV_TROUBLE = -1, /* told */
	SV_GONE = 0,	 /* not supervised; told */
	SV_SEEN = 1,
};

/*
 * Reads the status of the service in `dir`, and tells (with the name's ending
 * `suffix`, "" or "/log") if that cannot be.
 */
enum sv_sight sv_see(struct sv *sv, const struct sv_target *t, int dir,
    const char *suffix, struct supervise_status *s);
/* "run: NAME: (pid 1) 2s" without a newline; false: told why not. */
bool sv_put(const struct sv *sv, const struct sv_target *t, int dir,
    const char *name, const struct supervise_status *s);
/* "fail: NAME/log: WHAT[: REASON]", and counts it; `error` may be 0. */
void sv_fail(struct sv *sv, const char *kind, const struct sv_target *t,
    const char *suffix, const char *what, int error);
/* The command status: the whole line, log and all; for LSB, its exit code. */
int sv_status(struct sv *sv, const struct sv_target *t, int dir);

/* The service's directory opened, or -1 and told. */
int sv_enter(struct sv *sv, const struct sv_target *t);
/* Sends letters, unless they are what the service wants already. */
bool sv_send(struct sv *sv, struct sv_target *t, int dir, const char *letters);

/* Waits until every target is done, or the time is up. */
void sv_wait(struct sv *sv);
/* Does ./check of the service say that it is up? `until_ms` of supervise_clock.
 */
bool sv_check(const struct sv_target *t, int dir, int64_t until_ms);

#endif
