/*
 * svc requests: hears what asks for an end of the system from outside, which
 * init itself never listens to: the power button and /run/initctl. A service
 * like any other; what it hears it hands to the commands of this same program,
 * each in a process of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/loop.h"
#include "lib/say.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/initctl.h"
#include "svc/cmd/options.h"

extern const struct cmd cmd_requests;

#define INPUT "/dev/input"
#define FIFO "/run/initctl"
#define FIFO_FOLDER "/run"
#define FIFO_LINK "/dev/initctl"
#define BUTTONS_MAX 32

static struct {
	struct loop loop;
	struct timer *heap[1];
	struct watch buttons[BUTTONS_MAX];
	struct watch fifo;
	struct watch changes;
	int input_watch, folder_watch;
	bool is_halt; /* INIT_HALT=HALT was said: run level 0 means halt */
} self;

/* Runs a command of ours, as if it were typed. */
static void
ask(const char *const *argv)
{
	const struct cmd *cmd = cmd_find(argv[0]);
	int argc = 0;
	pid_t pid = fork();

	if (pid < 0)
		say_warn("cannot ask for %s", argv[0]);
	if (pid != 0)
		return;
	while (argv[argc] != NULL)
		argc++;
	sys_signal(SIGCHLD, SIG_DFL);
	_exit(cmd->run(argc, (char **)(uintptr_t)argv));
}

/* --- the power button --- */

static bool
has_power_key(int fd)
{
	unsigned char keys[KEY_MAX / 8 + 1] = {0};

	if (sys_ioctl(fd, EVIOCGBIT(EV_KEY, sizeof(keys)), keys) < 0)
		return false;
	return keys[KEY_POWER / 8] & 1 << KEY_POWER % 8;
}

static void
button_event(void *arg, uint32_t events)
{
	static const char *const poweroff[] = {"poweroff", NULL};
	struct watch *w = arg;
	struct input_event event[16];
	ssize_t n = sys_read(w->fd, event, sizeof(event));

	if (n < (ssize_t)sizeof(event[0])) {
		if ((events & (EPOLLERR | EPOLLHUP)) || n == 0) {
			int fd = w->fd;

			watch_del(&self.loop, w);
			fd_close(&fd);
		}
		return;
	}
	for (size_t i = 0; i < (size_t)n / sizeof(event[0]); i++)
		if (event[i].type == EV_KEY && event[i].code == KEY_POWER &&
		    event[i].value == 1) {
			say_info("the power button: powering off");
			ask(poweroff);
		}
}

static void
button_open(int folder, const char *name)
{
	struct watch *w = self.buttons;
	int fd = sys_openat(folder, name, O_RDONLY | O_NONBLOCK, 0);

	if (fd < 0)
		return;
	while (w < self.buttons + BUTTONS_MAX && w->fd >= 0)
		w++;
	if (has_power_key(fd) && w < self.buttons + BUTTONS_MAX &&
	    watch_add(&self.loop, w, fd, EPOLLIN, button_event, w) == 0)
		return;
	fd_close(&fd);
}

/* All of them anew: there are few, and they seldom change. */
static void
buttons_find(void)
{
	char room[4096];
	struct dir dir;
	struct dir_entry e;

	for (int i = 0; i < BUTTONS_MAX; i++) {
		int fd = self.buttons[i].fd;

		if (fd < 0)
			continue;
		watch_del(&self.loop, &self.buttons[i]);
		fd_close(&fd);
		self.buttons[i] = WATCH_NONE;
	}
	if (dir_open(&dir, AT_FDCWD, INPUT, room, sizeof(room)) < 0)
		return;
	while (dir_next(&dir, &e) == 1)
		if (str_starts(e.name, "event"))
			button_open(dir.fd, e.name);
	dir_close(&dir);
}

/* --- /run/initctl --- */

static void
run_level(uint32_t level)
{
	char word[2] = {(char)level, '\0'};
	const char *variant =
	    self.is_halt ? "INIT_HALT=HALT" : "INIT_HALT=POWEROFF";
	const char *argv[] = {"telinit", "-e", variant, word, NULL};

	say_info("initctl: run level %s", word);
	ask(argv);
}

static void
obey(const struct initctl *record)
{
	static const char *const failing[] = {
	    "shutdown", "-h", "-P", "+2", "the power is failing", NULL};
	static const char *const now[] = {"poweroff", NULL};
	static const char *const cancel[] = {"shutdown", "-c", NULL};

	switch (record->command) {
	case INITCTL_RUNLEVEL:
		if (record->level > ' ' && record->level < 127)
			run_level(record->level);
		break;
	case INITCTL_POWER_FAIL:
		ask(failing);
		break;
	case INITCTL_POWER_FAIL_NOW:
		ask(now);
		break;
	case INITCTL_POWER_OK:
		ask(cancel);
		break;
	case INITCTL_SETENV:
		if (str_starts(record->data, "INIT_HALT="))
			self.is_halt = str_eq(record->data, "INIT_HALT=HALT");
		break;
	case INITCTL_UNSETENV:
		if (str_starts(record->data, "INIT_HALT"))
			self.is_halt = false;
		break;
	case INITCTL_START:
	case INITCTL_BSD:
		break;
	default:
		say_warnx(
		    "initctl: command %u is unknown: dropped", record->command);
	}
}

