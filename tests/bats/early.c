/*
 * A signal at a random moment of an init's life as PID 1 must not be lost.
 *
 *	early RUNS MICROSECONDS CODE PROGRAM [ARGUMENT …]
 *
 * Each run starts the program as PID 1 of a new namespace, waits until it has
 * blocked TERM (before that the kernel drops the signal for anybody), sends
 * TERM up to so many microseconds later, and wants the program to end with
 * that code. Prints how many were lost; exits 0 for none.
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int pidfd;

/* As fork, but the child is PID 1 of a namespace of its own. */
static pid_t
fork_pid1(void)
{
	return (pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_PIDFD | SIGCHLD,
	    NULL, &pidfd, NULL, 0);
}

static ssize_t
read_file(const char *name, pid_t pid, char *text, size_t n)
{
	char path[60];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", pid, pid, name);
	int fd = open(path, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, text, n - 1);
	close(fd);
	text[got < 0 ? 0 : got] = '\0';
	return got;
}

/*
 * Whether the program holds TERM. A process that waits in sigtimedwait shows
 * an empty mask though nothing can be lost there; by then it has its child.
 */
static int
holds_term(pid_t pid)
{
	char text[4096];

	if (read_file("status", pid, text, sizeof(text)) <= 0)
		return 1;
	char *line = strstr(text, "SigBlk:");
	if (line != NULL && strtoull(line + 7, NULL, 16) >> (SIGTERM - 1) & 1)
		return 1;
	return read_file("children", pid, text, sizeof(text)) > 0;
}

static int
one_run(int microseconds, int code, char **argv)
{
	struct timespec moment = {0, rand() % microseconds * 1000L};
	struct pollfd end = {.events = POLLIN};
	int status;
	pid_t pid = fork_pid1();

	if (pid == 0) {
		/* Not one of ours outlives a test that is ended. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execvp(argv[0], argv);
		_exit(99);
	}
	while (!holds_term(pid))
		;
	nanosleep(&moment, NULL);
	kill(pid, SIGTERM);
	end.fd = pidfd;
	int ended = poll(&end, 1, 30000);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(pidfd);
	return ended == 1 && WIFEXITED(status) && WEXITSTATUS(status) == code;
}

int
main(int argc, char **argv)
{
	int lost = 0;

	if (argc < 5)
		return 100;
	srand((unsigned)getpid());
	int runs = atoi(argv[1]), within = atoi(argv[2]), code = atoi(argv[3]);
	for (int i = 0; i < runs; i++)
		lost += !one_run(within, code, argv + 4);
	printf("%d of %d lost\n", lost, runs);
	return lost != 0;
}
