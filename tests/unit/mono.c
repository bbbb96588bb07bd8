#include "lib/mono.h"
#include "lib/clock.h"
#include "tests/unit/unit.h"

static void
adds(void)
{
	struct mono t = {1000};

	HOLDS(mono_add_ms(t, 5).ns == 5001000);
	HOLDS(mono_add_ms(t, -5).ns == 0);
	HOLDS(mono_is_never(mono_add_ms(t, INT64_MAX)));
	HOLDS(mono_add_ms(t, INT64_MIN).ns == 0);
	HOLDS(mono_is_never(mono_add_ns(mono_never(), -5)));
	HOLDS(mono_is_never(mono_add_ms(mono_never(), -5)));
	HOLDS(mono_is_never(mono_add_ns((struct mono){INT64_MAX - 1}, 2)));
	HOLDS(mono_before(t, mono_never()) && !mono_before(t, t));
	HOLDS(mono_min(t, mono_zero()).ns == 0);
	HOLDS(mono_ms_between(t, mono_add_ms(t, 1234)) == 1234);
}

static void
clocks(void)
{
	struct mono a = mono_now(), b = mono_now();

	HOLDS(!mono_before(b, a));
	HOLDS(a.ns > 0 && clock_boot().ns >= a.ns - 1000000000);
	HOLDS(clock_real().tv_sec > 1700000000);
	HOLDS(tai_unix(clock_tai()) >= clock_real().tv_sec - 1);
}

int
main(void)
{
	TEST("mono: never is never, and nothing wraps", adds);
	TEST("clock: the clocks run", clocks);
	return unit_done();
}
