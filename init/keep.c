/*
 * The life of the kept child. It may be killed at any instant and is started
 * again at once; only one that keeps dying before it is READY is waited for a
 * little, longer each time.
 */
#include "init/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "init/line.h"
#include "init/reap.h"
#include "init/self.h"
#include "init/upgrade.h"
#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/say.h"
#include "lib/sig.h"
#include "lib/sock.h"
#include "lib/sys.h"

#define DELAY_FIRST_MS 10
#define DELAY_MAX_MS 1000
#define DEATHS_FREE 2	/* of which each is followed by a start at once */
#define DEATHS_OFFER 10 /* in a row: a person may be needed */
#define DEATHS_AGAIN 60 /* and so often afterwards */
#define LIVED_MS 1000	/* a life as long as this forgives all deaths */
#define TRIAL_MS 10000	/* for a new program to become READY */
#define HOLD_MS 100	/* for a line that the kernel does not serve */
#define LOOK_MS 10000	/* between looks at what it has not read */
#define LOOKS 3		/* that found all as it was: it hangs */
#define LOOKS_NEW 30	/* one that is not READY may have much to read */

static struct {
	const struct keep_asks *asks;
	const char *const *argv;
	int error;	 /* for which the last one could not be executed */
	int64_t hold_ns; /* the line is of no use until then; 0: it is */
} keep;

void
keep_init(const struct keep_asks *asks, const char *const *argv)
{
	keep.asks = asks;
	keep.argv = argv;
	line_init(asks);
	upgrade_init(asks, argv[0]);
	upgrade_carry_on();
}

static bool
try_program(const char *path)
{
	int fd = sys_open(path, O_PATH, 0);

	if (fd < 0)
		return false;
	return memo_pin(fd, FD_KEPT) >= 0;
}

/* Beside our own program, or where it is usually installed. */
void
keep_find(void)
{
	static const char *const usual[] = {"/sbin/svcd", "/usr/sbin/svcd",
	    "/usr/local/sbin/svcd", "/usr/local/bin/svcd", "/usr/bin/svcd",
	    NULL};
	char room[WORD_PATH_MAX];

	if (fd_is_open(FD_KEPT))
		return;
	if (memo.settings.svcd[0] != '\0') {
		try_program(memo.settings.svcd);
		return;
	}
	if (self_beside("svcd", room, sizeof(room)) && try_program(room))
		return;
	for (const char *const *p = usual; *p != NULL; p++)
		if (try_program(*p))
			return;
}

void
keep_on(void)
{
	memo.kept.on = true;
	memo.kept.stopping = false;
	memo.kept.start_ns = 0;
}

void
keep_off(void)
{
	memo.kept.on = false;
	memo.kept.ready = false;
	job_signal(JOB_KEPT, SIGKILL);
}

bool
keep_is_ready(void)
{
	return memo.kept.ready;
}

void
keep_stop(enum keep_ending how, bool now, int64_t ms)
{
	memo.kept.stop = (struct keep_msg){
	    .version = KEEP_VERSION,
	    .kind = KEEP_STOP,
	    .count = now,
	    .value = (int32_t)how,
	    .arg = ms,
	};
	memo.kept.stop_due = true;
	memo.kept.stopping = true;
}

void
keep_signal(int sig)
{
	memo.kept.signals |= SIG_BIT(sig);
}

static int
run_kept(void *arg)
{
	/* The scan directory is a word of the kernel's, read after the mounts.
	 */
	const char *const own[] = {keep.argv[0], memo.settings.services, NULL};
	bool is_told = memo_step()->plan.role == ROLE_MACHINE &&
		       memo.settings.services[0] != '\0';
	struct program program = {
	    .fd = FD_KEPT,
	    .argv = is_told ? own : keep.argv,
	    .keep = KEEP_FD_END,
	    .all_files = true,
	};

	(void)arg;
	/* In this child paths may be looked up: it may have come meanwhile. */
	keep_find();
	if (fd_is_open(FD_KEPT))
		return job_become(JOB_KEPT, &program);
	memo.jobs[JOB_KEPT].error = ENOENT;
	return 127;
}

