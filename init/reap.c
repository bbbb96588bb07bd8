/*
 * Exactly once, through any fault: the record's sequence number and the pid are
 * in memo before the record is in the queue, and the zombie is held by a pidfd
 * at a fixed number. A re-executed init asks that pidfd whether the reaping was
 * done; if not, the same record goes out with the same number.
 */
#include "init/reap.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

#include "lib/fd.h"
#include "lib/say.h"
#include "lib/sys.h"

#define BATCH 256	      /* deaths in one pass */
#define QUEUE_BYTES (1 << 20) /* 65,536 records */

int
reap_open(void)
{
	int fds[2], in, out;

	if (sys_pipe2(fds, O_NONBLOCK) == -1)
		return -1;
	/* More than the kernel likes to give is a wish, no need. */
	sys_fcntl(fds[1], F_SETPIPE_SZ, QUEUE_BYTES);
	/* The higher number first: fds[0] may be where it goes. */
	if (fd_lift(&fds[0], FD_END) == -1 || fd_lift(&fds[1], FD_END) == -1) {
		sys_close(fds[0]);
		sys_close(fds[1]);
		return -1;
	}
	in = memo_pin(fds[1], FD_QUEUE_IN);
	out = memo_pin(fds[0], FD_QUEUE);
	if (in >= 0 && out >= 0)
		return 0;
	sys_close(FD_QUEUE_IN);
	sys_close(FD_QUEUE);
	return -1;
}

/* While somebody is there, or will be, who wants to know. */
static bool
is_announcing(void)
{
	return memo.kept.on && (memo.kept.spoke || job_runs(JOB_KEPT));
}

static void
unpin(void)
{
	sys_close(FD_PIN);
	memo.dying = 0;
}

/* Ours to announce: same number where it was begun before a fault. */
static void
begin(int32_t pid)
{
	if (memo.dying == pid)
		return;
	int fd = sys_pidfd_open(pid);

	/* Without one (EMFILE) only a fault right here could repeat it. */
	if (fd >= 0)
		memo_pin(fd, FD_PIN);
	memo.sequence++;
	memo.dying = pid;
}

/* False: not now, errno says why. Where there is no queue nobody is told. */
static bool
announce(const siginfo_t *info)
{
	struct keep_exit record = {
	    .seq = memo.sequence,
	    .pid = info->si_pid,
	    .code = info->si_code,
	    .value = info->si_status,
	};

	return sys_write(FD_QUEUE_IN, &record, sizeof(record)) ==
		   (ssize_t)sizeof(record) ||
	       !fd_is_open(FD_QUEUE_IN);
}

/*
 * The next dead child in *info (si_pid 0: none), left as it is. One that was
 * begun comes first, until it is known to be gone.
 */
static int
peek(siginfo_t *info)
{
	const int how = WEXITED | WNOHANG | WNOWAIT;
	int done = -1;

	if (memo.dying != 0) {
		info->si_pid = 0;
		/* Only the pidfd can tell it from a successor with its pid. */
		if (fd_is_open(FD_PIN))
			done = sys_waitid(P_PIDFD, FD_PIN, info, how);
		else
			done = sys_waitid(P_PID, (id_t)memo.dying, info, how);
		if (done == 0 && info->si_pid != 0)
			return 0;
		if (done == -1 && errno != ECHILD)
			return -1;
		unpin();
	}
	info->si_pid = 0;
	return sys_waitid(P_ALL, 0, info, how);
}

static bool
is_job(int32_t pid)
{
	for (int job = 0; job < JOB_COUNT; job++)
		if (memo.jobs[job].pid == pid)
			return true;
	return false;
}

static enum reaped
reap_strangers(const struct reap_asks *asks)
{
	siginfo_t info, gone;

	for (int i = 0; i < BATCH; i++) {
		if (peek(&info) == -1)
			return errno == ECHILD ? REAPED_ALONE : REAPED_LATER;
		if (info.si_pid == 0)
			return REAPED_ALL;
		if (is_job(info.si_pid))
			return REAPED_SOME;
		if (is_announcing()) {
			begin(info.si_pid);
			if (!announce(&info))
				return errno == EAGAIN ? REAPED_FULL
						       : REAPED_LATER;
			asks->told();
		}
		if (sys_waitid(P_PID, (id_t)info.si_pid, &gone,
			WEXITED | WNOHANG) == -1 &&
		    errno != ECHILD)
			return REAPED_LATER;
		if (memo.dying != 0)
			unpin();
	}
	return REAPED_SOME;
}

/* True: the job is over. */
static bool
reap_job(enum job job, struct job_end *end, void (*stopped)(void))
{
	int options = WEXITED | WNOHANG | (job == JOB_KEPT ? WSTOPPED : 0);
	siginfo_t info = {0};

	*end = (struct job_end){.error = memo.jobs[job].error};
	if (sys_waitid(P_PID, (id_t)memo.jobs[job].pid, &info, options) == -1)
		return errno == ECHILD;
	if (info.si_pid == 0)
		return false;
	if (info.si_code == CLD_STOPPED) {
		stopped();
		return false;
	}
	end->known = true;
	end->code = info.si_code;
	end->value = info.si_status;
	return true;
}

enum reaped
reap_pass(const struct reap_asks *asks)
{
	struct job_end end;

	for (int job = 0; job < JOB_COUNT; job++)
		if (memo.jobs[job].pid != 0 &&
		    reap_job((enum job)job, &end, asks->stopped))
			asks->ended((enum job)job, &end);
	return reap_strangers(asks);
}
