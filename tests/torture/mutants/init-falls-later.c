/* It carries on, and has a fault each time a new svcd says that it is READY. */
#include "init/upgrade.h"

void __real_upgrade_done(void);
void __wrap_upgrade_done(void);

void
__wrap_upgrade_done(void)
{
	__real_upgrade_done();
	*(volatile int *)0 = 0;
}
