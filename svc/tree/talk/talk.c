/*
 * What is kept of services that talk, over a death of svcd: a memory file of
 * its own in the keeper's hands, made when the first such service starts.
 */

#include "svc/tree/talk/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/error.h"
#include "lib/fd.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/state/later.h"
#include "svc/tree/state/slots.h"
#include "svc/tree/state/state.h"

#define BYTES (TREE_RECORDS * sizeof(struct kept))

struct talk_ears talk_ears;
static struct talk *talks;
static struct kept *keeps;

/* --- the file --- */

static bool
map(int fd)
{
	if (mem_file_size(fd) != (int64_t)BYTES ||
	    (sys_fcntl(fd, F_GET_SEALS, 0) & F_SEAL_SHRINK) == 0)
		return false;
	keeps =
	    sys_mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return keeps != NULL;
}

/* Its pages are made when they are touched. */
static bool
make_file(void)
{
	int fd = mem_file("trivet-talk", BYTES, F_SEAL_SHRINK);
	uint32_t slot = fd >= 0 && map(fd) ? slots_put(&fd, 1) : 0;

	if (slot != 0) {
		state_head()->talk_slot = slot;
		sys_close(fd);
		return true;
	}
	if (keeps != NULL)
		sys_munmap(keeps, BYTES);
	keeps = NULL;
	fd_close(&fd);
	errno = ENOMEM;
	return false;
}

static void
take_over(void)
{
	uint32_t slot = state_head()->talk_slot;
	int fd = slot != 0 ? slots_get(slot) : -1;

	if (fd < 0)
		return;
	if (!map(fd))
		say_warnx("what services have told is lost");
	sys_close(fd);
}

void
talk_start(struct talk_ears ears)
{
	talk_ears = ears;
	talks = sys_mmap(NULL, TREE_RECORDS * sizeof(*talks),
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
	    -1, 0);
	if (talks == NULL)
		die(111, "cannot reserve memory");
	if (tree.is_recovered)
		take_over();
}

struct kept *
kept(uint32_t i, bool make)
{
	if (keeps == NULL && (!make || !make_file()))
		return NULL;
	return &keeps[i];
}

struct talk *
talk(uint32_t i)
{
	struct talk *t = &talks[i];

	if (t->life == live(i)->life)
		return t;
	*t = (struct talk){.life = live(i)->life,
	    .notify = WATCH_NONE,
	    .ready = WATCH_NONE,
	    .main = WATCH_NONE};
	for (unsigned n = 0; n < SETTINGS_LISTENS_MAX; n++)
		t->listen[n] = -1;
	return t;
}

bool
talk_said(uint32_t i, enum talk_said what)
{
	struct kept *k = kept(i, false);

	return k != NULL && (k->said & what);
}

/* --- one run, one record --- */

void
talk_renew(uint32_t i)
{
	struct board_record *r = rec(i);
	struct kept *k = kept(i, false);

	board_begin(r);
	r->flags &= ~(uint32_t)(BOARD_SICK | BOARD_RELOADING | BOARD_LEAVING);
	r->watch_ns = 0;
	r->main_pid_changed = 0;
	board_end(r);
	if ((r->flags & BOARD_BROKEN) == 0 && r->status.len > 0)
		board_set_status(tree.board, i, "", 0);
	if (k == NULL)
		return;
	k->said = 0;
	k->check_fails = k->first_pid = 0;
	k->watchdog_ns = k->reload_ns = k->reload_trial_ns = 0;
	talk_main_over(i);
}

/* Its process died while svcd did not live: no watch is needed any more. */
void
talk_recover(uint32_t i)
{
	struct kept *k = kept(i, false);

	if (k == NULL)
		return;
	notify_recover(i);
	talk_pipe_recover(i);
	listen_recover(i);
	if (rec(i)->main_pid_changed)
		talk_adopt(i, state_word(i).pid);
}

void
talk_close(uint32_t i)
{
	struct kept *k = kept(i, false);

	listen_close(i);
	if (k == NULL)
		return;
	notify_close(i);
	talk_pipe_end(i);
	talk_main_over(i);
	memset(k, 0, sizeof(*k));
}

void
talk_judge(uint32_t i, struct keep_exit *e)
{
	struct kept *k = kept(i, false);

	if (k == NULL)
		return;
	if ((k->said & SAID_EXIT_STATUS) && e->code == CLD_EXITED &&
	    e->value == 0)
		e->value = (int32_t)k->exit_status;
}

void
talk_sick(uint32_t i, enum board_cause cause, int32_t arg)
{
	struct board_record *r = rec(i);
	char name[BOARD_NAME_MAX + 1];

	say_warnx("%s: %s: ending it", state_name(i, name),
	    cause == CAUSE_CHECK      ? "its checks fail"
	    : cause == CAUSE_WATCHDOG ? "its watchdog expired"
				      : "not ready in time");
	board_begin(r);
	r->flags |= BOARD_SICK;
	r->cause = (uint16_t)cause;
	r->cause_arg = arg;
	board_end(r);
}

/* --- a main process that others have made --- */

/*
 * Whose child it is decides how we learn of its end: the keeper's children
 * stand in the exit queue, with their status; of another's only the handle
 * tells, and only that it is over.
 */
static bool
is_keepers(uint32_t i)
{
	struct kept *k = kept(i, false);

	return k == NULL ||
	       notify_parent(state_word(i).pid) == (uint32_t)sys_getppid();
}

static void
main_ended(void *arg, uint32_t events)
{
	uint32_t i = (uint32_t)(uintptr_t)arg;
	uint32_t pid = state_word(i).pid;
	/* First: a child of the keeper's that is gone has been announced. */
	uint32_t parent = notify_parent(pid);
	struct keep_exit e = {.pid = (int32_t)pid, .code = CLD_EXITED};

	(void)events;
	exits_drain();
	if (talk(i)->main.fd < 0)
		return;
	if (parent == (uint32_t)sys_getppid()) {
		/* Its maker has gone as well: the queue will tell. */
		talk_main_over(i);
		return;
	}
	talk_main_over(i);
	exits_tell(&e);
}

static void
adopt_again(uint32_t i)
{
	if (rec(i)->main_pid_changed && talk_main(i) < 0)
		talk_adopt(i, state_word(i).pid);
}

static struct later unwatched = LATER(adopt_again);

void
talk_adopt(uint32_t i, uint32_t pid)
{
	struct talk *t = talk(i);
	char name[BOARD_NAME_MAX + 1];
	int fd;

	talk_main_over(i);
	if (pid == 0 || is_keepers(i))
		return;
	fd = sys_pidfd_open((pid_t)pid);
	if (fd >= 0 && fd_lift(&fd, TREE_FD_FLOOR) == 0 &&
	    watch_add(&tree.loop, &t->main, fd, EPOLLIN, main_ended,
		(void *)(uintptr_t)i) == 0)
		return;
	if (error_may_pass(errno)) {
		say_warn("%s: cannot watch process %u", state_name(i, name),
		    (unsigned)pid);
		later_add(&unwatched, i);
	}
	fd_close(&fd);
}

int
talk_main(uint32_t i)
{
	return talks[i].life == live(i)->life ? talks[i].main.fd : -1;
}

void
talk_main_over(uint32_t i)
{
	int fd = talk_main(i);

	if (fd < 0)
		return;
	watch_del(&tree.loop, &talk(i)->main);
	sys_close(fd);
	talk(i)->main.fd = -1;
}
