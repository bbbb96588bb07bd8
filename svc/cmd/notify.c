/*
 * svc notify: what a daemon says by itself, said by a script. By the name of
 * systemd-notify it is that program, as far as scripts use it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/error.h"
#include "lib/fd.h"
#include "lib/scan.h"
#include "lib/sock.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/tool.h"

extern const struct cmd cmd_notify;

#define BARRIER_MS 5000
#define FDS 16

enum {
	READY = OPTIONS_WORD,
	RELOADING,
	STOPPING,
	STATUS,
	PID,
	NO_BLOCK,
	BOOTED,
	FD,
	FDNAME,
	EXEC
};

static const struct cmd_option options[] = {
    {0, "ready", NULL, "it is ready, or its reload is done", READY},
    {0, "reloading", NULL, "it reads its configuration again", RELOADING},
    {0, "stopping", NULL, "it is ending", STOPPING},
    {0, "status", "TEXT", "a line for svc status", STATUS},
    {0, "pid", "PID",
	"its main process: a number, parent, self, or auto (parent)", PID},
    {0, "no-block", NULL, "do not wait until it has been dealt with", NO_BLOCK},
    {0, "booted", NULL, "is systemd process 1? (exit 1: it is not)", BOOTED},
    {0, "fd", "N", "a descriptor to be stored, where that is done", FD},
    {0, "fdname", "NAME", "its name", FDNAME},
    {0, "exec", NULL, "then become the command behind a word `;'", EXEC},
    {0},
};

struct message {
	const char *text;
	int fds[FDS];
	size_t nfds;
	bool no_block, is_exec;
};

static void
add(struct message *m, const char *line)
{
	m->text = memory_text("%s%s\n", m->text, line);
}

static void
add_reloading(struct message *m)
{
	add(m, "RELOADING=1");
	add(m, memory_text(
		   "MONOTONIC_USEC=%lld", (long long)(mono_now().ns / 1000)));
}

static bool
add_pid(struct message *m, const char *word)
{
	uint32_t pid = 0;

	if (str_eq(word, "self"))
		pid = (uint32_t)sys_getpid();
	else if (str_eq(word, "auto") || str_eq(word, "parent"))
		pid = (uint32_t)sys_getppid();
	else if (!scan_u32(word, &pid) || pid == 0)
		return false;
	add(m, memory_text("MAINPID=%u", (unsigned)pid));
	return true;
}

static bool
add_fd(struct message *m, const char *word)
{
	uint32_t fd;

	if (!scan_u32(word, &fd) || m->nfds == FDS || fd > INT32_MAX ||
	    !fd_is_open((int)fd))
		return false;
	if (m->nfds == 0)
		add(m, "FDSTORE=1");
	m->fds[m->nfds++] = (int)fd;
	return true;
}

/* False: not one of them, or its value is none. */
static bool
take(struct message *m, int code, const char *value)
{
	switch (code) {
	case READY:
		add(m, "READY=1");
		return true;
	case RELOADING:
		add_reloading(m);
		return true;
	case STOPPING:
		add(m, "STOPPING=1");
		return true;
	case STATUS:
		add(m, memory_text("STATUS=%s", value));
		return strchr(value, '\n') == NULL;
	case PID:
		return add_pid(m, value);
	case NO_BLOCK:
		m->no_block = true;
		return true;
	case FD:
		return add_fd(m, value);
	case FDNAME:
		add(m, memory_text("FDNAME=%s", value));
		return true;
	case EXEC:
		m->is_exec = true;
		return true;
	default:
		return false;
	}
}

/*
 * In the name of who called us, if we may: where only the main process is
 * heard, that is a script, and not what it runs.
 */
static pid_t
speaker(void)
{
	pid_t parent = sys_getppid();

	return parent > 1 ? parent : 0;
}

