/*
 * svc switch-root: the first program of an initramfs. It loads the modules
 * that the archive has for it, waits for the root device, mounts it and goes
 * there, into the init that it finds: by then it is process 1, and so that is.
 *
 * While the root is not there nothing is given up: it says what it waits for,
 * and offers a shell where there is one.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/dir.h"
#include "lib/error.h"
#include "lib/fd.h"
#include "lib/scan.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/rootdev.h"

extern const struct cmd cmd_switch_root;
extern char **environ;

#define PLACE "/root"	   /* where the root is put together */
#define MODULES "/modules" /* module files, one a line, in loading order */
#define WAIT_MS 30000	   /* until a shell is offered */
#define REMIND_MS 5000
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct cmd_option options[] = {
    {0},
};

/* Options that the kernel takes as bits; the others are the file system's. */
/* clang-format off */
#define MOUNT_BITS(X) \
	X("noatime", MS_NOATIME) \
	X("nodiratime", MS_NODIRATIME) \
	X("relatime", MS_RELATIME) \
	X("strictatime", MS_STRICTATIME) \
	X("lazytime", MS_LAZYTIME) \
	X("sync", MS_SYNCHRONOUS) \
	X("nosuid", MS_NOSUID) \
	X("nodev", MS_NODEV) \
	X("noexec", MS_NOEXEC)
/* clang-format on */
#define MOUNT_BIT(word, bit) {word, bit},
static const struct {
	const char *word;
	unsigned long bit;
} mount_bits[] = {MOUNT_BITS(MOUNT_BIT)};

struct switching {
	const char *root, *type, *flags, *init;
	bool is_writable;
	int64_t wait_ms; /* 0: for ever */
	int events;	 /* what the kernel tells of devices, or -1 */
};

static void
say(const char *text)
{
	fprintf(stderr, "switch-root: %s\n", text);
}

/* Mounts one of the kernel's own; that it is there already is as well. */
static void
mount_own(const char *type, const char *at)
{
	dir_make(AT_FDCWD, at, 0755);
	if (sys_mount(type, at, type, MS_NOSUID, NULL) < 0 && errno != EBUSY)
		say(memory_text("cannot mount %s: %s", at, error_text(errno)));
}

static void
load_modules(void)
{
	char *room = memory_get(65536, 1), *line;
	struct buf list = buf_over(room, 65536);

	if (fd_slurp(AT_FDCWD, MODULES, &list) < 0)
		return;
	for (line = strtok_r(room, "\n", &room); line != NULL;
	     line = strtok_r(NULL, "\n", &room)) {
		int fd = sys_openat(AT_FDCWD, line, O_RDONLY, 0);
		if ((fd < 0 || syscall(SYS_finit_module, fd, "", 0) < 0) &&
		    errno != EEXIST)
			say(memory_text(
			    "cannot load %s: %s", line, error_text(errno)));
		if (fd >= 0)
			sys_close(fd);
	}
}

static void
take_word(struct switching *s, const char *word)
{
	const char *value;
	uint32_t seconds;

	if ((value = str_after(word, "root=")) != NULL)
		s->root = value;
	else if ((value = str_after(word, "rootfstype=")) != NULL)
		s->type = value;
	else if ((value = str_after(word, "rootflags=")) != NULL)
		s->flags = value;
	else if ((value = str_after(word, "init=")) != NULL)
		s->init = value;
	else if (str_eq(word, "rootwait"))
		s->wait_ms = 0;
	else if ((value = str_after(word, "rootwait=")) != NULL &&
		 scan_u32(value, &seconds))
		s->wait_ms = (int64_t)seconds * 1000;
	else if (str_eq(word, "rw") || str_eq(word, "ro"))
		s->is_writable = word[1] == 'w';
}

