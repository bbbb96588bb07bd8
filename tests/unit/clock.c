#include "lib/clock.h"
#include "tests/unit/unit.h"

static void
goes_on(void)
{
	struct mono first = mono_now(), later;
	struct boottime boot = clock_boot();

	do
		later = mono_now();
	while (later.ns == first.ns);
	HOLDS(mono_before(first, later));
	HOLDS(first.ns > 0 && clock_boot().ns > boot.ns);
}

/* Suspend counts for one of them only. */
static void
counts_suspend(void)
{
	struct mono mono = mono_now();

	HOLDS(clock_boot().ns >= mono.ns);
}

static void
tells_the_time(void)
{
	struct timespec before = clock_real();
	struct tai64n tai = clock_tai();
	struct timespec after = clock_real();

	HOLDS(before.tv_sec > 1700000000);
	HOLDS(before.tv_nsec >= 0 && before.tv_nsec < 1000000000);
	HOLDS(tai_unix(tai) >= before.tv_sec);
	HOLDS(tai_unix(tai) <= after.tv_sec);
}

int
main(void)
{
	TEST("clock: the steady ones go on", goes_on);
	TEST("clock: suspend is in the one for watchdogs", counts_suspend);
	TEST("clock: the labels say what the wall clock says", tells_the_time);
	return unit_done();
}
