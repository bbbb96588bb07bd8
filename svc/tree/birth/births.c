/*
 * From an intention to a running program, in batches.
 *
 * A batch is cloned whole, each child our sibling and waiting at one gate pipe
 * (crash-safety: nobody runs who is not recorded). Then the exit queue is
 * drained, so that no older record can name one of the new pids; then each pid
 * is committed by its step EV_SPAWNED; then as many bytes as were committed go
 * through the gate. We do not wait for anyone to reach its program: while one
 * processor executes the children of this batch, the other clones the next.
 *
 * What a child costs does not depend on how many services there are: it shares
 * our memory until it executes (no page table is copied) and takes only the
 * descriptors below TREE_FD_FLOOR with it, where everything it needs has been
 * put: the gate, its 0 to 2, and the write end of the "alive" pipe, which
 * closes by itself on exec. When the last child of a batch has let go of that,
 * all of them are programs or dead: end of file tells us, without a wait.
 */
#include "svc/tree/birth/births.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/birth/birth.h"
#include "svc/tree/output/output.h"
#include "svc/tree/state/cgroups.h"
#include "svc/tree/state/later.h"
#include "svc/tree/state/state.h"
#include "svc/tree/state/todo.h"

enum {
	LOW_GATE = KEEP_FD_END,
	LOW_ALIVE,
	LOW_FIRST, /* three for each child of the batch */
	LOW_END = LOW_FIRST + 3 * BIRTH_BATCH
};
_Static_assert(LOW_END <= TREE_FD_FLOOR, "a child takes all it needs along");

/* One batch: until all of its children run their programs. */
struct batch {
	struct watch alive; /* read end; -1: this batch is free */
	struct timer look;
	bool is_late; /* others need not wait for it */
	unsigned n;
	struct birth births[BIRTH_BATCH];
};

static struct batch *batches;
static struct batch *at_gate; /* the one that is being made */
static struct todo waiting, waiting_aux;
static int null_fd = -1;
static struct births_ears ears;
static bool is_held; /* said that nobody can be started */

#define LOOK_MS 100

/* --- a place for a batch --- */

void
births_reserve(void)
{
	null_fd = fd_open_null();
	if (null_fd < 0 || fd_lift(&null_fd, TREE_FD_FLOOR) < 0)
		die(111, "cannot open /dev/null");
	for (int fd = LOW_GATE; fd < TREE_FD_FLOOR; fd++)
		if (sys_dup3(null_fd, fd) < 0)
			die(111, "cannot reserve descriptors");
}

static void batch_ready(void *arg, uint32_t events);
static void batch_look(void *arg);

/* It only has to wake us. */
static void
wake(uint32_t i)
{
	(void)i;
}

static struct later held = LATER(wake);

void
births_start(const struct rlimit *files, struct births_ears who)
{
	ears = who;
	birth_limits(files);
	batches = mem_pages(BIRTH_BATCHES * sizeof(*batches));
	if (batches == NULL)
		die(111, "cannot reserve memory");
	for (unsigned k = 0; k < BIRTH_BATCHES; k++) {
		batches[k].alive = WATCH_NONE;
		timer_init(&batches[k].look, batch_look, &batches[k]);
	}
	todo_init(&waiting);
	todo_init(&waiting_aux);
}

void
births_add(uint32_t i)
{
	todo_add(&waiting, i);
}

void
births_add_aux(uint32_t i)
{
	todo_add(&waiting_aux, i);
}

static struct batch *
free_batch(void)
{
	for (unsigned k = 0; k < BIRTH_BATCHES; k++)
		if (batches[k].alive.fd < 0)
			return &batches[k];
	return NULL;
}

/* --- after the gate --- */

/*
 * It has left our memory: it runs its program, or is dead. Of one that was
 * never in it only its handle tells, and that it is dead.
 */
static bool
has_left(const struct birth *b)
{
	static const struct timespec now;
	struct pollfd p = {.fd = b->handle, .events = POLLIN};

	return b->pid <= 0 || atomic_load(&b->memory) == 0 ||
	       (b->is_apart && sys_ppoll(&p, 1, &now) == 1);
}

