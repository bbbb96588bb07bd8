/*
 * What a child is born with: a session of its own, its directory, descriptors
 * 0 to 2, the environment of svcd with PWD set to where it is, and a program
 * with its arguments. Nothing else of ours: all our descriptors above 2 close
 * on exec, our signals are at their defaults and our umask is 022.
 */

#include "svc/tree/birth/birth.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/tree/birth/births.h"
#include "svc/tree/birth/command.h"
#include "svc/tree/birth/mark.h"
#include "svc/tree/output/logger.h"
#include "svc/tree/output/output.h"
#include "svc/tree/output/pipeline.h"
#include "svc/tree/output/said.h"
#include "svc/tree/state/cgroups.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"
#include "svc/tree/talk/talk.h"

enum birth_kind
birth_kind(uint32_t i)
{
	uint64_t word = board_word(rec(i));

	if (!sv_valid(word))
		return BIRTH_NONE;
	switch (sv_unpack(word).sv.state) {
	case S_PRE_SPAWN:
		return BIRTH_PRE;
	case S_SPAWN:
		return BIRTH_RUN;
	case S_FIN_SPAWN:
		return BIRTH_FINISH;
	case S_NONE:
	case S_DOWN:
	case S_WAIT:
	case S_PRE:
	case S_START:
	case S_ADOPT:
	case S_UP:
	case S_STOP:
	case S_SWEEP:
	case S_FIN:
	case S_FIN_SWEEP:
	case S_BACKOFF:
	case S_FAILED:
	case S_ENDED:
	case S_DONE:
		return BIRTH_NONE;
	}
	return BIRTH_NONE;
}

const struct board_exit *
birth_last_run(const struct board_record *r)
{
	for (uint32_t n = 0; n < BOARD_EXITS; n++) {
		const struct board_exit *e = board_exit(r, n);
		if (e == NULL || e->role == SV_ROLE_RUN)
			return e;
	}
	return NULL;
}

/* --- program and arguments --- */

static char *
number(struct birth *b, unsigned n, int64_t v)
{
	struct buf to = BUF(b->numbers[n]);

	buf_i64(&to, v);
	return b->numbers[n];
}

/* runit: exit code or -1, low byte of the wait status. s6: code or 256, signal.
 */
static void
finish_arguments(struct birth *b)
{
	const struct board_record *r = rec(b->record);
	const struct board_exit *e = birth_last_run(r);
	bool is_s6 = r->flags & BOARD_S6;
	int code = 0, sig = 0;

	if (e != NULL && e->code == CLD_EXITED) {
		code = e->value;
	} else if (e != NULL) {
		code = is_s6 ? 256 : -1;
		sig = e->value;
		if (!is_s6 && e->code == CLD_DUMPED)
			sig |= 0x80;
	}
	b->argv[1] = number(b, 0, code);
	b->argv[2] = number(b, 1, sig);
	b->argv[3] = b->name;
	b->argv[4] = number(b, 2, e != NULL ? e->pid : 0);
	b->argv[5] = NULL;
}

static void
control_arguments(struct birth *b, char letter)
{
	struct buf to = BUF(b->file);

	buf_puts(&to, "control/");
	buf_putc(&to, letter);
	b->argv[1] = number(b, 0, state_word(b->record).pid);
	b->argv[2] = NULL;
}

static void
file_name(struct birth *b, const char *name)
{
	struct buf to = BUF(b->file);

	buf_puts(&to, name);
}

/* A command line of its definition comes in place of this. */
static void
aux_program(struct birth *b, struct sv_aux a)
{
	if (a.kind == AUX_CONTROL)
		control_arguments(b, (char)a.arg);
	else
		file_name(b, a.kind == AUX_CHECK ? "./check" : "./reload");
}

static void
set_program(struct birth *b)
{
	b->argv[0] = b->file;
	b->argv[1] = NULL;
	switch (b->kind) {
	case BIRTH_NONE:
		break;
	case BIRTH_PRE:
		control_arguments(b, 'u');
		break;
	case BIRTH_RUN:
		file_name(b, "./run");
		if (rec(b->record)->flags & BOARD_S6)
			b->argv[1] = b->name;
		b->argv[2] = NULL;
		break;
	case BIRTH_FINISH:
		file_name(b, "./finish");
		finish_arguments(b);
		break;
	case BIRTH_AUX:
		aux_program(b, sv_aux_unpack(rec(b->record)->aux));
		break;
	}
	b->spawn.file = b->file;
	b->spawn.argv = b->argv;
	if (b->kind == BIRTH_RUN && command_is(b->record))
		command_program(b);
	else if (b->kind == BIRTH_RUN || b->kind == BIRTH_FINISH)
		birth_script(b);
}

