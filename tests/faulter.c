/*
 * faulter PID COUNT: sends SIGSEGV that often, each only after the one before
 * has been taken, so that every one counts.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
is_pending(const char *path)
{
	char text[4096];
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	const char *at;

	close(fd);
	if (n <= 0)
		exit(1); /* it is no more: that is what must not happen */
	text[n] = '\0';
	at = strstr(text, "ShdPnd:");
	return at != NULL && (strtoull(at + 7, NULL, 16) >> (SIGSEGV - 1) & 1);
}

int
main(int argc, char **argv)
{
	char path[64];
	pid_t pid = argc > 2 ? atoi(argv[1]) : 0;
	int count = argc > 2 ? atoi(argv[2]) : 0;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	for (int i = 0; pid > 0 && i < count; i++) {
		if (kill(pid, SIGSEGV) == -1)
			return 1;
		while (is_pending(path))
			sched_yield();
	}
	return pid <= 0;
}
