/*
 * Lines on their way to a file that may refuse them for a while. Bounded: what
 * does not fit is dropped, by whole lines where possible, and counted. Pure.
 *
 *	out_begin, out_put…, out_end	one line after the other
 *	out_bytes, out_wrote		what is to be written; what was
 *
 * Once a line was dropped every later one is, until the owner, having written
 * all there is, says out_mended and so closes the gap: the order of what is
 * kept is the order of what came, and the gap has one place.
 */
#ifndef SVC_LOG_OUT_H
#define SVC_LOG_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum out_skip {
	OUT_KEEPS, /* the line under way is taken */
	OUT_TAIL,  /* its beginning is written, its rest is dropped */
	OUT_WHOLE, /* all of it is dropped */
};

struct out {
	char *p;
	size_t cap;
	size_t at, len; /* p[at] to p[len - 1] wait to be written */
	size_t line;	/* where the line under way begins; OUT_GONE: written */
	enum out_skip skip;
	bool gap;
	uint64_t lost_lines, lost_bytes;
};

#define OUT_GONE SIZE_MAX

void out_init(struct out *o, char *storage, size_t cap);
/* Bytes that fit into the line under way (its newline always does). */
size_t out_room(const struct out *o);
void out_begin(struct out *o);
void out_put(struct out *o, const char *p, size_t n);
void out_end(struct out *o);

const char *out_bytes(const struct out *o, size_t *n);
void out_wrote(struct out *o, size_t n);
/*
 * Nothing waits and lines were dropped: adds `note`, a whole line, and counts
 * from zero again.
 */
void out_mended(struct out *o, const char *note, size_t n);

#endif
