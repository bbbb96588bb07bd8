/*
 * What is to be known but not taken yet goes through a pipe of our own. It is
 * empty between two calls: what stayed there would be taken for the next one's.
 */
#include "svc/tree/state/state.h"

#include <fcntl.h>

#include "lib/fd.h"
#include "lib/say.h"
#include "lib/sys.h"

static int scratch[2] = {-1, -1};

void
peek_start(void)
{
	if (sys_pipe2(scratch, O_CLOEXEC | O_NONBLOCK) < 0 ||
	    fd_lift(&scratch[0], TREE_FD_FLOOR) < 0 ||
	    fd_lift(&scratch[1], TREE_FD_FLOOR) < 0)
		die(111, "cannot make a pipe");
}

ssize_t
peek(int fd, void *to, size_t most)
{
	ssize_t n = sys_tee(fd, scratch[1], most, SPLICE_F_NONBLOCK);
	ssize_t got = n > 0 ? sys_read(scratch[0], to, (size_t)n) : n;

	if (n <= 0 || got == n)
		return got;
	while (sys_read(scratch[0], to, most) > 0)
		;
	return -1;
}
