/*
 * runit's rules, put into our phases. PID 1 itself still looks up no path: the
 * flag files are looked at, and taken back, by a short child.
 */
#include "init/runit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/auxv.h>

#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/sig.h"
#include "lib/str.h"
#include "lib/sys.h"

#define STAYS 2
#define AGAIN_MS 5000  /* from a crash of stage 2 to its next start */
#define END_MS 5000    /* from TERM to KILL */
#define LOOK_MS 2000   /* for a child that looks at flags */
#define KEYS_MS 120000 /* for ctrlaltdel, which may wait for people */
#define LINKS_MAX 40   /* the kernel's own bound */

/* Where the flags are: upstream's and Void's places, then Debian's. */
/* clang-format off */
#define RUNIT_FLAGS(X) \
	X("/etc/runit/stopit", "/etc/runit/reboot") \
	X("/run/runit.stopit", "/run/runit.reboot")
#define FLAG_ROW(stop, again) {stop, again},
/* clang-format on */
static const struct flags {
	const char *stopit, *reboot;
} flags[] = {RUNIT_FLAGS(FLAG_ROW)};
#define FLAGS (sizeof(flags) / sizeof(flags[0]))

static const struct keep_asks *asks;

/* --- who we are --- */

static bool
is_name(const char *path)
{
	const char *name = path_base(path);

	return str_eq(name, "runit") || str_eq(name, "runit-init");
}

/* Installed as /sbin/init, it is told apart by where that link leads. */
bool
runit_is(const char *argv0)
{
	const char *executed = (const char *)(uintptr_t)getauxval(AT_EXECFN);
	char path[PATH_MAX], target[PATH_MAX], folder[PATH_MAX];
	struct buf at = BUF(path), dir = BUF(folder);

	if (is_name(argv0))
		return true;
	if (executed == NULL)
		return false;
	buf_puts(&at, executed);
	for (int i = 0; i < LINKS_MAX && !at.full; i++) {
		if (sys_readlinkat(AT_FDCWD, path, target, sizeof(target)) < 0)
			return false;
		if (is_name(target))
			return true;
		buf_clear(&dir);
		path_dir(&dir, path);
		buf_clear(&at);
		path_make(&at, folder, target);
	}
	return false;
}

void
runit_set_up(void)
{
	memo.runit.is = true;
	/* Stage 2 knows what to do with `single`. */
	memo.settings.rescue = memo.settings.emergency = false;
	/* Stage 3 has asked everybody to end, as it thought right. */
	memo.settings.limits[PHASE_TERM] = 1;
}

void
runit_init(const struct keep_asks *a)
{
	asks = a;
}

/* --- the stages --- */

const char *
runit_stage(enum phase phase)
{
	if (!memo.runit.is)
		return NULL;
	switch (phase) {
	case PHASE_BOOT:
		return "/etc/runit/1";
	case PHASE_KEEP:
		return "/etc/runit/2";
	case PHASE_SHUTDOWN:
		return "/etc/runit/3";
	case PHASE_START:
	case PHASE_MOUNT:
	case PHASE_RESCUE:
	case PHASE_STOP:
	case PHASE_TERM:
	case PHASE_KILL:
	case PHASE_FINAL:
	case PHASE_LAST:
	case PHASE_COUNT:
		break;
	}
	return NULL;
}

void
runit_say_enter(enum phase phase)
{
	static const char *const endings[] = {
	    [KEEP_END_POWEROFF] = "power off...",
	    [KEEP_END_REBOOT] = "system reboot.",
	    [KEEP_END_HALT] = "system halt."};
	unsigned ending = memo_step()->plan.ending;

	if (runit_stage(phase) != NULL && phase != PHASE_KEEP)
		say_info("enter stage: %s", runit_stage(phase));
	else if (phase == PHASE_TERM)
		say_info("sending KILL signal to all processes...");
	else if (phase == PHASE_LAST &&
		 ending < sizeof(endings) / sizeof(endings[0]) &&
		 endings[ending] != NULL)
		say_info("%s", endings[ending]);
}

static bool
is_signalled(const struct job_end *end)
{
	return end->known && end->code != CLD_EXITED;
}

static void
say_leave(const char *stage, const struct job_end *end)
{
	if (is_signalled(end))
		say_warnx("child crashed: %s", stage);
	else if (!end->known || end->value != 0)
		say_warnx("child failed: %s", stage);
	say_info("leave stage: %s", stage);
}

