/*
 * The directory supervise/ of a service as a client sees it: whether anybody
 * supervises, what it says, and the letters one may send. It is the same for
 * runsv, daemontools' supervise, and svcd.
 *
 * All of it is relative to `dir`, a descriptor of the service directory; the
 * working directory stays as it is.
 */
#ifndef SVC_CMD_SUPERVISE_H
#define SVC_CMD_SUPERVISE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/tai.h"

#define SUPERVISE_RUNIT 20	 /* bytes of runit's status */
#define SUPERVISE_DAEMONTOOLS 18 /* of daemontools', its beginning */

enum supervise_state {
	SUPERVISE_DOWN,
	SUPERVISE_RUN,
	SUPERVISE_FINISH,
};

struct supervise_status {
	struct tai64n since;
	pid_t pid; /* 0: none */
	bool paused;
	char want;	     /* 'u', 'd', or 0: once */
	bool got_term;	     /* from here on runit's only */
	unsigned char state; /* enum supervise_state, or rubbish */
};

/*
 * Where the supervise/ of `path` is: `path` itself, but for instances and
 * services of one file, which have it in the tree's runtime directory.
 */
const char *supervise_place(const char *path);
/* Opens a service directory; -1 with errno. */
int supervise_open(const char *path);

/*
 * supervise/ok, opened for writing: it can be as long as somebody reads it,
 * and poll(2) says POLLERR when nobody does any more. -1 with errno, ENXIO for
 * "not running".
 */
int supervise_ok(int dir);

/*
 * Reads supervise/status, of which at least `least` bytes are wanted. 1: read;
 * 0: it is shorter; -1 with errno: `*what` says what could not be done.
 */
int supervise_read(
    int dir, size_t least, struct supervise_status *s, const char **what);

/*
 * How it stands beside what it would be by itself (without or with a file
 * `down`) and beside what is wanted, as runit's and daemontools' programs both
 * print it: ", normally down, paused, want up".
 */
void supervise_print_wishes(const struct supervise_status *s, bool has_down);

/* Writes letters to supervise/control, all in one; -1 with errno and `*what`.
 */
int supervise_send(int dir, const char *letters, const char **what);

/* Whole seconds from `since` to `now`, 0 if the clock went back. */
uint64_t supervise_seconds(struct tai64n since, struct tai64n now);
struct tai64n supervise_now(void);
/* Milliseconds of a clock that never goes back. */
int64_t supervise_clock(void);

/* poll(2) for so many ms; 0 or less: only a look. */
int supervise_poll(struct pollfd *p, size_t n, int64_t ms);
/*
 * Waits until supervise/ of the service directory `path` changes, its
 * supervisor ends, or `ms` are over. What changed just before is not seen, so
 * it never waits for more than SUPERVISE_ROUND_MS: look again and come back.
 */
#define SUPERVISE_ROUND_MS 420
#define SUPERVISE_EVENTS (IN_MOVED_TO | IN_MODIFY | IN_CREATE)
void supervise_wait(const char *path, int64_t ms);

/* Where services are: $SVDIR, or whichever of the usual places there is. */
const char *supervise_scan_dir(void);

#endif
