/*
 * Linear probing; removal shifts the cells behind it back, so there are no
 * tombstones and a table in use for a year is as good as a new one.
 */
#include "svc/tree/state/index.h"

#include <string.h>

void
index_init(struct index *x, uint32_t *storage, size_t max,
    uint64_t (*hash)(uint32_t cell))
{
	*x = (struct index){.cells = storage,
	    .cap = INDEX_LEAST,
	    .halves = {storage, storage + max},
	    .max = max,
	    .hash = hash};
}

static void
put(struct index *x, uint64_t hash, uint32_t cell)
{
	size_t at = hash & (x->cap - 1);

	while (x->cells[at] != 0)
		at = (at + 1) & (x->cap - 1);
	x->cells[at] = cell;
}

/* Twice as large, in the other half; this one is zeroed for the next time. */
static void
grow(struct index *x)
{
	uint32_t *old = x->cells;
	size_t n = x->cap;

	x->cells = old == x->halves[0] ? x->halves[1] : x->halves[0];
	x->cap *= 2;
	for (size_t i = 0; i < n; i++)
		if (old[i] != 0)
			put(x, x->hash(old[i]), old[i]);
	memset(old, 0, n * sizeof(*old));
}

bool
index_add(struct index *x, uint64_t hash, uint32_t cell)
{
	size_t place = INDEX_FIRST;
	uint32_t found;

	while ((found = index_next(x, hash, &place)) != 0)
		if (found == cell)
			return true;
	if (x->used >= x->cap / 2 && x->cap < x->max)
		grow(x);
	if (x->used >= x->cap / 2)
		return false;
	put(x, hash, cell);
	x->used++;
	return true;
}

/* Whether a cell whose home is `home` may move from `at` back to `hole`. */
static bool
may_fill(size_t hole, size_t at, size_t home)
{
	if (hole <= at)
		return home <= hole || home > at;
	return home <= hole && home > at;
}

static void
close_hole(struct index *x, size_t hole)
{
	size_t at = hole;

	for (;;) {
		at = (at + 1) & (x->cap - 1);
		if (x->cells[at] == 0)
			break;
		size_t home = x->hash(x->cells[at]) & (x->cap - 1);
		if (may_fill(hole, at, home)) {
			x->cells[hole] = x->cells[at];
			hole = at;
		}
	}
	x->cells[hole] = 0;
}

void
index_del(struct index *x, uint64_t hash, uint32_t cell)
{
	size_t at = hash & (x->cap - 1);

	while (x->cells[at] != cell) {
		if (x->cells[at] == 0)
			return;
		at = (at + 1) & (x->cap - 1);
	}
	x->used--;
	close_hole(x, at);
}

uint32_t
index_next(const struct index *x, uint64_t hash, size_t *place)
{
	*place = (*place == INDEX_FIRST ? hash : *place + 1) & (x->cap - 1);
	return x->cells[*place];
}

uint64_t
index_hash(uint64_t a, uint64_t b)
{
	uint64_t h = (a ^ (b << 32 | b >> 32)) * UINT64_C(0x9e3779b97f4a7c15);

	h ^= h >> 29;
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	return h ^ h >> 32;
}

uint64_t
index_hash_text(const char *s, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * UINT64_C(0x100000001b3);
	return h ^ h >> 32;
}
