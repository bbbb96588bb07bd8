/*
 * The calls that go through to the real kernel, if they may.
 */
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "lib/keeper.h"
#include "lib/sys.h"
#include "svc/core/board.h"
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

#define STORE(name, parameters, arguments) \
	void __real_##name parameters;     \
	void __wrap_##name parameters;     \
	void __wrap_##name parameters      \
	{                                  \
		fake_call(#name, 0);       \
		__real_##name arguments;   \
	}
FAKE_STORES(STORE)

/* --- the line --- */

ssize_t __real_sys_recvmsg(int fd, struct msghdr *m, int flags);
ssize_t __wrap_sys_recvmsg(int fd, struct msghdr *m, int flags);
ssize_t __real_sys_sendmsg(int fd, const struct msghdr *m, int flags);
ssize_t __wrap_sys_sendmsg(int fd, const struct msghdr *m, int flags);

/*
 * The line to the keeper is real, and how often svcd finds nothing in it yet
 * depends on the machine: what only waits there is not counted.
 */
ssize_t
__wrap_sys_recvmsg(int fd, struct msghdr *m, int flags)
{
	ssize_t n = __real_sys_recvmsg(fd, m, flags);

	if (n >= 0)
		fake_call("recvmsg", 0);
	return n;
}

/*
 * What the keeper does with a message is done before svcd goes on, or a replay
 * would depend on who ran first.
 */
ssize_t
__wrap_sys_sendmsg(int fd, const struct msghdr *m, int flags)
{
	uint32_t heard = atomic_load(&world->heard);
	ssize_t n;

	if (fake_call("sendmsg", ENOBUFS))
		return -1;
	n = __real_sys_sendmsg(fd, m, flags);
	while (world_idle != NULL && fd == KEEP_FD_LINE && n >= 0 &&
	       atomic_load(&world->heard) == heard)
		sched_yield();
	return n;
}
