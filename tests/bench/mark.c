/*
 * For tests/bench/boot: as `handover`, the first program of the guest, it
 * writes down when the kernel handed over, and becomes the init. As anything
 * else it is a service: it counts itself, and the last of all of them says on
 * the console that everything is up, and has the rest measured and ended.
 *
 *	handover INIT ARGUMENT...
 *	mark OF			one of OF services
 *	mark now		the time, for the report
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void
note(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		_exit(111);
	close(fd);
}

int
main(int argc, char **argv)
{
	char line[64];
	struct stat st;

	(void)argc;
	if (strcmp(argv[0], "/init") == 0) {
		snprintf(line, sizeof line, "%lld\n", now());
		note("/handover", line);
		execv("/handover.init", argv);
		_exit(127);
	}
	if (strcmp(argv[1], "now") == 0) {
		printf("%lld\n", now());
		return 0;
	}
	note("/count", ".");
	if (stat("/count", &st) == 0 && st.st_size == atoi(argv[1])) {
		snprintf(line, sizeof line, "%lld\n", now());
		note("/up", line);
		if (fork() == 0) {
			setsid();
			execl("/report", "report", (char *)NULL);
			_exit(127);
		}
	}
	for (;;)
		pause();
}
