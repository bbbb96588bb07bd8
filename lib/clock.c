/*
 * Reading the clocks; none of these calls can fail on a running kernel.
 */
#include "lib/clock.h"

#include "lib/sys.h"

static int64_t
now_ns(clockid_t clock)
{
	struct timespec t = {0, 0};

	sys_clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct mono
mono_now(void)
{
	return (struct mono){now_ns(CLOCK_MONOTONIC)};
}

struct boottime
clock_boot(void)
{
	return (struct boottime){now_ns(CLOCK_BOOTTIME)};
}

struct timespec
clock_real(void)
{
	struct timespec t = {0, 0};

	sys_clock_gettime(CLOCK_REALTIME, &t);
	return t;
}

struct tai64n
clock_tai(void)
{
	struct timespec t = clock_real();

	return tai_from_unix(t.tv_sec, (uint32_t)t.tv_nsec);
}
