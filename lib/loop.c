/*
 * The event loop. A turn waits once, then delivers what was fetched; a watch
 * that is deleted meanwhile is struck from the batch, so that no event reaches
 * a watch that is gone or stands for another descriptor by now.
 */
#include "lib/loop.h"

#include <errno.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/sys.h"

int
loop_open(struct loop *l, struct timer **heap, size_t cap)
{
	memset(l, 0, sizeof(*l));
	l->heap = heap;
	l->timers_cap = cap;
	l->now = mono_now();
	l->fd = sys_epoll_create();
	return l->fd == -1 ? -1 : 0;
}

void
loop_close(struct loop *l)
{
	fd_close(&l->fd);
}

void
loop_heap(struct loop *l, struct timer **heap, size_t cap)
{
	memmove(heap, l->heap, l->timers * sizeof(*heap));
	l->heap = heap;
	l->timers_cap = cap;
}

/* How long to wait for `until`; false: for ever. */
static bool
timeout_until(struct mono until, struct mono now, struct timespec *t)
{
	*t = mono_timespec(mono_ns_between(now, until));
	return !mono_is_never(until);
}

static int
deliver(struct loop *l)
{
	int ran = 0;

	while (l->batch_next < l->batch_size) {
		struct epoll_event ev = l->batch[l->batch_next++];
		struct watch *w = ev.data.ptr;

		if (w == NULL)
			continue; /* deleted after it was fetched */
		w->ready(w->arg, ev.events);
		ran++;
	}
	return ran;
}

/* Bounded: callbacks that set their timer to "now" must not hold the turn. */
static int
fire(struct loop *l)
{
	int ran = 0;

	while (ran < LOOP_BATCH && l->timers > 0 &&
	       !mono_before(l->now, l->heap[0]->at)) {
		struct timer *t = l->heap[0];

		timer_unset(l, t);
		t->due(t->arg);
		ran++;
	}
	return ran;
}

int
loop_turn_until(struct loop *l, struct mono until)
{
	struct timespec t;
	bool bounded;
	int n;

	if (l->timers > 0)
		until = mono_min(until, l->heap[0]->at);
	bounded = timeout_until(
	    until, mono_is_never(until) ? mono_zero() : mono_now(), &t);
	n = sys_epoll_pwait2(l->fd, l->batch, LOOP_BATCH, bounded ? &t : NULL);
	if (n == -1)
		return -1;
	l->now = mono_now();
	l->batch_size = n;
	l->batch_next = 0;
	n = deliver(l);
	l->batch_size = 0;
	return n + fire(l);
}

int
loop_turn(struct loop *l)
{
	return loop_turn_until(l, mono_never());
}

int
watch_add(struct loop *l, struct watch *w, int fd, uint32_t events,
    void (*ready)(void *arg, uint32_t events), void *arg)
{
	struct epoll_event ev = {.events = events, .data.ptr = w};

	if (sys_epoll_ctl(l->fd, EPOLL_CTL_ADD, fd, &ev) == -1)
		return -1;
	*w = (struct watch){fd, events, ready, arg};
	return 0;
}

int
watch_change(struct loop *l, struct watch *w, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.ptr = w};

	if (w->events == events)
		return 0;
	if (sys_epoll_ctl(l->fd, EPOLL_CTL_MOD, w->fd, &ev) == -1)
		return -1;
	w->events = events;
	return 0;
}

void
watch_del(struct loop *l, struct watch *w)
{
	int saved = errno;

	if (w->fd == -1)
		return;
	sys_epoll_ctl(l->fd, EPOLL_CTL_DEL, w->fd, NULL);
	w->fd = -1;
	for (int i = l->batch_next; i < l->batch_size; i++)
		if (l->batch[i].data.ptr == w)
			l->batch[i].data.ptr = NULL;
	errno = saved;
}

void
timer_init(struct timer *t, void (*due)(void *arg), void *arg)
{
	*t = (struct timer){0, mono_never(), due, arg};
}

static void
set_place(struct loop *l, size_t i, struct timer *t)
{
	l->heap[i] = t;
	t->place = i + 1;
}

static void
rise(struct loop *l, size_t i, struct timer *t)
{
	for (; i > 0 && mono_before(t->at, l->heap[(i - 1) / 2]->at);
	     i = (i - 1) / 2)
		set_place(l, i, l->heap[(i - 1) / 2]);
	set_place(l, i, t);
}

static void
sink(struct loop *l, size_t i, struct timer *t)
{
	for (size_t child; (child = 2 * i + 1) < l->timers; i = child) {
		if (child + 1 < l->timers &&
		    mono_before(l->heap[child + 1]->at, l->heap[child]->at))
			child++;
		if (!mono_before(l->heap[child]->at, t->at))
			break;
		set_place(l, i, l->heap[child]);
	}
	set_place(l, i, t);
}

int
timer_set(struct loop *l, struct timer *t, struct mono at)
{
	bool sooner = mono_before(at, t->at);

	if (mono_is_never(at)) {
		timer_unset(l, t);
		return 0;
	}
	if (t->place == 0 && l->timers == l->timers_cap) {
		errno = ENOSPC;
		return -1;
	}
	t->at = at;
	if (t->place == 0)
		rise(l, l->timers++, t);
	else if (sooner)
		rise(l, t->place - 1, t);
	else
		sink(l, t->place - 1, t);
	return 0;
}

void
timer_unset(struct loop *l, struct timer *t)
{
	size_t i = t->place;
	struct timer *last;

	if (i-- == 0)
		return;
	t->place = 0;
	last = l->heap[--l->timers];
	if (last == t)
		return;
	if (mono_before(last->at, t->at))
		rise(l, i, last);
	else
		sink(l, i, last);
}

bool
timer_is_set(const struct timer *t)
{
	return t->place != 0;
}
