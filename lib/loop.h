/*
 * The one event loop: descriptors by epoll, deadlines by an absolute monotonic
 * clock, nothing polled, no wake-up when nothing happens. No storage of its
 * own beyond struct loop; watches and timers belong to the caller and must
 * stay where they are while they are in the loop.
 *
 *	loop_open(&loop, heap, HEAP_MAX);
 *	watch_add(&loop, &line, fd, EPOLLIN, line_ready, self);
 *	timer_set(&loop, &retry, mono_add_ms(loop.now, 100));
 *	while (!done)
 *		loop_turn(&loop);
 *
 * Callbacks may add, change and delete any watch or timer, their own too, and
 * close its descriptor after watch_del: an event that was already fetched for
 * a deleted watch is never delivered.
 */
#ifndef LIB_LOOP_H
#define LIB_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "lib/mono.h"

/* Most events and most timers taken in one turn: nobody starves the others. */
#define LOOP_BATCH 64

struct watch {
	int fd; /* -1: not in a loop */
	uint32_t events;
	void (*ready)(void *arg, uint32_t events);
	void *arg;
};

struct timer {
	size_t place; /* in the heap, counted from 1; 0: not set */
	struct mono at;
	void (*due)(void *arg);
	void *arg;
};

struct loop {
	int fd;
	struct mono now; /* read once a turn, after waiting */
	struct timer **heap;
	size_t timers, timers_cap;
	struct epoll_event batch[LOOP_BATCH];
	int batch_size, batch_next; /* fetched, not yet delivered */
};

/* heap: room for as many timers as will be set at one time. 0 or -1. */
int loop_open(struct loop *l, struct timer **heap, size_t cap);
void loop_close(struct loop *l);
/* A larger heap; the timers in the old one are moved. */
void loop_heap(struct loop *l, struct timer **heap, size_t cap);

/*
 * Waits for the first event or deadline and delivers up to LOOP_BATCH of each.
 * Returns how many callbacks ran (0: interrupted), -1 if the kernel refused.
 */
int loop_turn(struct loop *l);
/* The same, but returns no later than `until`, and at once for mono_zero(). */
int loop_turn_until(struct loop *l, struct mono until);

/* For watches in static storage, before first use. */
#define WATCH_NONE ((struct watch){.fd = -1})
/* 0 or -1; EPERM: a regular file, which is always ready. */
int watch_add(struct loop *l, struct watch *w, int fd, uint32_t events,
    void (*ready)(void *arg, uint32_t events), void *arg);
/* Other events: 0 keeps the watch but hears only EPOLLERR and EPOLLHUP. */
int watch_change(struct loop *l, struct watch *w, uint32_t events);
/*
 * Takes it out, before its descriptor is closed: a copy in a child would keep
 * it in epoll otherwise. Harmless when it is not in. Does not close.
 */
void watch_del(struct loop *l, struct watch *w);

/* Names what to call; the timer is not set yet. */
void timer_init(struct timer *t, void (*due)(void *arg), void *arg);
/* Sets or moves it. mono_never() unsets. -1 with ENOSPC: the heap is full. */
int timer_set(struct loop *l, struct timer *t, struct mono at);
void timer_unset(struct loop *l, struct timer *t);
bool timer_is_set(const struct timer *t);

#endif
