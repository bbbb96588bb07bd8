/*
 * What a service's directory says about it. The files of runit and s6 are read
 * when they are used, as both do; nothing of them is kept here.
 */
#include "svc/tree/tree.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/path.h"
#include "lib/sys.h"

#define SECOND_MS 1000

static bool
is_program(int dir, const char *file)
{
	struct stat st;

	return sys_fstatat(dir, file, &st, 0) == 0 && S_ISREG(st.st_mode) &&
	       (st.st_mode & S_IXUSR);
}

static bool
exists(int dir, const char *file)
{
	return sys_faccessat(dir, file, F_OK, 0) == 0;
}

/* Files that only a directory made for s6 has. */
bool
service_is_s6(int dir)
{
	static const char *const files[] = {"notification-fd", "timeout-kill",
	    "timeout-finish", "type", "down-signal", "max-death-tally"};

	for (size_t n = 0; n < sizeof(files) / sizeof(files[0]); n++)
		if (exists(dir, files[n]))
			return true;
	return false;
}

struct sv_config
service_config(int dir, bool is_log)
{
	return (struct sv_config){
	    .has_finish = !is_log && exists(dir, "finish"),
	    .has_pre = !is_log && is_program(dir, "control/u"),
	};
}

bool
service_is_down(int dir)
{
	return exists(dir, "down");
}

void
service_refresh(uint32_t i)
{
	struct sv_word w = sv_unpack(board_word(rec(i)));
	bool is_log = rec(i)->flags & BOARD_LOG;
	char path[TREE_PATH];
	int dir = sys_open(state_path(i, path), O_PATH | O_DIRECTORY, 0);

	if (dir < 0)
		return;
	state_commit(i, sv_configure(w.sv, service_config(dir, is_log)),
	    w.generation, w.pid);
	sys_close(dir);
}

/* runit: at least a second from start to start, and never giving up. */
struct budget_policy
service_policy(uint32_t i)
{
	(void)i;
	return (struct budget_policy){
	    .rule = BUDGET_ALWAYS, .delay_ms = SECOND_MS, .max_ms = SECOND_MS};
}

int
service_stop_signal(uint32_t i, unsigned at)
{
	(void)i;
	return at == 0 ? SIGTERM : 0;
}

int64_t
service_stop_ms(uint32_t i, unsigned at)
{
	(void)i;
	(void)at;
	return 0;
}

int64_t
service_timeout_up_ms(uint32_t i)
{
	(void)i;
	return 0;
}

int64_t
service_timeout_finish_ms(uint32_t i)
{
	/* s6 ends a finish after 5 seconds, runit never. */
	return rec(i)->flags & BOARD_S6 ? 5 * SECOND_MS : 0;
}

bool
service_finish_gives_up(uint32_t i)
{
	return rec(i)->flags & BOARD_S6;
}

bool
service_kills_group(uint32_t i)
{
	(void)i;
	return false;
}
