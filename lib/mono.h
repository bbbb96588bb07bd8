/*
 * Moments of the monotonic clock, as a type, so that none is ever mistaken for
 * wall-clock time or for a length of time. Pure: lib/clock.h reads the clock.
 */
#ifndef LIB_MONO_H
#define LIB_MONO_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NS_OF_MS(ms) ((int64_t)(ms)*1000000)

struct mono {
	int64_t ns; /* since the machine started, without suspend */
};

/* The deadline that never comes, and one that has always passed. */
static inline struct mono
mono_never(void)
{
	return (struct mono){INT64_MAX};
}

static inline struct mono
mono_zero(void)
{
	return (struct mono){0};
}

static inline bool
mono_is_never(struct mono t)
{
	return t.ns == INT64_MAX;
}

static inline bool
mono_before(struct mono a, struct mono b)
{
	return a.ns < b.ns;
}

static inline struct mono
mono_min(struct mono a, struct mono b)
{
	return a.ns < b.ns ? a : b;
}

/* Stops at never; a negative length goes back, to zero at most. */
static inline struct mono
mono_add_ns(struct mono t, int64_t ns)
{
	if (mono_is_never(t) || (ns > 0 && t.ns > INT64_MAX - ns))
		return mono_never();
	return (struct mono){t.ns + ns < 0 ? 0 : t.ns + ns};
}

static inline struct mono
mono_add_ms(struct mono t, int64_t ms)
{
	if (mono_is_never(t) || ms > INT64_MAX / 1000000)
		return mono_never();
	if (ms < INT64_MIN / 1000000)
		return mono_zero();
	return mono_add_ns(t, ms * 1000000);
}

/* From a to b; negative if b is earlier. */
static inline int64_t
mono_ns_between(struct mono a, struct mono b)
{
	return b.ns - a.ns;
}

static inline int64_t
mono_ms_between(struct mono a, struct mono b)
{
	return (b.ns - a.ns) / 1000000;
}

/* A length of time as the calls that wait take it; 0 for a negative one. */
static inline struct timespec
mono_timespec(int64_t ns)
{
	if (ns < 0)
		ns = 0;
	return (struct timespec){.tv_sec = (time_t)(ns / 1000000000),
	    .tv_nsec = (long)(ns % 1000000000)};
}

#endif