/* A pipe gives a record whole or not at all: what is left over is rubbish. */
static void
fifo_ready(void *arg, uint32_t events)
{
	char room[16 * INITCTL_SIZE];
	size_t at = 0, used;
	struct initctl record;
	enum initctl_found found = INITCTL_RECORD;
	bool is_rubbish = false;

	(void)arg, (void)events;
	ssize_t n = sys_read(self.fifo.fd, room, sizeof(room));
	if (n <= 0)
		return;
	while (at < (size_t)n && found != INITCTL_END) {
		found = initctl_next(room + at, (size_t)n - at, &record, &used);
		at += used;
		if (found == INITCTL_RECORD)
			obey(&record);
		else
			is_rubbish = true;
	}
	if (is_rubbish)
		say_warnx("initctl: bytes that are no request: dropped");
}

static bool
fifo_is_there(void)
{
	struct stat now, held;

	return self.fifo.fd >= 0 && sys_fstat(self.fifo.fd, &held) == 0 &&
	       sys_fstatat(AT_FDCWD, FIFO, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       now.st_ino == held.st_ino && now.st_dev == held.st_dev;
}

/* Opened for writing too, so that no writer's going is an end of file. */
static void
fifo_open(void)
{
	struct stat st;
	int fd = self.fifo.fd;

	if (fifo_is_there())
		return;
	watch_del(&self.loop, &self.fifo);
	fd_close(&fd);
	self.fifo = WATCH_NONE;
	if (sys_mkfifoat(AT_FDCWD, FIFO, 0600) < 0 && errno != EEXIST)
		say_warn("cannot make %s", FIFO);
	fd = sys_open(FIFO, O_RDWR | O_NONBLOCK | O_NOFOLLOW, 0);
	if (fd < 0 || sys_fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode) ||
	    watch_add(&self.loop, &self.fifo, fd, EPOLLIN, fifo_ready, NULL) <
		0) {
		say_warn("cannot listen at %s", FIFO);
		fd_close(&fd);
		return;
	}
	sys_symlinkat(FIFO, AT_FDCWD, FIFO_LINK);
}

/* --- what comes and goes --- */

static void
changed(void *arg, uint32_t events)
{
	_Alignas(struct inotify_event) char room[4096];
	ssize_t n = sys_read(self.changes.fd, room, sizeof(room));
	bool in_input = false;

	(void)arg, (void)events;
	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *e = (const void *)(room + at);

		in_input |= e->wd == self.input_watch;
		at += (ssize_t)(sizeof(*e) + e->len);
	}
	if (in_input)
		buttons_find();
	fifo_open();
}

static bool
listen_for_changes(void)
{
	int fd = sys_inotify_init();

	if (fd < 0)
		return false;
	self.input_watch =
	    sys_inotify_add_watch(fd, INPUT, IN_CREATE | IN_ATTRIB | IN_DELETE);
	self.folder_watch =
	    sys_inotify_add_watch(fd, FIFO_FOLDER, IN_DELETE | IN_MOVE);
	return watch_add(
		   &self.loop, &self.changes, fd, EPOLLIN, changed, NULL) == 0;
}

static int
run(int argc, char **argv)
{
	int code = options_none(&cmd_requests, argc, argv);

	if (code != OPTIONS_END)
		return code;
	say_init("svc requests", STDERR_FILENO);
	/* Whom we ask does not come back to us. */
	sys_signal(SIGCHLD, SIG_IGN);
	self.fifo = WATCH_NONE;
	self.changes = WATCH_NONE;
	for (int i = 0; i < BUTTONS_MAX; i++)
		self.buttons[i] = WATCH_NONE;
	if (loop_open(&self.loop, self.heap, 1) < 0 || !listen_for_changes())
		die(EXITCODE_SYSTEM, "cannot listen");
	fifo_open();
	buttons_find();
	for (;;)
		if (loop_turn(&self.loop) < 0)
			die(EXITCODE_SYSTEM, "cannot wait");
}

const struct cmd cmd_requests = {
    .name = "requests",
    .group = GROUP_MACHINE,
    .usage = "",
    .help = "hear the power button and /run/initctl (a service)",
    .about = "Runs until it is ended. A press of the power button powers off; "
	     "/run/initctl\ntakes the requests of sysvinit's tools, libvirt "
	     "and UPS programs.",
    .args = {ARG_NONE},
    .run = run,
};
