/*
 * This program spawns itself: called with a word, it tells that much about the
 * process it finds itself in.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/sig.h"
#include "lib/spawn.h"
#include "lib/sys.h"
#include "tests/unit/unit.h"

/* --- in the child --- */

static void
tell_status(const char *key)
{
	char line[512];
	FILE *f = fopen("/proc/self/status", "r");

	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			printf("%s", line);
	fclose(f);
}

static int
tell(const char *what)
{
	struct rlimit limit;
	char path[256];

	if (strcmp(what, "fds") == 0) {
		for (int fd = 0; fd < 300; fd++)
			if (fd_is_open(fd))
				printf("%d ", fd);
	} else if (strcmp(what, "session") == 0) {
		printf("%d %d", getsid(0) == getpid(), getpgid(0) == getpid());
	} else if (strcmp(what, "group") == 0) {
		printf("%d %d", getsid(0) == getpid(), getpgid(0) == getpid());
	} else if (strcmp(what, "umask") == 0) {
		printf("%03o", umask(0));
	} else if (strcmp(what, "nice") == 0) {
		printf("%d", getpriority(PRIO_PROCESS, 0));
	} else if (strcmp(what, "limit") == 0) {
		getrlimit(RLIMIT_CORE, &limit);
		printf("%d %d", (int)limit.rlim_cur, (int)limit.rlim_max);
	} else if (strcmp(what, "cwd") == 0) {
		printf("%s", getcwd(path, sizeof(path)));
	} else if (strcmp(what, "ids") == 0) {
		printf("%d %d %d", getuid(), getgid(), getgroups(0, NULL));
	} else if (strcmp(what, "env") == 0) {
		printf("%s %d", getenv("NAME"),
		    atoi(getenv("LISTEN_PID")) == getpid());
	} else if (strcmp(what, "flags") == 0) {
		printf("%d %d %d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
		    prctl(PR_GET_DUMPABLE, 0, 0, 0, 0),
		    prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
	} else if (strcmp(what, "oom") == 0) {
		FILE *f = fopen("/proc/self/oom_score_adj", "r");
		printf("%s", fgets(path, sizeof(path), f));
		fclose(f);
	} else {
		tell_status(what);
	}
	fflush(stdout);
	return 7;
}

/* --- in the parent --- */

static char self[256];
static _Atomic uint64_t *fault; /* in shared memory */
static char stack[SPAWN_STACK] __attribute__((aligned(16)));
static bool small;
static char name_is[] = "NAME=value", pid_is[32] = "LISTEN_PID=";
static char *environment[] = {name_is, pid_is, NULL};
static int status_of_last;

#define STEPS(s, ...)                                    \
	const struct spawn_step steps[] = {__VA_ARGS__}; \
	(s).steps = steps;                               \
	(s).count = sizeof(steps) / sizeof(*steps)

static struct spawn
init(char *argv[3], const char *what)
{
	struct spawn s = SPAWN_INIT;

	argv[0] = self;
	argv[1] = (char *)(uintptr_t)what;
	argv[2] = NULL;
	s.file = self;
	s.argv = argv;
	s.envp = environment;
	s.fault = fault;
	if (small) {
		s.small = stack;
		s.small_bytes = sizeof(stack);
	}
	atomic_store(fault, 0);
	return s;
}

static void
await(pid_t pid)
{
	HOLDS(pid > 0);
	HOLDS(waitpid(pid, &status_of_last, 0) == pid);
}

static int
code(void)
{
	return WIFEXITED(status_of_last) ? WEXITSTATUS(status_of_last) : -1;
}

/* What the child writes to descriptor 1. */
static const char *
output_of(struct spawn *s)
{
	static char text[4096];
	struct spawn_step steps[16];
	int ends[2];
	struct buf b = BUF(text);

	HOLDS(sys_pipe2(ends, 0) == 0);
	steps[0] =
	    (struct spawn_step){.op = SPAWN_DUP, .fd = ends[1], .number = 1};
	for (size_t i = 0; i < s->count; i++)
		steps[i + 1] = s->steps[i];
	s->steps = steps;
	s->count++;
	pid_t pid = spawn(s);
	await(pid);
	close(ends[1]);
	fd_read_all(ends[0], &b);
	close(ends[0]);
	return text;
}

static void
tells_where_it_failed(void)
{
	char *argv[3];
	struct spawn s = init(argv, "umask");
	STEPS(s, {.op = SPAWN_UMASK, .number = 022},
	    {.op = SPAWN_OPEN, .text = "/does/not/exist", .number = 2});
	int ends[2];
	uint64_t piped;

	await(spawn(&s));
	HOLDS(code() == 222);
	HOLDS(spawn_fault_number(*fault) == 2);
	HOLDS(spawn_fault_op(*fault) == SPAWN_OPEN);
	HOLDS(spawn_fault_errno(*fault) == ENOENT);
	SAME(spawn_op_text(SPAWN_CHDIR), "change directory to");

	s = init(argv, "umask");
	s.file = "/etc/passwd";
	HOLDS(sys_pipe2(ends, 0) == 0);
	s.fault_fd = ends[1];
	await(spawn(&s));
	HOLDS(code() == 203);
	HOLDS(read(ends[0], &piped, sizeof(piped)) == sizeof(piped));
	HOLDS(piped == *fault && spawn_fault_op(piped) == SPAWN_EXEC);
	HOLDS(spawn_fault_errno(piped) == EACCES);

	/* One that runs: end of file, and no fault. */
	s = init(argv, "umask");
	s.fault_fd = ends[1];
	output_of(&s);
	close(ends[1]);
	HOLDS(read(ends[0], &piped, sizeof(piped)) == 0);
	HOLDS(*fault == 0 && code() == 7);
	close(ends[0]);
}

static void
performs_the_steps(void)
{
	char *argv[3];
	struct rlimit limit = {0, 5};
	struct spawn s;

	s = init(argv, "session");
	{
		STEPS(s, {.op = SPAWN_SETSID});
		SAME(output_of(&s), "1 1");
	}
	s = init(argv, "group");
	{
		STEPS(s, {.op = SPAWN_SETPGID});
		SAME(output_of(&s), "0 1");
	}
	s = init(argv, "umask");
	{
		STEPS(s, {.op = SPAWN_UMASK, .number = 0137});
		SAME(output_of(&s), "137");
	}
	s = init(argv, "nice");
	{
		STEPS(s, {.op = SPAWN_NICE, .number = 13});
		SAME(output_of(&s), "13");
	}
	s = init(argv, "limit");
	{
		STEPS(s, {.op = SPAWN_RLIMIT,
			     .number = RLIMIT_CORE,
			     .data = &limit});
		SAME(output_of(&s), "0 5");
	}
	s = init(argv, "cwd");
	{
		STEPS(s, {.op = SPAWN_CHDIR, .text = "/usr"});
		SAME(output_of(&s), "/usr");
	}
	s = init(argv, "flags");
	{
		STEPS(s, {.op = SPAWN_NO_NEW_PRIVS},
		    {.op = SPAWN_TIMERSLACK, .mask = 12345});
		SAME(output_of(&s), "1 1 12345");
	}
	s = init(argv, "oom");
	{
		STEPS(s, {.op = SPAWN_OOM, .text = "321"});
		SAME(output_of(&s), "321\n");
	}
	s = init(argv, "env");
	{
		STEPS(s, {.op = SPAWN_LISTEN_PID, .data = pid_is + 11});
		SAME(output_of(&s), "value 1");
	}
	HOLDS(code() == 7);
}

static void
arranges_descriptors(void)
{
	char *argv[3];
	struct spawn s = init(argv, "fds");
	STEPS(s,
	    {.op = SPAWN_OPEN,
		.text = "/dev/null",
		.flags = O_RDONLY,
		.number = 0},
	    {.op = SPAWN_DUP, .fd = 1, .number = 5},
	    {.op = SPAWN_DUP, .fd = 5, .number = 5},
	    {.op = SPAWN_CLOSE, .fd = 2},
	    {.op = SPAWN_CLOSE_FROM, .number = 6});
	int leaked = sys_dup(0, 50);

	SAME(output_of(&s), "0 1 5 ");
	close(leaked);
}

static void
sets_signals(void)
{
	char *argv[3];
	struct spawn s = init(argv, "SigIgn");
	uint64_t old;

	sig_ignore(SIGPIPE);
	sig_mask(SIG_ALL & ~SIG_FAULTS, &old);
	{
		STEPS(s, {.op = SPAWN_SIGNALS, .mask = SIG_BIT(SIGUSR1)},
		    {.op = SPAWN_IGNORE, .mask = SIG_BIT(SIGHUP)});
		SAME(output_of(&s), "SigIgn:\t0000000000000001\n");
	}
	s = init(argv, "SigBlk");
	{
		STEPS(s, {.op = SPAWN_SIGNALS, .mask = SIG_BIT(SIGUSR1)});
		SAME(output_of(&s), "SigBlk:\t0000000000000200\n");
	}
	s = init(argv, "SigIgn");
	{
		STEPS(s, {.op = SPAWN_SIGNALS_QUICK, .mask = SIG_BIT(SIGPIPE)});
		SAME(output_of(&s), "SigIgn:\t0000000000000000\n");
	}
	s = init(argv, "SigBlk");
	{
		STEPS(s, {.op = SPAWN_SIGNALS_QUICK, .mask = 0});
		SAME(output_of(&s), "SigBlk:\t0000000000000000\n");
	}
	sig_mask(old, NULL);
	sig_default(SIGPIPE);
}

static void
changes_user(void)
{
	char *argv[3];
	gid_t groups[] = {1, 2, 3};
	struct spawn s = init(argv, "ids");
	STEPS(s, {.op = SPAWN_GROUPS, .data = groups, .size = 3},
	    {.op = SPAWN_GID, .number = 65533},
	    {.op = SPAWN_UID, .number = 65534});

	if (geteuid() != 0) {
		await(spawn(&s));
		HOLDS(code() == 216 && spawn_fault_errno(*fault) == EPERM);
		return;
	}
	SAME(output_of(&s), "65534 65533 3");
}

/* One capability kept over the change of user, in all five sets. */
static void
keeps_a_capability(void)
{
	char *argv[3];
	const uint64_t bind = 1 << 10; /* CAP_NET_BIND_SERVICE */
	struct spawn s = init(argv, "Cap");
	STEPS(s, {.op = SPAWN_CAP_BOUND, .mask = bind}, {.op = SPAWN_CAP_KEEP},
	    {.op = SPAWN_UID, .number = 65534},
	    {.op = SPAWN_CAP_SET, .mask = bind},
	    {.op = SPAWN_CAP_AMBIENT, .mask = bind});

	if (geteuid() != 0) {
		await(spawn(&s));
		HOLDS(code() == 218);
		return;
	}
	SAME(output_of(&s),
	    "CapInh:\t0000000000000400\nCapPrm:\t0000000000000400\n"
	    "CapEff:\t0000000000000400\nCapBnd:\t0000000000000400\n"
	    "CapAmb:\t0000000000000400\n");
}

static char place[] = "/tmp/trivet-spawn.XXXXXX";

static void
script(const char *name, const char *text, mode_t mode)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", place, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
	HOLDS(fd >= 0 && write(fd, text, strlen(text)) > 0);
	fchmod(fd, mode);
	close(fd);
}

