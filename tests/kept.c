/*
 * A kept child for tests of the keeping side: speaks lib/keeper.h, supervises
 * nothing. Its one argument is a directory: it appends what it hears to `log`,
 * takes commands from the fifo `ctl`, one a line, and behaves as the files
 * there tell it:
 *
 *	mute	never says READY          nodone	does not answer STOP
 *	deaf	never reads the exit queue     numb	nor its line
 *	script	does by itself what a life is made of: the first holds a
 *		descriptor, starts something, hears its end and dies, the second
 *		powers off
 *
 * The number of exits it has ever read, of its starts, and the last sequence
 * number live in a memory file in slot 0: what svcd does, in small.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/sched.h>

#include "lib/keeper.h"
#include "lib/sock.h"

static struct state {
	uint32_t starts, exits, last_seq, repeats, gaps;
} * state;
static const char *dir;
static int control;

static void
note(const char *fmt, ...)
{
	char path[512], line[512];
	va_list ap;

	snprintf(path, sizeof(path), "%s/log", dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	va_start(ap, fmt);
	int n = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	line[n++] = '\n';
	if (fd < 0 || write(fd, line, (size_t)n) != n)
		_exit(9);
	close(fd);
}

static bool
told(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return access(path, F_OK) == 0;
}

static void
say(enum keep_kind kind, uint32_t slot, uint32_t count, int32_t value,
    int64_t arg, const int *fds, size_t nfds)
{
	struct keep_msg m = {
	    KEEP_VERSION, (uint16_t)kind, slot, count, value, arg};

	while (sock_send(KEEP_FD_LINE, &m, sizeof(m), fds, nfds) == -1)
		if (errno != EAGAIN)
			_exit(8);
}

/* Waits for the answer to a GET of one slot. */
static int
get(uint32_t slot)
{
	struct keep_msg m;
	int fd = -1;
	struct sock_msg r = {
	    .p = &m, .cap = sizeof(m), .fds = &fd, .fds_cap = 1};
	struct pollfd p = {KEEP_FD_LINE, POLLIN, 0};

	say(KEEP_GET, slot, 1, 0, 0, NULL, 0);
	do
		poll(&p, 1, -1);
	while (sock_receive(KEEP_FD_LINE, &r, 0) != 1 || m.kind != KEEP_FD);
	return r.nfds == 1 ? fd : -1;
}

