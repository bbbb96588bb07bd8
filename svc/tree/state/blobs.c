/*
 * The packed settings of services, in a memory file of their own that the
 * keeper holds too (they may hold secrets, so it is not the board). A record
 * names the place of its settings; new ones are written to a fresh place before
 * the record is turned to it, so a svcd that dies in between leaves the old.
 */
#include "svc/tree/state/state.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/fd.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/state/index.h"

#define SLOT_SETTINGS 1
#define MOST (64u << 20) /* bytes of all settings together */
#define FIRST 65536
#define GRAIN 64
#define HOLES 256

struct place {
	uint32_t room; /* bytes behind this head */
	uint32_t used;
};

static unsigned char *base;
static size_t size;
static int file = -1;
static uint64_t holes[HOLES]; /* places that may be used again */
static uint64_t change;

/* Goes up with every change of any settings. */
uint64_t
blobs_change(void)
{
	return change;
}

static bool
map(int fd)
{
	int64_t n = mem_file_size(fd);

	if (n < FIRST || n > MOST ||
	    (sys_fcntl(fd, F_GET_SEALS, 0) & F_SEAL_SHRINK) == 0)
		return false;
	base = sys_mmap(NULL, MOST, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (base == NULL)
		die(111, "cannot map the settings file");
	size = (size_t)n;
	file = fd;
	return true;
}

void
blobs_start(void)
{
	int fd = tree.is_recovered ? keep_get(SLOT_SETTINGS) : -1;

	if (fd >= 0 && fd_lift(&fd, TREE_FD_FLOOR) < 0)
		die(111, "cannot hold the settings file");
	if (fd >= 0 && map(fd)) {
		/* Its maker may have died before it was noted. */
		if (state_head()->settings_used < GRAIN)
			state_head()->settings_used = GRAIN;
		return;
	}
	fd = mem_file("trivet-settings", FIRST, F_SEAL_SHRINK);
	if (fd < 0 || fd_lift(&fd, TREE_FD_FLOOR) < 0 || !map(fd) ||
	    !keep_put(SLOT_SETTINGS, &fd, 1))
		die(111, "cannot make the settings file");
	state_head()->settings_used = GRAIN;
}

static struct place *
place_of(uint64_t at)
{
	struct place *p = (struct place *)(void *)(base + at);

	if (at < GRAIN || at % GRAIN != 0 || at + sizeof(*p) > size ||
	    p->room > size - at - sizeof(*p) || p->used > p->room)
		return NULL;
	return p;
}

const void *
blob_of(uint32_t i, size_t *len)
{
	uint64_t at = rec(i)->settings;
	struct place *p = at != 0 ? place_of(at) : NULL;

	*len = p != NULL ? p->used : 0;
	return p != NULL ? p + 1 : NULL;
}

static uint64_t
take_hole(size_t bytes)
{
	for (unsigned n = 0; n < HOLES; n++) {
		struct place *p = holes[n] != 0 ? place_of(holes[n]) : NULL;
		uint64_t at = holes[n];
		if (p == NULL || p->room < bytes)
			continue;
		holes[n] = 0;
		return at;
	}
	return 0;
}

static uint64_t
take_end(size_t bytes)
{
	struct board_head *h = state_head();
	uint64_t at = h->settings_used;
	size_t whole = sizeof(struct place) + bytes;

	whole = (whole + GRAIN - 1) / GRAIN * GRAIN;
	if (at + whole > MOST)
		return 0;
	while (at + whole > size) {
		if (mem_file_grow(file, size * 2) < 0)
			return 0;
		size *= 2;
	}
	((struct place *)(void *)(base + at))->room =
	    (uint32_t)(whole - sizeof(struct place));
	h->settings_used = at + whole;
	return at;
}

static void
give(uint64_t at)
{
	for (unsigned n = 0; at != 0 && n < HOLES; n++) {
		if (holes[n] != 0)
			continue;
		holes[n] = at;
		return;
	}
}

bool
blob_set(uint32_t i, const void *bytes, size_t len)
{
	uint64_t old = rec(i)->settings, at = take_hole(len);
	struct place *p;

	if (at == 0)
		at = take_end(len);
	if (at == 0)
		return false;
	p = (struct place *)(void *)(base + at);
	change++;
	p->used = (uint32_t)len;
	memcpy(p + 1, bytes, len);
	__atomic_store_n(&rec(i)->settings, at, __ATOMIC_RELEASE);
	give(old);
	return true;
}

void
blob_drop(uint32_t i)
{
	change++;
	give(rec(i)->settings);
	rec(i)->settings = 0;
}
