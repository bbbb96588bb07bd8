/*
 * The exit queue: look at what is there (peek), apply it, then take it away. A
 * svcd that dies in between sees the same records again; applying one twice
 * changes nothing, because the word no longer names that pid.
 */
#include "svc/tree/state/state.h"

#include <sys/ioctl.h>

#include "lib/say.h"
#include "lib/sys.h"

/* Peeked at in one go: a page, which the pipe for it always holds. */
#define PEEK 128
/* Looked through for one pid: four pages' worth of pipe. */
#define LOOK 1024

static struct watch queue = WATCH_NONE;
static void (*ear)(const struct keep_exit *e);

void
exits_tell(const struct keep_exit *e)
{
	ear(e);
}

static void
apply(const struct keep_exit *e)
{
	struct board_head *head = state_head();

	ear(e);
	head->queue_seq = e->seq;
	head->queue_any = 1;
}

/* Some records applied and consumed; false: the queue is empty. */
static bool
drain_some(void)
{
	struct keep_exit e[PEEK];
	ssize_t n = peek(KEEP_FD_QUEUE, e, sizeof(e));

	if (n <= 0)
		return false;
	for (size_t i = 0; i < (size_t)n / sizeof(e[0]); i++)
		apply(&e[i]);
	return sys_read(KEEP_FD_QUEUE, e, (size_t)n) == n;
}

void
exits_drain(void)
{
	while (drain_some())
		;
}

/* Most of the time the queue is empty, and one call says so. */
enum exits_answer
exits_names(int32_t pid)
{
	static struct keep_exit e[LOOK];
	int waiting = 0;
	ssize_t n;

	if (sys_ioctl(KEEP_FD_QUEUE, FIONREAD, &waiting) == 0 && waiting == 0)
		return EXITS_NO;
	n = peek(KEEP_FD_QUEUE, e, sizeof(e));
	if (n <= 0)
		return waiting == 0 ? EXITS_NO : EXITS_UNKNOWN;
	for (size_t i = 0; i < (size_t)n / sizeof(e[0]); i++)
		if (e[i].pid == pid)
			return EXITS_YES;
	return n < waiting || (size_t)n == sizeof(e) ? EXITS_UNKNOWN : EXITS_NO;
}

static void
queue_ready(void *arg, uint32_t events)
{
	(void)arg;
	(void)events;
	exits_drain();
}

void
exits_start(void (*who)(const struct keep_exit *e))
{
	ear = who;
	exits_drain();
	if (watch_add(&tree.loop, &queue, KEEP_FD_QUEUE, EPOLLIN, queue_ready,
		NULL) < 0)
		die(111, "cannot watch the exit queue");
}
