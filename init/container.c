/*
 * Nothing here decides what svcd's words mean: what is not init's own is handed
 * over as it stands, and svcd complains of what it does not know.
 */
#include "init/container.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>

#include "init/memo.h"
#include "lib/clock.h"
#include "lib/exitcode.h"
#include "lib/say.h"
#include "lib/sig.h"
#include "lib/str.h"
#include "lib/sys.h"

#define RESERVE_MS 1000 /* of the grace: for what its tree left */
#define LEAST_MS 100	/* of a phase, though the grace is over */
#define WORDS_MAX 4096	/* of svcd's command line, the command's among them */

static bool
is_end(const char *word)
{
	return str_eq(word, "--");
}

bool
container_is_meant(int argc, char **argv)
{
	bool services = false;
	int i;

	for (i = 1; i < argc && !is_end(argv[i]); i++) {
		if (str_eq(argv[i], "--container"))
			return true;
		services |= str_starts(argv[i], "--services=");
	}
	/* A machine's command line may name them too, but never a command. */
	return services && i < argc;
}

bool
container_is_here(char **envp)
{
	static const char *const files[] = {"/run/host/container-manager",
	    "/run/.containerenv", "/.dockerenv", NULL};

	for (char **e = envp; *e != NULL; e++)
		if (str_starts(*e, "container=") ||
		    str_starts(*e, "KUBERNETES_SERVICE_HOST="))
			return true;
	for (const char *const *f = files; *f != NULL; f++)
		if (sys_faccessat(AT_FDCWD, *f, F_OK, 0) == 0)
			return true;
	return false;
}

static const char *words[WORDS_MAX + 1];
static int count;
static bool has_command;

/* Said at once and here: there is no loop yet that would write it. */
static _Noreturn void
wrong(const char *word, const char *why)
{
	say_hook(NULL);
	diex(EXITCODE_USAGE, "%s: %s", word, why);
}

static void
add(const char *word)
{
	if (count == WORDS_MAX)
		wrong(word, "too many words before it");
	words[count++] = word;
}

/* One of ours has been heeded already; what looks like an option is svcd's. */
static void
hand_over(const char *word, bool meant)
{
	static struct settings unused;

	switch (settings_word(&unused, word)) {
	case WORD_TAKEN:
		return;
	case WORD_VALUE:
		if (meant)
			wrong(word, "not a value for it");
		say_warnx("%s: not a value for this word: ignored", word);
		return;
	case WORD_UNKNOWN:
		add(word);
		return;
	case WORD_FOREIGN:
		break;
	}
	if (meant && word[0] == '-')
		add(word);
	else if (meant)
		wrong(word, "no option; a command stands after --");
}

const char *const *
container_words(char **argv, bool meant)
{
	char **a = argv + 1;

	count = 0;
	add("svcd");
	add("--container");
	for (; *a != NULL && !is_end(*a); a++)
		hand_over(*a, meant);
	if (memo.settings.services[0] != '\0')
		add(memo.settings.services);
	has_command = *a != NULL;
	for (; *a != NULL; a++)
		add(*a);
	words[count] = NULL;
	return words;
}

/* The hang-up that this sends to the foreground group is nobody's news. */
void
container_leave_terminal(char **argv)
{
	const uint64_t hangup = SIG_BIT(SIGHUP) | SIG_BIT(SIGCONT);
	const struct timespec now = {0};
	siginfo_t info;
	int foreground;

	while (*argv != NULL && !is_end(*argv))
		argv++;
	if (*argv == NULL || sys_ioctl(0, TIOCGPGRP, &foreground) < 0 ||
	    sys_ioctl(0, TIOCNOTTY, NULL) < 0)
		return;
	while (sys_rt_sigtimedwait(hangup, &info, &now) > 0)
		;
}

/*
 * A container has one time for all of its ending, after which its manager
 * kills: what the tree does not use is for what it leaves.
 */
int64_t
container_limit_ms(const struct plan *p, int64_t ms)
{
	int64_t grace = memo.settings.grace, now_ns = mono_now().ns, left;

	if (p->role != ROLE_CONTAINER || p->ending == KEEP_END_NONE)
		return ms;
	if (memo.grace_ns == 0)
		memo.grace_ns = now_ns + NS_OF_MS(grace);
	left = (memo.grace_ns - now_ns + 999999) / 1000000;
	if (p->phase == PHASE_STOP)
		left -= grace / 4 < RESERVE_MS ? grace / 4 : RESERVE_MS;
	if (left < LEAST_MS)
		left = LEAST_MS;
	return ms == 0 || left < ms ? left : ms;
}

struct request
container_request(int sig, bool from_outside)
{
	const struct request stop = {REQUEST_END, KEEP_END_EXIT};
	const struct request pass = {REQUEST_PASS, KEEP_END_NONE};
	enum role role = (enum role)memo_step()->plan.role;
	struct request r = signal_request(sig, role, memo.settings.busybox);

	if (role != ROLE_CONTAINER)
		return r;
	if (sig == memo.settings.stop_signal)
		return stop;
	if (!from_outside ||
	    (r.kind != REQUEST_UNKNOWN && sig != SIGUSR1 && sig != SIGWINCH))
		return r;
	/* It was chosen for the command, which knows what it means. */
	return has_command ? pass : stop;
}
