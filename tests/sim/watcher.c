/*
 * A client that looks at the board whenever it is told of a service, and at no
 * other time, as svc does while it waits. When nothing happens any more it must
 * know how every service is: of what is told too early, or not at all, it would
 * wait for another word without end.
 */
#include "svc/core/board.h"
#include "svc/tree/shown/clients.h"
#include "svc/tree/state/state.h"
#include "tests/fake/world.h"
#include "tests/sim/sim.h"

static struct seen {
	bool is_told, is_there;
	enum sv_shown shown;
} seen[WORLD_PROCESSES]; /* by record */
static uint32_t leaving;

static struct seen
look(uint32_t i)
{
	struct board_record r;
	struct seen s = {.is_told = true};

	s.is_there = board_read(tree.board, i, &r, NULL);
	if (s.is_there)
		s.shown = sv_shown(sv_unpack(r.word).sv);
	return s;
}

static void
told(uint32_t i)
{
	if (i < WORLD_PROCESSES)
		seen[i] = look(i);
}

void
watcher_check(void)
{
	for (uint32_t i = 1; i < WORLD_PROCESSES; i++) {
		struct seen now;

		if (!seen[i].is_told)
			continue;
		now = look(i);
		if (now.is_there != seen[i].is_there)
			world_bad("record %u is %s, which nobody was told",
			    (unsigned)i, now.is_there ? "there" : "gone");
		else if (now.shown != seen[i].shown)
			world_bad("record %u was last told to be %s, and is %s",
			    (unsigned)i, sv_shown_name(seen[i].shown),
			    sv_shown_name(now.shown));
	}
}

/* --- where svcd tells --- */

void __real_clients_tell(uint32_t i, enum sv_shown old, enum sv_shown now);
void __wrap_clients_tell(uint32_t i, enum sv_shown old, enum sv_shown now);
void __real_clients_note(uint32_t i);
void __wrap_clients_note(uint32_t i);
void __real_clients_gone(void);
void __wrap_clients_gone(void);

void
__wrap_clients_tell(uint32_t i, enum sv_shown old, enum sv_shown now)
{
	__real_clients_tell(i, old, now);
	told(i);
}

void
__wrap_clients_note(uint32_t i)
{
	__real_clients_note(i);
	leaving = i;
	if (sim_mutant == SIM_TOLD_EARLY)
		told(i);
}

void
__wrap_clients_gone(void)
{
	__real_clients_gone();
	if (sim_mutant != SIM_TOLD_EARLY)
		told(leaving);
}