static void
finds_programs(void)
{
	char *argv[3], search[256];
	struct spawn s;

	script("hello", "echo $0 $1", 0755);
	script("locked", "echo no", 0644);
	snprintf(search, sizeof(search), "/does/not/exist:%s::/bin", place);
	s = init(argv, "one");
	s.file = "hello";
	s.search = search;
	await(spawn(&s));
	HOLDS(code() == 203 && spawn_fault_errno(*fault) == ENOEXEC);

	s = init(argv, "one");
	s.file = "hello";
	s.search = search;
	s.shell = true;
	{
		char want[256];

		snprintf(want, sizeof(want), "%s/hello one\n", place);
		SAME(output_of(&s), want);
	}
	s = init(argv, "one");
	s.file = "locked";
	s.search = search;
	await(spawn(&s));
	HOLDS(spawn_fault_errno(*fault) == EACCES);
	s.file = "no-such-program";
	await(spawn(&s));
	HOLDS(spawn_fault_errno(*fault) == ENOENT);

	s = init(argv, "umask");
	s.file = NULL;
	s.exec_fd = open(self, O_PATH | O_CLOEXEC);
	HOLDS(strlen(output_of(&s)) == 3 && code() == 7);
	close(s.exec_fd);
}

static void
waits_at_the_gate(void)
{
	char *argv[3];
	struct spawn s = init(argv, "silence");
	int ends[2];
	siginfo_t info = {0};
	pid_t pid;

	HOLDS(sys_pipe2(ends, 0) == 0);
	s.gate = ends[0];
	s.gate_far = ends[1];
	HOLDS((pid = spawn(&s)) > 0);
	HOLDS(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG) == 0);
	HOLDS(info.si_pid == 0);
	HOLDS(write(ends[1], "", 1) == 1);
	await(pid);
	HOLDS(code() == 7 && *fault == 0);

	HOLDS((pid = spawn(&s)) > 0);
	close(ends[1]);
	await(pid);
	HOLDS(code() == 111 && spawn_fault_op(*fault) == SPAWN_GATE);
	HOLDS(spawn_fault_errno(*fault) == ECANCELED);
	close(ends[0]);
}

