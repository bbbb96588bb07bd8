/*
 * svstat, svok, and svc with letters: daemontools' view of services. They read
 * the first 18 bytes of supervise/status, which all supervisors agree on.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/sys.h"

#include "svc/cmd/supervise.h"
#include "svc/cmd/table.h"
#include "svc/cmd/tool.h"

static void
put_status(const struct supervise_status *s, bool normally_up)
{
	if (s->pid != 0)
		printf("up (pid %lu) ", (unsigned long)s->pid);
	else
		printf("down ");
	printf("%llu seconds",
	    (unsigned long long)supervise_seconds(s->since, supervise_now()));
	supervise_print_wishes(s, !normally_up);
}

static void
put_trouble(const char *what)
{
	printf("%s: %s", what, errtext(errno));
}

static void
put_service(int dir)
{
	struct supervise_status s;
	struct stat st;
	const char *what;
	bool normally_up = sys_fstatat(dir, "down", &st, 0) < 0;
	if (normally_up && errno != ENOENT) {
		put_trouble("unable to stat down");
		return;
	}
	int ok = supervise_ok(dir);
	if (ok < 0 && errno == ENXIO) {
		printf("supervise not running");
		return;
	}
	if (ok < 0) {
		put_trouble("unable to open supervise/ok");
		return;
	}
	sys_close(ok);
	switch (supervise_read(dir, SUPERVISE_DAEMONTOOLS, &s, &what)) {
	case 1:
		put_status(&s, normally_up);
		break;
	case 0:
		printf("%s: bad format", what);
		break;
	default:
		put_trouble(what);
	}
}

static int
svstat(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int dir = supervise_open(argv[i]);
		printf("%s: ", argv[i]);
		if (dir < 0)
			put_trouble("unable to chdir");
		else
			put_service(dir);
		putchar('\n');
		sys_close(dir);
	}
	return fflush(stdout) != 0 ? TOOL_TROUBLE : 0;
}

static int
svok(int argc, char **argv)
{
	const struct tool_manner m = {"svok", " dir", 100, false};
	if (argc < 2)
		tool_usage(&m);
	int dir = supervise_open(argv[1]);
	if (dir < 0)
		tool_cannot(&m, "unable to chdir to", argv[1]);
	if (supervise_ok(dir) >= 0)
		return 0;
	if (errno == ENOENT || errno == ENXIO)
		return 100;
	const char *reason = errtext(errno);
	tool_die(TOOL_TROUBLE, "svok: fatal: unable to open ", argv[1],
	    "/supervise/ok: ", reason, NULL);
}

#define LETTERS "udopchaitkxq12"

static void
letters_send(const char *path, const char *letters)
{
	const char *what, *reason;
	int dir = supervise_open(path);
	if (dir < 0) {
		reason = errtext(errno);
		tool_say("svc: warning: unable to chdir to ", path, ": ",
		    reason, NULL);
		return;
	}
	if (supervise_send(dir, letters, &what) < 0) {
		reason =
		    errno == ENXIO ? "supervise not running" : errtext(errno);
		tool_say("svc: warning: unable to control ", path, ": ", reason,
		    NULL);
	}
	sys_close(dir);
}

static int
letters(int argc, char **argv)
{
	struct opt o = opt_over(argc, argv);
	char chosen[sizeof LETTERS] = "";
	int letter;
	while ((letter = tool_next("svc", &o, LETTERS)) != -1) {
		if (letter == '?')
			tool_die(100,
			    "svc options: u up, d down, o once, x exit, "
			    "p pause, c continue, h hup, a alarm, i interrupt, "
			    "t term, k kill",
			    NULL);
		if (strchr(chosen, letter) == NULL)
			chosen[strlen(chosen)] = (char)letter;
	}
	for (char **path = argv + o.at; *path != NULL; path++)
		letters_send(*path, chosen);
	return 0;
}

const struct cmd cmd_svstat = {
    .name = "svstat",
    .group = GROUP_TOOL,
    .program = true,
    .usage = "DIR...",
    .help = "tell the state of service directories, as daemontools does",
    .args = {ARG_PATH},
    .run = svstat,
};

const struct cmd cmd_svok = {
    .name = "svok",
    .group = GROUP_TOOL,
    .program = true,
    .usage = "DIR",
    .help = "say whether a service directory is supervised",
    .args = {ARG_PATH},
    .run = svok,
};

const struct cmd cmd_svc = {
    .name = "svc",
    .group = GROUP_TOOL,
    .program = true,
    .usage = "-udopchaitkxq12 DIR...",
    .help = "send letters to service directories, as daemontools does",
    .args = {ARG_PATH},
    .run = letters,
};
