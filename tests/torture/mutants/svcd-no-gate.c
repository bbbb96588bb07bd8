/* A child runs its program at once, whether it is recorded or not. */
#include "lib/spawn.h"

pid_t __real_spawn(const struct spawn *s);
pid_t __wrap_spawn(const struct spawn *s);

pid_t
__wrap_spawn(const struct spawn *s)
{
	((struct spawn *)(uintptr_t)s)->gate = -1;
	return __real_spawn(s);
}
