/*
 * The control protocol, both ends of it: bytes of a SOCK_SEQPACKET socket to
 * and from structs. The page for those who write a client is docs/protocol.md.
 *
 * A message is a header of 12 bytes and fields packed one after the other in
 * little-endian order without padding; its length is in the header and must be
 * that of the packet. Texts are a 16-bit length and that many bytes, without
 * a NUL inside. Every request carries an id that its replies repeat. Unknown
 * tags get a NO (requests) or are skipped (replies); bytes after the known
 * fields of a known tag are skipped, so fields may be added at the end.
 *
 * Reading: wire_open() checks the header, then the wire_get_ functions take the
 * fields in order; any that does not fit sets `bad`, after which all give zero
 * or "", so one look at the end (wire_done) is enough. Writing: wire_begin(),
 * the wire_put_ functions, wire_end(); what does not fit sets buf.full and
 * wire_end() says false.
 */
#ifndef SVC_CORE_WIRE_H
#define SVC_CORE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "svc/core/machine.h"

#define WIRE_VERSION 1
#define WIRE_VERSION_MIN 1
#define WIRE_HEADER 12
#define WIRE_MAX 16384	   /* bytes of one message */
#define WIRE_NAMES_MAX 256 /* names in one wish */
#define WIRE_TEXT_MAX 4096

/* clang-format off */
/*
 * Tags: name, number (never reused), who sends it, its fields in order.
 */
#define WIRE_TAGS(X) \
	X(HELLO, 1, CLIENT, "u16 lowest version, u16 highest version") \
	X(WISH, 2, CLIENT, "u16 verb, u32 flags, i32 argument, names") \
	X(RESCAN, 3, CLIENT, "") \
	X(SUBSCRIBE, 4, CLIENT, "names (none: everything)") \
	X(TAIL, 5, CLIENT, "text name, u32 most bytes") \
	X(RUN, 6, CLIENT, "text name, u32 flags, text settings, texts argv, texts env") \
	X(UPGRADE, 7, CLIENT, "u32 flags") \
	X(END, 8, CLIENT, "u16 ending, i32 exit code, i64 when (real ns, 0 now), u32 flags, text message") \
	X(CANCEL, 9, CLIENT, "text message: take a timed END back") \
	X(FIND, 10, CLIENT, "names: which records are they") \
	X(WELCOME, 64, SVCD, "u16 version, u32 pid, u16 board version, text program; with the board's descriptor") \
	X(OK, 65, SVCD, "") \
	X(NO, 66, SVCD, "u16 reason, text") \
	X(RESULTS, 67, SVCD, "u16 n, n times: u16 reason, u32 record, u16 generation, text") \
	X(EVENT, 68, SVCD, "u32 record, u16 old, u16 new, u16 generation, u32 pid, u16 cause, i64 real ns, u8 code, u8 value, text name") \
	X(LINES, 69, SVCD, "u32 lost, text bytes: the last output") \
	X(MISSED, 70, SVCD, "u32 n: events this slow reader did not get: read the board")

/* What a WISH asks for; the event it becomes. */
#define WIRE_VERBS(X) \
	X(UP, 1, EV_UP, "up") \
	X(DOWN, 2, EV_DOWN, "down") \
	X(ONCE, 3, EV_ONCE, "once") \
	X(RESTART, 4, EV_RESTART, "restart") \
	X(CYCLE, 5, EV_CYCLE, "try-restart") \
	X(RELOAD, 6, EV_RELOAD, "reload") \
	X(KILL, 7, EV_NOTHING, "kill")        /* argument: signal number */ \
	X(PAUSE, 8, EV_PAUSE, "pause") \
	X(CONT, 9, EV_CONT, "cont") \
	X(EXIT, 10, EV_EXIT, "exit") \
	X(WAKE, 11, EV_WAKE, "wake") \
	/* 12 was check, which nobody asked for. */ \
	X(ALARM, 13, EV_NOTHING, "rotate")    /* its log: rotate now */

/* Why not. OK is "yes". */
#define WIRE_REASONS(X) \
	X(OK, 0, "ok") \
	X(VERSION, 1, "no common version") \
	X(BAD, 2, "malformed request") \
	X(UNKNOWN_TAG, 3, "unknown request") \
	X(NO_SUCH, 4, "no such service") \
	X(DENIED, 5, "permission denied") \
	X(NEEDED, 6, "needed by others") \
	X(MOOT, 7, "not running") \
	X(BROKEN, 8, "its settings have errors") \
	X(FULL, 9, "a table is full") \
	X(EXISTS, 10, "name is taken") \
	X(SYSTEM, 11, "the system failed") \
	X(ENDING, 12, "everything is being stopped") \
	X(UNLINKED, 13, "its link was removed") \
	X(CONFLICT, 14, "conflicts with what runs") \
	X(UNSUPPORTED, 15, "not supported")
/* clang-format on */

#define WIRE_ENUM_TAG(name, number, from, fields) WIRE_##name = number,
enum wire_tag {
	WIRE_TAGS(WIRE_ENUM_TAG)
};
#define WIRE_ENUM_VERB(name, number, event, text) WIRE_VERB_##name = number,
enum wire_verb {
	WIRE_VERBS(WIRE_ENUM_VERB)
};
#define WIRE_ENUM_REASON(name, number, text) WIRE_REASON_##name = number,
enum wire_reason {
	WIRE_REASONS(WIRE_ENUM_REASON)
};

