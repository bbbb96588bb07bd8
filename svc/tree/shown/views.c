/*
 * status, stat and pid: what runit's and daemontools' programs read. A view of
 * the records, written when nothing is left to be started, each at most once
 * for however many changes there were meanwhile.
 */
#include "svc/tree/shown/shown.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/error.h"
#include "lib/fd.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "lib/tai.h"
#include "svc/core/status.h"
#include "svc/tree/state/later.h"
#include "svc/tree/state/state.h"
#include "svc/tree/state/todo.h"

#define SOME 64

static struct todo dirty;
static struct later late = LATER(views_add);
static bool is_said;

void
views_start(void)
{
	todo_init(&dirty);
}

void
views_add(uint32_t i)
{
	todo_add(&dirty, i);
}

/*
 * X.new, then rename: whole or not at all. Tmp files and rights as runit's.
 * What is empty is whole at once.
 */
static int
put(int dir, const char *name, const char *temporary, const void *p, size_t n)
{
	int fd = sys_openat(dir, n == 0 ? name : temporary,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK, 0644);
	bool whole;

	if (fd < 0)
		return -1;
	if (n == 0) {
		sys_close(fd);
		return 0;
	}
	whole = sys_write(fd, p, n) == (ssize_t)n;
	fd_close(&fd);
	return whole ? sys_renameat(dir, temporary, dir, name) : -1;
}

/* The moment that `sv status` counts from: of the start, or of the end. */
static struct tai64n
since_of(const struct board_record *r, struct sv sv)
{
	int64_t ns = sv_role(sv) == SV_ROLE_NONE || r->start_real_ns == 0
			 ? r->since_real_ns
			 : r->start_real_ns;

	return tai_from_unix(ns / 1000000000, (uint32_t)(ns % 1000000000));
}

static struct status
view_of(uint32_t i)
{
	const struct board_record *r = rec(i);
	struct sv_word w = state_word(i);

	return status_of(
	    w.sv, w.pid, r->flags & BOARD_GOT_TERM, since_of(r, w.sv));
}

/* 0, or -1 and errno. */
static int
write_view(uint32_t i, struct status s)
{
	unsigned char bytes[STATUS_BYTES];
	char stat_text[64], pid_text[24];
	struct buf stat_line = BUF(stat_text), pid_line = BUF(pid_text);
	int dir = supervise_dir(i), result;

	if (dir < 0)
		return -1;
	status_pack(s, bytes);
	buf_stat(&stat_line, s);
	buf_pid_line(&pid_line, s);
	result = put(dir, "pid", "pid.new", pid_line.p, pid_line.len);
	if (result == 0)
		result =
		    put(dir, "stat", "stat.new", stat_line.p, stat_line.len);
	if (result == 0)
		result = put(dir, "status", "status.new", bytes, sizeof(bytes));
	fd_close(&dir);
	return result;
}

/* What lasts is tried again at the next change, or look at its directory. */
static void
write_again(uint32_t i)
{
	char name[BOARD_NAME_MAX + 1];

	live(i)->is_stale = true;
	if (!is_said)
		say_warn("cannot write supervise/status of %s, nor of others "
			 "perhaps",
		    state_name(i, name));
	is_said = true;
	if (error_may_pass(errno))
		later_add(&late, i);
}

/*
 * A run script may ask sv for itself before views are due. Nobody reads it
 * before `ok` is there, so it needs no renaming.
 */
void
views_first(uint32_t i, int dir)
{
	unsigned char bytes[STATUS_BYTES];
	int fd = sys_openat(dir, "status",
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NONBLOCK, 0644);

	if (fd < 0)
		return;
	status_pack(view_of(i), bytes);
	(void)!sys_write(fd, bytes, sizeof(bytes));
	sys_close(fd);
}

void
views_last(uint32_t i)
{
	struct sv down = {.state = S_DOWN};

	if (live(i)->control.fd >= 0)
		write_view(i, status_of(down, 0, false,
				  tai_from_unix(real_ns() / 1000000000, 0)));
}

bool
views_run(void)
{
	for (int n = 0; n < SOME; n++) {
		uint32_t i = todo_take(&dirty);
		if (i == 0)
			return false;
		if (live(i)->control.fd < 0 || board_word(rec(i)) == 0)
			continue;
		if (write_view(i, view_of(i)) < 0) {
			write_again(i);
		} else {
			is_said = is_said && !live(i)->is_stale;
			live(i)->is_stale = false;
		}
	}
	return dirty.len > 0;
}
