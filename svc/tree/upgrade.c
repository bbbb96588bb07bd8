/*
 * Nothing is handed over: all that a svcd knows is in the state file, and the
 * keeper starts the new one as it would after a crash of the old one.
 */
#include "svc/tree/upgrade.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/error.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/scan.h"
#include "lib/spawn.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/tree/shown/clients.h"
#include "svc/tree/state/state.h"

#define ACCEPTS "knows this state\n"
#define TRIAL_MS 5000

static struct {
	struct client *client; /* who asked last */
	uint32_t id;
	struct watch answer; /* of the new svcd, on trial */
	struct timer late;
	int fds[2]; /* the new programs, while it is */
} asked = {.answer = WATCH_NONE, .fds = {-1, -1}};

/* The program of this name beside the one that runs, or that once did. */
static int
open_installed(const char *name)
{
	static const char gone[] = " (deleted)";
	char self[TREE_PATH], dir[TREE_PATH], path[TREE_PATH];
	struct buf d = BUF(dir), p = BUF(path);
	ssize_t n =
	    sys_readlinkat(AT_FDCWD, "/proc/self/exe", self, sizeof(self));

	if (n <= 0)
		return -1;
	if (str_ends(self, gone))
		self[(size_t)n - (sizeof(gone) - 1)] = '\0';
	path_dir(&d, self);
	path_make(&p, dir, name);
	return p.full ? -1 : sys_open(path, O_PATH, 0);
}

static void
refuse(struct client *c, uint32_t id, const char *why)
{
	char room[256];
	struct buf b = BUF(room);

	if (wire_no(&b, id, WIRE_REASON_SYSTEM, why))
		client_answer(c, &b, -1);
}

_Noreturn void
upgrade_accepts(const char *version)
{
	uint32_t n = 0;

	if (scan_u32(version, &n) && board_knows(n))
		sys_write(1, ACCEPTS, sizeof(ACCEPTS) - 1);
	sys_exit(0);
}

static void
trial_over(void)
{
	int fd = asked.answer.fd;

	watch_del(&tree.loop, &asked.answer);
	fd_close(&fd);
	asked.answer.fd = -1;
	timer_unset(&tree.loop, &asked.late);
	fd_close(&asked.fds[0]);
	fd_close(&asked.fds[1]);
}

/* The client may have left meanwhile, and another stand in its place. */
static bool
is_heard(void)
{
	return asked.client != NULL && asked.client->watch.fd >= 0;
}

/* Its answer, or that it has ended without one. */
static void
tried(void *arg, uint32_t events)
{
	char room[WIRE_HEADER + 1], said[sizeof(ACCEPTS)] = "";
	struct buf b = BUF(room);
	ssize_t n = sys_read(asked.answer.fd, said, sizeof(said) - 1);
	bool knows = n > 0 && str_eq(said, ACCEPTS);

	(void)arg;
	(void)events;
	if (n < 0 && errno == EAGAIN)
		return;
	if (!knows)
		upgrade_refused(-1);
	else if (!keep_exec(asked.fds, 2))
		upgrade_refused(EPIPE);
	else if (is_heard() && wire_ok(&b, asked.id))
		client_answer(asked.client, &b, -1);
	trial_over();
}

static void
late_due(void *arg)
{
	(void)arg;
	upgrade_refused(ETIMEDOUT);
	trial_over();
}

/* The new svcd as a sibling, saying into `to` what it thinks of our state. */
static bool
try_out(int to)
{
	static char name[] = "svcd", word[] = "--accepts";
	char number[16];
	struct buf version = BUF(number);
	char *argv[] = {name, word, number, NULL};
	const struct spawn_step steps[] = {
	    {.op = SPAWN_SETSID},
	    {.op = SPAWN_DUP, .fd = to, .number = 1},
	    {.op = SPAWN_SIGNALS},
	};
	struct spawn s = SPAWN_INIT;

	buf_fmt(&version, "%u", state_head()->version);
	s.steps = steps;
	s.count = sizeof(steps) / sizeof(steps[0]);
	s.exec_fd = asked.fds[0];
	s.argv = argv;
	s.envp = tree.env;
	s.sibling = true;
	return spawn(&s) >= 0;
}

/* False and errno: it cannot be asked. */
static bool
begin_trial(void)
{
	int ends[2];

	if (sys_pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return false;
	fd_lift(&ends[0], TREE_FD_FLOOR);
	fd_lift(&ends[1], TREE_FD_FLOOR);
	bool begun =
	    try_out(ends[1]) && watch_add(&tree.loop, &asked.answer, ends[0],
				    EPOLLIN, tried, NULL) == 0;
	sys_close(ends[1]);
	if (!begun)
		sys_close(ends[0]);
	else
		timer_set(&tree.loop, &asked.late,
		    mono_add_ms(tree.loop.now, TRIAL_MS));
	return begun;
}

void
upgrade_start(void)
{
	timer_init(&asked.late, late_due, NULL);
}

void
upgrade_ask(struct client *c, uint32_t id)
{
	if (asked.answer.fd >= 0) {
		refuse(c, id, "an upgrade is under way");
		return;
	}
	asked.client = c;
	asked.id = id;
	asked.fds[0] = open_installed("svcd");
	asked.fds[1] = open_installed("init");
	if (asked.fds[0] >= 0 && asked.fds[1] >= 0) {
		fd_lift(&asked.fds[0], TREE_FD_FLOOR);
		fd_lift(&asked.fds[1], TREE_FD_FLOOR);
		if (begin_trial())
			return;
		upgrade_refused(errno);
	} else {
		refuse(c, id, "svcd or init is not where this one was");
	}
	fd_close(&asked.fds[0]);
	fd_close(&asked.fds[1]);
}

void
upgrade_refused(int why)
{
	const char *text = why == 0    ? "the installed init does not know the "
					 "running one's state"
			   : why == -1 ? "the installed svcd does not know the "
					 "running one's state"
				       : error_text(why);

	say_warnx("upgrade refused: %s", text);
	if (is_heard())
		refuse(asked.client, asked.id, text);
	asked.client = NULL;
}