static void
set_ending(enum keep_ending ending)
{
	struct memo_step next = *memo_step();

	next.plan.ending = (uint8_t)ending;
	memo_commit(next);
}

static int
run_stage_two(void *unused)
{
	const char *argv[] = {runit_stage(PHASE_KEEP), NULL};
	struct program program = {.path = argv[0], .argv = argv};

	(void)unused;
	return job_become(JOB_STAGE, &program);
}

void
runit_on(void)
{
	memo.runit.on = true;
	memo.runit.start_ns = 0;
}

void
runit_off(void)
{
	memo.runit.on = false;
	job_signal(JOB_STAGE, SIGKILL);
}

void
runit_stop(void)
{
	memo.runit.on = false;
	if (!job_runs(JOB_STAGE))
		return;
	say_info("killing all processes in stage 2...");
	if (memo.runit.stays) {
		say_info("leave stage: %s", runit_stage(PHASE_KEEP));
		job_forget(JOB_STAGE);
		return;
	}
	job_signal(JOB_STAGE, SIGTERM);
	memo.jobs[JOB_STAGE].until_ns = mono_now().ns + NS_OF_MS(END_MS);
}

bool
runit_has_stopped(void)
{
	return !memo.runit.on && !job_runs(JOB_STAGE);
}

void
runit_turn(int64_t now_ns)
{
	struct runit_memo *r = &memo.runit;

	if (!r->on || job_runs(JOB_STAGE) || now_ns < r->start_ns)
		return;
	say_info("enter stage: %s", runit_stage(PHASE_KEEP));
	if (job_start(JOB_STAGE, run_stage_two, NULL, 0) == 0)
		return;
	say_warn("unable to start child: %s", runit_stage(PHASE_KEEP));
	r->start_ns = now_ns + NS_OF_MS(AGAIN_MS);
}

int64_t
runit_next_ns(void)
{
	return memo.runit.on && !job_runs(JOB_STAGE) ? memo.runit.start_ns
						     : INT64_MAX;
}

static void
stage_two_ended(int32_t pid, const struct job_end *end)
{
	struct runit_memo *r = &memo.runit;
	bool again = is_signalled(end) ||
		     (end->known && end->error == 0 && end->value == 111);

	say_leave(runit_stage(PHASE_KEEP), end);
	if (!r->on)
		return;
	if (!again) {
		r->on = false;
		asks->end(KEEP_END_POWEROFF, false, 0);
		return;
	}
	sys_kill(-pid, SIGKILL);
	say_warnx("killing all processes in stage 2...");
	say_warnx("restarting.");
	r->start_ns = mono_now().ns + NS_OF_MS(AGAIN_MS);
}

/* --- the flags --- */

static bool
is_set(const char *path)
{
	struct stat st;

	return sys_fstatat(AT_FDCWD, path, &st, 0) == 0 &&
	       (st.st_mode & S_IXUSR) != 0;
}

/*
 * The runsvs of the original outlive its runsvdir, and stage 3 tells each what
 * to end and for how long to wait for that. Where stage 2 has become our own
 * keeper, that is what lives on.
 */
