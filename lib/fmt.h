/*
 * Numbers and formatted text, appended to a struct buf. There is no printf in
 * programs that must not fail: this needs no heap, no locale and no stdio.
 */
#ifndef LIB_FMT_H
#define LIB_FMT_H

#include <stdarg.h>
#include <stdint.h>

#include "lib/buf.h"

void buf_u64(struct buf *b, uint64_t v);
void buf_i64(struct buf *b, int64_t v);
/* Without a 0x; at least `width` digits, filled with zeros. */
void buf_hex(struct buf *b, uint64_t v, unsigned width);
void buf_oct(struct buf *b, uint64_t v, unsigned width);

/*
 * Bytes as a terminal or a JSON reader may safely see them: control characters
 * and DEL become \t \n \r \e or \xNN, backslash becomes \\; bytes above 127
 * pass (UTF-8).
 */
void buf_escaped(struct buf *b, const void *bytes, size_t n);

/*
 * As printf, for: %s %c %d %i %u %x %o %%, each also with `l`, `ll`,
 * `z`; a width with `0` or `-`, also `*`; `.N` and `.*` for %s. Any
 * other conversion ends the work: the rest of the format appears as it stands.
 * %s of NULL is "(null)".
 */
void buf_fmt(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vfmt(struct buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

#endif
