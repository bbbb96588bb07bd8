/*
 * From "cloned" to "up". A plain service is up as soon as its program runs: the
 * batch it was born in tells us (births.c). After a crash of svcd that news may
 * be lost; then the process itself shows whether it has passed the gate.
 */
#include "svc/tree/tree.h"

#include "lib/sys.h"

#define LOOK_MS 20

void
ready_executed(uint32_t i)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->ready_mono_ns = tree.loop.now.ns;
	board_end(r);
	post(i, EV_READY);
}

static void
look_at(uint32_t i, int64_t at)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->watch_ns = at;
	board_end(r);
	deadline_sync(i);
}

void
ready_look(uint32_t i)
{
	struct sv_word w = sv_unpack(board_word(rec(i)));

	look_at(i, 0);
	if (w.sv.state != S_START || w.pid == 0 || births_has(i))
		return;
	/* The first step behind the gate is a session of its own. */
	if (sys_getsid((pid_t)w.pid) == (pid_t)w.pid)
		ready_executed(i);
	else
		look_at(i, mono_add_ms(tree.loop.now, LOOK_MS).ns);
}

void
ready_watch(uint32_t i)
{
	if (sv_unpack(board_word(rec(i))).sv.state == S_START && !births_has(i))
		ready_look(i);
}

void
ready_unwatch(uint32_t i)
{
	if (rec(i)->watch_ns != 0)
		look_at(i, 0);
}
