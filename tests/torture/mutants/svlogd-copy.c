/* Lines are read and then written, instead of moved by the kernel. */
#include <sched.h>

#include "lib/sys.h"

ssize_t __wrap_sys_splice(
    int from, off_t *from_at, int to, off_t *to_at, size_t n, unsigned flags);

ssize_t
__wrap_sys_splice(
    int from, off_t *from_at, int to, off_t *to_at, size_t n, unsigned flags)
{
	static char bytes[65536];

	(void)from_at;
	(void)flags;
	ssize_t got =
	    sys_read(from, bytes, n < sizeof(bytes) ? n : sizeof(bytes));
	if (got <= 0 || to_at == NULL)
		return got;
	sched_yield(); /* a mark of the killer's */
	return sys_pwrite(to, bytes, (size_t)got, *to_at);
}
