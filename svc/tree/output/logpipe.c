/*
 * The pipe between a service and its logger. Both ends are held by the keeper
 * in two slots and by us, so that neither side's death closes it; lines that
 * were written wait in it for the next logger.
 */
#include "svc/tree/output/output.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include "lib/bits.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/state/slots.h"
#include "svc/tree/state/state.h"

#define PIPE_BYTES (1 << 20) /* at most, if it is not made larger */

static void
keep(uint32_t i, uint32_t slot)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->log_slot = (uint16_t)slot;
	board_end(r);
}

static void
close_both(int ends[2])
{
	fd_close(&ends[0]);
	fd_close(&ends[1]);
}

/* Another's pipe, or a new one. */
static int
take(int ends[2], uint32_t from)
{
	ends[0] = ends[1] = -1;
	if (from == 0 && sys_pipe2(ends, O_CLOEXEC) == 0 &&
	    fd_lift(&ends[0], TREE_FD_FLOOR) == 0 &&
	    fd_lift(&ends[1], TREE_FD_FLOOR) == 0)
		return 0;
	if (from != 0 &&
	    (ends[0] = sys_dup(live(from)->pipe[0], TREE_FD_FLOOR)) >= 0 &&
	    (ends[1] = sys_dup(live(from)->pipe[1], TREE_FD_FLOOR)) >= 0)
		return 0;
	close_both(ends);
	return -1;
}

static bool
leaves_files(int ends[2])
{
	if (state_leaves_files(ends[0]) && state_leaves_files(ends[1]))
		return true;
	close_both(ends);
	errno = EMFILE;
	return false;
}

bool
logpipe_make(uint32_t i)
{
	return logpipe_share(i, 0);
}

bool
logpipe_share(uint32_t i, uint32_t from)
{
	struct live *l = live(i);
	char name[BOARD_NAME_MAX + 1];
	uint32_t slot;

	if (l->pipe[0] >= 0 && l->pipe[1] >= 0)
		return true;
	logpipe_close(i);
	if (take(l->pipe, from) < 0 || !leaves_files(l->pipe)) {
		say_warn("%s: no pipe to its logger", state_name(i, name));
		return false;
	}
	slot = slots_put(l->pipe, 2);
	if (slot == 0 && errno != ENOSPC) {
		close_both(l->pipe);
		return false;
	}
	keep(i, slot);
	return true;
}

/*
 * Nobody writes any more: the logger reads what is left, then its end. Our
 * reading end stays, for the next logger if this one is killed meanwhile.
 */
void
logpipe_end(uint32_t i)
{
	struct live *l = live(i);

	if (l->pipe[1] < 0)
		return;
	fd_close(&l->pipe[1]);
	if (rec(i)->log_slot != 0)
		keep_drop(rec(i)->log_slot + 1u, 1);
}

/* Lines can be written once more; only /proc gives an end of this pipe. */
static bool
reopen(uint32_t i)
{
	struct live *l = live(i);
	uint32_t slot = rec(i)->log_slot;
	char path[32];
	struct buf b = BUF(path);

	buf_fmt(&b, "/proc/self/fd/%d", l->pipe[0]);
	l->pipe[1] = sys_open(path, O_WRONLY, 0);
	if (l->pipe[1] >= 0 && fd_lift(&l->pipe[1], TREE_FD_FLOOR) == 0 &&
	    (slot == 0 || keep_put(slot + 1, &l->pipe[1], 1)))
		return true;
	fd_close(&l->pipe[1]);
	return false;
}

void
logpipe_renew(uint32_t i)
{
	if (live(i)->pipe[0] >= 0 && live(i)->pipe[1] < 0 && !reopen(i))
		logpipe_close(i);
}

void
logpipe_close(uint32_t i)
{
	struct live *l = live(i);

	if (l->pipe[0] < 0 && l->pipe[1] < 0)
		return;
	fd_close(&l->pipe[0]);
	fd_close(&l->pipe[1]);
	slots_drop(rec(i)->log_slot, 2);
	keep(i, 0);
}

void
logpipe_recover(uint32_t i)
{
	struct live *l = live(i);
	uint32_t slot = rec(i)->log_slot;

	/* It may have been so; then one more start of it does no harm. */
	l->is_resumed = rec(i)->flags & BOARD_LOG;
	for (unsigned n = 0; slot != 0 && n < 2; n++)
		l->pipe[n] = slots_get(slot + n);
}

bool
logpipe_has_lines(int fd)
{
	int bytes = 0;

	return fd >= 0 && sys_ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0;
}

int
logpipe_input(uint32_t logger)
{
	uint32_t writer = rec(logger)->parent;

	return live(writer != 0 ? writer : logger)->pipe[0];
}

/*
 * The record it comes to names it before the other forgets it: what is done
 * twice after a death of ours is done once.
 */
static void
move(uint32_t from, uint32_t to)
{
	int *ends = live(from)->pipe;

	if (rec(to)->log_slot == rec(from)->log_slot)
		close_both(live(to)->pipe);
	else
		logpipe_close(to);
	keep(to, rec(from)->log_slot);
	for (int k = 0; k < 2; k++) {
		live(to)->pipe[k] = ends[k];
		ends[k] = -1;
	}
	keep(from, 0);
}

void
logpipe_leave(uint32_t i, uint32_t logger)
{
	if (live(i)->pipe[0] < 0)
		return;
	logpipe_end(i);
	move(i, logger);
}

bool
logpipe_return(uint32_t i, uint32_t logger)
{
	uint32_t slot = rec(logger)->log_slot;

	if (live(logger)->pipe[0] < 0)
		return true;
	if (live(i)->pipe[0] >= 0 && (slot == 0 || rec(i)->log_slot != slot))
		return false;
	if (!reopen(logger))
		return false;
	move(logger, i);
	return true;
}

void
logpipe_inherit(uint32_t i, uint32_t logger)
{
	int from = live(logger)->pipe[0], bytes = 0;
	char name[BOARD_NAME_MAX + 1];

	if (logpipe_has_lines(from) && i != 0 && live(i)->pipe[1] >= 0)
		sys_splice(from, NULL, live(i)->pipe[1], NULL, PIPE_BYTES,
		    SPLICE_F_NONBLOCK);
	if (from >= 0 && sys_ioctl(from, FIONREAD, &bytes) == 0 && bytes > 0)
		say_warnx("%s: nobody reads its last %d bytes",
		    state_name(logger, name), bytes);
}

/*
 * Its service is gone for good: the logger ends by itself at the end of its
 * input, and is not started again but for lines that wait.
 */
void
log_is_over(uint32_t logger)
{
	struct sv sv = state_word(logger).sv;

	state_flags(logger, BOARD_UNLINKED, 0);
	if (sv_role(sv) != SV_ROLE_RUN &&
	    (sv_is_settled(sv) || !logpipe_has_lines(logpipe_input(logger))))
		post(logger, EV_EXIT);
}
