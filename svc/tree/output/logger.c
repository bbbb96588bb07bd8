/*
 * The shared logger from svcd's side: who writes the output of services that
 * just say `log`. The pipes are kept like all log pipes (logpipe.c); the logger
 * gets their read ends, and when it dies another one gets them. It is nobody's
 * service: its socket tells when it is gone, and the exit queue tells nothing
 * new. docs/log-protocol.md.
 */
#include "svc/tree/output/logger.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "lib/dir.h"
#include "lib/env.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/passwd.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/sock.h"
#include "lib/spawn.h"
#include "lib/sys.h"
#include "svc/core/logwire.h"
#include "svc/tree/output/logprogram.h"
#include "svc/tree/output/output.h"
#include "svc/tree/output/pipeline.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"

#define BASE "/var/log/trivet"
#define LINE_FD 3
#define AGAIN_MS 1000	 /* between two starts of it, at least */
#define FAREWELL_MS 3000 /* for what is in the pipes at the end */
#define ENDS_MAX 10	 /* starts for that, if it keeps dying */

static struct {
	struct watch line;
	struct timer again, farewell;
	bool is_ready;	 /* it has said so */
	bool is_leaving; /* at the end of the tree it was told to finish */
	unsigned ends;	 /* how often it was started only for that */
	uint64_t due[TREE_RECORDS / 64]; /* to be attached */
} logger = {.line = {.fd = -1}};

/* Accounts that may be there for it, the first one found. */
static const char *const users[] = {"trivet-log", "_runit-log"};

static void
mark(uint32_t i, bool is_due)
{
	uint64_t bit = UINT64_C(1) << i % 64;

	if (is_due)
		logger.due[i / 64] |= bit;
	else
		logger.due[i / 64] &= ~bit;
}

/* The value of `log`, and of `log-rate` where that does not say it. */
static bool
put_plan(struct buf *b, const struct settings *s)
{
	char room[LOGPLAN_TEXT];
	struct logplan plan;
	const char *word;

	if (logplan_parse(s->log.plan, room, &plan, &word) != NULL ||
	    plan.to == LOGPLAN_SERVICE)
		return false;
	buf_puts(b, s->log.plan);
	if (plan.rate == 0 && s->log_rate.count > 0)
		buf_fmt(b, " rate %u/%ldms", s->log_rate.count,
		    (long)s->log_rate.time_ms);
	return !b->full;
}

/* Whether its lines are the shared logger's, and with which plan. */
static bool
is_ours(uint32_t i, char plan[LOGPLAN_TEXT])
{
	const struct settings *s = define_view(i);
	struct buf b = buf_over(plan, LOGPLAN_TEXT);

	if (s == NULL || rec(i)->flags & BOARD_LOG || rec(i)->logger != 0 ||
	    s->files & WITH_LOGGER || !settings_has(s, SET_log) ||
	    !s->log.is_on || s->log.plan == NULL)
		return false;
	return put_plan(&b, s);
}

/* --- messages --- */

static void
base(struct buf *b)
{
	struct env env = {0};
	const char *state, *home;

	if (!tree.is_user) {
		buf_puts(b, BASE);
		return;
	}
	env.vec = (char **)(uintptr_t)tree.env;
	while (tree.env[env.n] != NULL)
		env.n++;
	state = env_get(&env, "XDG_STATE_HOME");
	home = env_get(&env, "HOME");
	buf_puts(b, state != NULL ? state : home != NULL ? home : "/tmp");
	buf_puts(b, state != NULL ? "/trivet/log" : "/.local/state/trivet/log");
}

/* RUN/logs/NAME leads to the log, so that svc finds it. */
static void
leave_link(const char *name, const char *to)
{
	char text[TREE_PATH];
	struct buf b = BUF(text);

	path_make(&b, tree.run_dir, "logs");
	sys_mkdirat(AT_FDCWD, buf_str(&b), 0755);
	path_join(&b, name);
	if (b.full)
		return;
	sys_unlinkat(AT_FDCWD, buf_str(&b), 0);
	if (sys_symlinkat(to, AT_FDCWD, buf_str(&b)) == -1)
		say_warn("%s: no link to its log", name);
}

