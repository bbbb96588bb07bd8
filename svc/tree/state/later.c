/*
 * One timer for all kinds. A round takes what stands on the lists when it
 * begins; what fails once more is put down for the next round.
 */
#include "svc/tree/state/later.h"

#include <string.h>

#include "svc/tree/state/state.h"

#define LATER_MS 1000

static struct timer timer;
static struct later *first;

static void
go_through(struct later *l)
{
	uint64_t due[BITS_WORDS(TREE_RECORDS)];

	memcpy(due, l->due, sizeof(due));
	memset(l->due, 0, sizeof(l->due));
	for (size_t i = bits_next(due, TREE_RECORDS, 0); i < TREE_RECORDS;
	     i = bits_next(due, TREE_RECORDS, i + 1))
		if (i == LATER_TREE || board_word(rec((uint32_t)i)) != 0)
			l->again((uint32_t)i);
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
		go_through(l);
	}
}

void
later_add(struct later *l, uint32_t i)
{
	bits_add(l->due, i);
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

bool
later_has(const struct later *l, uint32_t i)
{
	return bits_has(l->due, i);
}
