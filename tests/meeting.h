/*
 * A process that is to be followed by another says so and waits for it, in a
 * directory that both know: `meeting`, if there is one.
 */
#ifndef TESTS_MEETING_H
#define TESTS_MEETING_H

#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tracee.h"

static const char *meeting;
static int door = -1; /* a socket there */

static inline struct sockaddr_un
meeting_place(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/door", meeting);
	return at;
}

/* The first one that comes is met; the others find nobody. */
static inline void
open_door(void)
{
	struct sockaddr_un at = meeting_place();

	close(door);
	unlink(at.sun_path);
	door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bind(door, (struct sockaddr *)&at, sizeof(at));
	listen(door, 1);
}

/* Becomes the program, followed if somebody waits for that. */
static inline int
wait_and_become(char **argv)
{
	struct sockaddr_un at = meeting_place();
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char word;

	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		(void)!read(fd, &word, 1);
	close(fd);
	execv(argv[0], argv);
	return 127;
}

/* Its pid, stopped at its exec; 0: nobody came. */
static inline pid_t
meet(void)
{
	int fd = accept4(door, NULL, NULL, SOCK_CLOEXEC), status;
	struct ucred who = {0};
	socklen_t n = sizeof(who);

	if (fd == -1 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == -1)
		return 0;
	unlink(meeting_place().sun_path);
	ptrace(PTRACE_SEIZE, who.pid, 0,
	    PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC);
	ptrace(PTRACE_INTERRUPT, who.pid, 0, 0);
	waitpid(who.pid, &status, __WALL);
	close(fd);
	do {
		ptrace(PTRACE_CONT, who.pid, 0, 0);
		if (waitpid(who.pid, &status, __WALL) != who.pid ||
		    !WIFSTOPPED(status))
			return 0;
	} while (status >> 16 != PTRACE_EVENT_EXEC);
	return who.pid;
}

#endif
