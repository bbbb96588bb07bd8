/*
 * Events wait here for the life machine. Whoever learns of something posts it;
 * nothing else happens at that moment.
 */
#include "svc/tree/state/state.h"

#include "lib/mem.h"
#include "lib/say.h"

static struct event *ring;
static size_t head, len;

void
events_start(void)
{
	ring = mem_pages(TREE_EVENTS * sizeof(*ring));
	if (ring == NULL)
		die(111, "cannot reserve memory");
}

void
post(uint32_t i, enum sv_event ev)
{
	if (len == TREE_EVENTS) {
		say_warnx("more than %d events wait: one is lost", TREE_EVENTS);
		return;
	}
	ring[(head + len++) % TREE_EVENTS] = (struct event){.record = i,
	    .life = live(i)->life,
	    .what = (uint16_t)ev,
	    .generation = state_word(i).generation};
}

bool
event_take(struct event *e)
{
	if (len == 0)
		return false;
	*e = ring[head];
	head = (head + 1) % TREE_EVENTS;
	if (--len == 0) /* the same pages again, and no others */
		head = 0;
	return true;
}

bool
events_wait(void)
{
	return len > 0;
}
