/*
 * The table of offsets is the format; all else is reading and writing.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "lib/fd.h"
#include "lib/sys.h"

#include "svc/cmd/utmp.h"

enum {
	AT_TYPE = 0,
	AT_PID = 4,
	AT_LINE = 8,
	AT_ID = 40,
	AT_USER = 44,
	AT_HOST = 76,
	AT_SECONDS = 340,
	AT_MICROS = 344
};

static void
put_text(unsigned char *to, size_t room, const char *from)
{
	memcpy(to, from, strnlen(from, room));
}

static void
get_text(char *to, size_t room, const unsigned char *from)
{
	size_t length = strnlen((const char *)from, room - 1);

	memcpy(to, from, length);
	to[length] = '\0';
}

void
utmp_pack(const struct utmp_entry *e, unsigned char bytes[UTMP_BYTES])
{
	int16_t type = (int16_t)e->type;
	/* 32 bits unsigned last until 2106, which readers mostly understand. */
	uint32_t seconds = (uint32_t)e->seconds;

	memset(bytes, 0, UTMP_BYTES);
	memcpy(bytes + AT_TYPE, &type, sizeof type);
	memcpy(bytes + AT_PID, &e->pid, sizeof e->pid);
	put_text(bytes + AT_LINE, 32, e->line);
	put_text(bytes + AT_ID, 4, e->id);
	put_text(bytes + AT_USER, 32, e->user);
	put_text(bytes + AT_HOST, 256, e->host);
	memcpy(bytes + AT_SECONDS, &seconds, sizeof seconds);
	memcpy(bytes + AT_MICROS, &e->micros, sizeof e->micros);
}

void
utmp_unpack(const unsigned char bytes[UTMP_BYTES], struct utmp_entry *e)
{
	int16_t type;
	uint32_t seconds;

	memcpy(&type, bytes + AT_TYPE, sizeof type);
	memcpy(&e->pid, bytes + AT_PID, sizeof e->pid);
	get_text(e->line, sizeof e->line, bytes + AT_LINE);
	get_text(e->id, sizeof e->id, bytes + AT_ID);
	get_text(e->user, sizeof e->user, bytes + AT_USER);
	get_text(e->host, sizeof e->host, bytes + AT_HOST);
	memcpy(&seconds, bytes + AT_SECONDS, sizeof seconds);
	memcpy(&e->micros, bytes + AT_MICROS, sizeof e->micros);
	e->type = (enum utmp_type)type;
	e->seconds = seconds;
}

struct utmp_entry
utmp_boot(int64_t seconds)
{
	return (struct utmp_entry){.type = UTMP_BOOT,
	    .user = "reboot",
	    .id = "~~",
	    .line = "~",
	    .seconds = seconds};
}

struct utmp_entry
utmp_run_level(int64_t seconds, char level, char previous)
{
	return (struct utmp_entry){.type = UTMP_RUN_LEVEL,
	    .user = "runlevel",
	    .id = "~~",
	    .line = "~",
	    .pid = level + 256 * previous,
	    .seconds = seconds};
}

struct utmp_entry
utmp_shutdown(int64_t seconds)
{
	return (struct utmp_entry){.type = UTMP_RUN_LEVEL,
	    .user = "shutdown",
	    .id = "~~",
	    .line = "~~",
	    .seconds = seconds};
}

/* getutid(3)'s question: do the two speak of the same thing? */
static bool
is_same(const struct utmp_entry *a, const struct utmp_entry *b)
{
	bool is_machine = b->type == UTMP_RUN_LEVEL || b->type == UTMP_BOOT;

	if (is_machine)
		return a->type == b->type;
	return a->type >= UTMP_INIT && a->type <= UTMP_DEAD &&
	       strcmp(a->id, b->id) == 0 && strcmp(a->line, b->line) == 0;
}

static int
open_locked(const char *file, int flags)
{
	int fd = sys_open(file, flags | O_NONBLOCK | O_NOCTTY, 0);

	/* Whoever holds the lock for long does not stop the machine. */
	if (fd >= 0)
		sys_flock(fd, LOCK_EX | LOCK_NB);
	return fd;
}

int
utmp_put(const char *file, const struct utmp_entry *e)
{
	unsigned char bytes[UTMP_BYTES], old[UTMP_BYTES];
	struct utmp_entry entry;
	off_t at = 0;
	int fd = open_locked(file, O_RDWR);

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	while (sys_pread(fd, old, sizeof old, at) == sizeof old) {
		utmp_unpack(old, &entry);
		if (is_same(&entry, e))
			break;
		at += UTMP_BYTES;
	}
	utmp_pack(e, bytes);
	ssize_t n = sys_pwrite(fd, bytes, sizeof bytes, at);
	fd_close(&fd);
	return n == sizeof bytes ? 0 : -1;
}

int
utmp_append(const char *file, const struct utmp_entry *e)
{
	unsigned char bytes[UTMP_BYTES];
	int fd = open_locked(file, O_WRONLY | O_APPEND);

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	utmp_pack(e, bytes);
	ssize_t n = sys_write(fd, bytes, sizeof bytes);
	fd_close(&fd);
	return n == sizeof bytes ? 0 : -1;
}

int
utmp_each(const char *file, bool (*each)(const struct utmp_entry *e, void *arg),
    void *arg)
{
	unsigned char bytes[UTMP_BYTES];
	struct utmp_entry entry;
	int fd = sys_open(file, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);

	if (fd < 0)
		return -1;
	while (sys_read(fd, bytes, sizeof bytes) == sizeof bytes) {
		utmp_unpack(bytes, &entry);
		if (!each(&entry, arg))
			break;
	}
	fd_close(&fd);
	return 0;
}
