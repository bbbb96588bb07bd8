/*
 * The engine of the one-command init. It waits in one place, for a signal, and
 * every signal is either a child's end or something to hand on; no pipe, no
 * descriptor and no timer is involved, so an idle container is never woken.
 * It must never lose a signal, signal a process that is not its own, or hang
 * on a child that will not end.
 */
#include "init/single.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "init/single_child.h"
#include "init/talk.h"
#include "lib/clock.h"
#include "lib/error.h"
#include "lib/sig.h"
#include "lib/sys.h"

#define NO_PROCESS 1 /* exit code, the same for all of them */
/* A killed process needs this long at most to be gone; D state is not ours. */
#define KILL_MS 1000

void
single_defaults(struct single *s, char **envp)
{
	memset(s, 0, sizeof(*s));
	s->envp = envp;
	s->group = SINGLE_GROUP_OWN;
	s->verbosity = SINGLE_WARN;
	s->grace_ms = -1;
	s->code_not_found = 127;
	s->code_not_executable = 126;
	s->code_other = 1;
	s->ended = -1;
	for (int sig = 1; sig <= SINGLE_SIGNALS; sig++)
		s->becomes[sig] = (uint8_t)sig;
	for (int code = 0; code < 256; code++)
		s->code_becomes[code] = (uint8_t)code;
}

bool
single_rewrite(struct single *s, int sig, int becomes)
{
	if (sig < 1 || sig > SINGLE_SIGNALS || becomes < 0 ||
	    becomes > SINGLE_SIGNALS)
		return false;
	s->becomes[sig] = (uint8_t)becomes;
	return true;
}

/* The exit code for what waitid said of a child. */
static int
code_of(const siginfo_t *info)
{
	return info->si_code == CLD_EXITED ? info->si_status & 255
					   : (128 + info->si_status) & 255;
}

/* Takes every child that has ended; false when none is left at all. */
static bool
reap(struct single *s)
{
	for (;;) {
		siginfo_t info = {0};
		if (sys_waitid(P_ALL, 0, &info, WEXITED | WNOHANG) < 0)
			return false;
		if (info.si_pid == 0)
			return true;
		if (info.si_pid == s->pid) {
			s->ended = code_of(&info);
			s->pid = 0;
			single_tell(s, SINGLE_INFO,
			    info.si_code == CLD_EXITED
				? "the command exited with status %d"
				: "the command was ended by signal %d",
			    info.si_status);
			continue;
		}
		single_tell(s, s->reap_warn ? SINGLE_WARN : SINGLE_DEBUG,
		    "reaped process %d, which had no parent left", info.si_pid);
	}
}

static void
forward(struct single *s, int sig)
{
	int becomes = s->becomes[sig];

	if (becomes == 0) {
		single_tell(s, SINGLE_DEBUG, "signal %d is dropped", sig);
		return;
	}
	int sent = s->to_group ? sys_kill(-s->pid, becomes) : -1;
	/* A session that the command has yet to make is no group so far. */
	if (sent < 0)
		sent = sys_kill(s->pid, becomes);
	if (sent < 0)
		single_tell(s, SINGLE_WARN,
		    "cannot send signal %d to the command: %s", becomes,
		    error_text(errno));
	else
		single_tell(
		    s, SINGLE_DEBUG, "signal %d goes on as %d", sig, becomes);
	/* As a shell's job would: the kernel lets PID 1 pass this by. */
	if (s->stop_self &&
	    (sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU))
		sys_kill(sys_getpid(), SIGSTOP);
}

/* The next signal, 0 when `until` has passed. */
static int
next_signal(struct mono until)
{
	siginfo_t info;

	if (mono_is_never(until))
		return sys_rt_sigtimedwait(SIG_ALL, &info, NULL);
	struct timespec left =
	    mono_timespec(mono_ns_between(mono_now(), until));

	return sys_rt_sigtimedwait(SIG_ALL, &info, &left);
}

static void
serve(struct single *s)
{
	while (s->argv == NULL || s->ended < 0) {
		int sig = next_signal(mono_never());
		if (sig <= 0)
			continue;
		if (sig == SIGCHLD)
			reap(s);
		else if (s->argv != NULL)
			forward(s, sig);
		else if (sig == SIGTERM || sig == SIGINT)
			return;
	}
}

/*
 * What the command left behind: TERM once, then no longer than anybody lives,
 * KILL at the deadline. Whoever was started in between is met by the KILL.
 */
static void
end_the_rest(struct single *s)
{
	struct mono until = mono_add_ms(mono_now(), s->grace_ms);

	if (s->term_at_end)
		sys_kill(-s->group_id, SIGTERM);
	if (s->grace_ms < 0 || !reap(s))
		return;
	single_signal_rest(SIGTERM);
	while (mono_before(mono_now(), until)) {
		next_signal(until);
		if (!reap(s))
			return;
	}
	single_tell(s, SINGLE_INFO, "the rest did not end in time: KILL");
	until = mono_add_ms(mono_now(), KILL_MS);
	do {
		single_signal_rest(SIGKILL);
		next_signal(until);
	} while (reap(s) && mono_before(mono_now(), until));
}

/*
 * Our own copies of what was handed to us would keep ports and mounts busy
 * after the command has closed its own. The command has a table and a working
 * directory of its own since its clone.
 */
static void
let_go(void)
{
	sys_close_range(3, ~0U, 0);
	sys_chdir("/");
}

static bool
prepare(struct single *s)
{
	/* With SIGCHLD ignored the kernel reaps, and no status is left. */
	struct sigaction inherited;
	if (sys_sigaction(SIGCHLD, NULL, &inherited) == 0)
		s->ignored_chld = inherited.sa_handler == SIG_IGN;
	sys_signal(SIGCHLD, SIG_DFL);
	if (s->subreaper && sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) {
		single_tell(s, SINGLE_FATAL, "cannot become a subreaper: %s",
		    error_text(errno));
		return false;
	}
	if (s->parent_death != 0) {
		pid_t parent = sys_getppid();
		if (sys_prctl(PR_SET_PDEATHSIG, (unsigned long)s->parent_death,
			0, 0, 0) < 0) {
			single_tell(s, SINGLE_FATAL,
			    "cannot ask for the parent's death: %s",
			    error_text(errno));
			return false;
		}
		/* Gone before we asked: nobody else would tell us. */
		if (sys_getppid() != parent)
			sys_kill(sys_getpid(), s->parent_death);
	}
	return true;
}

int
single_run(struct single *s)
{
	if (!prepare(s))
		return s->code_other;
	if (s->argv != NULL) {
		s->pid = single_child(s);
		if (s->pid < 0) {
			single_tell(s, SINGLE_FATAL,
			    "cannot start a process: %s", error_text(errno));
			return NO_PROCESS;
		}
		s->group_id = s->pid;
	}
	let_go();
	serve(s);
	if (s->argv == NULL)
		return 0;
	int fault = single_child_fault(s);
	if (fault >= 0)
		return fault;
	end_the_rest(s);
	return s->code_becomes[s->ended];
}
