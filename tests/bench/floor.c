/*
 * What no supervisor of one process can beat: a bare loop that spawns the
 * service of each directory named by a number, starts again what has died, and
 * ends them all at TERM. It knows nothing, checks nothing and reports nothing.
 *
 *	floor DIR N     runs DIR/0/run … DIR/N-1/run
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX 100000

static pid_t pids[MAX];
static char run[4096];
static volatile sig_atomic_t ending;

static void
end(int sig)
{
	(void)sig;
	ending = 1;
}

static void
start(const char *dir, int i)
{
	char *argv[] = {"./run", NULL}, *envp[] = {NULL};

	snprintf(run, sizeof(run), "%s/%d", dir, i);
	pids[i] = vfork();
	if (pids[i] == 0) {
		setsid();
		if (chdir(run) == 0)
			execve("./run", argv, envp);
		_exit(111);
	}
}

int
main(int argc, char **argv)
{
	int n = argc == 3 ? atoi(argv[2]) : 0;
	struct sigaction on_term = {.sa_handler = end};

	sigaction(SIGTERM, &on_term, NULL);
	for (int i = 0; i < n && i < MAX; i++)
		start(argv[1], i);
	while (!ending) {
		pid_t pid = waitpid(-1, NULL, 0);
		for (int i = 0; pid > 0 && i < n && !ending; i++)
			if (pids[i] == pid) {
				start(argv[1], i);
				break;
			}
	}
	for (int i = 0; i < n; i++)
		kill(pids[i], SIGTERM);
	while (waitpid(-1, NULL, 0) > 0)
		;
	return 0;
}
