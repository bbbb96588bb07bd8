/* Which slots of the keeper are in use: a set, looked through from the last. */
#include "svc/tree/state/slots.h"

#include <stdbool.h>

#include "lib/bits.h"
#include "svc/tree/state/index.h"

static uint64_t used[BITS_WORDS(SLOTS_MAX)];
static uint32_t from = SLOTS_FIRST;

static bool
is_free(uint32_t slot, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
		if (slot + k >= SLOTS_MAX || bits_has(used, slot + k))
			return false;
	return true;
}

void
slots_mark(uint32_t slot, uint32_t n)
{
	for (uint32_t k = 0; k < n && slot + k < SLOTS_MAX; k++)
		bits_add(used, slot + k);
}

uint32_t
slots_take(uint32_t n)
{
	for (uint32_t slot = from; slot < SLOTS_MAX;
	     slot = (uint32_t)bits_next_free(used, SLOTS_MAX, slot + 1)) {
		if (!is_free(slot, n))
			continue;
		slots_mark(slot, n);
		from = slot + n;
		return slot;
	}
	if (from == SLOTS_FIRST)
		return 0;
	from = SLOTS_FIRST;
	return slots_take(n);
}

void
slots_give(uint32_t slot, uint32_t n)
{
	for (uint32_t k = 0; k < n && slot + k < SLOTS_MAX; k++)
		bits_del(used, slot + k);
	if (slot < from)
		from = slot;
}
