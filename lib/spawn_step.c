/*
 * The steps between clone and exec, each a few raw system calls. This code may
 * run in memory that it shares with its parent: no libc, no errno, nothing
 * written but to its own stack.
 */
#include "lib/spawn_step.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/mount.h>
#include <linux/prctl.h>
#include <net/if.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "lib/raw.h"
#include "lib/sig.h"

#define SET_BYTES 8 /* of a signal set */
#define LAST_CAP 63

static long
dup_onto(int fd, int to)
{
	if (fd == to)
		return raw3(SYS_fcntl, fd, F_SETFD, 0);
	return raw3(SYS_dup3, fd, to, 0);
}

static long
open_onto(const struct spawn_step *s)
{
	long fd = raw4(SYS_openat, AT_FDCWD, s->text, s->flags, s->mode);
	long error;

	if (fd < 0 || fd == s->number)
		return fd;
	error = dup_onto((int)fd, s->number);
	raw1(SYS_close, fd);
	return error;
}

static long
make_waiting(int fd)
{
	int off = 0;

	return raw3(SYS_ioctl, fd, FIONBIO, &off);
}

static long
change_root(const char *path)
{
	long error = raw1(SYS_chroot, path);

	return error < 0 ? error : raw1(SYS_chdir, "/");
}

static long
drop_bounding(uint64_t keep)
{
	for (int cap = 0; cap <= LAST_CAP; cap++) {
		long error;

		if (keep >> cap & 1)
			continue;
		error = raw5(SYS_prctl, PR_CAPBSET_DROP, cap, 0, 0, 0);
		if (error == -EINVAL)
			break; /* this kernel has no more of them */
		if (error < 0)
			return error;
	}
	return 0;
}

static long
set_caps(uint64_t caps)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++) {
		uint32_t half = (uint32_t)(caps >> 32 * i);

		data[i].effective = data[i].permitted = half;
		data[i].inheritable = half;
	}
	return raw2(SYS_capset, &head, data);
}

static long
set_ambient(uint64_t caps)
{
	long error =
	    raw5(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);

	for (int cap = 0; cap <= LAST_CAP && error >= 0; cap++)
		if (caps >> cap & 1)
			error = raw5(SYS_prctl, PR_CAP_AMBIENT,
			    PR_CAP_AMBIENT_RAISE, cap, 0, 0);
	return error;
}

static size_t
length(const char *s)
{
	size_t n = 0;

	while (s[n] != '\0')
		n++;
	return n;
}

static long
write_file(const char *path, const char *text)
{
	long fd = raw4(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
	long error;

	if (fd < 0)
		return fd;
	error = raw3(SYS_write, fd, text, length(text));
	raw1(SYS_close, fd);
	return error;
}

/* The kernel's struct: the handler first, the rest 0 for one without. */
static void
set_dispositions(uint64_t set, void (*disposition)(int))
{
	struct {
		void (*handler)(int);
		unsigned long rest[7];
	} act = {disposition, {0}};

	/* KILL and STOP refuse, and have nothing to be reset. */
	for (int sig = 1; sig <= SIG_COUNT; sig++)
		if (set & SIG_BIT(sig))
			raw4(SYS_rt_sigaction, sig, &act, 0, SET_BYTES);
}

static long
set_signals(uint64_t to_default, uint64_t mask)
{
	set_dispositions(to_default, SIG_DFL);
	return raw4(SYS_rt_sigprocmask, SIG_SETMASK, &mask, 0, SET_BYTES);
}

/*
 * The foreground group of a terminal: a background process that asks gets
 * TTOU, so that is blocked meanwhile.
 */
static long
take_foreground(int fd)
{
	int group = (int)raw1(SYS_getpgid, 0);
	uint64_t set = SIG_BIT(SIGTTOU), old;
	long error;

	raw4(SYS_rt_sigprocmask, SIG_BLOCK, &set, &old, SET_BYTES);
	error = raw3(SYS_ioctl, fd, TIOCSPGRP, &group);
	raw4(SYS_rt_sigprocmask, SIG_SETMASK, &old, 0, SET_BYTES);
	return error;
}

static long
mount_it(const struct spawn_mount *m)
{
	long error = raw5(SYS_mount, (long)m->from, (long)m->at, (long)m->type,
	    (long)m->flags, (long)m->options);

	return error == -ENOENT && m->may_be_missing ? 0 : error;
}

/* What is mounted below it as well. */
static long
make_read_only(const char *path)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
	long error;

	/* EINVAL: it is no mount yet. Ours, and so /, cannot be covered. */
	error = raw5(SYS_mount_setattr, AT_FDCWD, (long)path, AT_RECURSIVE,
	    (long)&attr, sizeof(attr));
	if (error != -EINVAL)
		return error;
	error = raw5(
	    SYS_mount, (long)path, (long)path, 0, (long)(MS_BIND | MS_REC), 0);
	if (error < 0)
		return error;
	return raw5(SYS_mount_setattr, AT_FDCWD, (long)path, AT_RECURSIVE,
	    (long)&attr, sizeof(attr));
}

static long
raise_loopback(void)
{
	struct ifreq lo = {.ifr_name = "lo"};
	long fd = raw3(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	long error;

	if (fd < 0)
		return fd;
	lo.ifr_flags = IFF_UP | IFF_RUNNING;
	error = raw3(SYS_ioctl, fd, SIOCSIFFLAGS, &lo);
	raw1(SYS_close, fd);
	return error;
}

static long
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		long wrote = raw3(SYS_write, fd, p, n);

		if (wrote < 0 && wrote != -EINTR)
			return wrote;
		if (wrote > 0) {
			p += wrote;
			n -= (size_t)wrote;
		}
	}
	return 0;
}

