/*
 * The memory file is laid over a static object at its own address: no pointer
 * to it can be damaged, and without a memory file everything works, but for
 * surviving a fault.
 */
#include "init/memo.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/mem.h"
#include "lib/sys.h"

struct memo memo;
_Static_assert(
    offsetof(struct memo, taken_back) < MEMO_BYTES, "memo outgrew its file");
_Static_assert(
    FD_END + KEEP_MSG_FDS <= KEEP_SLOT_BASE, "no room for what arrives");

int
memo_pin(int fd, enum memo_fd to)
{
	if (fd < 0)
		return -1;
	int done = sys_dup2(fd, (int)to);

	if (fd != (int)to)
		sys_close(fd);
	return done;
}

/* -1: memory of nobody else's. */
static bool
lay_over(int fd)
{
	int how = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;

	return sys_mmap(&memo, MEMO_BYTES, PROT_READ | PROT_WRITE,
		   how | MAP_FIXED, fd, 0) != NULL;
}

bool
memo_knows(uint32_t version)
{
	return version == memo_version || version + 1 == memo_version;
}

/* Nothing in it leads outside of a table. */
static bool
is_sound(void)
{
	const struct plan *p = &memo_step()->plan;

	return p->role < ROLE_COUNT && p->phase < PHASE_COUNT &&
	       p->push < PUSH_COUNT && p->ending <= KEEP_END_EXIT &&
	       p->final < FINAL_COUNT && memo.console.len <= CONSOLE_BYTES &&
	       memo.console.taken <= memo.console.len;
}

/* Ours, of a state we know, and not something that a stranger left open. */
bool
memo_adopt(void)
{
	void *found = mem_map(FD_MEMO, MEMO_BYTES, false);

	if (found == NULL)
		return false;
	sys_munmap(found, MEMO_BYTES);
	if (!lay_over(FD_MEMO))
		return false;
	if (memo.magic == MEMO_MAGIC && memo_knows(memo.version) &&
	    memo.pid == sys_getpid() && !memo.anew && is_sound())
		return true;
	lay_over(-1);
	return false;
}

void
memo_create(void)
{
	int fd = mem_file("init", MEMO_BYTES, F_SEAL_SHRINK | F_SEAL_GROW);

	if (fd >= 0 && memo_pin(fd, FD_MEMO) >= 0)
		lay_over(FD_MEMO);
	memset(&memo, 0, MEMO_BYTES);
	memo.version = memo_version;
	memo.pid = sys_getpid();
	memo.magic = MEMO_MAGIC;
}

struct memo_step *
memo_step(void)
{
	return &memo.steps[memo.step_at & 1];
}

void
memo_commit(struct memo_step next)
{
	uint32_t other = !(memo.step_at & 1);

	memo.steps[other] = next;
	/* A fault between the two must find the old one or the new one. */
	atomic_signal_fence(memory_order_seq_cst);
	memo.step_at = other;
}
