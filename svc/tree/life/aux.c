/*
 * The auxiliary process of a service: a control script, a check, a reload
 * command, which runs beside the main process while commands are taken as
 * ever. One at a time; what is asked for meanwhile waits as bits in the record.
 * If a script that stands in for a signal does not exit 0, the signal is sent
 * after all. Checks and reloads have a time limit.
 */
#include "svc/tree/life/life.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/clock.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/core/status.h"
#include "svc/tree/birth/births.h"
#include "svc/tree/life/ready.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/state.h"

/* Bit n of aux_pending is letter n of these; new ones go to the end. */
static const char letters[] = "tdxpchaiq12k";
#define PENDING_CHECK (1u << 30)
#define PENDING_RELOAD (1u << 31)
#define RELOAD_MS 60000
#define MS INT64_C(1000000)

static bool
has_script(uint32_t i, char letter)
{
	char dir[TREE_PATH], path[TREE_PATH];
	char file[] = "control/?";
	struct buf b = BUF(path);
	struct stat st;

	file[sizeof(file) - 2] = letter;
	path_make(&b, state_path(i, dir), file);
	return !b.full && sys_fstatat(AT_FDCWD, path, &st, 0) == 0 &&
	       S_ISREG(st.st_mode) && (st.st_mode & S_IXUSR);
}

static void
set_pending(uint32_t i, uint32_t bits)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->aux_pending = bits;
	board_end(r);
}

static void
begin_kind(uint32_t i, enum sv_aux_kind kind, unsigned arg, int after)
{
	state_commit_aux(i, (struct sv_aux){.kind = kind,
				.arg = arg,
				.after = (unsigned)after,
				.generation = state_word(i).generation});
	births_add_aux(i);
}

static void
begin(uint32_t i, char letter, int after)
{
	begin_kind(i, AUX_CONTROL, (unsigned char)letter, after);
}

bool
aux_control(uint32_t i, char letter, int after)
{
	struct board_record *r = rec(i);
	const char *at = strchr(letters, letter);

	if ((r->flags & BOARD_LOG) || at == NULL || !has_script(i, letter))
		return false;
	if (sv_aux_unpack(r->aux).kind == AUX_NONE)
		begin(i, letter, after);
	else
		set_pending(i, r->aux_pending | 1u << (at - letters));
	return true;
}

bool
aux_check(uint32_t i, bool is_health)
{
	struct sv_aux a = sv_aux_unpack(rec(i)->aux);

	if (a.kind == AUX_CHECK)
		return !a.killed;
	if (a.kind == AUX_NONE)
		begin_kind(i, AUX_CHECK, is_health, 0);
	else
		set_pending(i, rec(i)->aux_pending | PENDING_CHECK);
	return true;
}

bool
aux_reload(uint32_t i)
{
	const struct settings *s = define_view(i);

	if (s == NULL || s->reload == NULL || (rec(i)->flags & BOARD_LOG))
		return false;
	state_flags(i, BOARD_RELOADING, 0);
	if (sv_aux_unpack(rec(i)->aux).kind == AUX_NONE)
		begin_kind(i, AUX_RELOAD, 0, 0);
	else
		set_pending(i, rec(i)->aux_pending | PENDING_RELOAD);
	return true;
}

/* With all of its session's group: it is no one's but ours. */
static void
kill_aux(uint32_t i)
{
	struct sv_aux a = sv_aux_unpack(rec(i)->aux);

	if (a.pid <= 1 || exits_names((int32_t)a.pid) != EXITS_NO)
		return;
	if (sys_kill(-(pid_t)a.pid, SIGKILL) < 0)
		sys_kill((pid_t)a.pid, SIGKILL);
	a.killed = true;
	state_commit_aux(i, a);
}

void
aux_end_check(uint32_t i)
{
	struct sv_aux a = sv_aux_unpack(rec(i)->aux);

	if (rec(i)->aux_pending & PENDING_CHECK)
		set_pending(i, rec(i)->aux_pending & ~PENDING_CHECK);
	if (a.kind == AUX_CHECK && !a.killed)
		kill_aux(i);
}

