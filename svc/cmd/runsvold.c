/*
 * runsvctrl, runsvstat, svwaitup, svwaitdown: what there was before sv, gone
 * from runit since 2.3 but not from people's scripts.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/scan.h"
#include "lib/sys.h"
#include "svc/cmd/supervise.h"
#include "svc/cmd/table.h"
#include "svc/cmd/tool.h"

/* Which of the four this is, and how many services were in trouble. */
static const char *prog;
static unsigned trouble;

static void
usage(const char *called, const char *text)
{
	tool_die(1, "usage: ", called, text, "\n", NULL);
}

static int
result(void)
{
	return (int)(trouble < 100 ? trouble : 100);
}

/* "PROG: warning: NAME: WHAT[: REASON]"; error 0: no reason. */
static void
warn(const char *name, const char *what, int error)
{
	trouble++;
	tool_say(prog, ": warning: ", name, ": ", what, error != 0 ? ": " : "",
	    error != 0 ? errtext(error) : "", NULL);
}

static void
info(const char *name, const char *what)
{
	tool_say(prog, ": ", name, what, NULL);
}

static int
enter(const char *name)
{
	int dir = supervise_open(name);
	if (dir < 0)
		warn(name, "unable to change directory", errno);
	return dir;
}

static bool
runs(int dir, const char *name, const char *not_running)
{
	int ok = supervise_ok(dir);
	if (ok < 0 && errno == ENXIO)
		warn(name, not_running, 0);
	else if (ok < 0)
		warn(name, "unable to open supervise/ok", errno);
	sys_close(ok);
	return ok >= 0;
}

static bool
status(int dir, const char *name, struct supervise_status *s)
{
	const char *what;
	int got = supervise_read(dir, SUPERVISE_DAEMONTOOLS, s, &what);
	if (got < 0)
		warn(name, what, errno);
	if (got == 0)
		warn(name, "unable to read supervise/status: bad format.", 0);
	return got == 1;
}

static void
letters_send(int dir, const char *name, const char *letter)
{
	const char *what;
	if (supervise_send(dir, letter, &what) == 0)
		return;
	if (errno == ENXIO)
		warn(name, "supervise not running.", 0);
	else
		warn(name, what, errno);
}

static int
runsvctrl(int argc, char **argv)
{
	prog = "runsvctrl";
	if (argc < 3 || argv[1][0] == '\0' ||
	    strchr("udoxepchaitkq12", argv[1][0]) == NULL)
		usage(argv[0], " u|d|o|p|c|h|a|i|q|1|2|t|k|x|e service ...");
	/* runsv knows exit by one letter only. */
	char letter[] = {argv[1][0] == 'e' ? 'x' : argv[1][0], '\0'};
	for (int i = 2; i < argc; i++) {
		int dir = enter(argv[i]);
		if (dir >= 0)
			letters_send(dir, argv[i], letter);
		sys_close(dir);
	}
	return result();
}

static bool
show(int dir, const char *name)
{
	struct supervise_status s;
	struct stat st;
	bool down = sys_fstatat(dir, "down", &st, 0) == 0;
	if (!down && errno != ENOENT) {
		warn(name, "unable to stat down", errno);
		return false;
	}
	if (!runs(dir, name, "runsv not running.") || !status(dir, name, &s))
		return false;
	printf("%s: ", name);
	if (s.pid != 0)
		printf("up (pid %lu) ", (unsigned long)s.pid);
	else
		printf("down ");
	printf("%llu seconds",
	    (unsigned long long)supervise_seconds(s.since, supervise_now()));
	supervise_print_wishes(&s, down);
	if (s.pid != 0 && s.got_term)
		printf(", got TERM");
	return true;
}

static void
show_log(int dir, const char *name)
{
	int log = sys_openat(dir, "log", O_RDONLY | O_DIRECTORY, 0);
	if (log < 0 && errno == ENOTDIR)
		warn("./log", "not a directory.", 0);
	else if (log < 0 && errno != ENOENT)
		warn(name, "unable to change directory", errno);
	else if (log >= 0)
		show(log, "\n  log");
	sys_close(log);
}

static int
runsvstat(int argc, char **argv)
{
	prog = "runsvstat";
	if (argc < 2)
		usage(argv[0], " service ...");
	for (int i = 1; i < argc; i++) {
		int dir = enter(argv[i]);
		if (dir >= 0 && show(dir, argv[i])) {
			show_log(dir, argv[i]);
			putchar('\n');
		}
		fflush(stdout);
		sys_close(dir);
	}
	return result();
}

static uint32_t
seconds(const char *text, uint32_t most, const char *called, const char *line)
{
	uint32_t value;
	if (!scan_u32(text, &value) || value < 2 || value > most)
		usage(called, line);
	return value;
}

