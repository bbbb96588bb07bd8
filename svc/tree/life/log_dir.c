/*
 * A service's log/: a record of its own beside the service's, which comes,
 * is replaced by another directory, and goes.
 */
#include "svc/tree/life/log_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/error.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/say.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/tree/birth/command.h"
#include "svc/tree/life/begin.h"
#include "svc/tree/life/life.h"
#include "svc/tree/output/logger.h"
#include "svc/tree/output/output.h"
#include "svc/tree/shown/shown.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/scandir.h"
#include "svc/tree/state/state.h"

/* The logger of this directory that still reads for a service that is gone. */
static uint32_t
left_log(const struct stat *st)
{
	uint32_t k = state_by_place(st->st_dev, st->st_ino);

	if (k == 0 || !(rec(k)->flags & BOARD_LOG) || rec(k)->parent != 0)
		return 0;
	return wish_may(k) ? k : 0;
}

/* If it has read to the end already, another one reads on. */
static void
take_back(uint32_t i, uint32_t k, int log)
{
	rec(k)->parent = i;
	rec(i)->logger = k;
	live(k)->is_resumed = true;
	state_flags(k, 0, BOARD_UNLINKED);
	service_look_again(k, log);
	post(k, EV_UP);
}

/*
 * One that has another name must leave first: whoever needs it waits. So must
 * who read its output until now.
 */
static void
begin_log(uint32_t i, int log, const struct stat *st)
{
	char name[BOARD_NAME_MAX + 8], path[TREE_PATH], of[TREE_PATH];
	struct buf n = BUF(name), p = BUF(path);
	uint32_t k;

	buf_fmt(&n, "%s/log", state_name(i, of));
	buf_fmt(&p, "%s/log", state_path(i, of));
	if (n.full || p.full) {
		say_warnx("%s: its path is too long", name);
		return;
	}
	logger_yield(i);
	k = left_log(st);
	if (k != 0 && str_eq(state_name(k, of), name) && logpipe_return(i, k)) {
		take_back(i, k, log);
		return;
	}
	if (k != 0) {
		live(i)->is_logless = live(k)->is_recreated = true;
		return;
	}
	k = state_add(name, path, st->st_dev, st->st_ino, BOARD_LOG);
	if (k == 0)
		return;
	rec(k)->parent = i;
	rec(i)->logger = k;
	if (!service_begin(k, log))
		rec(i)->logger = 0;
}

/* -1 with ENOENT: it has none. */
static int
open_log(int dir, struct stat *st)
{
	int log = sys_openat(dir, "log", O_PATH | O_DIRECTORY, 0);

	if (log < 0 && errno == ENOTDIR)
		errno = ENOENT;
	if (log >= 0 && sys_fstat(log, st) < 0)
		fd_close(&log);
	return log;
}

static bool
is_its_place(uint32_t i, const struct stat *st)
{
	return rec(i)->dev == st->st_dev && rec(i)->ino == st->st_ino;
}

/* Another one may stand there: what runs goes on as it was started. */
static void
follow_log(uint32_t k, int log, const struct stat *st)
{
	if (!is_its_place(k, st) &&
	    state_by_place(st->st_dev, st->st_ino) == 0) {
		views_last(k);
		supervise_close(k);
		state_move(k, st->st_dev, st->st_ino);
	}
	service_look_again(k, log);
}

/* What runs writes to the shared logger, or another's, until it ends. */
static bool
has_other_reader(uint32_t i)
{
	return live(i)->pipe[0] >= 0 && state_word(i).pid != 0;
}

/*
 * What its logger has not read is for another. A definition that still tells
 * of a log/ was read before this one went: both are looked at again.
 */
static void
log_gone(uint32_t i)
{
	const struct settings *s = define_view(i);

	service_leave_logger(i);
	if (s == NULL || !(s->files & WITH_LOGGER) ||
	    rec(i)->flags & BOARD_BROKEN)
		return;
	live(i)->is_logless = true;
	scandirs_want();
}

/*
 * Until a look at it says that it has none, it is not born without one. A
 * service that is one file may have no directory in a container, nor a log.
 */
void
service_take_log(uint32_t i, int dir)
{
	char name[BOARD_NAME_MAX + 1];
	struct stat st;
	int log, error;

	if (dir < 0)
		return;
	log = open_log(dir, &st);
	error = log < 0 ? errno : 0;
	live(i)->is_logless = error_may_pass(error);
	if (error != 0 && error != ENOENT) {
		say_warn(
		    "%s/log: cannot open the directory", state_name(i, name));
		scandirs_missed(error);
	}
	if (log >= 0 && rec(i)->logger != 0)
		follow_log(rec(i)->logger, log, &st);
	else if (log >= 0 && !has_other_reader(i))
		begin_log(i, log, &st);
	else if (error == ENOENT && sv_is_rest(state_word(i).sv))
		log_gone(i);
	fd_close(&log);
}

void
service_find_log(uint32_t i)
{
	char path[TREE_PATH];
	int dir;

	if ((rec(i)->flags & BOARD_LOG) || rec(i)->logger != 0)
		return;
	dir = sys_open(state_path(i, path), O_PATH | O_DIRECTORY, 0);
	if (dir < 0)
		return;
	service_take_log(i, dir);
	sys_close(dir);
}

/* Not begun within a step where another reads it, who has yet to leave. */
void
service_refresh_log(uint32_t i, int dir)
{
	uint32_t k = rec(i)->logger;
	struct stat st;
	int log;

	if (rec(i)->flags & (BOARD_LOG | BOARD_EXITED) || command_is(i))
		return;
	log = open_log(dir, &st);
	if (log < 0) {
		if (errno == ENOENT)
			log_gone(i);
		return;
	}
	if (k == 0 && state_by_place(st.st_dev, st.st_ino) == 0) {
		begin_log(i, log, &st);
	} else if (k == 0 || !is_its_place(k, &st)) {
		live(i)->is_logless |= k == 0;
		scandirs_want();
	}
	sys_close(log);
}
