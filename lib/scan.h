/*
 * Numbers, times and sizes read from text. Every function refuses rubbish,
 * signs it does not know, an empty string and overflow, and leaves *v alone
 * when it does. The plain form wants the whole string; the _prefix form reads
 * as much as it can, returns how many bytes that was, and 0 for "not one".
 */
#ifndef LIB_SCAN_H
#define LIB_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool scan_u32(const char *s, uint32_t *v);
bool scan_u64(const char *s, uint64_t *v);
bool scan_i32(const char *s, int32_t *v); /* one '-' or '+' allowed */
bool scan_oct(const char *s, uint32_t *v);
bool scan_hex(const char *s, uint64_t *v); /* without 0x */

size_t scan_u32_prefix(const char *s, uint32_t *v);
size_t scan_u64_prefix(const char *s, uint64_t *v);
size_t scan_i32_prefix(const char *s, int32_t *v);
size_t scan_oct_prefix(const char *s, uint32_t *v);
size_t scan_hex_prefix(const char *s, uint64_t *v);

/*
 * A time with units, in milliseconds: 500ms 30s 5m 1h 2d, or several, largest
 * first, each at most once: 1h30m. A bare number other than 0 is refused: the
 * reader must never guess a unit.
 */
bool scan_duration_ms(const char *s, int64_t *ms);
size_t scan_duration_ms_prefix(const char *s, int64_t *ms);

/* Bytes: 4096, 64K, 10M, 2G, 1T; powers of 1024; k m g t do as well. */
bool scan_size(const char *s, uint64_t *bytes);
size_t scan_size_prefix(const char *s, uint64_t *bytes);

#endif