/* With --clear-env these are all that a service gets of svcd's. */
static bool
is_for_all(const char *variable)
{
	static const char *const names[] = {
	    "PATH=", "HOME=", "TERM=", "TZ=", "LANG=", "TRIVET_RUN="};

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
		if (str_starts(variable, names[n]))
			return true;
	return false;
}

/* PWD first, then all that svcd was given but its own PWD. */
static void
set_environment(struct birth *b)
{
	bool all = !tree.clear_env || command_is(b->record);
	size_t n = 0;

	memcpy(b->pwd, "PWD=", 4);
	state_path(b->record, b->pwd + 4);
	memcpy(b->own, b->pwd + 4, sizeof(b->own));
	b->envp[n++] = b->pwd;
	for (char *const *e = tree.env; *e != NULL && n < BIRTH_ENV; e++)
		if (strncmp(*e, "PWD=", 4) != 0 && (all || is_for_all(*e)))
			b->envp[n++] = *e;
	b->envp[n] = NULL;
	b->spawn.envp = b->envp;
}

/* --- steps --- */

void
birth_step(struct birth *b, struct spawn_step s)
{
	/* More than there is room for: refused, not left out. */
	if (b->spawn.count == BIRTH_STEPS - 1 && s.refuse == 0)
		s = (struct spawn_step){.op = SPAWN_EXEC, .refuse = E2BIG};
	if (b->spawn.count < BIRTH_STEPS)
		b->steps[b->spawn.count++] = s;
}

void
birth_lacks(struct birth *b)
{
	b->lacks = errno != 0 ? errno : EAGAIN;
}

void
birth_refuse(struct birth *b, enum spawn_op op)
{
	if (error_may_pass(errno))
		birth_lacks(b);
	birth_step(b, (struct spawn_step){
			  .op = op, .refuse = errno != 0 ? errno : EINVAL});
}

/* `fd` of ours, by way of a low number, becomes `to` in the child. */
int
birth_hand_over(struct birth *b, int fd, int low)
{
	if (fd < 0)
		return -1;
	if (sys_dup3(fd, low + b->lows) < 0) {
		birth_lacks(b);
		return -1;
	}
	return low + b->lows++;
}

static void
give(struct birth *b, int low, int to)
{
	if (low >= 0)
		birth_step(b, (struct spawn_step){
				  .op = SPAWN_DUP, .fd = low, .number = to});
}

/*
 * The FIFO, opened by the child itself: not to wait for a reader, whom the
 * keeper is, and then like any other. Without one it is svcd's own.
 */
static void
give_output(struct birth *b)
{
	struct buf path = BUF(b->out);

	output_path(b->record, &path);
	birth_step(b, (struct spawn_step){.op = SPAWN_OPEN,
			  .may_fail = true,
			  .text = b->out,
			  .flags = O_WRONLY | O_NONBLOCK,
			  .number = 1});
	birth_step(b, (struct spawn_step){.op = SPAWN_WAITING, .fd = 1});
	give(b, 1, 2);
}

/* By a path of the child's own: an open file that only it writes to. */
static void
give_pipe(struct birth *b, struct buf path, int low, int to)
{
	if (low < 0)
		return;
	buf_fmt(&path, "/proc/self/fd/%d", low);
	birth_step(b, (struct spawn_step){.op = SPAWN_OPEN,
			  .text = path.p,
			  .flags = O_WRONLY,
			  .number = to});
}

static void
give_said(struct birth *b, int low)
{
	uint32_t i = b->record;

	give_pipe(b, BUF(b->out), birth_hand_over(b, said_pipe(i, 0), low), 1);
	give_pipe(b, BUF(b->err), birth_hand_over(b, said_pipe(i, 1), low), 2);
}

/* Its pipe has come to its end: it must not read what is svcd's own instead. */
static void
give_log(struct birth *b, int fd, int low)
{
	if (fd >= 0)
		give(b, birth_hand_over(b, fd, low), 0);
	else
		birth_step(b, (struct spawn_step){.op = SPAWN_OPEN,
				  .text = "/dev/null",
				  .flags = O_RDONLY,
				  .number = 0});
}

