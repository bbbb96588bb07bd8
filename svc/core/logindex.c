/*
 * Reading and writing the index of a log file.
 */
#include "svc/core/logindex.h"

static void
put64(unsigned char *to, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		to[i] = (unsigned char)(v >> 8 * i);
}

static uint64_t
get64(const unsigned char *from)
{
	uint64_t v = 0;

	for (int i = 8; i-- > 0;)
		v = v << 8 | from[i];
	return v;
}

void
logindex_put_head(unsigned char to[LOGINDEX_HEAD], struct logindex_head head)
{
	put64(to, LOGINDEX_MAGIC);
	put64(to + 8, head.inode);
	put64(to + 16, (uint64_t)head.began_ns);
	put64(to + 24, 0);
}

void
logindex_put_record(
    unsigned char to[LOGINDEX_RECORD], struct logindex_record record)
{
	put64(to, record.end);
	put64(to + 8, (uint64_t)record.at_ns);
}

struct logindex_record
logindex_record(const struct logindex *x, size_t i)
{
	const unsigned char *p = x->records + i * LOGINDEX_RECORD;

	return (struct logindex_record){get64(p), (int64_t)get64(p + 8)};
}

bool
logindex_open(struct logindex *x, const void *bytes, size_t n, uint64_t size)
{
	const unsigned char *p = bytes;
	uint64_t last = 0;

	if (n < LOGINDEX_HEAD || get64(p) != LOGINDEX_MAGIC)
		return false;
	x->head.inode = get64(p + 8);
	x->head.began_ns = (int64_t)get64(p + 16);
	x->records = p + LOGINDEX_HEAD;
	size_t there = (n - LOGINDEX_HEAD) / LOGINDEX_RECORD;
	for (x->count = 0; x->count < there; x->count++) {
		uint64_t end = logindex_record(x, x->count).end;
		if (end < last || end > size)
			break;
		last = end;
	}
	return true;
}

/* The first record whose end lies behind `offset`. */
static size_t
find(const struct logindex *x, uint64_t offset)
{
	size_t low = 0, high = x->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (logindex_record(x, mid).end > offset)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

int64_t
logindex_time(const struct logindex *x, uint64_t offset, int64_t otherwise)
{
	size_t i = find(x, offset);

	return i < x->count ? logindex_record(x, i).at_ns : otherwise;
}

uint64_t
logindex_since(const struct logindex *x, int64_t at_ns, uint64_t size)
{
	uint64_t before = 0;

	/* The wall clock may have gone back: no search by halves here. */
	for (size_t i = 0; i < x->count; i++) {
		struct logindex_record r = logindex_record(x, i);
		if (r.at_ns > at_ns)
			return before;
		before = r.end;
	}
	return x->count == 0 ? 0 : before < size ? before : size;
}
