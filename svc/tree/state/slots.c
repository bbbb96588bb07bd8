/* Which slots of the keeper are in use: a set, looked through from the last. */
#include "svc/tree/state/slots.h"

#include <errno.h>
#include <stdbool.h>

#include "lib/bits.h"
#include "lib/fd.h"
#include "svc/tree/state/state.h"

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

/* n in a row; 0: none left. */
static uint32_t
take(uint32_t n)
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
	return take(n);
}

static void
give(uint32_t slot, uint32_t n)
{
	for (uint32_t k = 0; k < n && slot + k < SLOTS_MAX; k++)
		bits_del(used, slot + k);
	if (slot < from)
		from = slot;
}

uint32_t
slots_put(const int *fds, uint32_t n)
{
	uint32_t slot = take(n);

	if (slot == 0)
		errno = ENOSPC;
	else if (!keep_put(slot, fds, n)) {
		give(slot, n);
		slot = 0;
	}
	return slot;
}

void
slots_drop(uint32_t slot, uint32_t n)
{
	if (slot == 0)
		return;
	keep_drop(slot, n);
	give(slot, n);
}

int
slots_get(uint32_t slot)
{
	int fd;

	slots_mark(slot, 1);
	fd = keep_get(slot);
	if (fd >= 0 && fd_lift(&fd, TREE_FD_FLOOR) < 0)
		fd_close(&fd);
	return fd;
}
