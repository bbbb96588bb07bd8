/*
 * Services that put themselves into the background. The process that was
 * started leaves, and the one that its pidfile names takes its place; how often
 * it forked is never counted. A pidfile may be old, or lie: it is believed when
 * it names an orphan of the keeper's that is nobody else's and not older than
 * this run.
 *
 * Between a look and the commit the exit queue is not read, so an end of the
 * process in between stands in it and is told to the record that then has it.
 */
#include "svc/tree/life/life.h"

#include <fcntl.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/scan.h"
#include "lib/sys.h"
#include "svc/tree/life/ready.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"
#include "svc/tree/state/todo.h"
#include "svc/tree/talk/talk.h"

#define TICKS 100      /* a second, in /proc, on every machine there is */
#define START_FIELD 20 /* of stat, counted behind the name */
#define DOUBT_NS INT64_C(1000000000)

static struct todo due;

void
forking_start(void)
{
	todo_init(&due);
}

static bool
is_forking(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL && s->type == TYPE_FORKING;
}

/* Its own process has not come yet: nothing that is seen now counts. */
bool
forking_awaits(uint32_t i)
{
	return rec(i)->main_pid_changed == 0 && is_forking(i);
}

/* Whether this end is the one by which it goes into the background. */
bool
forking_leaves(uint32_t i, struct sv sv, const struct keep_exit *e)
{
	return (sv.state == S_START || sv.state == S_UP) && !sv.is_oneshot &&
	       e->code == CLD_EXITED && e->value == 0 && forking_awaits(i);
}

void
forking_look(uint32_t i)
{
	todo_add(&due, i);
}

bool
forking_waits(void)
{
	return due.len > 0;
}

/* --- the process that is named --- */

/* The n-th field behind the name; NULL. */
static const char *
field(const char *stat, unsigned n)
{
	const char *p = strrchr(stat, ')');

	for (; p != NULL && n > 0; n--) {
		p = strchr(p, ' ');
		if (p != NULL)
			p++;
	}
	return p;
}

/* By the clock that both were read from, give or take a sleep of the machine.
 */
static bool
is_older(uint32_t i, const char *start)
{
	uint64_t ticks;
	int64_t began;

	if (scan_u64_prefix(start, &ticks) == 0)
		return true;
	began = (int64_t)ticks * (INT64_C(1000000000) / TICKS);
	return began + DOUBT_NS < rec(i)->start_mono_ns;
}

static bool
is_own(uint32_t i, uint32_t pid)
{
	char path[48], text[1024];
	struct buf at = BUF(path), b = BUF(text);
	const char *state, *parent, *start;
	uint32_t ppid;
	bool is_aux;

	if (pid <= 1 || pid == (uint32_t)sys_getpid() ||
	    state_by_pid(pid, &is_aux) != 0)
		return false;
	buf_fmt(&at, "/proc/%u/stat", (unsigned)pid);
	if (fd_slurp(AT_FDCWD, path, &b) < 0)
		return false;
	state = field(text, 1);
	parent = field(text, 2);
	start = field(text, START_FIELD);
	return state != NULL && *state != 'Z' && *state != 'X' &&
	       parent != NULL && scan_u32_prefix(parent, &ppid) > 0 &&
	       ppid == (uint32_t)sys_getppid() && start != NULL &&
	       !is_older(i, start);
}

static void
adopt(uint32_t i, uint32_t pid)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->main_pid_changed = 1;
	if (r->cause == CAUSE_PIDFILE)
		r->cause = CAUSE_NONE;
	board_end(r);
	state_says(i, "", 0);
	step(i, EV_ADOPTED, pid);
	talk_adopt(i, pid);
	if (ready_kind(i) == READY_STARTED || talk_said(i, SAID_READY))
		ready_now(i);
}

static void
say_lie(uint32_t i, uint32_t pid)
{
	char text[96];
	struct buf b = BUF(text);
	struct board_record *r = rec(i);

	buf_fmt(&b, "its pidfile names process %u, which is not its own",
	    (unsigned)pid);
	state_says(i, b.p, b.len);
	board_begin(r);
	r->cause = CAUSE_PIDFILE;
	board_end(r);
	state_head()->changes++;
}

void
forking_late(uint32_t i)
{
	const struct settings *s = define_view(i);

	/* A lie that was told has been said, and says more. */
	if (rec(i)->cause != CAUSE_PIDFILE && s != NULL && s->pidfile != NULL)
		state_says(i, s->pidfile, strlen(s->pidfile));
	talk_sick(i, CAUSE_PIDFILE, 0);
}

static void
look(uint32_t i)
{
	const struct settings *s = define_view(i);
	char dir[TREE_PATH], path[TREE_PATH];
	struct buf b = BUF(path);
	uint32_t pid;

	if (s == NULL || s->pidfile == NULL)
		return;
	path_make(&b, state_path(i, dir), s->pidfile);
	if (b.full)
		return;
	probe_wait(i, path); /* first: nothing is missed in between */
	pid = probe_pidfile(path);
	if (pid == 0)
		return;
	if (!is_own(i, pid))
		say_lie(i, pid);
	else if (exits_names((int32_t)pid) != EXITS_NO)
		forking_look(
		    i); /* an earlier owner's end, or already its own */
	else
		adopt(i, pid);
}

/* One that waits is looked at; false: none does. */
bool
forking_answer(void)
{
	uint32_t i = todo_take(&due);

	if (i == 0)
		return false;
	if (board_word(rec(i)) != 0 && state_word(i).sv.state == S_ADOPT)
		look(i);
	return true;
}