static void
birth_over(struct birth *b)
{
	struct sv_word w;

	if (b->pid <= 0)
		return;
	b->pid = 0;
	if (b->life != live(b->record)->life || b->kind != BIRTH_RUN)
		return;
	w = state_word(b->record);
	if (w.generation == b->generation && w.sv.state == S_START &&
	    board_fault_unpack(rec(b->record)->fault).pid != w.pid)
		ears.executed(b->record);
}

/* Everyone who has left is told of; true: nobody is left. */
static bool
sort_out(struct batch *t)
{
	bool all = true;

	for (unsigned k = 0; k < t->n; k++) {
		if (has_left(&t->births[k]))
			birth_over(&t->births[k]);
		else
			all = false;
	}
	return all;
}

/* Whether someone waits to be cloned. */
bool
births_wait(void)
{
	return waiting.len + waiting_aux.len > 0;
}

/* The pages of a great start are not kept for the small ones after it, which
 * take the first place of the first batch. */
static void
give_back(struct batch *t)
{
	bool is_first = t == &batches[0];
	uintptr_t from = (uintptr_t)&t->births[is_first];
	uintptr_t to = (uintptr_t)(t + 1);

	from = mem_round(from);
	to -= to % mem_round(1);
	if (t->n > is_first && from < to)
		sys_madvise((void *)from, to - from, MADV_DONTNEED);
	t->n = 0;
}

static void
batch_end(struct batch *t)
{
	int fd = t->alive.fd;

	timer_unset(&tree.loop, &t->look);
	watch_del(&tree.loop, &t->alive);
	sys_close(fd);
	t->alive.fd = -1;
	for (unsigned k = 0; k < t->n; k++)
		fd_close(&t->births[k].handle);
	for (unsigned k = 0; k < BIRTH_BATCHES && !births_wait(); k++)
		if (batches[k].alive.fd < 0)
			give_back(&batches[k]);
}

static void
batch_ready(void *arg, uint32_t events)
{
	struct batch *t = arg;

	(void)events;
	for (unsigned k = 0; k < t->n; k++)
		if (t->births[k].is_apart)
			atomic_store(&t->births[k].memory, 0);
	if (sort_out(t))
		batch_end(t);
	else
		timer_set(&tree.loop, &t->look, mono_add_ms(tree.loop.now, 1));
}

/* Someone is held up (a dead file server?): the others need not wait. */
static void
batch_look(void *arg)
{
	struct batch *t = arg;

	t->is_late = true;
	if (sort_out(t))
		batch_end(t);
	else
		timer_set(
		    &tree.loop, &t->look, mono_add_ms(tree.loop.now, LOOK_MS));
}

/* Someone is on the way to its program, and will soon be there. */
bool
births_are_near(void)
{
	for (unsigned k = 0; k < BIRTH_BATCHES; k++)
		if (batches[k].alive.fd >= 0 && !batches[k].is_late)
			return true;
	return births_wait();
}

/* Whether this process is on its way to its program. */
bool
births_has(uint32_t i)
{
	for (unsigned k = 0; k < BIRTH_BATCHES; k++) {
		struct batch *t = &batches[k];
		if (t->alive.fd < 0)
			continue;
		for (unsigned j = 0; j < t->n; j++)
			if (t->births[j].pid > 0 && t->births[j].record == i &&
			    t->births[j].kind != BIRTH_AUX)
				return true;
	}
	return false;
}

/* --- at the gate --- */

/*
 * A pid died that no record names: an orphan's, or that of a child at the gate
 * which somebody killed; that one never ran.
 */
void
births_stray(int32_t pid)
{
	if (at_gate == NULL)
		return;
	for (unsigned k = 0; k < at_gate->n; k++) {
		struct birth *b = &at_gate->births[k];
		/* Its pid may be another's by now. The gate is shut, so
		 * who has left our memory is dead. */
		if (b->pid == pid && has_left(b))
			b->is_dead = true;
	}
}

