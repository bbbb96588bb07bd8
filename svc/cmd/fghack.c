/*
 * fghack: stays in the foreground for a program that will not. The program
 * and all that it leaves behind hold the end of a pipe; when the last of them
 * is gone, so is fghack.
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/sys.h"

#include "svc/cmd/table.h"
#include "svc/cmd/tool.h"

/*
 * Daemons close the descriptors they find: some few by number, some all up to
 * a count. So many copies let one survive those that stop early.
 */
#define COPIES 30

static const struct tool_manner manner = {"fghack", " child", 100, false};

static void
child(int pipe_end, char **argv)
{
	for (int i = 0; i < COPIES; i++)
		(void)dup(pipe_end);
	tool_run(&manner, argv, tool_env().vec);
}

static void
read_to_end(int fd)
{
	char waste[1024];
	ssize_t n;
	do
		n = sys_read(fd, waste, sizeof waste);
	while (n > 0 || (n < 0 && errno == EINTR));
}

static int
fghack(int argc, char **argv)
{
	int ends[2], status;
	if (argc < 2)
		tool_usage(&manner);
	if (pipe(ends) < 0)
		tool_cannot(&manner, "unable to create pipe", NULL);
	pid_t pid = fork();
	if (pid < 0)
		tool_cannot(&manner, "unable to fork", NULL);
	if (pid == 0) {
		sys_close(ends[0]);
		child(ends[1], argv + 1);
	}
	sys_close(ends[1]);
	read_to_end(ends[0]);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			tool_cannot(&manner, "wait failed", NULL);
	if (WIFSIGNALED(status))
		tool_die(TOOL_TROUBLE, "fghack: fatal: child crashed", NULL);
	return WEXITSTATUS(status);
}

const struct cmd cmd_fghack = {
    .name = "fghack",
    .group = GROUP_TOOL,
    .program = true,
    .usage = "PROG [ARG...]",
    .help = "stay until a program and all it left behind are gone",
    .args = {ARG_COMMAND},
    .run = fghack,
};
