/*
 * The view of a service that runit and daemontools write into supervise/, and
 * the words for it that a person reads. Pure: bytes and structs.
 *
 *	status	20 bytes: TAI64N (12), pid LE (4), paused, want, got TERM, state
 *		daemontools reads the first 18 of them
 *	stat	a line: "run, paused, got TERM, want down"
 *	pid	a line: the number, or nothing
 */
#ifndef SVC_CORE_STATUS_H
#define SVC_CORE_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/tai.h"
#include "svc/core/machine.h"

#define STATUS_BYTES 20
#define STATUS_BYTES_DJB 18

enum status_state {
	STATUS_DOWN,
	STATUS_RUN,
	STATUS_FINISH
};

struct status {
	struct tai64n since;
	uint32_t pid;
	bool is_paused;
	char want; /* 'u', 'd', or 0 (daemontools: once) */
	bool got_term;
	enum status_state state;
	bool is_exiting; /* only in stat: "want exit"; shows as 'd' in status */
};

/* `since` is of the last start of run (also during finish), or of its end. */
struct status status_of(
    struct sv sv, uint32_t pid, bool got_term, struct tai64n since);
void status_pack(struct status s, unsigned char bytes[STATUS_BYTES]);
/*
 * Takes runit's 20 bytes or daemontools' 18 (state from the pid then); false:
 * neither, or values no supervisor writes.
 */
bool status_parse(const unsigned char *bytes, size_t len, struct status *s);
/* "run, want down\n" and "123\n", as the files hold them. */
void buf_stat(struct buf *b, struct status s);
void buf_pid_line(struct buf *b, struct status s);

/* "exit 1", "killed by SIGSEGV, core dumped"; code is CLD_EXITED and so on. */
void buf_exit(struct buf *b, int code, int value);
/* A length of time in at most two units: "4 s", "2 min 5 s", "3 d 4 h". */
void buf_span(struct buf *b, int64_t ns);
/* As short as a table wants it: "4s", "2m05s", "3d04h". */
void buf_span_short(struct buf *b, int64_t ns);
/* A setting's spelling of a time: "500ms", "1m30s", as scan reads it. */
void buf_duration(struct buf *b, int64_t ms);
/* A setting's spelling of a size: "64K", "2G", "1000". */
void buf_size(struct buf *b, uint64_t bytes);

/* The signal of runit's and daemontools' control letters; 0: it sends none. */
int status_letter_signal(char letter);
/* The control script that may stand in for a signal; 0: none. */
char status_signal_letter(int signal);
/* What a letter of supervise/control asks for; EV_NOTHING: nothing (ignored),
 * or only a signal: see status_letter_signal(). */
enum sv_event status_letter_event(char letter);

#endif
