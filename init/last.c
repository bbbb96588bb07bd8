/*
 * A machine is rebooted by a child: reboot(2) may end its caller, and PID 1
 * must not end.
 */
#include "init/last.h"

#include <linux/reboot.h>
#include <signal.h>

#include "init/console.h"
#include "init/fault.h"
#include "init/helper.h"
#include "init/job.h"
#include "init/memo.h"
#include "lib/say.h"
#include "lib/sys.h"

/* Everything is dropped but the program itself. */
static void
begin_anew(void)
{
	console_last_words();
	sys_close_range(KEEP_SLOT_BASE, ~0u, 0);
	sys_close(FD_KEPT);
	memo.anew = true;
	fault_again();
	memo.anew = false;
	say_warn("cannot begin anew");
}

static _Noreturn void
end_here(enum keep_ending ending)
{
	console_last_words();
	if (memo.may_restart && ending == KEEP_END_REBOOT)
		sys_reboot(LINUX_REBOOT_CMD_RESTART, NULL);
	sys_exit(memo.exit_code & 0xff);
}

bool
last_act(void)
{
	const struct plan *p = &memo_step()->plan;
	static enum keep_ending ending;

	ending = (enum keep_ending)p->ending;
	if (ending == KEEP_END_SOFT_REBOOT) {
		begin_anew();
		return true;
	}
	if (p->role != ROLE_MACHINE)
		end_here(ending);
	console_last_words();
	if (job_start(JOB_PHASE, helper_reboot, &ending, 0) == -1)
		helper_reboot(&ending);
	return true;
}
