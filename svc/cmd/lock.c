/* Lock files for chpst and setlock: opened for appending, never written. */
#include "lib/sys.h"

#include "svc/cmd/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/file.h>

const char *
lock_take(const char *path, bool wait)
{
	/* Inherited on purpose, so without O_CLOEXEC. */
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_APPEND | O_CREAT, 0600);
	if (fd < 0)
		return "open";
	int got;
	do
		got = sys_flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
	while (got < 0 && errno == EINTR && wait);
	return got < 0 ? "lock" : NULL;
}
