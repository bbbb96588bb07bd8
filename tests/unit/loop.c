#include <stdlib.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/loop.h"
#include "tests/unit/unit.h"

static struct loop loop;
static struct timer *heap[256];
static char history[64];

static void
note(char c)
{
	size_t n = strlen(history);

	history[n] = c;
	history[n + 1] = '\0';
}

static void
begin(void)
{
	history[0] = '\0';
	HOLDS(loop_open(&loop, heap, 256) == 0);
}

struct end {
	int fds[2];
	struct watch watch;
	char name;
	struct end *victim;
};

static void
ready(void *arg, uint32_t events)
{
	struct end *e = arg;
	char byte;

	HOLDS(events & EPOLLIN);
	HOLDS(read(e->fds[0], &byte, 1) == 1);
	note(e->name);
	if (e->victim != NULL) {
		watch_del(&loop, &e->victim->watch);
		close(e->victim->fds[0]);
	}
}

static void
open_end(struct end *e, char name)
{
	*e = (struct end){.name = name, .watch = WATCH_NONE};
	HOLDS(pipe(e->fds) == 0);
	HOLDS(watch_add(&loop, &e->watch, e->fds[0], EPOLLIN, ready, e) == 0);
}

static void
poke(struct end *e)
{
	HOLDS(write(e->fds[1], "", 1) == 1);
}

static void
delivers(void)
{
	struct end a, b;

	begin();
	open_end(&a, 'a');
	open_end(&b, 'b');
	HOLDS(loop_turn_until(&loop, mono_zero()) == 0);
	poke(&b);
	HOLDS(loop_turn(&loop) == 1);
	poke(&a);
	HOLDS(loop_turn(&loop) == 1);
	SAME(history, "ba");
	watch_change(&loop, &a.watch, 0);
	poke(&a);
	HOLDS(loop_turn_until(&loop, mono_zero()) == 0);
	watch_change(&loop, &a.watch, EPOLLIN);
	HOLDS(loop_turn(&loop) == 1);
	watch_del(&loop, &a.watch);
	watch_del(&loop, &a.watch);
	poke(&a);
	HOLDS(loop_turn_until(&loop, mono_zero()) == 0);
	loop_close(&loop);
	HOLDS(loop.fd == -1);
}

/*
 * Both are ready in one batch and each would delete the other: whichever comes
 * first, the other's event must be struck, though its descriptor is closed.
 */
static void
strikes_stale_events(void)
{
	struct end a, b;

	begin();
	open_end(&a, 'a');
	open_end(&b, 'b');
	a.victim = &b;
	b.victim = &a;
	poke(&a);
	poke(&b);
	HOLDS(loop_turn(&loop) == 1);
	HOLDS(strlen(history) == 1);
	loop_close(&loop);
}

static struct timer timers[200];

static void
due(void *arg)
{
	struct timer *t = arg;

	HOLDS(!timer_is_set(t));
	HOLDS(!mono_before(loop.now, t->at));
	note((char)('a' + (t - timers)));
}

static void
fires_in_order(void)
{
	struct mono start;

	begin();
	start = loop.now;
	for (int i = 0; i < 4; i++)
		timer_init(&timers[i], due, &timers[i]);
	timer_set(&loop, &timers[0], mono_add_ms(start, 9));
	timer_set(&loop, &timers[1], mono_add_ms(start, 3));
	timer_set(&loop, &timers[2], mono_add_ms(start, 60000));
	timer_set(&loop, &timers[3], mono_add_ms(start, 1));
	timer_set(&loop, &timers[2], mono_add_ms(start, 6));  /* sooner */
	timer_set(&loop, &timers[3], mono_add_ms(start, 12)); /* later */
	while (loop.timers > 0)
		HOLDS(loop_turn(&loop) >= 0);
	SAME(history, "bcad");
	HOLDS(!mono_before(loop.now, mono_add_ms(start, 12)));
	loop_close(&loop);
}

static void
unsets(void)
{
	begin();
	timer_init(&timers[0], due, &timers[0]);
	timer_unset(&loop, &timers[0]);
	timer_set(&loop, &timers[0], mono_zero());
	timer_set(&loop, &timers[0], mono_never());
	HOLDS(!timer_is_set(&timers[0]));
	HOLDS(loop_turn_until(&loop, mono_add_ms(mono_now(), 2)) == 0);
	loop.timers_cap = 1;
	HOLDS(timer_set(&loop, &timers[0], mono_add_ms(loop.now, 1)) == 0);
	timer_init(&timers[1], due, &timers[1]);
	HOLDS(timer_set(&loop, &timers[1], loop.now) == -1);
	HOLDS(!timer_is_set(&timers[1]));
	loop_close(&loop);
}

/* A random mix of set, move and unset leaves a heap that is one. */
static void
stays_a_heap(void)
{
	struct timer *larger[256];
	struct mono last = mono_zero();

	begin();
	srandom(7);
	for (int i = 0; i < 200; i++)
		timer_init(&timers[i], due, &timers[i]);
	for (int i = 0; i < 5000; i++) {
		struct timer *t = &timers[random() % 200];

		if (random() % 4 == 0)
			timer_unset(&loop, t);
		else
			timer_set(&loop, t, (struct mono){random() % 1000});
		if (i == 2500)
			loop_heap(&loop, larger, 256);
	}
	for (size_t i = 0; i < loop.timers; i++)
		HOLDS(loop.heap[i]->place == i + 1);
	while (loop.timers > 0) {
		struct timer *t = loop.heap[0];

		HOLDS(!mono_before(t->at, last));
		last = t->at;
		timer_unset(&loop, t);
	}
	loop_close(&loop);
}

static int chain;

static void
again(void *arg)
{
	chain++;
	timer_set(&loop, arg, loop.now);
}

static void
is_bounded(void)
{
	struct end a;

	begin();
	open_end(&a, 'a');
	timer_init(&timers[0], again, &timers[0]);
	timer_set(&loop, &timers[0], mono_zero());
	poke(&a);
	HOLDS(loop_turn(&loop) == LOOP_BATCH + 1);
	SAME(history, "a");
	HOLDS(chain == LOOP_BATCH);
	loop_close(&loop);
}

int
main(void)
{
	TEST("loop: delivers events to watches", delivers);
	TEST("loop: a deleted watch hears nothing more", strikes_stale_events);
	TEST("loop: timers fire in order, moved ones too", fires_in_order);
	TEST("loop: timers unset, and refused when full", unsets);
	TEST("loop: any mix of timers stays ordered", stays_a_heap);
	TEST("loop: a turn is bounded and starves nobody", is_bounded);
	return unit_done();
}