static struct birth *
birth_of(uint32_t i, bool is_aux)
{
	for (unsigned k = 0; at_gate != NULL && k < at_gate->n; k++) {
		struct birth *b = &at_gate->births[k];
		if (b->record == i && (b->kind == BIRTH_AUX) == is_aux)
			return b;
	}
	return NULL;
}

void
births_ungate(uint32_t i)
{
	struct birth *b = birth_of(i, false);

	if (b != NULL)
		b->is_open = true;
}

/*
 * Its step said no: it is told from the others, who share the gate, by ending
 * it there, and its fault says that it never ran.
 */
void
births_drop(uint32_t i)
{
	struct birth *b = birth_of(i, false);

	if (b == NULL)
		return;
	__atomic_store_n(&rec(i)->fault,
	    board_fault_pack((struct board_fault){
		.pid = (uint32_t)b->pid, .step = BOARD_FAULT_GATE}),
	    __ATOMIC_SEQ_CST);
	sys_kill(b->pid, SIGKILL);
}

static void
commit_one(struct birth *b)
{
	int error = b->pid < 0 ? -b->pid : b->is_dead ? ECANCELED : 0;

	if (error != 0)
		b->pid = 0;
	else
		birth_told(b);
	if (error != 0)
		ears.failed(b->record, b->kind, error);
	else
		ears.born(b->record, b->kind, (uint32_t)b->pid);
	if (b->kind == BIRTH_AUX && error == 0)
		b->is_open = true;
}

/* All that were committed may go on; who was not leaves at end of file. */
static void
open_gate(struct batch *t, int far)
{
	char bytes[BIRTH_BATCH] = {0};
	size_t open = 0;

	for (unsigned k = 0; k < t->n; k++)
		open += t->births[k].is_open;
	if (open > 0 && sys_write(far, bytes, open) != (ssize_t)open)
		say_warn("cannot open the gate");
}

/* --- the batch --- */

/* Until every child has a descriptor table of its own, ours is theirs. */
static void
await_tables(struct batch *t)
{
	static const struct timespec nap = {.tv_nsec = 20000};

	for (unsigned k = 0; k < t->n; k++) {
		struct birth *b = &t->births[k];
		for (unsigned turn = 0;
		     b->pid > 0 && atomic_load(&b->left) == 0 && !has_left(b);
		     turn++) {
			if (turn == 50000) /* a second: something holds it */
				sys_kill(b->pid, SIGKILL);
			sys_ppoll(NULL, 0, &nap);
		}
	}
}

/* The next batch takes the place of what stays open: nothing is lost by it. */
static void
clear_place(int low)
{
	if (sys_dup3(null_fd, low) < 0)
		say_warn("cannot close descriptor %d", low);
}

static void
clear_low(struct batch *t)
{
	clear_place(LOW_GATE);
	clear_place(LOW_ALIVE);
	for (unsigned k = 0; k < t->n; k++) {
		for (int j = 0; j < t->births[k].lows; j++)
			clear_place(LOW_FIRST + (int)k * 3 + j);
		fd_close(&t->births[k].end);
	}
}

/*
 * A pipe whose near end is low, where the children find it; its far end, or -1.
 * Without the place there is no batch: at an earlier gate that was not closed
 * a byte may be left of somebody who died there.
 */
static int
open_pipe(int near, int low)
{
	int pipe[2], placed;

	if (sys_pipe2(pipe, O_CLOEXEC) < 0)
		return -1;
	placed = sys_dup3(pipe[near], low);
	fd_close(&pipe[near]);
	if (placed < 0)
		fd_close(&pipe[!near]);
	return pipe[!near];
}

/* The gate, whose far end is `far`, and the pipe of who is alive. */
static bool
open_pipes(struct batch *t, int *far)
{
	int alive;

	*far = open_pipe(0, LOW_GATE);
	if (*far < 0)
		return false;
	alive = open_pipe(1, LOW_ALIVE);
	if (alive >= 0 && watch_add(&tree.loop, &t->alive, alive, EPOLLIN,
			      batch_ready, t) == 0)
		return true;
	fd_close(far);
	fd_close(&alive);
	return false;
}

