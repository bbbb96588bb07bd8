/*
 * A death may be nobody's fault, as where memory is short: so each of the two
 * has its tries in turn, and neither is given up for good.
 */
#include "svc/tree/output/logprogram.h"

#include <fcntl.h>

#include "lib/buf.h"
#include "lib/fd.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/spawn.h"
#include "lib/sys.h"
#include "svc/tree/state/slots.h"
#include "svc/tree/state/state.h"

#define TRIES 2
#define WORKS_MS 1000

static struct {
	struct timer proof;
	int installed;	   /* as it was when it was started last; -1: nobody */
	int former;	   /* the last one that has worked; -1: none */
	bool is_former;	   /* that is the one which runs */
	bool works;	   /* it does */
	unsigned failures; /* to work, in a row */
} program = {.installed = -1, .former = -1};

/* Put before the other is dropped: a death in between finds one of them. */
static void
keep(void)
{
	uint32_t old = state_head()->logger_slot;

	fd_close(&program.former);
	program.former = program.installed;
	program.installed = -1;
	state_head()->logger_slot = slots_put(&program.former, 1);
	slots_drop(old, 1);
}

static void
works(void *arg)
{
	(void)arg;
	program.works = true;
	program.failures = program.is_former ? TRIES : 0;
	if (!program.is_former && program.installed >= 0)
		keep();
}

void
logprogram_start(void)
{
	uint32_t slot = state_head()->logger_slot;

	timer_init(&program.proof, works, NULL);
	if (slot != 0)
		program.former = slots_get(slot);
}

/* The program beside our own. */
static bool
find(char to[TREE_PATH])
{
	char self[TREE_PATH], dir[TREE_PATH];
	struct buf d = BUF(dir), p = buf_over(to, TREE_PATH);

	if (sys_readlinkat(AT_FDCWD, "/proc/self/exe", self, sizeof(self)) <= 0)
		return false;
	path_dir(&d, self);
	path_make(&p, dir, "svlogd");
	return !p.full;
}

bool
logprogram_choose(struct spawn *s, char path[TREE_PATH])
{
	static bool is_told;

	fd_close(&program.installed);
	if (find(path))
		program.installed = sys_open(path, O_PATH, 0);
	fd_lift(&program.installed, TREE_FD_FLOOR);
	program.works = false;
	program.is_former =
	    program.former >= 0 &&
	    (program.installed < 0 || program.failures / TRIES % 2 == 1);
	if (program.is_former) {
		if (!is_told)
			say_warnx("the installed svlogd does not work: taking "
				  "the one before it");
		is_told = true;
		s->exec_fd = program.former;
	} else {
		s->file = path;
	}
	return program.is_former || path[0] != '\0';
}

void
logprogram_ready(void)
{
	timer_set(
	    &tree.loop, &program.proof, mono_add_ms(tree.loop.now, WORKS_MS));
}

void
logprogram_gone(void)
{
	timer_unset(&tree.loop, &program.proof);
	if (!program.works)
		program.failures++;
}
