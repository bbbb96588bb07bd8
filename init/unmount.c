/*
 * A mount that hangs must not keep the others from being unmounted, so each is
 * tried by a process of its own, which is given up after a while; after a
 * shorter one the more of them hang, as all mounts of a server that is down do.
 */
#include "init/unmount.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "lib/fd.h"
#include "lib/mono.h"
#include "lib/say.h"
#include "lib/scan.h"
#include "lib/str.h"
#include "lib/sys.h"

#define ONE_MS 3000 /* divided among those that hang */
#define HUNG_MAX 32
#define TABLE_BYTES (256 * 1024)

static char table[TABLE_BYTES];
static unsigned hung[HUNG_MAX];
static unsigned hung_count;

/* \040 and its like, in place. */
static void
unescape(char *s)
{
	char *to = s;

	while (*s != '\0') {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' &&
		    s[2] != '\0' && s[3] != '\0') {
			*to++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 +
				       (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* The next of the words that blanks part; NULL at the end. */
static char *
next_word(char **rest)
{
	char *word = *rest;

	if (word == NULL || *word == '\0')
		return NULL;
	char *end = word + strcspn(word, " ");

	*rest = *end == '\0' ? end : end + 1;
	*end = '\0';
	return word;
}

/* id parent major:minor root AT options [optional]... - TYPE source options */
bool
mount_line(char *line, struct mount_line *m)
{
	char *word = next_word(&line);

	if (word == NULL || !scan_u32(word, &m->id))
		return false;
	for (int i = 0; i < 4; i++)
		if ((word = next_word(&line)) == NULL)
			return false;
	m->at = word;
	do
		word = next_word(&line);
	while (word != NULL && !str_eq(word, "-"));
	m->type = next_word(&line);
	if (word == NULL || m->type == NULL)
		return false;
	unescape(m->at);
	return true;
}

bool
mount_stays(const struct mount_line *m)
{
	static const char *const types[] = {"proc", "sysfs", "devtmpfs",
	    "devpts", "cgroup", "cgroup2", "securityfs", "efivarfs", "debugfs",
	    "tracefs", "pstore", "bpf", "configfs", "mqueue", "rootfs", NULL};

	for (const char *const *t = types; *t != NULL; t++)
		if (str_eq(m->type, *t))
			return true;
	return str_eq(m->at, "/") || str_eq(m->at, "/run") ||
	       str_eq(m->at, "/dev") || str_starts(m->at, "/dev/");
}

struct work {
	const char *at;
	bool read_only;
};

static int
work(void *arg)
{
	const struct work *w = arg;
	int done;

	if (w->read_only)
		done =
		    sys_mount(NULL, w->at, NULL, MS_REMOUNT | MS_RDONLY, NULL);
	else
		done = sys_umount2(w->at, UMOUNT_NOFOLLOW);
	return done == 0 ? 0 : errno;
}

/* 0 or an errno; ETIMEDOUT: it hangs in the kernel and is left there. */
static int
try_work(const struct mount_line *m, bool read_only)
{
	struct work w = {m->at, read_only};
	int64_t ms = ONE_MS / (hung_count + 1);
	int pidfd = -1;
	struct sys_clone how = {.flags = CLONE_PIDFD,
	    .exit_signal = SIGCHLD,
	    .cgroup = -1,
	    .pidfd = &pidfd};
	pid_t pid = sys_clone(&how, work, &w);
	struct pollfd p = {.fd = pidfd, .events = POLLIN};
	struct timespec limit = mono_timespec(NS_OF_MS(ms));
	siginfo_t info = {0};

	/* No process to be had: then it is done here, whatever comes. */
	if (pid == -1)
		return work(&w);
	if (sys_ppoll(&p, 1, &limit) == 1)
		sys_waitid(P_PID, (id_t)pid, &info, WEXITED);
	else
		sys_kill(pid, SIGKILL);
	sys_close(pidfd);
	if (info.si_pid == pid)
		return info.si_status;
	say_warnx("%s hangs: leaving it", m->at);
	if (hung_count < HUNG_MAX)
		hung[hung_count++] = m->id;
	return ETIMEDOUT;
}

static bool
is_hung(unsigned id)
{
	for (unsigned i = 0; i < hung_count; i++)
		if (hung[i] == id)
			return true;
	return false;
}

static bool
read_table(struct buf *b)
{
	*b = buf_over(table, sizeof(table));
	if (fd_slurp(AT_FDCWD, "/proc/self/mountinfo", b) == 0 || b->len > 0)
		return true;
	say_warn("cannot read /proc/self/mountinfo");
	return false;
}

/* The last line of b, cut off it; NULL when nothing is left. */
static char *
take_last_line(struct buf *b)
{
	while (b->len > 0 && b->p[b->len - 1] == '\n')
		b->p[--b->len] = '\0';
	if (b->len == 0)
		return NULL;
	char *newline = strrchr(b->p, '\n');
	char *line = newline == NULL ? b->p : newline + 1;

	b->len = (size_t)(line - b->p);
	return line;
}

/* What was mounted last goes first. True: something could be unmounted. */
static bool
unmount_pass(void)
{
	struct mount_line m;
	struct buf b;
	bool moved = false;
	char *line;

	if (!read_table(&b))
		return false;
	while ((line = take_last_line(&b)) != NULL)
		if (mount_line(line, &m) && !mount_stays(&m) && !is_hung(m.id))
			moved |= try_work(&m, false) == 0;
	return moved;
}

void
unmount_leave(void)
{
	struct mount_line m;
	struct buf b;
	char *line;

	if (!read_table(&b))
		return;
	while ((line = take_last_line(&b)) != NULL) {
		if (!mount_line(line, &m) || is_hung(m.id))
			continue;
		bool root = str_eq(m.at, "/");

		if (!root && mount_stays(&m))
			continue;
		int error = try_work(&m, true);

		errno = error;
		if (error == ETIMEDOUT)
			continue;
		if (error != 0)
			say_warn("cannot make %s read-only", m.at);
		else if (!root)
			say_warnx("%s is in use: now read-only", m.at);
	}
}

bool
unmount_all(void)
{
	bool moved = false;

	while (unmount_pass())
		moved = true;
	return moved;
}