/* A new line for each: nothing said to a dead one reaches the next. */
static int
open_line(void)
{
	int fds[2];

	if (sock_pair(SOCK_SEQPACKET | SOCK_NONBLOCK, fds) == -1)
		return -1;
	if (fd_lift(&fds[0], FD_END) == -1 || fd_lift(&fds[1], FD_END) == -1)
		return -1;
	memo_pin(fds[0], FD_LINE);
	return memo_pin(fds[1], FD_LINE_KEPT) < 0 ? -1 : 0;
}

/* There may have been no memory for it at first. */
static bool
has_queue(void)
{
	return fd_is_open(FD_QUEUE) || reap_open() == 0;
}

static void
start(int64_t now_ns)
{
	struct kept_memo *k = &memo.kept;

	k->ready = false;
	k->started_ns = now_ns;
	k->get_count = 0;
	k->looks = 0;
	k->stop_due = k->stopping;
	if (has_queue() && open_line() == 0 &&
	    job_start(JOB_KEPT, run_kept, NULL, k->trial ? TRIAL_MS : 0) == 0) {
		sys_close(FD_LINE_KEPT);
		k->troubled = false;
		return;
	}
	if (!k->troubled)
		say_warn("cannot start %s, trying on", keep.argv[0]);
	k->troubled = true;
	sys_close(FD_LINE_KEPT);
	k->start_ns = now_ns + NS_OF_MS(DELAY_MAX_MS);
}

/* It has read something since the last look, or there was nothing to read. */
static bool
has_read(struct kept_memo *k)
{
	int records = 0, said = 0;

	sys_ioctl(FD_QUEUE, FIONREAD, &records);
	sys_ioctl(FD_LINE, SIOCOUTQ, &said);
	uint32_t count = (uint32_t)records / sizeof(struct keep_exit);
	uint32_t oldest = memo.sequence - count + 1;
	bool has =
	    (count == 0 || oldest != k->unread_seq) && (said == 0 || k->sent);

	k->unread_seq = oldest;
	k->sent = false;
	if (count == 0 && said == 0)
		k->unread_ns = 0;
	return has;
}

/*
 * The heartbeat of a kept child is that it reads what it is told: exits, and
 * messages. So one that hangs is noticed where it matters, and nobody wakes up
 * to ask an idle one. Several looks, for a machine that was held in between
 * (a guest that was paused) gave its kept child no time either.
 */
static void
look(int64_t now_ns)
{
	struct kept_memo *k = &memo.kept;
	int most = k->ready ? LOOKS : LOOKS_NEW;

	k->unread_ns = now_ns;
	k->looks = has_read(k) ? 0 : (uint8_t)(k->looks + 1);
	if (k->looks < most || !job_runs(JOB_KEPT) || !(k->spoke || k->full))
		return;
	k->looks = 0;
	say_warnx("%s has read nothing for %d s: ending it", keep.argv[0],
	    most * LOOK_MS / 1000);
	job_signal(JOB_KEPT, SIGKILL);
}

/* Ready as it is, trying at once would be trying for ever. */
static void
hold(void)
{
	keep.hold_ns = mono_now().ns + NS_OF_MS(HOLD_MS);
}

void
keep_turn(int64_t now_ns)
{
	struct kept_memo *k = &memo.kept;

	upgrade_turn(now_ns);
	if (k->on && !job_runs(JOB_KEPT) && now_ns >= k->start_ns)
		start(now_ns);
	if (now_ns >= keep.hold_ns)
		keep.hold_ns = 0;
	if (job_runs(JOB_KEPT) && keep.hold_ns == 0 && !line_send())
		hold();
	if (k->unread_ns != 0 && now_ns >= k->unread_ns + NS_OF_MS(LOOK_MS))
		look(now_ns);
}