enum wire_flag {
	WIRE_DEPENDENTS = 1, /* stop what needs it as well */
	WIRE_FORCE = 2,	     /* END: at once; DOWN: KILL at once */
	WIRE_REMEMBER = 4,   /* stays so over a rescan */
	WIRE_WAIT = 8,	     /* RUN: answer when it has ended */
	WIRE_MONITOR = 16    /* RUN: restart it when it dies */
};

struct wire_head {
	uint32_t length; /* of the whole message */
	uint16_t tag;
	uint32_t id;
};

struct wire_text {
	const char *p; /* into the message; not NUL ended */
	uint16_t len;
};

/* --- writing --- */

/* Starts a message in an empty buf of up to WIRE_MAX + 1 bytes of storage. */
void wire_begin(struct buf *b, enum wire_tag tag, uint32_t id);
void wire_put_u8(struct buf *b, uint8_t v);
void wire_put_u16(struct buf *b, uint16_t v);
void wire_put_u32(struct buf *b, uint32_t v);
void wire_put_i32(struct buf *b, int32_t v);
void wire_put_i64(struct buf *b, int64_t v);
void wire_put_text(struct buf *b, const char *s, size_t len);
/* "texts", "names": a u16 count and that many texts. Count first. */
void wire_put_count(struct buf *b, uint16_t n);
/* Puts the length into the header. False: it did not fit. */
bool wire_end(struct buf *b);

/* --- reading --- */

struct wire {
	const unsigned char *p, *end;
	bool bad;
};

/* False: not a message (short, or its length is not `n`). */
bool wire_open(
    struct wire *w, struct wire_head *head, const void *bytes, size_t n);
uint8_t wire_get_u8(struct wire *w);
uint16_t wire_get_u16(struct wire *w);
uint32_t wire_get_u32(struct wire *w);
int32_t wire_get_i32(struct wire *w);
int64_t wire_get_i64(struct wire *w);
/* A text with a NUL inside is bad. */
struct wire_text wire_get_text(struct wire *w);
/* A count that the rest of the message cannot hold is bad (and 0). */
uint16_t wire_get_count(struct wire *w);
/* Whether all fields were there. */
bool wire_done(const struct wire *w);
/* The text as a C string in to[cap]; false: it does not fit. */
bool wire_copy(struct wire_text text, char *to, size_t cap);

/* --- the messages as structs --- */

struct wire_hello {
	uint16_t lowest, highest;
};
struct wire_welcome {
	uint16_t version;
	uint32_t pid;
	uint16_t board_version;
	struct wire_text program;
};
/* The names are read one after the other: `names` with wire_get_text(). */
struct wire_wish {
	enum wire_verb verb;
	uint32_t flags;
	int32_t argument;
	uint16_t count;
	struct wire names;
};
struct wire_result {
	enum wire_reason reason;
	uint32_t record;     /* 0: none of that name */
	uint16_t generation; /* see sv_target() */
	struct wire_text text;
};
struct wire_event {
	uint32_t record;
	enum sv_shown old, new;
	uint16_t generation;
	uint32_t pid;
	uint16_t cause; /* enum board_cause */
	int64_t real_ns;
	uint8_t code, value; /* of the exit that led here, else 0, 0 */
	struct wire_text name;
};
struct wire_ending {
	uint16_t ending; /* enum keep_ending */
	int32_t code;
	int64_t when_real_ns;
	uint32_t flags;
	struct wire_text message;
};
struct wire_run {
	struct wire_text name; /* empty: svcd makes one up */
	uint32_t flags;
	struct wire_text settings; /* lines of a service file */
	uint16_t argc;
	struct wire argv; /* argc texts */
	uint16_t envc;
	struct wire env; /* envc texts NAME=VALUE */
};

/* Each takes the fields after wire_open() and says whether all were good. */
bool wire_get_hello(struct wire *w, struct wire_hello *to);
bool wire_get_welcome(struct wire *w, struct wire_welcome *to);
bool wire_get_wish(struct wire *w, struct wire_wish *to);
bool wire_get_result(struct wire *w, struct wire_result *to);
bool wire_get_event(struct wire *w, struct wire_event *to);
bool wire_get_ending(struct wire *w, struct wire_ending *to);
bool wire_get_run(struct wire *w, struct wire_run *to);

/* Whole messages, from wire_begin() to wire_end(). */
bool wire_hello(struct buf *b, uint32_t id);
bool wire_welcome(struct buf *b, uint32_t id, uint16_t version, uint32_t pid,
    const char *program);
bool wire_ok(struct buf *b, uint32_t id);
bool wire_no(
    struct buf *b, uint32_t id, enum wire_reason reason, const char *text);
bool wire_event(struct buf *b, uint32_t id, const struct wire_event *event);
bool wire_ending(struct buf *b, uint32_t id, const struct wire_ending *end);
/*
 * WISH, SUBSCRIBE and FIND end in names: begin, put the leading fields, a
 * count, the texts. This starts a WISH up to and with the count.
 */
void wire_wish(struct buf *b, uint32_t id, enum wire_verb verb, uint32_t flags,
    int32_t argument, uint16_t count);
/* One of the n answers of RESULTS (after wire_begin and wire_put_count). */
void wire_put_result(struct buf *b, const struct wire_result *result);

/* The version both ends speak; 0: none. */
uint16_t wire_common_version(struct wire_hello hello);

const char *wire_tag_name(uint16_t tag);   /* NULL: unknown */
const char *wire_verb_name(uint16_t verb); /* "try-restart"; NULL */
const char *wire_reason_text(uint16_t reason);
/* The event a verb becomes; EV_NOTHING: none, the tree does it itself. */
enum sv_event wire_verb_event(uint16_t verb);
enum wire_verb wire_verb_of(const char *name); /* 0: none of that name */

#endif