static void
link_to(const char *name, const char *directory, const char *plan)
{
	char room[LOGPLAN_TEXT];
	struct logplan p;
	const char *word;

	if (logplan_parse(plan, room, &p, &word) == NULL &&
	    (p.to == LOGPLAN_DIR || p.to == LOGPLAN_FILE))
		leave_link(name, p.path != NULL ? p.path : directory);
}

/* False: its socket takes no more now. */
static bool
send_one(uint32_t i, const char *plan)
{
	static char room[LOGWIRE_MAX + 1];
	char name[BOARD_NAME_MAX + 1], dir[TREE_PATH];
	struct buf message = BUF(room), path = BUF(dir);

	state_name(i, name);
	base(&path);
	path_join(&path, name);
	if (!logwire_attach(&message, i, name, buf_str(&path), plan))
		return true;
	link_to(name, buf_str(&path), plan);
	if (sock_send(logger.line.fd, message.p, message.len, &live(i)->pipe[0],
		1) >= 0)
		return true;
	return errno != EAGAIN;
}

static void
send_due(void)
{
	char plan[LOGPLAN_TEXT];

	for (uint32_t w = 0; w < TREE_RECORDS / 64; w++)
		while (logger.due[w] != 0) {
			uint32_t i =
			    w * 64 + (uint32_t)__builtin_ctzll(logger.due[w]);

			if (is_ours(i, plan) && live(i)->pipe[0] >= 0 &&
			    !send_one(i, plan)) {
				watch_change(&tree.loop, &logger.line,
				    EPOLLIN | EPOLLOUT);
				return;
			}
			mark(i, false);
		}
	watch_change(&tree.loop, &logger.line, EPOLLIN);
}

/* Must not be lost: an id may be another service's soon. */
static void
send_plain(enum logwire_tag tag, uint32_t i)
{
	char room[64];
	struct buf b = BUF(room);
	struct pollfd p = {.fd = logger.line.fd, .events = POLLOUT};

	if (!logger.is_ready || !logwire_plain(&b, tag, i))
		return;
	if (sock_send(p.fd, b.p, b.len, NULL, 0) == -1 && errno == EAGAIN &&
	    sys_ppoll(&p, 1, &(struct timespec){.tv_nsec = 100000000}) > 0)
		sock_send(p.fd, b.p, b.len, NULL, 0);
}

/* --- its life --- */

static void
mark_all(void)
{
	char plan[LOGPLAN_TEXT];

	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		mark(i, is_ours(i, plan) && live(i)->pipe[0] >= 0);
}

static void
set_error(uint32_t i, int error)
{
	struct board_record *r = rec(i);

	if (r->log_error == (uint32_t)error)
		return;
	board_begin(r);
	r->log_error = (uint32_t)error;
	board_end(r);
	state_head()->changes++;
}

/* The next one finds out for itself what is wrong. */
static void
forget_errors(void)
{
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		set_error(i, 0);
}

static void
obey(const char *bytes, size_t n)
{
	char plan[LOGPLAN_TEXT];
	uint16_t tag;
	uint32_t id;
	int error;

	if (!logwire_open(bytes, n, &tag, &id))
		return;
	if (tag == LOGWIRE_READY) {
		logger.is_ready = true;
		logprogram_ready();
	} else if (tag == LOGWIRE_TROUBLE && id < board_used(tree.board) &&
		   board_word(rec(id)) != 0 && is_ours(id, plan) &&
		   logwire_get_trouble(bytes, n, &error))
		set_error(id, error);
}

