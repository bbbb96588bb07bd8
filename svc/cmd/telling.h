/*
 * Numbers as a person says them: times, sizes, exits. Each returns text of its
 * own memory.
 */
#ifndef SVC_CMD_TELLING_H
#define SVC_CMD_TELLING_H

#include <stdint.h>

/* buf_span() and buf_span_short() of svc/core/status.h. */
const char *telling_time(int64_t ns);
const char *telling_time_short(int64_t ns);
/* Processor time: "0.05s", "12s", "3m05s". */
const char *telling_cpu(int64_t ns);
/* "512 B", "1.2 M", "31 M": powers of 1024. */
const char *telling_size(uint64_t bytes);
/* "2026-11-22 16:30:05" in local time. */
const char *telling_date(int64_t unix_seconds);
/* buf_exit(), with what the code is known to mean: "exit 127 (command …)". */
const char *telling_exit(int code, int value);

#endif