static void
read_words(struct switching *s)
{
	char *room = memory_get(8192, 1), *word;
	struct buf line = buf_over(room, 8192);

	fd_slurp(AT_FDCWD, "/proc/cmdline", &line);
	for (word = strtok_r(room, " \n", &room); word != NULL;
	     word = strtok_r(NULL, " \n", &room))
		take_word(s, memory_copy(word, strlen(word)));
}

static void
listen_to_kernel(struct switching *s)
{
	struct sockaddr_nl to = {.nl_family = AF_NETLINK, .nl_groups = 1};

	s->events = sys_socket(
	    AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	if (s->events >= 0 &&
	    sys_bind(s->events, (struct sockaddr *)&to, sizeof to) < 0) {
		sys_close(s->events);
		s->events = -1;
	}
}

/* Until the kernel tells of a device, or the time is up. */
static void
wait_for_device(const struct switching *s, struct mono until)
{
	struct pollfd p = {.fd = s->events, .events = POLLIN};
	int64_t left = mono_ns_between(mono_now(), until);
	struct timespec t = {left / 1000000000, left % 1000000000};
	char dropped[4096];

	if (left > 0 && sys_ppoll(&p, 1, &t) > 0)
		while (sys_read(s->events, dropped, sizeof dropped) > 0)
			;
}

static const char *
await_root(const struct switching *s)
{
	struct mono begin = mono_now();
	struct mono end = mono_add_ms(begin, s->wait_ms);
	struct mono remind = mono_add_ms(begin, REMIND_MS);
	const char *found;

	while ((found = rootdev_find(s->root)) == NULL) {
		struct mono now = mono_now();
		if (s->wait_ms != 0 && !mono_before(now, end))
			return NULL;
		if (!mono_before(now, remind)) {
			const char *left =
			    s->wait_ms == 0
				? ""
				: memory_text(", %d s left",
				      (int)(mono_ns_between(now, end) /
					    1000000000));
			say(memory_text("waiting for %s%s", s->root, left));
			remind = mono_add_ms(now, REMIND_MS);
		}
		wait_for_device(
		    s, s->wait_ms == 0 ? remind : mono_min(remind, end));
	}
	return found;
}

/* The bits of an option list; the rest of it is *data, or NULL. */
static unsigned long
split_options(const char *list, const char **data)
{
	char *copy = memory_copy(list, strlen(list)), *word;
	unsigned long bits = 0;

	*data = NULL;
	for (word = strtok_r(copy, ",", &copy); word != NULL;
	     word = strtok_r(NULL, ",", &copy)) {
		unsigned long bit = 0;
		for (size_t i = 0; i < COUNT(mount_bits); i++)
			if (str_eq(word, mount_bits[i].word))
				bit = mount_bits[i].bit;
		bits |= bit;
		if (bit == 0)
			*data = *data == NULL
				    ? word
				    : memory_text("%s,%s", *data, word);
	}
	return bits;
}

/* False, and told: it cannot be mounted. */
static bool
mount_root(const struct switching *s, const char *device)
{
	struct rootdev d = {0};
	int fd = sys_open(device, O_RDONLY | O_NONBLOCK, 0);
	const char *type = s->type, *data;
	unsigned long bits =
	    split_options(s->flags != NULL ? s->flags : "", &data);

	if (fd >= 0) {
		rootdev_probe(fd, &d);
		sys_close(fd);
	}
	if (type == NULL)
		type = d.type != NULL ? d.type : "ext4";
	dir_make(AT_FDCWD, PLACE, 0755);
	if (!s->is_writable)
		bits |= MS_RDONLY;
	if (sys_mount(device, PLACE, type, bits, data) == 0)
		return true;
	say(memory_text("cannot mount %s (%s, %s): %s", s->root, device, type,
	    error_text(errno)));
	return false;
}

/* A shell, if there is one, until it is left. */
static void
offer_shell(void)
{
	static char *const argv[] = {
	    (char *)(uintptr_t) "sh", (char *)(uintptr_t) "-i", NULL};
	struct pollfd nothing = {.fd = -1};
	struct timespec t = {WAIT_MS / 1000, 0};
	pid_t pid = fork();

	if (pid == 0) {
		sys_execve("/bin/sh", argv, environ);
		_exit(127);
	}
	int status = 127 << 8;
	if (pid > 0)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	if (status == 127 << 8)
		sys_ppoll(&nothing, 0, &t);
}

static void
put_together(const struct switching *s)
{
	for (;;) {
		const char *device;
		if (s->root == NULL)
			say("no root= on the kernel's command line");
		else if ((device = await_root(s)) == NULL)
			say(memory_text("there is no %s", s->root));
		else if (mount_root(s, device))
			return;
		say("a shell, if there is one; exit tries again");
		offer_shell();
	}
}

/* The archive's files are memory: nobody will see them again. */
static void
forget(int old)
{
	char room[DIR_ROOM];
	struct dir d;
	struct dir_entry e;

	if (dir_over(&d, old, room, sizeof room) < 0)
		return;
	while (dir_next(&d, &e) == 1)
		dir_remove(old, e.name);
	dir_close(&d);
}

static void
go(int old)
{
	static const char *const own[] = {"/dev", "/proc", "/sys"};

	for (size_t i = 0; i < COUNT(own); i++)
		if (sys_mount(own[i], memory_text(PLACE "%s", own[i]), NULL,
			MS_MOVE, NULL) < 0)
			sys_umount2(own[i], MNT_DETACH);
	if (sys_chdir(PLACE) < 0 ||
	    sys_mount(".", "/", NULL, MS_MOVE, NULL) < 0 || sys_chroot(".") < 0)
		say(memory_text("cannot switch: %s", error_text(errno)));
	sys_chdir("/");
	forget(old);
}

static void
try_init(const char *path, char **argv)
{
	argv[0] = (char *)(uintptr_t)path;
	sys_execve(path, argv, environ);
	say(memory_text("cannot execute %s: %s", path, error_text(errno)));
}

/* The init of the new root, with the kernel's arguments. */
static void
execute(const struct switching *s, char **argv)
{
	static const char *const usual[] = {
	    "/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};

	if (s->init != NULL)
		try_init(s->init, argv);
	for (size_t i = 0; i < COUNT(usual); i++)
		try_init(usual[i], argv);
}

static int
run(int argc, char **argv)
{
	struct switching s = {.wait_ms = WAIT_MS, .events = -1};
	struct options o;
	int code, old;

	options_init(&o, &cmd_switch_root, argc, argv);
	o.strict = true;
	while ((code = options_next(&o)) != OPTIONS_END)
		return options_wrong(&o, code);
	if (sys_getpid() != 1) {
		say("is the first program of an initramfs, and process 1");
		return EXITCODE_USAGE;
	}
	mount_own("proc", "/proc");
	mount_own("sysfs", "/sys");
	mount_own("devtmpfs", "/dev");
	read_words(&s);
	listen_to_kernel(&s);
	load_modules();
	put_together(&s);
	old = sys_openat(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY, 0);
	if (s.events >= 0)
		sys_close(s.events);
	go(old);
	/* What the kernel called us by is the first word for the next one. */
	if (o.count == 0)
		o.operands = memory_get(2, sizeof *o.operands);
	execute(&s, o.operands);
	offer_shell();
	return EXITCODE_SYSTEM;
}

const struct cmd cmd_switch_root = {
    .name = "switch-root",
    .group = GROUP_MACHINE,
    .usage = "[WORD...]",
    .help = "the first program of an initramfs: mounts root= and goes there",
    .about =
	"Made to be the interpreter of the archive's /init, whose whole "
	"text is\n  #!/sbin/svc switch-root\nIt loads the modules that "
	"/modules names, waits for root= (a device, LABEL=,\nUUID=, "
	"PARTLABEL=, PARTUUID=), mounts it and executes init= or /sbin/init\n"
	"there.",
    .options = options,
    .args = {ARG_WORD},
    .run = run,
};
