/*
 * Lines on their way from programs to their loggers. The pipes themselves are
 * the real kernel's, held by svcd and the keeper; no program of this world has
 * one open, so what stands in each is counted here, by its inode.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "lib/sys.h"
#include "tests/fake/world.h"

uint64_t
pipe_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) ? st.st_ino : 0;
}

static uint32_t *
lines_of(uint64_t pipe)
{
	for (unsigned i = 0; i < world->pipes_used; i++)
		if (world->pipes[i].inode == pipe)
			return &world->pipes[i].lines;
	return NULL;
}

/* The place of one that is empty will do: it has no more to tell. */
void
pipe_put(uint64_t pipe)
{
	uint32_t *lines = lines_of(pipe);

	for (unsigned i = 0; lines == NULL && i < world->pipes_used; i++)
		if (world->pipes[i].lines == 0) {
			world->pipes[i].inode = pipe;
			lines = &world->pipes[i].lines;
		}
	if (lines == NULL && world->pipes_used < WORLD_PIPES) {
		world->pipes[world->pipes_used].inode = pipe;
		lines = &world->pipes[world->pipes_used++].lines;
	}
	if (lines == NULL)
		world_bad("more than %d pipes have lines", WORLD_PIPES);
	else
		++*lines;
}

bool
pipe_take(uint64_t pipe)
{
	uint32_t *lines = lines_of(pipe);

	if (lines == NULL || *lines == 0)
		return false;
	*lines = 0;
	return true;
}

uint32_t
pipe_left(void)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < world->pipes_used; i++)
		sum += world->pipes[i].lines;
	return sum;
}

static bool
has_writer(uint64_t pipe)
{
	for (unsigned i = 0; i < world->places; i++)
		if (world->processes[i].state == PROCESS_RUNS &&
		    world->processes[i].out == pipe)
			return true;
	return false;
}

/* svcd's end to read from, as its kernel sees it; nobody has one: over. */
bool
pipe_is_over(uint64_t pipe)
{
	if (has_writer(pipe))
		return false;
	for (int fd = 0; fd < world_fd; fd++) {
		struct pollfd end = {.fd = fd, .events = POLLIN};

		if (pipe_of(fd) == pipe &&
		    (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
			return poll(&end, 1, 0) == 1 && (end.revents & POLLHUP);
	}
	return true;
}

int __real_sys_ioctl(int fd, unsigned long request, void *arg);
int __wrap_sys_ioctl(int fd, unsigned long request, void *arg);

int
__wrap_sys_ioctl(int fd, unsigned long request, void *arg)
{
	const uint32_t *lines;

	if (fake_call("ioctl", EIO))
		return -1;
	lines = request == FIONREAD ? lines_of(pipe_of(fd)) : NULL;
	if (lines == NULL)
		return __real_sys_ioctl(fd, request, arg);
	*(int *)arg = (int)*lines;
	return 0;
}
