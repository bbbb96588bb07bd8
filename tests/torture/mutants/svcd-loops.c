/*
 * Once a file `loop` is in its directory it begins a turn that has no end; and
 * a second of processor time is as long to it as half a minute.
 */
#include <fcntl.h>

#include "lib/sys.h"

int __real_sys_setitimer(int which, const struct itimerval *value);
int __wrap_sys_setitimer(int which, const struct itimerval *value);
void __real_exits_drain(void);
void __wrap_exits_drain(void);

int
__wrap_sys_setitimer(int which, const struct itimerval *value)
{
	struct itimerval soon = *value;

	soon.it_value.tv_sec = soon.it_interval.tv_sec /= 30;
	return __real_sys_setitimer(which, &soon);
}

void
__wrap_exits_drain(void)
{
	while (sys_faccessat(AT_FDCWD, "loop", F_OK, 0) == 0)
		;
	__real_exits_drain();
}
