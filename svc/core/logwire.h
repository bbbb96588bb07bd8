/*
 * What svcd tells the shared logger, and hears from it: the messages of
 * svc/core/wire.h's form on a SOCK_SEQPACKET pair of their own. The page is
 * docs/log-protocol.md.
 *
 * The pipes belong to whoever keeps them, not to the logger: it may be killed
 * at any instant and gets the same ones from the next svcd, or a next logger
 * from the same svcd. ATTACH of an id that is attached to the same pipe is no
 * news but for its plan.
 *
 *	svcd -> logger
 *	ATTACH	text name, text directory, text plan; attached: the read end.
 *		directory is used where the plan names none
 *	DETACH	what is in the pipe is written, then it is closed
 *	ROTATE	its file ends now
 *	logger -> svcd
 *	READY	u16 version; first of all
 *	ENDED	nobody writes any more and all is written; it is detached
 *	TROUBLE	text, u32 errno; "" and 0 when it is over
 *
 * `id` in the head of a message is svcd's number for the log. Pure.
 */
#ifndef SVC_CORE_LOGWIRE_H
#define SVC_CORE_LOGWIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "svc/core/logplan.h"

#define LOGWIRE_VERSION 1
#define LOGWIRE_MAX (LOGPLAN_TEXT + 4096 + 1024)

/* clang-format off */
#define LOGWIRE_TAGS(X) \
	X(ATTACH, 1) X(DETACH, 2) X(ROTATE, 3) \
	X(READY, 32) X(ENDED, 33) X(TROUBLE, 34)
/* clang-format on */
#define LOGWIRE_ENUM(name, number) LOGWIRE_##name = number,
enum logwire_tag {
	LOGWIRE_TAGS(LOGWIRE_ENUM)
};

struct logwire_attach {
	char name[256];
	char directory[4096];
	char plan[LOGPLAN_TEXT];
};

/* The tag and id of a message of n bytes; false: none of ours. */
bool logwire_open(const void *bytes, size_t n, uint16_t *tag, uint32_t *id);
/* The fields of ATTACH; false: malformed. */
bool logwire_get_attach(const void *bytes, size_t n, struct logwire_attach *to);
bool logwire_get_trouble(const void *bytes, size_t n, int *error);

/* Whole messages into an empty buf; false: it does not fit. */
bool logwire_attach(struct buf *b, uint32_t id, const char *name,
    const char *directory, const char *plan);
bool logwire_plain(struct buf *b, enum logwire_tag tag, uint32_t id);
bool logwire_ready(struct buf *b);
bool logwire_trouble(struct buf *b, uint32_t id, int error, const char *text);

#endif