static long
read_byte(int fd)
{
	char byte;
	long n;

	do
		n = raw3(SYS_read, fd, &byte, 1);
	while (n == -EINTR);
	return n == 0 ? -ECANCELED : n;
}

/* Own pid as digits into `to`, which may be part of the environment. */
static long
write_pid(char *to)
{
	char digits[20];
	long pid = raw0(SYS_getpid);
	size_t n = 0;

	do
		digits[n++] = (char)('0' + pid % 10);
	while ((pid /= 10) > 0);
	while (n > 0)
		*to++ = digits[--n];
	*to = '\0';
	return 0;
}

long
spawn_step(const struct spawn_step *s)
{
	int n = s->number;

	switch (s->op) {
	case SPAWN_NONE:
	case SPAWN_GATE:
	case SPAWN_EXEC:
	case SPAWN_ENVIRON:
	case SPAWN_WORDS:
	case SPAWN_RUNTIME_DIR:
	case SPAWN_STATE_DIR:
	case SPAWN_CACHE_DIR:
	case SPAWN_LOG_DIR:
	case SPAWN_LISTEN:
	case SPAWN_NOTIFY:
	case SPAWN_OP_COUNT:
		return 0;
	case SPAWN_READ_ONLY:
		return make_read_only(s->text);
	case SPAWN_SETSID:
		return raw0(SYS_setsid);
	case SPAWN_SETPGID:
		return raw2(SYS_setpgid, 0, n);
	case SPAWN_DUP:
		return dup_onto(s->fd, n);
	case SPAWN_OPEN:
		return open_onto(s);
	case SPAWN_WAITING:
		return make_waiting(s->fd);
	case SPAWN_CLOSE:
		return raw1(SYS_close, s->fd);
	case SPAWN_CLOSE_FROM:
		return raw3(SYS_close_range, n, ~0U, CLOSE_RANGE_CLOEXEC);
	case SPAWN_CHDIR:
		return raw1(SYS_chdir, s->text);
	case SPAWN_FCHDIR:
		return raw1(SYS_fchdir, s->fd);
	case SPAWN_CHROOT:
		return change_root(s->text);
	case SPAWN_UMASK:
		return raw1(SYS_umask, n);
	case SPAWN_NICE:
		return raw3(SYS_setpriority, 0, 0, n);
	case SPAWN_IONICE:
		return raw3(SYS_ioprio_set, 1, 0, n);
	case SPAWN_SCHEDULER:
		return raw3(SYS_sched_setscheduler, 0, n, &s->flags);
	case SPAWN_CPUS:
		return raw3(SYS_sched_setaffinity, 0, s->size, s->data);
	case SPAWN_RLIMIT:
		return raw4(SYS_prlimit64, 0, n, s->data, 0);
	case SPAWN_GROUPS:
		return raw2(SYS_setgroups, s->size, s->data);
	case SPAWN_GID:
		return raw3(SYS_setresgid, n, n, n);
	case SPAWN_UID:
		return raw3(SYS_setresuid, n, n, n);
	case SPAWN_CGROUP:
		return write_all(s->fd, "0", 1);
	case SPAWN_CAP_BOUND:
		return drop_bounding(s->mask);
	case SPAWN_CAP_KEEP:
		return raw5(SYS_prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0);
	case SPAWN_CAP_SET:
		return set_caps(s->mask);
	case SPAWN_CAP_AMBIENT:
		return set_ambient(s->mask);
	case SPAWN_NO_NEW_PRIVS:
		return raw5(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	case SPAWN_PDEATHSIG:
		return raw5(SYS_prctl, PR_SET_PDEATHSIG, n, 0, 0, 0);
	case SPAWN_OOM:
		return write_file("/proc/self/oom_score_adj", s->text);
	case SPAWN_SIGNALS:
		return set_signals(SIG_ALL, s->mask);
	case SPAWN_SIGNALS_QUICK:
		return set_signals(s->mask, 0);
	case SPAWN_MASK:
		return set_signals(0, s->mask);
	case SPAWN_IGNORE:
		set_dispositions(s->mask, SIG_IGN);
		return 0;
	case SPAWN_TTY:
		return raw3(SYS_ioctl, s->fd, TIOCSCTTY, 0);
	case SPAWN_FOREGROUND:
		return take_foreground(s->fd);
	case SPAWN_PERSONALITY:
		return raw1(SYS_personality, s->mask);
	case SPAWN_UNSHARE:
		return raw1(SYS_unshare, s->flags);
	case SPAWN_MOUNT:
		return mount_it(s->data);
	case SPAWN_NETNS_UP:
		return raise_loopback();
	case SPAWN_DUMPABLE:
		return raw5(SYS_prctl, PR_SET_DUMPABLE, n, 0, 0, 0);
	case SPAWN_TIMERSLACK:
		return raw5(
		    SYS_prctl, PR_SET_TIMERSLACK, (long)s->mask, 0, 0, 0);
	case SPAWN_WRITE:
		return write_all(s->fd, s->data, s->size);
	case SPAWN_READ:
		return read_byte(s->fd);
	case SPAWN_LISTEN_PID:
		return write_pid((char *)(uintptr_t)s->data);
	}
	return -EINVAL;
}
