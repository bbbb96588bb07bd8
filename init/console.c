/*
 * The store and its writer. What the writer has taken stays in the store until
 * it ended well, so that a line is rather written twice than lost; after some
 * tries it is given up, for a dead console must not keep init busy. A writer
 * that dies before its time was killed with everybody else, by us or another:
 * that is the console's fault no more than ours, and the next one starts at
 * once.
 */
#include "init/console.h"

#include <string.h>
#include <sys/wait.h>

#include "init/job.h"
#include "init/memo.h"
#include "lib/clock.h"
#include "lib/fmt.h"
#include "lib/say.h"
#include "lib/sys.h"

#define WRITER_MS 2000 /* a slow serial line needs 200 for all of it */
#define HOLD_MS 5000   /* between tries at a console that hangs */
#define TRIES 3
#define FLUSH_MS 3000	  /* for the last words */
#define FLUSH_HUNG_MS 500 /* and on a console that hung */

static const char *prefix = "init";

/* A machine's console is a person's; elsewhere init is quiet. */
static bool
is_wanted(enum say_level level)
{
	if (level != SAY_INFO)
		return true;
	return memo_step()->plan.role == ROLE_MACHINE && !memo.settings.quiet;
}

/* The line as people know it: who says it, and how bad it is. */
static void
put_line(struct buf *b, enum say_level level, const char *line, size_t n)
{
	static const char *const words[] = {
	    [SAY_INFO] = "", [SAY_WARN] = "warning: ", [SAY_FATAL] = "fatal: "};

	buf_fmt(b, "%s: %s", prefix, words[level]);
	buf_put(b, line, n);
}

/* Debug and info, so that the kernel does not write it to the console too. */
static void
put_kmsg(enum say_level level, const char *line, size_t n)
{
	char room[256];
	struct buf b = BUF(room);

	buf_fmt(&b, "<%d>", level == SAY_INFO ? 31 : 30);
	put_line(&b, level, line, n);
	sys_write(FD_KMSG, b.p, b.len);
}

static void
put(enum say_level level, const char *line, size_t n)
{
	struct console_memo *c = &memo.console;
	struct buf b = {.p = c->text, .len = c->len, .cap = sizeof(c->text)};

	if (memo.alone_kernel)
		put_kmsg(level, line, n);
	if (!is_wanted(level))
		return;
	put_line(&b, level, line, n);
	if (b.full)
		c->lost++;
	else
		c->len = (uint32_t)b.len;
}

void
console_open(const char *name)
{
	prefix = name;
	say_init(name, 2);
	say_hook(put);
}

static int
writer(void *arg)
{
	(void)arg;
	for (uint32_t at = 0; at < memo.console.taken;) {
		ssize_t n = sys_write(
		    2, memo.console.text + at, memo.console.taken - at);

		if (n <= 0)
			return 1;
		at += (uint32_t)n;
	}
	return 0;
}

void
console_turn(int64_t now_ns)
{
	struct console_memo *c = &memo.console;

	if (c->len == 0 || job_runs(JOB_CONSOLE) || now_ns < c->hold_ns)
		return;
	c->taken = c->len;
	if (job_start(JOB_CONSOLE, writer, NULL, WRITER_MS) == -1)
		c->hold_ns = now_ns + NS_OF_MS(HOLD_MS);
}

void
console_ended(const struct job_end *end, int64_t now_ns)
{
	struct console_memo *c = &memo.console;
	bool in_time = memo.jobs[JOB_CONSOLE].until_ns != 0;
	uint32_t lost = c->lost, taken = c->taken;

	job_forget(JOB_CONSOLE);
	if (!job_end_good(end) && ++c->tries < TRIES) {
		if (!in_time || end->code == CLD_EXITED)
			c->hold_ns = now_ns + NS_OF_MS(HOLD_MS);
		return;
	}
	c->tries = 0;
	memmove(c->text, c->text + taken, c->len - taken);
	/* In this order: a fault between finds no more taken than there is. */
	c->taken = 0;
	c->len -= taken;
	c->lost = 0;
	if (lost > 0)
		say_warnx("%u lines could not be written here", lost);
}

int64_t
console_next_ns(void)
{
	if (memo.console.len == 0 || job_runs(JOB_CONSOLE))
		return INT64_MAX;
	return memo.console.hold_ns;
}

/* True: the writer that was at work has ended. */
static bool
reap_writer(int64_t now_ns)
{
	siginfo_t info = {0};
	id_t pid = (id_t)memo.jobs[JOB_CONSOLE].pid;

	if (sys_waitid(P_PID, pid, &info, WEXITED | WNOHANG) == 0 &&
	    info.si_pid == 0)
		return false;
	struct job_end end = {.known = info.si_pid != 0,
	    .code = info.si_code,
	    .value = info.si_status};

	console_ended(&end, now_ns);
	return true;
}

void
console_last_words(void)
{
	bool hung = memo.console.hold_ns > mono_now().ns;
	int64_t ms = hung ? FLUSH_HUNG_MS : FLUSH_MS;
	struct mono until = mono_add_ms(mono_now(), ms);
	struct timespec tick = {.tv_nsec = 1000000};

	while (mono_before(mono_now(), until)) {
		if (job_runs(JOB_CONSOLE)) {
			if (!reap_writer(mono_now().ns))
				sys_ppoll(NULL, 0, &tick);
			continue;
		}
		console_turn(mono_now().ns);
		/* All is written, or it hung, or no process is to be had. */
		if (!job_runs(JOB_CONSOLE))
			return;
	}
}
