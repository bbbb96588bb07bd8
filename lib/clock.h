/*
 * Reading the clocks. Deadlines are struct mono (lib/mono.h); wall-clock time
 * is only for people and for files of other programs.
 */
#ifndef LIB_CLOCK_H
#define LIB_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "lib/mono.h"
#include "lib/tai.h"

struct mono mono_now(void);
/* Monotonic, but counts suspend: for watchdogs and "every 24 h". */
struct boottime {
	int64_t ns;
};
struct boottime clock_boot(void);
struct timespec clock_real(void);
struct tai64n clock_tai(void);

#endif
