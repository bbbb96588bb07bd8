/*
 * What init finds in its memory file: of another version, of a stranger, or
 * torn. It is refused, or init can go on from it. The first byte chooses how
 * much of the head is good.
 */
#include <fcntl.h>
#include <unistd.h>

#include "init/memo.h"
#include "lib/mem.h"
#include "lib/sys.h"
#include "tests/fuzz/fuzz.h"

static void
go_on(void)
{
	int64_t limits[PHASE_COUNT];
	const struct plan *plan = &memo_step()->plan;

	phase_default_limits(limits);
	CLAIM(role_name((enum role)plan->role) != NULL);
	CLAIM(phase_limit_ms(plan, limits) >= 0);
	(void)phase_has_child(plan);
	for (int e = 0; e < EVENT_COUNT; e++) {
		struct phase_step s =
		    phase_step(*plan, (enum phase_event)e, KEEP_END_REBOOT);
		CLAIM(s.plan.phase < PHASE_COUNT && s.plan.role < ROLE_COUNT);
		CLAIM(s.effects < 1u << EFFECT_COUNT);
	}
	CLAIM(memo.console.len <= CONSOLE_BYTES);
	CLAIM(memo.console.taken <= memo.console.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memo found;
	int fd = mem_file("fuzz", MEMO_BYTES, F_SEAL_SHRINK | F_SEAL_GROW);
	bool ours = size > 0 && (data[0] & 1);

	if (size > 0)
		data++, size--;
	memset(&found, 0, MEMO_BYTES);
	memcpy(&found, data, size < MEMO_BYTES ? size : MEMO_BYTES);
	if (ours) {
		found.magic = MEMO_MAGIC;
		found.version = memo_version;
		found.pid = sys_getpid();
		found.anew = false;
	}
	CLAIM(pwrite(fd, &found, MEMO_BYTES, 0) == MEMO_BYTES);
	CLAIM(memo_pin(fd, FD_MEMO) >= 0);
	if (memo_adopt())
		go_on();
	return 0;
}