static void
open_state(void)
{
	int fd = get(KEEP_SLOT_STATE);

	if (fd < 0) {
		fd = memfd_create("kept", MFD_CLOEXEC);
		if (ftruncate(fd, sizeof(*state)) == -1)
			_exit(7);
		say(KEEP_PUT, KEEP_SLOT_STATE, 1, 0, 0, &fd, 1);
	}
	state = mmap(
	    NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	state->starts++;
}

/* A sibling, as svcd makes its services. */
static void
spawn(const char *line)
{
	struct clone_args args = {.flags = CLONE_PARENT};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0) {
		for (int fd = 3; fd < 64; fd++)
			close(fd);
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	note("spawned %ld", pid);
}

static int
ending_number(const char *name)
{
#define ROW(id, number, text)        \
	if (strcmp(name, text) == 0) \
		return number;
	KEEP_ENDINGS(ROW)
	return -1;
}

static void
upgrade(char *words)
{
	int fds[2];
	size_t n = 0;

	for (char *w = strtok(words, " "); w != NULL && n < 2;
	     w = strtok(NULL, " "))
		fds[n++] = open(w, O_PATH | O_CLOEXEC);
	say(KEEP_EXEC, 0, (uint32_t)n, 0, 0, fds, n);
}

static void
slots(const char *how, uint32_t slot, uint32_t count)
{
	int fds[KEEP_MSG_FDS];
	char path[512];

	if (strcmp(how, "put") == 0) {
		for (uint32_t i = 0; i < count; i++) {
			snprintf(
			    path, sizeof(path), "%s/slot%u", dir, slot + i);
			fds[i] = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		}
		say(KEEP_PUT, slot, count, 0, 0, fds, count);
		for (uint32_t i = 0; i < count; i++)
			close(fds[i]);
	} else if (strcmp(how, "drop") == 0) {
		say(KEEP_DROP, slot, count, 0, 0, NULL, 0);
	} else {
		say(KEEP_GET, slot, count, 0, 0, NULL, 0);
	}
}

static void
command(char *line)
{
	char word[32] = "", second[32] = "";
	unsigned a = 0, b = 0;

	sscanf(line, "%31s %31s", word, second);
	if (strcmp(word, "end") == 0) {
		sscanf(line, "%*s %*s %u %u", &a, &b);
		say(KEEP_END, 0, b, ending_number(second), a, NULL, 0);
	} else if (strcmp(word, "spawn") == 0) {
		spawn(line + 6);
	} else if (strcmp(word, "exec") == 0) {
		upgrade(line + 5);
	} else if (strcmp(word, "done") == 0) {
		say(KEEP_DONE, 0, 0, 0, atoi(second), NULL, 0);
	} else if (strcmp(word, "die") == 0) {
		_exit(3);
	} else if (strcmp(word, "junk") == 0) {
		char junk[100] = "junk";

		sock_send(KEEP_FD_LINE, junk, sizeof(junk), &control, 1);
		sock_send(KEEP_FD_LINE, junk, sizeof(struct keep_msg), NULL, 0);
		sock_send(KEEP_FD_LINE, junk, 1, NULL, 0);
	} else if (sscanf(line, "%*s %u %u", &a, &b) == 2) {
		slots(word, a, b);
	}
	note("did %s", line);
}

static void
hear_exits(void)
{
	struct keep_exit e[64];
	ssize_t n = read(KEEP_FD_QUEUE, e, sizeof(e));

	for (ssize_t i = 0; i < n / (ssize_t)sizeof(e[0]); i++) {
		if (e[i].seq == state->last_seq) {
			state->repeats++;
			continue;
		}
		if (e[i].seq != state->last_seq + 1)
			state->gaps++;
		state->last_seq = e[i].seq;
		state->exits++;
		if (!told("terse"))
			note("exit %d %d %d", e[i].pid, e[i].code, e[i].value);
	}
}

static void
hear_line(void)
{
	struct keep_msg m;
	int fds[KEEP_MSG_FDS];
	struct sock_msg r = {
	    .p = &m, .cap = sizeof(m), .fds = fds, .fds_cap = KEEP_MSG_FDS};
	int got = sock_receive(KEEP_FD_LINE, &r, 0);

	if (got == 0)
		_exit(0);
	if (got < 0)
		return;
	switch ((enum keep_kind)m.kind) {
	case KEEP_FD:
		note("slot %u %zu", m.slot, r.nfds);
		break;
	case KEEP_SIGNAL:
		note("signal %d", m.value);
		break;
	case KEEP_STOP:
		note("stop %d %u %lld", m.value, m.count, (long long)m.arg);
		if (!told("nodone"))
			say(KEEP_DONE, 0, 0, 0, 0, NULL, 0);
		break;
	case KEEP_REFUSED:
		note("refused %d", m.value);
		break;
	case KEEP_PUT:
	case KEEP_DROP:
	case KEEP_GET:
	case KEEP_READY:
	case KEEP_END:
	case KEEP_DONE:
	case KEEP_EXEC:
		break;
	}
	sock_close_fds(&r);
}

static void
hear_commands(void)
{
	static char text[4096];
	ssize_t n = read(control, text, sizeof(text) - 1);
	char *at = text, *line;

	if (n <= 0)
		return;
	text[n] = '\0';
	while ((line = strsep(&at, "\n")) != NULL)
		if (*line != '\0')
			command(line);
}

static void
follow_script(void)
{
	static bool begun;

	if (state->starts > 1) {
		if (!begun)
			say(KEEP_END, 0, 0, KEEP_END_POWEROFF, 0, NULL, 0);
	} else if (!begun) {
		slots("put", 3, 2);
		spawn("exit 4");
	} else if (state->exits > 0) {
		_exit(3);
	}
	begun = true;
}

/* Descriptors above 2 that it was not meant to have, as a number. */
static int
strangers(void)
{
	int n = 0;

	for (int fd = KEEP_FD_END; fd < 1024; fd++)
		if (fd != control && fcntl(fd, F_GETFD) != -1)
			n++;
	return n;
}

int
main(int argc, char **argv)
{
	char path[512];
	sigset_t mask;

	dir = ".";
	for (int i = argc - 1; i > 0; i--)
		if (argv[i][0] != '-')
			dir = argv[i];
	/* Executed by descriptor: the kernel's name for it would be a number.
	 */
	prctl(PR_SET_NAME, argv[0]);
	snprintf(path, sizeof(path), "%s/ctl", dir);
	control = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	sigprocmask(SIG_BLOCK, NULL, &mask);
	open_state();
	note("start %u pid %d name %s strangers %d blocked %d", state->starts,
	    (int)getpid(), argv[0], strangers(),
	    sigismember(&mask, SIGTERM) || sigismember(&mask, SIGCHLD));
	if (!told("mute"))
		say(KEEP_READY, 0, 0, 0, 0, NULL, 0);
	for (;;) {
		if (told("script"))
			follow_script();
		struct pollfd p[] = {
		    {told("numb") ? -1 : KEEP_FD_LINE, POLLIN, 0},
		    {told("deaf") ? -1 : KEEP_FD_QUEUE, POLLIN, 0},
		    {control, POLLIN, 0}};

		poll(p, 3, -1);
		if (p[0].revents != 0)
			hear_line();
		if (p[1].revents != 0)
			hear_exits();
		if (p[2].revents != 0)
			hear_commands();
		if (told("count"))
			note("exits %u repeats %u gaps %u", state->exits,
			    state->repeats, state->gaps);
	}
}
