/*
 * A service begins: its directory or file is known, and becomes a record with
 * settings and a first word. What was edited since is read here too.
 */
#include "svc/tree/life/begin.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/sys.h"
#include "svc/tree/birth/command.h"
#include "svc/tree/life/life.h"
#include "svc/tree/life/log_dir.h"
#include "svc/tree/life/relations.h"
#include "svc/tree/output/logger.h"
#include "svc/tree/shown/clients.h"
#include "svc/tree/shown/shown.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/scandir.h"
#include "svc/tree/state/service.h"
#include "svc/tree/state/state.h"

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
	service_refresh_log(i, dir);
	state_flags(i, 0, BOARD_CHANGED);
	state_commit(
	    i, sv_configure(w.sv, service_config(i, dir)), w.generation, w.pid);
	sys_close(dir);
}
