/*
 * runsvchdir: switches the set of services that runsvdir runs, by replacing
 * one link. At every instant there is either the old one, the new one, or
 * `previous`, from which the next run puts things right.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/sys.h"

#include "svc/cmd/table.h"
#include "svc/cmd/tool.h"

#define BASE "/etc/runit/runsvdir"

static const char *prog;

static void
fatal(const char *what, const char *object)
{
	const char *reason = errtext(errno);
	tool_die(
	    TOOL_TROUBLE, prog, ": fatal: ", what, object, ": ", reason, NULL);
}

static struct stat
stat_dir(const char *name)
{
	struct stat st;
	if (sys_fstatat(AT_FDCWD, name, &st, 0) < 0)
		fatal(errno == ENOENT ? "" : "unable to stat: ", name);
	/* The words run together in the original too. */
	if (!S_ISDIR(st.st_mode))
		tool_die(TOOL_TROUBLE, prog, ": fatal: ", name,
		    "not a directory.", NULL);
	return st;
}

static bool
is_current(const char *name)
{
	struct stat now, new = stat_dir(name);
	if (sys_fstatat(AT_FDCWD, "current", &now, 0) < 0)
		fatal("unable to stat: ", "current");
	return now.st_ino == new.st_ino &&now.st_dev == new.st_dev;
}

static void
clear(const char *name)
{
	if (sys_unlinkat(AT_FDCWD, name, 0) < 0 && errno != ENOENT)
		fatal("unable to unlink: ", name);
}

static void
change(const char *name)
{
	clear("current.new");
	if (sys_symlinkat(name, AT_FDCWD, "current.new") < 0)
		fatal("unable to create: current.new -> ", name);
	clear("previous");
	if (sys_renameat(AT_FDCWD, "current", AT_FDCWD, "previous") < 0)
		fatal("unable to copy: current to ", "previous");
	if (sys_renameat(AT_FDCWD, "current.new", AT_FDCWD, "current") == 0)
		return;
	tool_say(prog,
	    ": fatal: unable to move: current.new to current: ", errtext(errno),
	    NULL);
	if (sys_renameat(AT_FDCWD, "previous", AT_FDCWD, "current") < 0)
		fatal("unable to move previous back to ", "current");
	exit(TOOL_TROUBLE);
}

static int
runsvchdir(int argc, char **argv)
{
	const char *base = getenv("RUNSVDIR"), *name = argv[1];
	prog = argv[0];
	if (argc < 2)
		tool_die(1, "usage: ", prog, " dir\n", NULL);
	if (name[0] == '.')
		tool_die(TOOL_TROUBLE, prog, ": fatal: ", name,
		    ": must not start with a dot.", NULL);
	if (base == NULL)
		base = BASE;
	if (sys_chdir(base) < 0)
		fatal("unable to chdir: ", base);
	bool was = is_current(name);
	if (!was)
		change(name);
	printf("runsvchdir: %s: %scurrent.\n", name, was ? "" : "now ");
	return fflush(stdout) == 0 ? 0 : TOOL_TROUBLE;
}

const struct cmd cmd_runsvchdir = {
    .name = "runsvchdir",
    .group = GROUP_TOOL,
    .program = true,
    .usage = "DIR",
    .help = "switch to another set of services",
    .args = {ARG_PATH},
    .run = runsvchdir,
};
