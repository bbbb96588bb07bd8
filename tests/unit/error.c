#include <errno.h>

#include "lib/error.h"
#include "lib/exitcode.h"
#include "tests/unit/unit.h"

static void
errors(void)
{
	SAME(error_text(ENOENT), "no such file or directory");
	SAME(error_text(EWOULDBLOCK), "resource temporarily unavailable");
	SAME(error_text(99999), "unknown error");
	SAME(error_text(-1), "unknown error");
	SAME(error_name(EACCES), "EACCES");
	HOLDS(error_name(99999) == NULL);
}

static void
passing(void)
{
	HOLDS(error_may_pass(EMFILE) && error_may_pass(EDQUOT));
	HOLDS(!error_may_pass(EACCES) && !error_may_pass(0));
}

static void
codes(void)
{
	SAME(exitcode_text(100), "wrong use");
	SAME(exitcode_text(203), "cannot execute");
	SAME(exitcode_text(217), "cannot change user");
	HOLDS(exitcode_text(42) == NULL && exitcode_text(-1) == NULL);
}

int
main(void)
{
	TEST("error: words and names", errors);
	TEST("error: want of something passes, a refusal does not", passing);
	TEST("exitcode: the steps before exec have codes", codes);
	return unit_done();
}