static bool
stage_two_is_ours(void)
{
	char path[32];
	struct buf b = BUF(path);
	struct stat ours, theirs;

	buf_fmt(&b, "/proc/%d/exe", memo.jobs[JOB_STAGE].pid);
	return sys_fstatat(AT_FDCWD, "/proc/self/exe", &ours, 0) == 0 &&
	       sys_fstatat(AT_FDCWD, path, &theirs, 0) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

/* In the child. Exit code 0: yes. STAYS: yes, and stage 2 is ours. */
static int
look(void *unused)
{
	bool found = false;

	(void)unused;
	for (size_t i = 0; i < FLAGS; i++) {
		if (memo.runit.question == RUNIT_REBOOT) {
			found |= is_set(flags[i].reboot);
		} else if (is_set(flags[i].stopit)) {
			found = true;
			sys_fchmodat(AT_FDCWD, flags[i].stopit, 0);
		}
	}
	if (found && memo.runit.question == RUNIT_STOP && stage_two_is_ours())
		return STAYS;
	return !found;
}

static int
run_keys(void *unused)
{
	const char *argv[] = {"/etc/runit/ctrlaltdel", NULL};
	struct program program = {.path = argv[0], .argv = argv};

	(void)unused;
	if (is_set(argv[0]))
		return job_become(JOB_FLAGS, &program);
	memo.jobs[JOB_FLAGS].error = EACCES;
	return 126;
}

static void
ask(enum job job, enum runit_question question)
{
	if (job_runs(job))
		return;
	memo.runit.question = (uint8_t)question;
	if (question == RUNIT_KEYS)
		job_start(job, run_keys, NULL, KEYS_MS);
	else
		job_start(job, look, NULL, LOOK_MS);
}

bool
runit_hears(int sig)
{
	bool machine = memo_step()->plan.role == ROLE_MACHINE;

	if (!memo.runit.is || sig == SIGCHLD)
		return false;
	return sig == SIGCONT || sig == SIGINT ||
	       (machine && sig < SIG_RTMIN && sig != SIGPWR);
}

void
runit_signal(int sig)
{
	if (sig != SIGCONT && sig != SIGINT)
		return;
	if (!job_runs(JOB_STAGE) || !memo.runit.on) {
		say_warnx("signals only work in stage 2.");
		return;
	}
	if (sig == SIGINT)
		say_info("ctrl-alt-del request...");
	ask(JOB_FLAGS, sig == SIGINT ? RUNIT_KEYS : RUNIT_STOP);
}

static void
flags_ended(const struct job_end *end)
{
	if (memo.runit.question == RUNIT_KEYS) {
		/* It ran: how it ended matters to nobody. */
		if (end->error == 0)
			ask(JOB_FLAGS, RUNIT_STOP);
		return;
	}
	memo.runit.stays = end->known && end->error == 0 &&
			   end->code == CLD_EXITED && end->value == STAYS;
	if ((job_end_good(end) || memo.runit.stays) && memo.runit.on)
		asks->end(KEEP_END_POWEROFF, false, 0);
}

void
runit_job_ended(enum job job, const struct job_end *end)
{
	int32_t pid = memo.jobs[job].pid;

	job_forget(job);
	if (job == JOB_STAGE)
		stage_two_ended(pid, end);
	else
		flags_ended(end);
}

/* After 3, and not before, the flag says which way it goes. */
bool
runit_stage_ended(enum phase phase, const struct job_end *end)
{
	if (phase == PHASE_SHUTDOWN && memo.runit.question == RUNIT_REBOOT) {
		if (memo_step()->plan.ending == KEEP_END_POWEROFF &&
		    job_end_good(end))
			set_ending(KEEP_END_REBOOT);
		return false;
	}
	say_leave(runit_stage(phase), end);
	if (phase == PHASE_SHUTDOWN) {
		job_forget(JOB_PHASE);
		ask(JOB_PHASE, RUNIT_REBOOT);
		return job_runs(JOB_PHASE);
	}
	if (is_signalled(end) || (end->known && end->value == 100)) {
		say_info("skipping stage 2...");
		set_ending(KEEP_END_POWEROFF);
	}
	return false;
}

/* --- the commands --- */

/* The place that this system uses: Debian's exists only under its runit. */
static const struct flags *
place(void)
{
	for (size_t i = FLAGS - 1; i > 0; i--)
		if (sys_faccessat(AT_FDCWD, flags[i].stopit, F_OK, 0) == 0)
			return &flags[i];
	return &flags[0];
}

static void
set_flag(const char *path, mode_t mode)
{
	int fd = sys_open(path, O_WRONLY | O_CREAT | O_NONBLOCK, 0);

	if (fd < 0)
		die(111, "unable to create %s", path);
	sys_close(fd);
	if (sys_fchmodat(AT_FDCWD, path, mode) == -1)
		die(111, "unable to chmod %s", path);
}

static int
tell(char what)
{
	const struct flags *f = place();

	set_flag(f->stopit, 0100);
	if (what == '6')
		set_flag(f->reboot, 0100);
	else if (sys_fchmodat(AT_FDCWD, f->reboot, 0) == -1 && errno != ENOENT)
		die(111, "unable to chmod %s", f->reboot);
	if (sys_kill(1, SIGCONT) == -1)
		die(111, "unable to signal process 1");
	return 0;
}

int
runit_command(int argc, char **argv)
{
	char what = argc > 1 ? argv[1][0] : '\0';
	char room[PATH_MAX + 32];
	struct buf usage = BUF(room);

	if (str_eq(path_base(argv[0]), "runit")) {
		say_init("- runit", 2);
		diex(111, "must be run as process no 1.");
	}
	say_init("init", 2);
	if (what == '0' || what == '6')
		return tell(what);
	buf_puts(&usage, "usage: ");
	buf_puts(&usage, argv[0]);
	buf_puts(&usage, " 0|6\n\n");
	sys_write(2, usage.p, usage.len);
	return 0;
}
