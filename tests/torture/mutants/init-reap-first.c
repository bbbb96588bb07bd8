/* A dead child is reaped by the look at it, before it is announced. */
#include <sys/wait.h>

#include "lib/sys.h"

int __real_sys_waitid(idtype_t type, id_t id, siginfo_t *info, int options);
int __wrap_sys_waitid(idtype_t type, id_t id, siginfo_t *info, int options);

int
__wrap_sys_waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	return __real_sys_waitid(type, id, info, options & ~WNOWAIT);
}
