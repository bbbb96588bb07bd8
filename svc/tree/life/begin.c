/*
 * A service begins: its directory or file is known, and becomes a record with
 * settings, a first word and a logger. What was edited since is read here too.
 */
#include "svc/tree/life/begin.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/error.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/say.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/tree/birth/command.h"
#include "svc/tree/life/life.h"
#include "svc/tree/life/relations.h"
#include "svc/tree/output/logger.h"
#include "svc/tree/output/output.h"
#include "svc/tree/shown/clients.h"
#include "svc/tree/shown/shown.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/scandir.h"
#include "svc/tree/state/service.h"
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

static int
open_log(int dir, struct stat *st)
{
	int log = sys_openat(dir, "log", O_PATH | O_DIRECTORY, 0);

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

/* Seen when its definition was read, gone since: both are looked at again. */
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
	if (error != 0 && error != ENOENT && error != ENOTDIR) {
		say_warn(
		    "%s/log: cannot open the directory", state_name(i, name));
		scandirs_missed(error);
	}
	if (log >= 0 && rec(i)->logger != 0)
		follow_log(rec(i)->logger, log, &st);
	else if (log >= 0 && !has_other_reader(i))
		begin_log(i, log, &st);
	else if ((error == ENOENT || error == ENOTDIR) &&
		 sv_is_rest(state_word(i).sv))
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

static void
log_made(uint32_t i, int dir)
{
	struct stat st;
	int log = open_log(dir, &st);

	if (log < 0 && errno == ENOENT)
		log_gone(i);
	if (log < 0)
		return;
	if (state_by_place(st.st_dev, st.st_ino) == 0) {
		begin_log(i, log, &st);
	} else { /* read by one that has yet to leave: not within a step */
		live(i)->is_logless = true;
		scandirs_want();
	}
	sys_close(log);
}

/* Between two runs: its log/ may have been made since, removed or replaced. */
static void
refresh_log(uint32_t i, int dir)
{
	struct stat st;
	int error;

	if (rec(i)->flags & (BOARD_LOG | BOARD_EXITED) || command_is(i))
		return;
	if (rec(i)->logger == 0) {
		log_made(i, dir);
		return;
	}
	error = sys_fstatat(dir, "log", &st, 0) < 0 ? errno : 0;
	if (error == ENOENT || (error == 0 && !S_ISDIR(st.st_mode)))
		log_gone(i);
	else if (error == 0 && !is_its_place(rec(i)->logger, &st))
		scandirs_want();
}

static uint32_t
kinds(uint32_t i)
{
	return (service_is_s6(i) ? BOARD_S6 : 0) |
	       (service_is_essential(i) ? BOARD_ESSENTIAL : 0) |
	       (service_is_scheduled(i) ? BOARD_SCHEDULED : 0);
}

static enum define
service_define(uint32_t i, int dir)
{
	char name[BOARD_NAME_MAX + 1];
	enum define d;
	int at;

	alive_note();
	if (command_is(i)) {
		d = command_define(i);
	} else if (scandir_is_file(i)) {
		/* A new svcd hears of deaths before it opens directories: what
		 * cannot be read now stays as it was. */
		at = scandir_with_file(state_name(i, name));
		if (at < 0)
			return DEFINE_SAME;
		d = define_file(i, at, name);
	} else {
		d = define_directory(i, dir);
	}
	if (d == DEFINE_BROKEN && define_may_pass())
		scandirs_missed(EAGAIN);
	state_flags(i, kinds(i), BOARD_S6 | BOARD_ESSENTIAL | BOARD_SCHEDULED);
	if (d == DEFINE_NEW)
		schedule_defined(i);
	/* What runs is stopped as what it was started as. */
	if (sv_is_rest(state_word(i).sv))
		group_mark(i);
	return d;
}

/*
 * Its files, then its first word: what it is, and that it is wanted unless a
 * file `down` says otherwise, in one store. Nothing in between can be lost.
 */
bool
service_begin(uint32_t i, int dir)
{
	char name[BOARD_NAME_MAX + 1];
	enum define d;
	struct sv sv;
	struct sv_step s = {0};

	if (supervise_open_at(i, dir) < 0) {
		state_free(i);
		return false;
	}
	d = service_define(i, dir);
	logger_look(i);
	sv = sv_new(service_config(i, dir));
	if (!relations_has(i))
		sv = sv_step(sv, EV_DEPS_OK).sv;
	s.sv = sv;
	if (service_is_down(i, dir) || group_has(state_name(i, name)))
		state_flags(i, BOARD_MANUAL, 0);
	else if (d != DEFINE_BROKEN)
		s = sv_step(sv, EV_UP);
	state_commit(i, s.sv, sv_is_new_run(sv, s.sv) ? 1 : 0, 0);
	relations_add(i);
	views_add(i);
	do_effects(i, sv, s.sv, s.effects);
	/* Nothing has changed in one that is down, but it is there now. */
	if (live(i)->shown == SV_SHOWN_DOWN)
		clients_tell(i, SV_SHOWN_DOWN, SV_SHOWN_DOWN);
	if (rec(i)->flags & BOARD_GROUP)
		group_add(i);
	if (rec(i)->flags & BOARD_SCHEDULED)
		deadline_sync(i);
	return true;
}

void
service_look_again(uint32_t i, int dir)
{
	bool was_broken = rec(i)->flags & BOARD_BROKEN;
	struct sv_word w = state_word(i);
	enum define d;

	/* Away when this life of svcd began, or not to be written before. */
	if (live(i)->control.fd < 0 || live(i)->is_stale) {
		supervise_open(i);
		views_add(i);
	}
	d = service_define(i, dir);
	if (d == DEFINE_BROKEN) {
		if (!was_broken)
			relations_defined(i);
		return;
	}
	if (d == DEFINE_NEW) {
		logger_look(i);
		relations_defined(i);
		if (!sv_is_rest(w.sv))
			state_flags(i, BOARD_CHANGED, 0);
		state_commit(i, sv_configure(w.sv, service_config(i, dir)),
		    w.generation, w.pid);
	}
	if (rec(i)->flags & BOARD_SCHEDULED)
		deadline_sync(i);
	if (was_broken && w.sv.want == WANT_NONE && !service_is_down(i, dir))
		post(i, EV_UP);
}

void
service_take_command(void)
{
	char dir[TREE_PATH];
	uint32_t i;

	if (tree.command == NULL || state_by_name(COMMAND_NAME) != 0)
		return;
	if (sys_getcwd(dir, sizeof(dir)) < 0)
		memcpy(dir, "/", 2);
	i = state_add(COMMAND_NAME, dir, 0, 0, BOARD_ADHOC | BOARD_MAIN);
	if (i == 0 || !service_begin(i, -1))
		keep_end(KEEP_END_EXIT, 111, true);
}

/*
 * Its definition may have changed. While it runs that is only shown; the next
 * start is made by the new one.
 */
void
service_refresh(uint32_t i)
{
	bool was_broken = rec(i)->flags & BOARD_BROKEN;
	struct sv_word w = state_word(i);
	char path[TREE_PATH];
	int dir = sys_open(state_path(i, path), O_PATH | O_DIRECTORY, 0);
	enum define d;

	if (dir < 0)
		return;
	d = service_define(i, dir);
	if (d == DEFINE_NEW || (d == DEFINE_BROKEN && !was_broken))
		relations_defined(i);
	refresh_log(i, dir);
	state_flags(i, 0, BOARD_CHANGED);
	state_commit(
	    i, sv_configure(w.sv, service_config(i, dir)), w.generation, w.pid);
	sys_close(dir);
}
