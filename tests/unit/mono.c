#include "lib/mono.h"
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
waits(void)
{
	struct timespec t = mono_timespec(NS_OF_MS(61500) + 7);

	HOLDS(t.tv_sec == 61 && t.tv_nsec == 500000007);
	t = mono_timespec(-1);
	HOLDS(t.tv_sec == 0 && t.tv_nsec == 0);
	HOLDS(mono_timespec(INT64_MAX).tv_nsec < 1000000000);
}

int
main(void)
{
	TEST("mono: never is never, and nothing wraps", adds);
	TEST("mono: a length of time, for the calls that wait", waits);
	return unit_done();
}
