/*
 * Time of the fake kernel: it passes while svcd waits, and only then.
 */
#include <errno.h>
#include <poll.h>
#include <time.h>

#include "lib/sys.h"
#include "tests/fake/world.h"

int __wrap_sys_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_sys_epoll_pwait2(
    int ep, struct epoll_event *ev, int max, const struct timespec *timeout);
int __wrap_sys_ppoll(struct pollfd *p, nfds_t n, const struct timespec *t);

static void
pass_time(int64_t ns)
{
	world->now_ns += ns;
	world->real_ns += ns;
}

static void
pass(const struct timespec *t)
{
	pass_time((int64_t)t->tv_sec * 1000000000 + t->tv_nsec);
}

int
__wrap_sys_clock_gettime(clockid_t clock, struct timespec *t)
{
	int64_t ns = clock == CLOCK_REALTIME ? world->real_ns : world->now_ns;

	pass_time(100); /* no two moments are the same */
	t->tv_sec = ns / 1000000000;
	t->tv_nsec = ns % 1000000000;
	return 0;
}

/*
 * Programs may take as long as they like, and svcd's time is up first; but not
 * in the end of all, where loggers have theirs.
 */
static bool
is_up(const struct timespec *timeout)
{
	return timeout != NULL &&
	       (world->phase != PHASE_END ||
		   (timeout->tv_sec == 0 && timeout->tv_nsec == 0));
}

int __real_sys_epoll_pwait2(
    int ep, struct epoll_event *ev, int max, const struct timespec *timeout);

/*
 * svcd waits: things happen until it has something to hear, or its time is up.
 * Sometimes several happen before it is told, as on a busy machine.
 */
int
__wrap_sys_epoll_pwait2(
    int ep, struct epoll_event *ev, int max, const struct timespec *timeout)
{
	static const struct timespec now;
	int n;

	if (fake_call("epoll_pwait2", ENOMEM))
		return -1;
	for (unsigned more = world_random(3); more > 0; more--)
		world_live();
	while ((n = __real_sys_epoll_pwait2(ep, ev, max, &now)) == 0) {
		bool is_still = is_up(timeout) || !world_live();

		if (is_still && timeout != NULL) {
			pass(timeout);
			return 0;
		}
		if (is_still)
			world_idle();
	}
	return n;
}

int __real_sys_ppoll(struct pollfd *p, nfds_t n, const struct timespec *t);

int
__wrap_sys_ppoll(struct pollfd *p, nfds_t n, const struct timespec *t)
{
	if (n > 0)
		return __real_sys_ppoll(p, n, t);
	fake_call("ppoll", 0);
	pass(t);
	world_live();
	return 0;
}