static void
gone(void)
{
	int fd = logger.line.fd;

	forget_errors();
	logprogram_gone();
	watch_del(&tree.loop, &logger.line);
	fd_close(&fd);
	logger.is_ready = false;
	logger.is_leaving = false;
	timer_unset(&tree.loop, &logger.farewell);
	mark_all();
	timer_set(
	    &tree.loop, &logger.again, mono_add_ms(tree.loop.now, AGAIN_MS));
}

static void
heard(void *arg, uint32_t events)
{
	char bytes[LOGWIRE_MAX];
	struct sock_msg m = {.p = bytes, .cap = sizeof(bytes)};
	int r;

	(void)arg;
	(void)events;
	while ((r = sock_receive(logger.line.fd, &m, MSG_DONTWAIT)) == 1)
		obey(bytes, m.len);
	if (r == 0 || errno != EAGAIN)
		gone();
	else if (logger.is_ready)
		send_due();
}

/* As root it is given an account, if there is one, and its directory. */
static const char *
account(void)
{
	static bool is_told;
	struct passwd_user u;
	int dir;

	if (sys_geteuid() != 0 || tree.is_user)
		return NULL;
	for (size_t k = 0; k < sizeof(users) / sizeof(users[0]); k++) {
		if (passwd_user(users[k], &u) != 1)
			continue;
		dir_make(AT_FDCWD, BASE, 0755);
		dir = sys_open(BASE, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
		if (dir >= 0)
			sys_fchown(dir, u.uid, u.gid);
		sys_close(dir);
		return users[k];
	}
	if (!is_told)
		say_warnx("no account %s: the logger stays root", users[0]);
	is_told = true;
	return NULL;
}

static int
clone_it(int theirs)
{
	char file[TREE_PATH] = "", name[] = "svlogd", shared[] = "--shared";
	char *argv[] = {name, shared, (char *)(uintptr_t)account(), NULL};
	const struct spawn_step steps[] = {
	    {.op = SPAWN_SETSID},
	    {.op = SPAWN_DUP, .fd = theirs, .number = LINE_FD},
	    {.op = SPAWN_SIGNALS},
	};
	struct spawn s = SPAWN_INIT;

	if (!logprogram_choose(&s, file))
		return -1;
	s.steps = steps;
	s.count = sizeof(steps) / sizeof(steps[0]);
	s.argv = argv;
	s.envp = tree.env;
	s.sibling = true;
	return spawn(&s);
}

/* Its end of the line ends with it: who was not started is gone at once. */
static bool
connect_it(int ends[2])
{
	bool is_done = fd_lift(&ends[0], TREE_FD_FLOOR) == 0 &&
		       fd_lift(&ends[1], TREE_FD_FLOOR) == 0 &&
		       watch_add(&tree.loop, &logger.line, ends[0], EPOLLIN,
			   heard, NULL) == 0;

	if (is_done && clone_it(ends[1]) == -1)
		say_warn("cannot start the logger");
	if (!is_done)
		fd_close(&ends[0]);
	fd_close(&ends[1]);
	return is_done;
}

static void
start_now(void)
{
	int ends[2];

	if (logger.line.fd >= 0)
		return;
	if (sock_pair(SOCK_SEQPACKET | SOCK_NONBLOCK, ends) == 0 &&
	    connect_it(ends))
		return;
	say_warn("no socket to the logger");
	timer_set(
	    &tree.loop, &logger.again, mono_add_ms(tree.loop.now, AGAIN_MS));
}

static void
farewell_due(void *arg)
{
	(void)arg;
	say_warnx("the logger does not finish");
	logger.ends = ENDS_MAX;
	gone();
}

/* While everything stops it is logger_end() that knows when. */
static void
start(void *arg)
{
	(void)arg;
	if (!tree.is_ending)
		start_now();
}

void
logger_start(void)
{
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		pipeline_recover(i);
	forget_errors();
	logprogram_start();
	timer_init(&logger.again, start, NULL);
	timer_init(&logger.farewell, farewell_due, NULL);
	mark_all();
	for (uint32_t w = 0; w < TREE_RECORDS / 64; w++)
		if (logger.due[w] != 0) {
			start(NULL);
			return;
		}
}

void
logger_look(uint32_t i)
{
	char plan[LOGPLAN_TEXT];

	if (pipeline_look(i) || !is_ours(i, plan) || !logpipe_make(i))
		return;
	mark(i, true);
	if (logger.is_ready)
		send_due();
	else if (logger.line.fd < 0 && !timer_is_set(&logger.again))
		start(NULL);
}

/* With a logger of its own, or as one. */
static bool
pair_birth(uint32_t i)
{
	uint32_t writer = rec(i)->flags & BOARD_LOG ? rec(i)->parent : i;

	if (live(i)->is_logless) {
		errno = EAGAIN;
		return false; /* until a scan has it */
	}
	if (rec(i)->flags & BOARD_LOG)
		live(i)->is_resumed = false;
	/* At the end it is closed on purpose, and what is in it still read. */
	return writer == 0 || rec(writer)->log_slot != 0 || tree.is_ending ||
	       logpipe_make(writer);
}

bool
logger_birth(uint32_t i)
{
	char plan[LOGPLAN_TEXT];

	if ((rec(i)->flags & BOARD_LOG) || rec(i)->logger != 0 ||
	    live(i)->is_logless)
		return pair_birth(i);
	if (pipeline_birth(i) || live(i)->feeds != 0)
		return live(i)->pipe[1] >= 0;
	if (is_ours(i, plan) && live(i)->pipe[0] < 0)
		logger_look(i);
	else if (live(i)->pipe[0] >= 0 && !is_ours(i, plan))
		logger_leave(i);
	return !is_ours(i, plan) || live(i)->pipe[1] >= 0;
}

void
logger_leave(uint32_t i)
{
	mark(i, false);
	pipeline_leave(i);
	if (live(i)->pipe[0] < 0)
		return;
	send_plain(LOGWIRE_DETACH, i);
	logpipe_close(i);
}

void
logger_yield(uint32_t i)
{
	bool is_due = logger.due[i / 64] >> i % 64 & 1;

	if ((logger.is_ready && !is_due) || live(i)->feeds != 0)
		logger_leave(i);
	else
		mark(i, false);
}

bool
logger_rotate(uint32_t i)
{
	char plan[LOGPLAN_TEXT];

	if (!logger.is_ready || !is_ours(i, plan))
		return false;
	send_plain(LOGWIRE_ROTATE, i);
	return true;
}

/* Lines of its services that nobody has taken. */
static bool
lines_wait(void)
{
	char plan[LOGPLAN_TEXT];

	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if (is_ours(i, plan) && logpipe_has_lines(live(i)->pipe[0]))
			return true;
	return false;
}

static bool
is_due(void)
{
	for (uint32_t w = 0; w < TREE_RECORDS / 64; w++)
		if (logger.due[w] != 0)
			return true;
	return false;
}

/*
 * One that died, or was not there yet, is started for what waits; but not for
 * ever: the end of the machine does not hang on a logger that cannot work.
 */
bool
logger_end(void)
{
	char plan[LOGPLAN_TEXT];

	if (logger.line.fd < 0 && (logger.ends == ENDS_MAX || !lines_wait()))
		return true;
	if (logger.line.fd < 0) {
		logger.ends++;
		start_now();
	}
	if (!timer_is_set(&logger.farewell))
		timer_set(&tree.loop, &logger.farewell,
		    mono_add_ms(tree.loop.now, FAREWELL_MS));
	if (logger.is_leaving || !logger.is_ready || is_due())
		return false;
	logger.is_leaving = true;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if (is_ours(i, plan))
			send_plain(LOGWIRE_DETACH, i);
	sys_shutdown(logger.line.fd, SHUT_WR);
	return false;
}