/* Made by a child of ours, it is ours, born with its status coming to us. */
static void
is_a_sibling(void)
{
	char *argv[3];
	struct spawn s = init(argv, "silence");
	int status;
	pid_t maker, pid;

	s.sibling = true;
	maker = fork();
	if (maker == 0) {
		pid = spawn(&s);
		_exit(pid > 0 ? 0 : 1);
	}
	HOLDS(waitpid(maker, &status, 0) == maker && status == 0);
	pid = waitpid(-1, &status_of_last, 0);
	HOLDS(pid > 0 && pid != maker && code() == 7);
	HOLDS(waitpid(-1, &status, WNOHANG) == -1 && errno == ECHILD);
}

static void
leaves_the_shared_table(void)
{
	static _Atomic uint32_t *left;
	char *argv[3];
	struct spawn s;
	int high = 250, low = dup(0);

	left = (_Atomic uint32_t *)(void *)(fault + 1);
	atomic_store(left, 0);
	HOLDS(dup2(0, high) == high);
	s = init(argv, "fds");
	s.fds_below = 100;
	s.left = left;
	{
		STEPS(s, {.op = SPAWN_CLOSE, .fd = 2});
		const char *told = output_of(&s);
		HOLDS(strncmp(told, "0 1 ", 4) == 0);
		HOLDS(strstr(told, "250") == NULL);
		HOLDS(strstr(told, " 2 ") == NULL);
	}
	HOLDS(atomic_load(left) == 1);
	HOLDS(fd_is_open(2) && fd_is_open(high) && fd_is_open(low));
	close(high);
	close(low);
}

