/*
 * Time stamps in front of lines: 25 characters and a space. Pure: the moment
 * comes from the caller. What holds for a whole second is formatted once.
 */
#ifndef SVC_LOG_STAMP_H
#define SVC_LOG_STAMP_H

#include <stdint.h>

/* clang-format off */
#define STAMP_KINDS(X) \
	X(NONE)   /* no stamp */ \
	X(TAI64N) /* @ and 24 hexadecimal digits */ \
	X(HUMAN)  /* YYYY-MM-DD_HH:MM:SS.xxxxx, UTC */ \
	X(ISO)    /* YYYY-MM-DDTHH:MM:SS.xxxxx, UTC */
/* clang-format on */
#define STAMP_ENUM(name) STAMP_##name,
enum stamp_kind {
	STAMP_KINDS(STAMP_ENUM)
};

#define STAMP_BYTES 26 /* with the space; there is no NUL */

struct stamp {
	enum stamp_kind kind;
	int64_t sec; /* that `text` holds; INT64_MIN = none yet */
	char text[STAMP_BYTES];
};

void stamp_init(struct stamp *s, enum stamp_kind kind);
/* Makes s->text say this moment. Nothing happens for STAMP_NONE. */
void stamp_set(struct stamp *s, int64_t unix_sec, uint32_t nano);

#endif
