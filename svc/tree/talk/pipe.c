/*
 * The pipe of ready = fd, which the keeper holds too. Bytes mean nothing; a
 * newline does.
 */
#include "svc/tree/talk/talk.h"

#include <fcntl.h>
#include <string.h>

#include "lib/fd.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/state/slots.h"
#include "svc/tree/state/state.h"

#define CHUNK 4096

/* A connection on trial stands in the same place. */
void
talk_pipe_end(uint32_t i)
{
	struct kept *k = kept(i, false);
	struct talk *t = talk(i);
	int fd = t->ready.fd;

	watch_del(&tree.loop, &t->ready);
	fd_close(&fd);
	if (k == NULL || k->ready_slot == 0)
		return;
	slots_drop(k->ready_slot, 1);
	k->ready_slot = 0;
}

static void
is_over(uint32_t i)
{
	char name[BOARD_NAME_MAX + 1];

	talk_pipe_end(i);
	say_warnx("%s: closed its readiness descriptor and is not ready",
	    state_name(i, name));
}

static void
pipe_ready(void *arg, uint32_t events)
{
	uint32_t i = (uint32_t)(uintptr_t)arg;
	char room[CHUNK];
	int fd = talk(i)->ready.fd;
	ssize_t n = peek(fd, room, sizeof(room));

	(void)events;
	if (n == 0) {
		is_over(i);
	} else if (n > 0 && memchr(room, '\n', (size_t)n) == NULL) {
		sys_read(fd, room, (size_t)n);
	} else if (n > 0) {
		/* In this order: the next svcd finds the one or the other. */
		talk_ears.is_ready(i);
		talk_pipe_end(i);
	}
}

static bool
read_from(uint32_t i, int *fd)
{
	return fd_lift(fd, TREE_FD_FLOOR) == 0 &&
	       watch_add(&tree.loop, &talk(i)->ready, *fd, EPOLLIN, pipe_ready,
		   (void *)(uintptr_t)i) == 0;
}

int
talk_pipe(uint32_t i)
{
	uint32_t slot;
	int ends[2];

	if (kept(i, true) == NULL)
		return -1;
	talk_pipe_end(i);
	if (sys_pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	fd_nonblock(ends[0], true);
	fd_lift(&ends[1], TREE_FD_FLOOR);
	slot = slots_put(ends, 1);
	if (slot != 0 && read_from(i, &ends[0])) {
		kept(i, false)->ready_slot = slot;
		return ends[1];
	}
	sys_close(ends[0]);
	sys_close(ends[1]);
	slots_drop(slot, 1);
	return -1;
}

void
talk_pipe_recover(uint32_t i)
{
	struct kept *k = kept(i, false);
	int fd;

	if (k->ready_slot == 0)
		return;
	fd = slots_get(k->ready_slot);
	if (fd >= 0 && !read_from(i, &fd))
		sys_close(fd);
}