bool
keep_is_hopeless(void)
{
	const struct kept_memo *k = &memo.kept;

	return !k->ready && k->deaths >= (k->spoke ? DEATHS_OFFER : 1u);
}

int64_t
keep_next_ns(void)
{
	const struct kept_memo *k = &memo.kept;
	int64_t next = INT64_MAX;

	if (k->on && !job_runs(JOB_KEPT))
		next = k->start_ns;
	if (memo.settle_ns != 0 && memo.settle_ns < next)
		next = memo.settle_ns;
	if (keep.hold_ns != 0 && keep.hold_ns < next)
		next = keep.hold_ns;
	if (k->unread_ns != 0 && k->unread_ns + NS_OF_MS(LOOK_MS) < next)
		next = k->unread_ns + NS_OF_MS(LOOK_MS);
	return next;
}

short
keep_events(void)
{
	if (keep.hold_ns != 0)
		return 0;
	return (short)(POLLIN | (line_is_due() ? POLLOUT : 0));
}

void
keep_listen(void)
{
	if (!line_receive())
		hold();
}

static int64_t
delay_ms(uint32_t deaths)
{
	int64_t ms = DELAY_FIRST_MS;

	if (deaths <= DEATHS_FREE)
		return 0;
	for (deaths -= DEATHS_FREE + 1; deaths > 0 && ms < DELAY_MAX_MS;
	     deaths--)
		ms *= 2;
	return ms < DELAY_MAX_MS ? ms : DELAY_MAX_MS;
}

/* How many deaths in a row this one makes. */
static uint32_t
count_death(const struct kept_memo *k, int64_t now_ns)
{
	if (now_ns - k->started_ns >= NS_OF_MS(LIVED_MS) && k->ready)
		return 1;
	/* One that was READY works: it must only not be killed in a loop. */
	if (k->ready && k->deaths > DEATHS_FREE)
		return DEATHS_FREE + 1;
	return k->deaths + 1;
}

/* One line for each death, but not for each try of what is not there. */
static void
say_death(const struct kept_memo *k, const struct job_end *end)
{
	char room[128];
	struct buf why = BUF(room);
	bool is_new = end->error == 0 || end->error != keep.error;

	keep.error = end->error;
	buf_job_end(&why, end);
	if (k->deaths == DEATHS_OFFER)
		say_warnx("%s: %s, %d times in a row: trying on every second",
		    keep.argv[0], room, DEATHS_OFFER);
	else if (k->deaths == 1 || (k->deaths < DEATHS_OFFER && is_new))
		say_warnx("%s: %s: starting it again", keep.argv[0], room);
}

void
keep_ended(const struct job_end *end)
{
	struct kept_memo *k = &memo.kept;
	int64_t now_ns = mono_now().ns;

	/* What it had sent still counts. */
	line_receive();
	job_forget(JOB_KEPT);
	sys_close(FD_LINE);
	if (!k->on)
		return;
	k->deaths = count_death(k, now_ns);
	/* What makes way for the new one has not died of anything. */
	if (!k->trial || !k->ready)
		say_death(k, end);
	if (k->trial && !k->ready)
		upgrade_undo();
	k->ready = false;
	k->start_ns = now_ns + NS_OF_MS(delay_ms(k->deaths));
	if (k->deaths % DEATHS_AGAIN == DEATHS_OFFER)
		keep.asks->offer();
}

void
keep_stopped(void)
{
	say_warnx("%s was stopped by a signal: continuing it", keep.argv[0]);
	job_signal(JOB_KEPT, SIGCONT);
}

void
keep_told(void)
{
	struct kept_memo *k = &memo.kept;

	if (k->unread_ns != 0)
		return;
	k->looks = 0;
	k->unread_seq = memo.sequence;
	k->unread_ns = mono_now().ns;
}

void
keep_sent(void)
{
	memo.kept.sent = true;
	keep_told();
}

void
keep_queue_full(bool full)
{
	memo.kept.full = full;
}
