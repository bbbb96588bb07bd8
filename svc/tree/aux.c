/*
 * The auxiliary process of a service: a control script, which runs beside the
 * main process while commands are taken as ever. One at a time; letters that
 * come meanwhile wait as bits in the record. If a script that stands in for a
 * signal does not exit 0, the signal is sent after all.
 */
#include "svc/tree/tree.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/path.h"
#include "lib/sys.h"
#include "svc/core/status.h"

/* Bit n of aux_pending is letter n of these; new ones go to the end. */
static const char letters[] = "tdxpchaiq12k";

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
begin(uint32_t i, char letter, int after)
{
	state_commit_aux(
	    i, (struct sv_aux){.kind = AUX_CONTROL,
		   .arg = (unsigned char)letter,
		   .after = (unsigned)after,
		   .generation = sv_unpack(board_word(rec(i))).generation});
	births_add_aux(i);
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

static void
next(uint32_t i)
{
	uint32_t bits = rec(i)->aux_pending;

	state_commit_aux(i, (struct sv_aux){.kind = AUX_NONE});
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
}

void
aux_spawned(uint32_t i, uint32_t pid)
{
	struct sv_aux a = sv_aux_unpack(rec(i)->aux);

	a.pid = pid;
	state_commit_aux(i, a);
}

/* The signal that the script stood in for, if its process still lives. */
static void
instead(uint32_t i, struct sv_aux a)
{
	struct sv_word w = sv_unpack(board_word(rec(i)));

	if (a.after != 0 && w.generation == a.generation &&
	    sv_role(w.sv) == SV_ROLE_RUN)
		do_kill(i, (int)a.after, false);
}

void
aux_spawn_failed(uint32_t i, int error)
{
	(void)error;
	instead(i, sv_aux_unpack(rec(i)->aux));
	next(i);
}

void
died_aux(uint32_t i, const struct keep_exit *e)
{
	struct sv_aux a = sv_aux_unpack(rec(i)->aux);
	struct board_fault f = board_fault_unpack(rec(i)->fault);

	if (f.pid == (uint32_t)e->pid && f.step == BOARD_FAULT_GATE) {
		a.pid = 0;
		state_commit_aux(i, a);
		births_add_aux(i);
		return;
	}
	if (e->code != CLD_EXITED || e->value != 0)
		instead(i, a);
	next(i);
}

void
aux_late(uint32_t i)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->aux_ns = 0;
	board_end(r);
}

void
aux_recover(uint32_t i)
{
	struct sv_aux a = sv_aux_unpack(rec(i)->aux);

	if (a.kind != AUX_NONE && a.pid == 0)
		births_add_aux(i);
}
