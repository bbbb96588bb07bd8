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
#include "svc/tree/state/slots.h"
#include "svc/tree/state/state.h"
#include "svc/tree/talk/talk.h"

#define LOOK_MS 20
#define CHUNK 4096

void
ready_now(uint32_t i)
{
	struct board_record *r = rec(i);

	/* It would be up, and no more when it forks. */
	if (forking_awaits(i)) {
		talk(i)->is_early =
		    ready_kind(i) == READY_NOTIFY || ready_kind(i) == READY_FD;
		return;
	}
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

/* --- a byte on a descriptor --- */

static void
set_slot(uint32_t i, uint32_t slot)
{
	kept(i, false)->ready_slot = slot;
}

void
ready_end(uint32_t i)
{
	struct kept *k = kept(i, false);
	struct talk *t = talk(i);
	int fd = t->ready.fd;

	probe_end(i);
	watch_del(&tree.loop, &t->ready);
	fd_close(&fd);
	if (k == NULL || k->ready_slot == 0)
		return;
	keep_drop(k->ready_slot, 1);
	slots_give(k->ready_slot, 1);
	set_slot(i, 0);
}

static void
pipe_over(uint32_t i)
{
	char name[BOARD_NAME_MAX + 1];

	ready_end(i);
	say_warnx("%s: closed its readiness descriptor and is not ready",
	    state_name(i, name));
}

/* Bytes mean nothing; the newline does. */
static void
pipe_ready(void *arg, uint32_t events)
{
	uint32_t i = (uint32_t)(uintptr_t)arg;
	char room[CHUNK];
	ssize_t n = sys_read(talk(i)->ready.fd, room, sizeof(room));

	(void)events;
	if (n == 0)
		pipe_over(i);
	if (n <= 0 || memchr(room, '\n', (size_t)n) == NULL)
		return;
	ready_end(i);
	if (state_word(i).sv.state == S_START)
		ready_now(i);
}

static bool
read_from(uint32_t i, int fd)
{
	return fd_lift(&fd, TREE_FD_FLOOR) == 0 &&
	       watch_add(&tree.loop, &talk(i)->ready, fd, EPOLLIN, pipe_ready,
		   (void *)(uintptr_t)i) == 0;
}

int
ready_pipe(uint32_t i)
{
	uint32_t slot;
	int ends[2];

	if (kept(i, true) == NULL)
		return -1;
	ready_end(i);
	if (sys_pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	fd_nonblock(ends[0], true);
	fd_lift(&ends[1], TREE_FD_FLOOR);
	slot = slots_take(1);
	if (slot != 0 && keep_put(slot, ends, 1) && read_from(i, ends[0])) {
		set_slot(i, slot);
		return ends[1];
	}
	sys_close(ends[0]);
	sys_close(ends[1]);
	if (slot != 0)
		slots_give(slot, 1);
	return -1;
}

void
ready_recover(uint32_t i)
{
	struct kept *k = kept(i, false);
	int fd;

	if (k->ready_slot == 0)
		return;
	slots_mark(k->ready_slot, 1);
	fd = keep_get(k->ready_slot);
	if (fd >= 0 && !read_from(i, fd))
		sys_close(fd);
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
		return; /* it says so itself */
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