static void
runs_here(void)
{
	char *argv[3];
	struct spawn s = init(argv, "silence");
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		STEPS(s, {.op = SPAWN_CHDIR, .text = "/nowhere"});
		uint64_t f = spawn_here(&s);
		if (spawn_fault_op(f) != SPAWN_CHDIR)
			_exit(1);
		close(1);
		s.count = 0;
		spawn_here(&s);
		_exit(2);
	}
	HOLDS(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 7);
}

/* From here on this call, with that first argument, is not permitted. */
static bool
refuse(long call, uint32_t first)
{
	struct sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					 offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 3),
	    BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, first, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	struct sock_fprog program = {sizeof(code) / sizeof(*code), code};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static struct refusal {
	struct spawn_step step;
	long call; /* 0: it fails by itself */
	uint32_t first;
	int error, exit;
} refusals[] = {
    {{.op = SPAWN_SIGNALS}, SYS_rt_sigprocmask, SIG_SETMASK, EPERM, 207},
    {{.op = SPAWN_SIGNALS_QUICK}, SYS_rt_sigprocmask, SIG_SETMASK, EPERM, 207},
    {{.op = SPAWN_MASK}, SYS_rt_sigprocmask, SIG_SETMASK, EPERM, 207},
    {{.op = SPAWN_PDEATHSIG, .number = 999}, 0, 0, EINVAL, 207},
    {{.op = SPAWN_TIMERSLACK}, SYS_prctl, PR_SET_TIMERSLACK, EPERM, 212},
    {{.op = SPAWN_CGROUP, .fd = -1}, 0, 0, EBADF, 219},
    {{.op = SPAWN_SETPGID, .number = -1}, 0, 0, EINVAL, 220},
    {{.op = SPAWN_NO_NEW_PRIVS}, SYS_prctl, PR_SET_NO_NEW_PRIVS, EPERM, 227},
    {{.op = SPAWN_PERSONALITY}, SYS_personality, 0, EPERM, 230}};

