/* Exits are taken out of the queue before they are applied, not after. */
#include "lib/keeper.h"
#include "lib/sys.h"

ssize_t __real_sys_tee(int from, int to, size_t n, unsigned flags);
ssize_t __wrap_sys_tee(int from, int to, size_t n, unsigned flags);
ssize_t __real_sys_read(int fd, void *p, size_t n);
ssize_t __wrap_sys_read(int fd, void *p, size_t n);

ssize_t
__wrap_sys_tee(int from, int to, size_t n, unsigned flags)
{
	static char bytes[2048];

	if (from != KEEP_FD_QUEUE || n > sizeof(bytes))
		return __real_sys_tee(from, to, n, flags);
	ssize_t got = __real_sys_read(from, bytes, n);
	if (got > 0)
		sys_write(to, bytes, (size_t)got);
	return got;
}

ssize_t
__wrap_sys_read(int fd, void *p, size_t n)
{
	return fd == KEEP_FD_QUEUE ? (ssize_t)n : __real_sys_read(fd, p, n);
}
