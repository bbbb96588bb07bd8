/*
 * From "cloned" to "up". A plain service is up as soon as its program runs: the
 * batch it was born in tells us (births.c). After a crash of svcd that news may
 * be lost; then the process itself shows whether it has passed the gate. Others
 * say it themselves, or are looked at from outside (probe.c, check.c).
 */
#include "svc/tree/life/ready.h"

#include <fcntl.h>
#include <string.h>

#include "lib/fd.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/birth/births.h"
#include "svc/tree/life/life.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/state.h"
#include "svc/tree/talk/talk.h"

#define LOOK_MS 20

void
ready_now(uint32_t i)
{
	struct board_record *r = rec(i);

	/* It would be up, and no more when it forks. */
	if (forking_awaits(i))
		return;
	board_begin(r);
	r->ready_mono_ns = tree.loop.now.ns;
	board_end(r);
	post(i, EV_READY);
}

/* A oneshot is ready when it is done, whatever it says on the way. */
enum settings_ready_kind
ready_kind(uint32_t i)
{
	const struct settings *s = define_view(i);

	if (s == NULL || (rec(i)->flags & BOARD_LOG) || s->type == TYPE_ONESHOT)
		return READY_STARTED;
	return s->ready.kind;
}

void
ready_executed(uint32_t i)
{
	if (ready_kind(i) == READY_STARTED)
		ready_now(i);
}

void
ready_at(uint32_t i, int64_t at)
{
	struct board_record *r = rec(i);

	if (r->watch_ns == at)
		return;
	board_begin(r);
	r->watch_ns = at;
	board_end(r);
	deadline_sync(i);
}

void
ready_again(uint32_t i, int64_t first_ms, int64_t most_ms)
{
	unsigned tries = talk(i)->tries++;
	int64_t ms = tries < 16 ? first_ms << tries : most_ms;

	ready_at(i, mono_add_ms(tree.loop.now, ms < most_ms ? ms : most_ms).ns);
}

static void
look_whether_it_runs(uint32_t i, uint32_t pid)
{
	if (births_has(i))
		return;
	/* The first step behind the gate is a session of its own. */
	if (sys_getsid((pid_t)pid) == (pid_t)pid)
		ready_now(i);
	else
		ready_at(i, mono_add_ms(tree.loop.now, LOOK_MS).ns);
}

void
ready_said(uint32_t i)
{
	if (state_word(i).sv.state != S_START)
		return;
	kept(i, false)->said |= SAID_READY;
	ready_now(i);
}

void
ready_end(uint32_t i)
{
	probe_end(i);
	talk_pipe_end(i);
}

/* --- what is looked at --- */

/* While it starts. */
static void
look_at_start(uint32_t i, uint32_t pid)
{
	switch (ready_kind(i)) {
	case READY_STARTED:
		look_whether_it_runs(i, pid);
		return;
	case READY_NOTIFY:
	case READY_FD:
		/* It says so itself: perhaps to a svcd that died of it. */
		if (talk_said(i, SAID_READY))
			ready_now(i);
		return;
	case READY_CHECK:
		check_due(i);
		return;
	case READY_TCP:
	case READY_UNIX:
	case READY_FILE:
	case READY_PIDFILE:
		probe(i);
		return;
	}
}

void
ready_look(uint32_t i)
{
	struct sv_word w = state_word(i);

	ready_at(i, 0);
	if (w.sv.state == S_ADOPT)
		forking_look(i);
	else if (w.sv.state == S_START && forking_awaits(i))
		return; /* when it has forked */
	else if (w.sv.state == S_START && w.pid != 0)
		look_at_start(i, w.pid);
	else if (w.sv.state == S_UP)
		check_due(i);
}

void
ready_watch(uint32_t i)
{
	struct sv_word w = state_word(i);
	struct kept *k = kept(i, false);

	if (k != NULL && k->first_pid == 0)
		k->first_pid = w.pid;
	if (w.sv.state == S_UP) {
		watchdog_begin(i);
		if (rec(i)->watch_ns == 0)
			check_plan(i);
		return;
	}
	/* Who is being born is told of by its batch, or looked at after it. */
	if (w.sv.state == S_START &&
	    (ready_kind(i) != READY_STARTED || !births_has(i)))
		ready_look(i);
}

void
ready_unwatch(uint32_t i)
{
	ready_at(i, 0);
	ready_end(i);
	watchdog_end(i);
	check_end(i);
}
