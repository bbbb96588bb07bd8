/*
 * An upgrade is a crash taken on purpose: the same state, the same descriptors,
 * another program.
 */
#include "init/upgrade.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>

#include "init/keep.h"
#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/say.h"
#include "lib/scan.h"
#include "lib/str.h"
#include "lib/sys.h"

#define ACCEPTS 77 /* an exit code that nobody gives by accident */
#define ACCEPTS_MS 2000
#define SETTLE_MS 1000 /* without a fault, once the new kept child is READY */

static const struct keep_asks *asks;
static const char *kept_name;

void
upgrade_init(const struct keep_asks *who, const char *name)
{
	asks = who;
	kept_name = name;
}

/* What the new one must know: this memo, and the contract with the kept. */
int
upgrade_accepts(const char *version)
{
	char room[32];
	struct buf ours = BUF(room);
	const char *dot = strchr(version, '.');
	uint32_t found;

	if (dot == NULL || dot - version >= (ptrdiff_t)sizeof(room))
		return 1;
	buf_put(&ours, version, (size_t)(dot - version));
	if (!scan_u32(room, &found) || !memo_knows(found))
		return 1;
	buf_clear(&ours);
	buf_fmt(&ours, ".%d", KEEP_VERSION);
	return str_eq(dot, room) ? ACCEPTS : 1;
}

static int
run_trial(void *arg)
{
	char room[32];
	struct buf version = BUF(room);
	const char *argv[] = {"init", "--accepts", room, NULL};
	struct program program = {
	    .fd = FD_SELF_NEW, .argv = argv, .keep = FD_END};

	(void)arg;
	buf_fmt(&version, "%u.%d", memo.version, KEEP_VERSION);
	return job_become(JOB_TRIAL, &program);
}

static void
refuse(int why)
{
	sys_close(FD_KEPT_NEW);
	sys_close(FD_SELF_NEW);
	memo.kept.refused_why = why;
	memo.kept.refused = true;
}

/* `to` is what it was before in `old`, and `from` in its place. */
static void
exchange(enum memo_fd from, enum memo_fd to, enum memo_fd old)
{
	if (!fd_is_open(from))
		return;
	sys_dup2(to, old);
	memo_pin(from, to);
}

static void
upgrade_go(void)
{
	bool own = fd_is_open(FD_SELF_NEW);

	/* Ours first: from there on a fault takes back all of it. */
	exchange(FD_SELF_NEW, FD_SELF, FD_SELF_OLD);
	exchange(FD_KEPT_NEW, FD_KEPT, FD_KEPT_OLD);
	memo.kept.trial = true;
	memo.kept.deaths = 0;
	job_signal(JOB_KEPT, SIGKILL);
	say_info("taking the new programs");
	if (!own)
		return;
	asks->again();
	/* It came back: the new program cannot even be executed. */
	memo_pin(FD_SELF_OLD, FD_SELF);
}

/* From here on the program before cannot be taken back. */
static void
settle(void)
{
	memo.settle_ns = 0;
	memo.version = memo_version;
	sys_close(FD_SELF_OLD);
	say_info("the new programs stay");
}

void
upgrade_begin(const int *fds, size_t nfds)
{
	int copies[2] = {-1, -1};

	/* Whoever is served so far may ask for the next. */
	if (memo.settle_ns != 0)
		settle();
	if (nfds < 1 || nfds > 2 || job_runs(JOB_TRIAL) || memo.kept.trial) {
		refuse(nfds < 1 || nfds > 2 ? EINVAL : EBUSY);
		return;
	}
	for (size_t i = 0; i < nfds; i++)
		copies[i] = sys_dup(fds[i], FD_END);
	memo_pin(copies[0], FD_KEPT_NEW);
	memo_pin(copies[1], FD_SELF_NEW);
	if (!fd_is_open(FD_KEPT_NEW) || (nfds == 2 && !fd_is_open(FD_SELF_NEW)))
		refuse(errno);
	else if (nfds == 1)
		upgrade_go();
	else if (job_start(JOB_TRIAL, run_trial, NULL, ACCEPTS_MS) == -1)
		refuse(errno);
}

void
upgrade_tried(const struct job_end *end)
{
	job_forget(JOB_TRIAL);
	if (end->known && end->code == CLD_EXITED && end->value == ACCEPTS) {
		upgrade_go();
		return;
	}
	say_warnx("the new init does not know this state: keeping the old one");
	refuse(end->error);
}

void
upgrade_done(void)
{
	memo.kept.trial = false;
	sys_close(FD_KEPT_OLD);
	memo.settle_ns = mono_now().ns + NS_OF_MS(SETTLE_MS);
}

void
upgrade_turn(int64_t now_ns)
{
	if (memo.settle_ns != 0 && now_ns >= memo.settle_ns)
		settle();
}

void
upgrade_undo(void)
{
	memo.kept.trial = false;
	say_warnx(
	    "the new %s did not come up: taking the old one again", kept_name);
	if (fd_is_open(FD_KEPT_OLD))
		memo_pin(FD_KEPT_OLD, FD_KEPT);
	if (!fd_is_open(FD_SELF_OLD))
		return;
	memo_pin(FD_SELF_OLD, FD_SELF);
	asks->again();
}

/*
 * What the fault handler has begun. A new kept child that is READY stays, for
 * the state may be its own by now; any other goes the way of all that do not
 * come up. One that was READY before it was on trial is the old one still.
 */
void
upgrade_carry_on(void)
{
	if (!memo.taken_back)
		return;
	say_warnx("the new init had a fault: taking the old one again");
	memo.settle_ns = 0;
	if (memo.kept.trial && job_runs(JOB_KEPT) && !memo.kept.ready)
		job_signal(JOB_KEPT, SIGKILL);
	else if (fd_is_open(FD_KEPT_OLD))
		upgrade_undo();
	memo.taken_back = false;
}