/*
 * A logger reads the pipe, a service with a logger writes it; without one its
 * last lines are kept. All else is svcd's own 0, 1 and 2.
 */
static void
set_descriptors(struct birth *b, int low)
{
	const struct board_record *r = rec(b->record);
	const struct live *l = live(b->record);

	if (r->flags & BOARD_MAIN)
		return;
	if (b->kind == BIRTH_RUN && pipeline_input(b->record) >= 0)
		give(b, birth_hand_over(b, pipeline_input(b->record), low), 0);
	if (r->flags & BOARD_LOG)
		give_log(b, logpipe_input(b->record), low);
	else if (l->pipe[1] >= 0)
		give(b, birth_hand_over(b, l->pipe[1], low), 1);
	else if (said_make(b->record))
		give_said(b, low);
	else if (output_make(b->record))
		give_output(b);
}

static struct rlimit usual_files;

/* Services get the descriptor limit that svcd was started with. */
void
birth_limits(const struct rlimit *files)
{
	usual_files = *files;
}

/* Where it stands: what the definition says, else its own directory. */
static const char *
directory(struct birth *b, const struct settings *s)
{
	static const char one[] = "/one/";
	const char *own = b->pwd + 4;
	const char *rest = str_after(own, tree.run_dir);

	if (s == NULL || b->kind == BIRTH_AUX || b->kind == BIRTH_PRE)
		return own;
	if (s->dir != NULL)
		return s->dir; /* a relative one begins at its own */
	if (s->root != NULL)
		return "/";
	return rest != NULL && str_starts(rest, one) ? "/" : own;
}

static void
set_directory(struct birth *b, const struct settings *s)
{
	const char *dir = directory(b, s);
	struct buf pwd = BUF(b->pwd);

	if (dir != b->pwd + 4 && dir[0] == '/') {
		buf_puts(&pwd, "PWD=");
		buf_puts(&pwd, dir);
	} else if (dir != b->pwd + 4) {
		pwd.len = strlen(b->pwd);
		buf_putc(&pwd, '/');
		buf_puts(&pwd, dir);
	}
	birth_step(
	    b, (struct spawn_step){.op = SPAWN_CHDIR, .text = b->pwd + 4});
}

/* runsv's own code for what cannot be executed; ours tell the step. */
static void
set_basics(struct birth *b, const struct settings *s, int low)
{
	b->spawn = SPAWN_INIT;
	b->spawn.steps = b->steps;
	b->spawn.sibling = true;
	b->spawn.fault_exit = s == NULL ? 111 : 0;
	/* The kernel gives one oom_score_adj to all who share a memory. */
	b->is_apart = s != NULL && settings_has(s, SET_oom_score_adj);
	b->spawn.small = b->is_apart ? NULL : b->stack;
	b->spawn.small_bytes = sizeof(b->stack);
	b->spawn.fault = (_Atomic uint64_t *)&rec(b->record)->fault;
	b->lacks = b->lows = 0;
	b->text_len = 0;
	b->limit_count = b->mount_count = 0;
	b->low = low;
	b->has_all = false;
	b->end = -1;
	b->pid_at[0] = b->pid_at[1] = b->inode_at = NULL;
	b->uid = b->gid = BIRTH_SELF;
}

void
birth_prepare(struct birth *b, int low)
{
	const struct settings *s = define_view(b->record);

	set_basics(b, s, low);
	state_name(b->record, b->name);
	set_environment(b);
	set_program(b);
	birth_result(b);
	if (s != NULL && s->kill == KILL_ALL && !cgroups_work())
		birth_mark(b);
	birth_step(b, (struct spawn_step){.op = SPAWN_SETSID});
	if (b->kind == BIRTH_RUN && !logger_birth(b->record))
		birth_lacks(b);
	set_descriptors(b, low);
	if (usual_files.rlim_cur != 0)
		birth_step(b, (struct spawn_step){.op = SPAWN_RLIMIT,
				  .number = RLIMIT_NOFILE,
				  .data = &usual_files});
	if (s != NULL && !(rec(b->record)->flags & BOARD_LOG))
		birth_stdio(b, s);
	if (b->kind == BIRTH_RUN)
		talk_renew(b->record);
	if (s != NULL)
		birth_settings(b, s);
	if (command_is(b->record))
		command_steps(b);
	set_directory(b, s);
	birth_step(b, (struct spawn_step){.op = SPAWN_SIGNALS_QUICK});
}
