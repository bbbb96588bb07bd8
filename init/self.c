/*
 * By its own link where /proc is, else by the name that the kernel was given.
 */
#include "init/self.h"

#include <fcntl.h>
#include <sys/auxv.h>

#include "init/memo.h"
#include "lib/buf.h"
#include "lib/path.h"
#include "lib/sys.h"

void
self_open(void)
{
	int fd = sys_open("/proc/self/exe", O_PATH, 0);

	if (fd < 0)
		fd = sys_open(
		    (const char *)(uintptr_t)getauxval(AT_EXECFN), O_PATH, 0);
	memo_pin(fd, FD_SELF);
}

bool
self_beside(const char *name, char *path, size_t size)
{
	ssize_t n = sys_readlinkat(AT_FDCWD, "/proc/self/exe", path, size);

	if (n <= 0)
		return false;
	struct buf b = {
	    .p = path, .len = (size_t)(path_base(path) - path), .cap = size};

	buf_puts(&b, name);
	return !b.full;
}