/* A service directory named as these two want it; -1 after saying why not. */
static int
enter_absolute(const char *name)
{
	if (name[0] == '/')
		return enter(name);
	warn(name, "service directory must start with a slash.", 0);
	return -1;
}

/* True: up long enough, or never (told). */
static bool
is_up(const char *name, uint32_t least, uint64_t *left, bool verbose)
{
	struct supervise_status s;
	int dir = enter_absolute(name);
	bool seen = dir >= 0 && runs(dir, name, "supervise not running.") &&
		    status(dir, name, &s);
	sys_close(dir);
	if (!seen)
		return true;
	if (s.pid == 0) {
		warn(name, "is down.", 0);
		return true;
	}
	uint64_t age = supervise_seconds(s.since, supervise_now());
	if (age < least) {
		*left = least - age;
		return false;
	}
	if (verbose)
		info(name, ": is up.");
	return true;
}

#define WAITUP_USAGE " [ -v ] [ -s 2..600 ] service ..."

static int
svwaitup(int argc, char **argv)
{
	struct opt o = opt_over(argc, argv);
	uint32_t least = 2;
	bool verbose = false;
	int letter;
	prog = "svwaitup";
	while ((letter = tool_next(prog, &o, "s:vV")) != -1) {
		if (letter == 's')
			least = seconds(o.value, 600, argv[0], WAITUP_USAGE);
		else if (letter == 'v')
			verbose = true;
		else
			usage(argv[0], WAITUP_USAGE);
	}
	if (o.at >= argc)
		usage(argv[0], WAITUP_USAGE);
	for (char **name = argv + o.at; *name != NULL; name++) {
		uint64_t left;
		while (!is_up(*name, least, &left, verbose))
			supervise_wait(*name, (int64_t)left * 1000);
	}
	return result();
}

struct waitdown {
	bool exit, kill, verbose;
};

/* True: down (or its supervisor gone, with `exit`), or in trouble (told). */
static bool
is_down(const char *name, const struct waitdown *w)
{
	struct supervise_status s;
	int dir = enter_absolute(name);
	if (dir < 0)
		return true;
	int ok = supervise_ok(dir);
	bool gone = ok < 0 && errno == ENXIO;
	if (ok < 0 && !gone)
		warn(name, "unable to open supervise/ok", errno);
	bool down = ok < 0;
	if (ok >= 0 && !w->exit)
		down = !status(dir, name, &s) || s.pid == 0;
	if (w->verbose && gone)
		info(name, ": supervise not running.");
	else if (w->verbose && down && ok >= 0)
		info(name, ": down.");
	sys_close(ok);
	sys_close(dir);
	return down;
}

static void
kill_all(char **names)
{
	for (; *names != NULL; names++) {
		int dir = enter(*names);
		unsigned before = trouble;
		if (dir < 0)
			continue;
		letters_send(dir, *names, "k");
		if (trouble == before)
			info(*names, ": killed.");
		sys_close(dir);
	}
}

#define WAITDOWN_USAGE " [ -v ] [ -t 2..6000 ] service ..."

static void
give_up(const struct waitdown *w, char **names)
{
	if (w->verbose)
		info("", "timeout.");
	if (w->kill)
		kill_all(names);
	exit(TOOL_TROUBLE);
}

static int
svwaitdown(int argc, char **argv)
{
	struct opt o = opt_over(argc, argv);
	struct waitdown w = {false, false, false};
	uint32_t most = 600;
	int letter;
	prog = "svwaitdown";
	while ((letter = tool_next(prog, &o, "t:xkvV")) != -1) {
		if (letter == 't')
			most = seconds(o.value, 6000, argv[0], WAITDOWN_USAGE);
		else if (letter == 'x')
			w.exit = true;
		else if (letter == 'k')
			w.kill = true;
		else if (letter == 'v')
			w.verbose = true;
		else
			usage(argv[0], WAITDOWN_USAGE);
	}
	if (o.at >= argc)
		usage(argv[0], WAITDOWN_USAGE);
	int64_t until = supervise_clock() + (int64_t)most * 1000;
	for (char **name = argv + o.at; *name != NULL; name++) {
		while (!is_down(*name, &w)) {
			int64_t left = until - supervise_clock();
			if (left <= 0)
				give_up(&w, argv + o.at);
			supervise_wait(*name, left);
		}
	}
	return result();
}

CMD_PROGRAM(runsvctrl, NULL, "LETTER SERVICE...",
    "send a letter to services (old; see sv)", ARG_WORD, ARG_PATH);
CMD_PROGRAM(runsvstat, NULL, "SERVICE...",
    "tell the state of services (old; see sv)", ARG_PATH);
CMD_PROGRAM(svwaitup, NULL, "[-v] [-s SEC] SERVICE...",
    "wait until services have been up for a while (old)", ARG_PATH);
CMD_PROGRAM(svwaitdown, NULL, "[-vxk] [-t SEC] SERVICE...",
    "wait until services are down (old)", ARG_PATH);