/* Once it is read to here our end of the pipe is the last. */
static bool
await_barrier(const char *address)
{
	struct pollfd p = {.events = 0};
	struct mono until = mono_add_ms(mono_now(), BARRIER_MS);
	int ends[2];

	if (sys_pipe2(ends, 0) < 0 ||
	    sock_notify(address, SOCK_DGRAM, "BARRIER=1", 9, &ends[1], 1,
		speaker()) < 0)
		return false;
	sys_close(ends[1]);
	p.fd = ends[0];
	for (;;) {
		int64_t ns = mono_ns_between(mono_now(), until);
		struct timespec t = {ns / 1000000000, ns % 1000000000};
		if (ns <= 0) {
			errno = ETIMEDOUT;
			return false;
		}
		if (sys_ppoll(&p, 1, &t) > 0)
			return true;
	}
}

static int
send_message(const struct message *m)
{
	const char *address = getenv("NOTIFY_SOCKET");

	if (address == NULL || address[0] == '\0') {
		fputs(
		    "svc: NOTIFY_SOCKET is not set: nobody listens\n", stderr);
		return EXITCODE_NO;
	}
	if (sock_notify(address, SOCK_DGRAM, m->text, strlen(m->text), m->fds,
		m->nfds, speaker()) < 0 ||
	    (!m->no_block && !await_barrier(address))) {
		fprintf(stderr, "svc: cannot notify %s: %s\n", address,
		    error_text(errno));
		return EXITCODE_NO;
	}
	return EXITCODE_YES;
}

static bool
is_variable(const char *word)
{
	return strchr(word, '=') != NULL && word[0] != '=' &&
	       strchr(word, '\n') == NULL;
}

/* The value of --pid may be left out; a command stands behind `;'. */
static char **
prepare(int argc, char **argv, int *count)
{
	char **command = NULL;

	for (int i = 1; i < argc && command == NULL; i++) {
		if (str_eq(argv[i], "--pid"))
			argv[i] = (char *)"--pid=auto";
		if (!str_eq(argv[i], ";"))
			continue;
		argv[i] = NULL;
		*count = i;
		command = argv + i + 1;
		command += *command != NULL && str_eq(*command, "--");
	}
	return command;
}

static int
finish(const struct message *m, char **command)
{
	int code = send_message(m);

	if (code != EXITCODE_YES || command == NULL)
		return code;
	tool_exec(NULL, command, tool_env().vec);
	fprintf(stderr, "svc: cannot execute %s: %s\n", command[0],
	    error_text(errno));
	return errno == ENOENT ? 127 : 126;
}

static int
wrong(const struct options *o, int code)
{
	if (code < OPTIONS_WORD)
		return options_wrong(o, code);
	return options_refuse(o, "not a value: %s", o->value);
}

static int
is_booted(void)
{
	return sys_faccessat(AT_FDCWD, "/run/systemd/system", F_OK, 0) == 0
		   ? EXITCODE_YES
		   : EXITCODE_NO;
}

static int
run(int argc, char **argv)
{
	struct message m = {.text = ""};
	struct options o;
	int code, count = argc;
	char **command = prepare(argc, argv, &count);

	options_init(&o, &cmd_notify, count, argv);
	while ((code = options_next(&o)) != OPTIONS_END) {
		if (code == BOOTED)
			return is_booted();
		if (!take(&m, code, o.value))
			return wrong(&o, code);
	}
	for (int i = 0; i < o.count; i++) {
		if (!is_variable(o.operands[i]))
			return options_refuse(
			    &o, "not VARIABLE=VALUE: %s", o.operands[i]);
		add(&m, o.operands[i]);
	}
	if (m.text[0] == '\0')
		return options_refuse(&o, "nothing to say");
	if (m.is_exec != (command != NULL && *command != NULL))
		return options_refuse(&o, "--exec and a command behind `;'");
	return finish(&m, command);
}

const struct cmd cmd_notify = {
    .name = "notify",
    .aliases = "systemd-notify",
    .group = GROUP_CONTROL,
    .program = true,
    .usage = "[OPTION...] [VARIABLE=VALUE...] [--exec ; COMMAND...]",
    .help = "tell svcd (or systemd) what a daemon would tell by itself",
    .about = "To be run by a service, which has NOTIFY_SOCKET. It comes back "
	     "when what was\nsaid has been dealt with.",
    .options = options,
    .args = {ARG_WORD},
    .run = run,
};
