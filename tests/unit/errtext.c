/* The words for errors are an interface: a few that scripts look for. */
#include "lib/errtext.h"

#include "tests/unit/unit.h"

#include <errno.h>

static void
known(void)
{
	SAME(errtext(ENOENT), "file does not exist");
	SAME(errtext(EACCES), "access denied");
	SAME(errtext(EPERM), "permission denied");
	SAME(errtext(ENXIO), "device not configured");
	SAME(errtext(ENODEV), "device does not support operation");
	SAME(errtext(EAGAIN), "temporary failure");
	SAME(errtext(ELOOP), "symbolic link loop");
	SAME(errtext(EDEADLK), "operation would cause deadlock");
}

static void
unknown(void)
{
	SAME(errtext(-1), "unknown error");
	SAME(errtext(100000), "unknown error");
}

int
main(void)
{
	TEST("errors have the words of runit and daemontools", known);
	TEST("a number that is no error is an unknown error", unknown);
	return unit_done();
}
