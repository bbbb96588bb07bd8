/*
 * One timer for all kinds. A round goes through the lists; what fails once more
 * is put down again. After so many that failed the round is over, and the next
 * goes on behind them: 60,000 that lack a descriptor do not keep svcd busy, and
 * none of them is in the way of another.
 */
#include "svc/tree/state/later.h"

#include <string.h>

#include "svc/tree/state/state.h"

#define LATER_MS 1000
#define LATER_FAILURES 64

static struct timer timer;
static struct later *first;

static void round_due(void *arg);

/* Its turn comes with the next round. */
static void
enlist(struct later *l)
{
	if (l->is_listed)
		return;
	l->is_listed = true;
	l->next = first;
	first = l;
	if (timer.due == NULL)
		timer_init(&timer, round_due, NULL);
	if (!timer_is_set(&timer))
		timer_set(
		    &tree.loop, &timer, mono_add_ms(tree.loop.now, LATER_MS));
}

/* Those of `from` to before `to`, until so many have failed. */
static void
go_through(struct later *l, size_t from, size_t to, unsigned *left)
{
	for (size_t i = bits_next(l->due, TREE_RECORDS, from); i < to;
	     i = bits_next(l->due, TREE_RECORDS, i + 1)) {
		if (*left == 0)
			return;
		bits_del(l->due, i);
		if (i == LATER_TREE || board_word(rec((uint32_t)i)) != 0)
			l->again((uint32_t)i);
		if (bits_has(l->due, i)) {
			--*left;
			l->next_at = i + 1;
		}
	}
}

static void
go_round(struct later *l)
{
	size_t start = l->next_at;
	unsigned left = LATER_FAILURES;

	go_through(l, start, TREE_RECORDS, &left);
	go_through(l, 0, start, &left);
	if (bits_any(l->due, TREE_RECORDS))
		enlist(l);
}

static void
round_due(void *arg)
{
	struct later *l = first, *next;

	(void)arg;
	first = NULL;
	for (; l != NULL; l = next) {
		next = l->next;
		l->is_listed = false;
		go_round(l);
	}
}

void
later_add(struct later *l, uint32_t i)
{
	bits_add(l->due, i);
	enlist(l);
}

bool
later_has(const struct later *l, uint32_t i)
{
	return bits_has(l->due, i);
}
