/*
 * svscanboot: what daemontools puts into inittab. Stops what an svscan before
 * it may have left, then runs svscan with a clean environment, its complaints
 * shown by readproctitle, which this process becomes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/sys.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/supervise.h"
#include "svc/cmd/table.h"
#include "svc/cmd/tool.h"

#define SEARCH                                                         \
	"/command:/usr/local/bin:/usr/local/sbin:/bin:/sbin:/usr/bin:" \
	"/usr/sbin:/usr/X11R6/bin"
#define DOTS 400

static const struct tool_manner manner = {"svscanboot", "", 100, false};

static void
dismiss(const char *path)
{
	const char *what;
	int dir = supervise_open(path);
	if (dir >= 0)
		(void)supervise_send(dir, "dx", &what);
	sys_close(dir);
}

/* Services first, then loggers, so that no last words are lost. */
static void
dismiss_all(const char *scan, const char *suffix)
{
	DIR *list = opendir(scan);
	const struct dirent *entry;
	if (list == NULL)
		return;
	while ((entry = readdir(list)) != NULL)
		if (entry->d_name[0] != '.')
			dismiss(memory_text(
			    "%s/%s%s", scan, entry->d_name, suffix));
	closedir(list);
}

static char **
clean_env(void)
{
	char **env = memory_get(2, sizeof(char *));
	env[0] = memory_text("PATH=%s", SEARCH);
	return env;
}

/* svscan along PATH, or what stands beside us under that or its own name. */
static void
become_svscan(const char *scan)
{
	char self[4096];
	char *argv[] = {memory_text("svscan"), memory_text("%s", scan), NULL};
	char **env = clean_env();
	tool_exec(NULL, argv, env);
	ssize_t n =
	    sys_readlinkat(AT_FDCWD, "/proc/self/exe", self, sizeof self);
	while (n > 0 && self[n - 1] != '/')
		n--;
	tool_exec(memory_text("%.*s/svscan", (int)n, self), argv, env);
	tool_exec(memory_text("%.*s/svcd", (int)n, self), argv, env);
	tool_cannot(&manner, "unable to run", "svscan");
}

static void
become_readproctitle(void)
{
	char *dots = memory_get(DOTS + 1, 1);
	memset(dots, '.', DOTS);
	char *argv[] = {memory_text("readproctitle"), memory_text("service"),
	    memory_text("errors:"), dots, NULL};
	tool_exec("/proc/self/exe", argv, clean_env());
	tool_cannot(&manner, "unable to run", "readproctitle");
}

static void
onto(int fd, int first, int last)
{
	for (int to = first; to <= last; to++)
		if (sys_dup2(fd, to) < 0)
			tool_cannot(
			    &manner, "unable to set up descriptors", NULL);
}

static int
svscanboot(int argc, char **argv)
{
	int ends[2], null = sys_open("/dev/null", O_RDWR, 0);
	const char *scan = supervise_scan_dir();
	(void)argc;
	(void)argv;
	if (null < 0)
		tool_cannot(&manner, "unable to open", "/dev/null");
	onto(null, 0, 2);
	dismiss_all(scan, "");
	dismiss_all(scan, "/log");
	if (setenv("PATH", SEARCH, 1) < 0 || sys_pipe2(ends, 0) < 0)
		tool_cannot(&manner, "unable to create pipe", NULL);
	pid_t pid = fork();
	if (pid < 0)
		tool_cannot(&manner, "unable to fork", NULL);
	if (pid == 0) {
		onto(ends[1], 1, 2);
		become_svscan(scan);
	}
	onto(ends[0], 0, 0);
	become_readproctitle();
	return 0;
}

const struct cmd cmd_svscanboot = {
    .name = "svscanboot",
    .group = GROUP_TOOL,
    .program = true,
    .usage = "",
    .help = "run svscan with its complaints in the process title",
    .run = svscanboot,
};