static void
next(uint32_t i)
{
	uint32_t bits = rec(i)->aux_pending;

	state_commit_aux(i, (struct sv_aux){.kind = AUX_NONE});
	rec(i)->aux_ns = 0;
	if (bits & PENDING_RELOAD) {
		set_pending(i, bits & ~PENDING_RELOAD);
		begin_kind(i, AUX_RELOAD, 0, 0);
		return;
	}
	for (unsigned n = 0; n < sizeof(letters) - 1; n++) {
		if ((bits & 1u << n) == 0)
			continue;
		set_pending(i, bits & ~(1u << n));
		begin(i, letters[n],
		    letters[n] == 'd' || letters[n] == 'x'
			? 0
			: status_letter_signal(letters[n]));
		return;
	}
	if (bits & PENDING_CHECK) {
		set_pending(i, bits & ~PENDING_CHECK);
		ready_look(i);
	}
	ending_rested(i);
}

/* How long it may run; 0: as long as it likes, as runit's scripts do. */
static int64_t
limit_ns(uint32_t i, enum sv_aux_kind kind)
{
	const struct settings *s = define_view(i);

	if (kind == AUX_RELOAD)
		return RELOAD_MS * MS;
	if (kind != AUX_CHECK || s == NULL || s->timeout_check <= 0)
		return 0;
	return s->timeout_check * MS;
}

void
aux_spawned(uint32_t i, uint32_t pid)
{
	struct sv_aux a = sv_aux_unpack(rec(i)->aux);
	struct board_record *r = rec(i);
	int64_t ns = limit_ns(i, a.kind);

	a.pid = pid;
	state_commit_aux(i, a);
	board_begin(r);
	r->aux_ns = ns > 0 ? mono_add_ns(mono_now(), ns).ns : 0;
	board_end(r);
	deadline_sync(i);
}

/* The signal that the script stood in for, if its process still lives. */
static void
instead(uint32_t i, struct sv_aux a)
{
	struct sv_word w = state_word(i);

	if (a.after != 0 && w.generation == a.generation &&
	    sv_role(w.sv) == SV_ROLE_RUN)
		kill_one(i, (int)a.after, false);
}

void
aux_spawn_failed(uint32_t i)
{
	struct sv_aux a = sv_aux_unpack(rec(i)->aux);

	instead(i, a);
	if (a.kind == AUX_RELOAD)
		reload_over(i, false);
	next(i);
	if (a.kind == AUX_CHECK)
		check_ended(i, false);
}

static void
say_reload(uint32_t i, const struct keep_exit *e)
{
	char name[BOARD_NAME_MAX + 1];

	say_warnx("%s: its reload command %s %d", state_name(i, name),
	    e->code == CLD_EXITED ? "exited" : "was killed by signal",
	    (int)e->value);
}

void
died_aux(uint32_t i, const struct keep_exit *e)
{
	struct sv_aux a = sv_aux_unpack(rec(i)->aux);
	struct board_fault f = board_fault_unpack(rec(i)->fault);
	bool is_good;

	if (f.pid == (uint32_t)e->pid && f.step == BOARD_FAULT_GATE) {
		a.pid = 0;
		state_commit_aux(i, a);
		births_add_aux(i);
		return;
	}
	is_good = e->code == CLD_EXITED && e->value == 0 && !a.killed;

	if (!is_good)
		instead(i, a);
	if (a.kind == AUX_RELOAD && !is_good)
		say_reload(i, e);
	if (a.kind == AUX_RELOAD)
		reload_over(i, is_good);
	next(i);
	if (a.kind == AUX_CHECK && !a.killed &&
	    a.generation == state_word(i).generation)
		check_ended(i, is_good);
}

void
aux_late(uint32_t i)
{
	struct board_record *r = rec(i);
	struct sv_aux a = sv_aux_unpack(r->aux);
	char name[BOARD_NAME_MAX + 1];

	board_begin(r);
	r->aux_ns = 0;
	board_end(r);
	if (a.kind == AUX_NONE || a.killed)
		return;
	kill_aux(i);
	say_warnx("%s: its %s takes too long: killed", state_name(i, name),
	    sv_aux_name(a.kind));
	/* Not when it has died, which a hanging one may never do. */
	if (a.kind == AUX_CHECK && a.generation == state_word(i).generation)
		check_ended(i, false);
}

void
aux_recover(uint32_t i)
{
	struct sv_aux a = sv_aux_unpack(rec(i)->aux);

	if (a.kind != AUX_NONE && a.pid == 0)
		births_add_aux(i);
}