/*
 * In a cgroup of its own, but for what only helps it. A kernel (or a filter)
 * that will not have that has it born in ours; EAGAIN means a limit, and is no
 * such refusal.
 */
static pid_t
clone_into(struct birth *b)
{
	int error, group = -1;
	pid_t pid;

	if (b->kind != BIRTH_AUX)
		group = cgroups_enter(b->record);
	if (group >= 0 && b->uid != BIRTH_SELF)
		cgroups_hand_over(b->record, group, b->uid, b->gid);
	b->spawn.cgroup = group;
	pid = spawn(&b->spawn);
	error = errno;
	fd_close(&group);
	errno = error;
	if (pid > 0 || b->spawn.cgroup < 0 || error == EAGAIN ||
	    error == ENOMEM)
		return pid;
	if (b->kind == BIRTH_RUN)
		cgroups_refused(b->record);
	b->spawn.cgroup = -1;
	return spawn(&b->spawn);
}

static void
clone_one(struct birth *b, unsigned place, int far)
{
	birth_prepare(b, LOW_FIRST + (int)place * 3);
	b->spawn.gate = LOW_GATE;
	/* One that takes all along has a copy of the gate's far end too. */
	b->spawn.fds_below = b->has_all ? 0 : LOW_END;
	b->spawn.gate_far = b->has_all ? far : -1;
	b->spawn.left = &b->left;
	b->spawn.memory = &b->memory;
	b->spawn.pidfd = b->is_apart ? &b->handle : NULL;
	b->handle = -1;
	atomic_store(&b->left, b->is_apart);
	atomic_store(&b->memory, 1);
	errno = b->lacks;
	b->pid = b->lacks != 0 ? -1 : clone_into(b);
	if (b->pid < 0) {
		b->pid = -errno;
		atomic_store(&b->memory, 0);
		return;
	}
	/* Nobody has passed the gate yet: a fault that bears this pid is that
	 * of an earlier owner, and would keep this one from ever being up. */
	if (board_fault_unpack(rec(b->record)->fault).pid == (uint32_t)b->pid)
		__atomic_store_n(&rec(b->record)->fault, 0, __ATOMIC_SEQ_CST);
}

static void
take_one(struct batch *t, uint32_t i, bool is_aux, int far)
{
	struct birth *b = &t->births[t->n];
	enum birth_kind kind = is_aux ? BIRTH_AUX : birth_kind(i);

	if (kind == BIRTH_NONE)
		return;
	b->record = i;
	b->kind = kind;
	b->life = live(i)->life;
	b->is_dead = b->is_open = false;
	clone_one(b, t->n, far);
	b->generation = state_word(i).generation;
	t->n++;
}

static void
take_all(struct batch *t, int far)
{
	uint32_t i;

	t->n = 0;
	t->is_late = false;
	timer_set(&tree.loop, &t->look, mono_add_ms(mono_now(), LOOK_MS));
	while (t->n < BIRTH_BATCH && (i = todo_take(&waiting_aux)) != 0)
		take_one(t, i, true, far);
	while (t->n < BIRTH_BATCH && (i = todo_take(&waiting)) != 0)
		take_one(t, i, false, far);
}

bool
births_run(void)
{
	struct batch *t;
	int far;

	if (!births_wait() || (t = free_batch()) == NULL)
		return false; /* a batch that ends wakes us */
	if (!open_pipes(t, &far)) {
		if (!is_held)
			say_warn("cannot start anything just now");
		is_held = true;
		later_add(&held, LATER_TREE);
		return false;
	}
	is_held = false;
	take_all(t, far);
	at_gate = t;
	exits_drain();
	for (unsigned k = 0; k < t->n; k++)
		commit_one(&t->births[k]);
	at_gate = NULL;
	output_flush();
	open_gate(t, far);
	await_tables(t);
	clear_low(t);
	sys_close(far);
	return births_wait();
}
