/*
 * utmpset: marks the user on a terminal as logged out, in utmp and wtmp. The
 * files belong to the system's C library, not to ours: their records are taken
 * apart by offsets, in whichever of the two layouts the file turns out to be.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>

#include "lib/str.h"
#include "lib/sys.h"
#include "svc/cmd/table.h"
#include "svc/cmd/tool.h"

#define UTMP "/var/run/utmp"
#define WTMP "/var/log/wtmp"

/* The same in both layouts. */
#define TYPE_AT 0 /* int16 */
#define TYPE_LAST 9
#define TYPE_DEAD 8
#define LINE_AT 8
#define LINE_BYTES 32
#define USER_AT 44
#define USER_BYTES 32
#define HOST_AT 76
#define HOST_BYTES 256

#define RECORD_MAX 400
static const struct layout {
	size_t bytes;	/* of a record */
	size_t time_at; /* seconds */
	bool wide;	/* 64-bit seconds */
} layouts[] = {
    {384, 340, false}, /* glibc where 32-bit programs share the file */
    {400, 344, true},  /* glibc elsewhere, musl */
};

/* Does every record of the file look like one? An empty file says nothing. */
static bool
fits(int fd, off_t size, const struct layout *l)
{
	int16_t type;
	if (size == 0 || size % (off_t)l->bytes != 0)
		return false;
	for (off_t at = 0; at < size; at += (off_t)l->bytes)
		if (sys_pread(fd, &type, sizeof type, at + TYPE_AT) !=
			sizeof type ||
		    type < 0 || type > TYPE_LAST)
			return false;
	return true;
}

static const struct layout *
native(void)
{
	static const char *const wide[] = {"aarch64", "riscv64", "loongarch64"};
	struct utsname u;
	if (uname(&u) == 0)
		for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
			if (str_eq(u.machine, wide[i]))
				return &layouts[1];
	return &layouts[0];
}

static const struct layout *
layout_of(int fd)
{
	struct stat st;
	bool known = sys_fstat(fd, &st) == 0;
	const struct layout *own = native();
	if (known && fits(fd, st.st_size, own))
		return own;
	for (size_t i = 0; known && i < sizeof layouts / sizeof *layouts; i++)
		if (fits(fd, st.st_size, &layouts[i]))
			return &layouts[i];
	return own;
}

static void
mark_dead(char *record, const struct layout *l)
{
	int16_t dead = TYPE_DEAD;
	int64_t wide = time(NULL);
	int32_t narrow = (int32_t)wide;
	memcpy(record + TYPE_AT, &dead, sizeof dead);
	if (l->wide)
		memcpy(record + l->time_at, &wide, sizeof wide);
	else
		memcpy(record + l->time_at, &narrow, sizeof narrow);
}

static int
open_locked(const char *path, int flags)
{
	int fd = sys_open(path, flags, 0600);
	if (fd < 0)
		tool_die(TOOL_TROUBLE, "utmpset: fatal: unable to open ", path,
		    ": ", errtext(errno), NULL);
	while (sys_flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			tool_die(TOOL_TROUBLE,
			    "utmpset: fatal: unable to lock: ", path, ": ",
			    errtext(errno), NULL);
	return fd;
}

static bool
is_user_on(const char *record, const char *line)
{
	return record[USER_AT] != '\0' &&
	       strncmp(record + LINE_AT, line, LINE_BYTES) == 0;
}

static bool
logout_utmp(const char *line)
{
	int fd = open_locked(UTMP, O_RDWR);
	const struct layout *l = layout_of(fd);
	ssize_t bytes = (ssize_t)l->bytes;
	char record[RECORD_MAX];
	bool done = false;
	for (off_t at = 0; sys_pread(fd, record, l->bytes, at) == bytes;
	     at += bytes) {
		if (!is_user_on(record, line))
			continue;
		memset(record + USER_AT, 0, USER_BYTES);
		memset(record + HOST_AT, 0, HOST_BYTES);
		mark_dead(record, l);
		done = sys_pwrite(fd, record, l->bytes, at) == bytes;
		break;
	}
	sys_close(fd);
	return done;
}

/* All of the record is in wtmp or nothing: half of one spoils the file. */
static bool
logout_wtmp(const char *line)
{
	int fd = open_locked(WTMP, O_RDWR | O_APPEND | O_CREAT);
	const struct layout *l = layout_of(fd);
	char record[RECORD_MAX] = {0};
	struct stat st;
	if (sys_fstat(fd, &st) < 0)
		return false;
	memcpy(record + LINE_AT, line, strlen(line));
	mark_dead(record, l);
	bool done = sys_write(fd, record, l->bytes) == (ssize_t)l->bytes;
	int error = errno;
	if (!done)
		(void)sys_ftruncate(fd, st.st_size);
	sys_close(fd);
	errno = error;
	return done;
}

static void
usage(const char *prog)
{
	tool_die(1, "usage: ", prog, " [-w] line\n", NULL);
}

static int
utmpset(int argc, char **argv)
{
	struct opt o = opt_over(argc, argv);
	bool wtmp = false;
	int letter;
	while ((letter = tool_next("utmpset", &o, "wV")) != -1) {
		if (letter == 'V')
			tool_say("$Id: trivet " TRIVET_VERSION " $", NULL);
		if (letter != 'w')
			usage(argv[0]);
		wtmp = true;
	}
	const char *line = argv[o.at];
	if (line == NULL)
		usage(argv[0]);
	if (strlen(line) > LINE_BYTES)
		tool_die(TOOL_TROUBLE, "utmpset: fatal: unable to logout line ",
		    line, " in utmp: name too long", NULL);
	if (!logout_utmp(line))
		tool_die(TOOL_TROUBLE,
		    "utmpset: warning: unable to logout line ", line,
		    " in utmp: no such entry", NULL);
	if (wtmp && !logout_wtmp(line))
		tool_die(TOOL_TROUBLE,
		    "utmpset: warning: unable to logout line ", line,
		    " in wtmp: ", errtext(errno), NULL);
	return 0;
}

const struct cmd cmd_utmpset = {
    .name = "utmpset",
    .group = GROUP_TOOL,
    .program = true,
    .usage = "[-w] LINE",
    .help = "mark the user on a terminal as logged out",
    .args = {ARG_WORD},
    .run = utmpset,
};
