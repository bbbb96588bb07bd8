/*
 * The calls that go through to the real kernel, if they may.
 */
#include <errno.h>
#include <unistd.h>

#include "lib/sys.h"
#include "tests/fake/calls.h"
#include "tests/fake/world.h"

#define PASS(name, type, parameters, arguments, failure, error) \
	type __real_sys_##name parameters;                      \
	type __wrap_sys_##name parameters;                      \
	type __wrap_sys_##name parameters                       \
	{                                                       \
		if (fake_call(#name, error))                    \
			return failure;                         \
		return __real_sys_##name arguments;             \
	}
FAKE_PASSED(PASS)