/* What nothing of ours can make fail, a filter of the kernel's does. */
static void
tells_what_is_refused(void)
{
	for (size_t n = 0; n < sizeof(refusals) / sizeof(*refusals); n++) {
		const struct refusal *r = &refusals[n];
		char *argv[3];
		struct spawn s = init(argv, "cwd");
		int status;
		pid_t pid = fork();

		s.steps = &r->step;
		s.count = 1;
		if (pid == 0) {
			uint64_t f = 0;
			if (r->call == 0 || refuse(r->call, r->first))
				f = spawn_here(&s);
			_exit(spawn_fault_op(f) == r->step.op &&
				      spawn_fault_errno(f) == r->error
				  ? spawn_op_exit(r->step.op)
				  : 1);
		}
		HOLDS(waitpid(pid, &status, 0) == pid);
		HOLDS(WIFEXITED(status) && WEXITSTATUS(status) == r->exit);
	}
}

static void
all(void)
{
	TEST("spawn: tells the step and the reason", tells_where_it_failed);
	TEST("spawn: performs its steps", performs_the_steps);
	TEST("spawn: arranges descriptors", arranges_descriptors);
	TEST("spawn: sets signals", sets_signals);
	TEST("spawn: changes user and groups", changes_user);
	TEST("spawn: keeps a capability", keeps_a_capability);
	TEST("spawn: finds programs as a shell does", finds_programs);
	TEST("spawn: a gate holds, opens, or dies with its parent",
	    waits_at_the_gate);
	TEST("spawn: a sibling is our parent's child", is_a_sibling);
	TEST(
	    "spawn: leaves a shared descriptor table", leaves_the_shared_table);
	TEST("spawn: the same in this process", runs_here);
	TEST("spawn: what the kernel refuses is told by step and number",
	    tells_what_is_refused);
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		return tell(argv[1]);
	sys_close_range(3, ~0U, 0);
	sig_default_all();
	HOLDS(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	HOLDS(mkdtemp(place) != NULL);
	fault = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	all();
	printf("# the same with shared memory and a small stack\n");
	fflush(stdout);
	small = true;
	all();
	HOLDS(dir_remove(AT_FDCWD, place) == 0);
	return unit_done();
}
