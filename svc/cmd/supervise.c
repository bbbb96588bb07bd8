/*
 * supervise/, from outside. Nothing blocks: FIFOs without a reader are an
 * answer (ENXIO), not something to wait for.
 */
#include "svc/cmd/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/path.h"
#include "lib/sys.h"

#include "svc/cmd/client.h"
#include "svc/cmd/memory.h"

static int
open_directory(const char *path)
{
	int fd = sys_open(path, O_RDONLY | O_DIRECTORY, 0);
	/* A directory that may be entered but not listed will do. */
	if (fd < 0 && errno == EACCES)
		fd = sys_open(path, O_PATH | O_DIRECTORY, 0);
	if (fd >= 0 && sys_faccessat(fd, ".", X_OK, AT_EACCESS) < 0) {
		int error = errno;
		sys_close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* What svcd calls the service of this directory. */
static const char *
name_of(const char *path)
{
	const char *name = path_base(path);
	char *above;

	if (strcmp(name, "log") != 0)
		return name;
	above = memory_text("%s", path);
	above[name - path > 0 ? name - path - 1 : 0] = '\0';
	return memory_text("%s/log", path_base(above));
}

/* An instance and a service of one file have their supervise/ in the tree, and
 * so has one whose directory cannot be written. */
static const char *
place_in_tree(const char *path)
{
	const char *name = name_of(path);
	struct stat st;

	if (sys_fstatat(AT_FDCWD, path, &st, 0) < 0)
		return NULL;
	if (S_ISREG(st.st_mode))
		return memory_text("%s/one/%s", client_dir(), name);
	if (strchr(name, '@') != NULL)
		return memory_text("%s/instance/%s", client_dir(), name);
	return memory_text("%s/files/%s", client_dir(), name);
}

static bool
has_supervise(const char *place)
{
	struct stat st;

	return sys_fstatat(
		   AT_FDCWD, memory_text("%s/supervise", place), &st, 0) == 0;
}

/* Files that were there before all became read-only have no reader. */
static bool
is_left(const char *path)
{
	int fd = sys_open(
	    memory_text("%s/supervise/ok", path), O_WRONLY | O_NONBLOCK, 0);

	if (fd >= 0)
		sys_close(fd);
	return fd < 0 && errno == ENXIO;
}

const char *
supervise_place(const char *path)
{
	const char *place;

	if (has_supervise(path) && !is_left(path))
		return path;
	place = place_in_tree(path);
	return place != NULL && has_supervise(place) ? place : path;
}

int
supervise_open(const char *path)
{
	return open_directory(supervise_place(path));
}

static int
open_fifo(int dir, const char *name)
{
	return sys_openat(dir, name, O_WRONLY | O_NONBLOCK, 0);
}

int
supervise_ok(int dir)
{
	return open_fifo(dir, "supervise/ok");
}

static struct supervise_status
unpack(const unsigned char *bytes)
{
	return (struct supervise_status){
	    .since = tai_unpack(bytes),
	    .pid =
		(pid_t)((uint32_t)bytes[12] | (uint32_t)bytes[13] << 8 |
			(uint32_t)bytes[14] << 16 | (uint32_t)bytes[15] << 24),
	    .paused = bytes[16] != 0,
	    .want = (char)bytes[17],
	    .got_term = bytes[18] != 0,
	    .state = bytes[19],
	};
}

int
supervise_read(
    int dir, size_t least, struct supervise_status *s, const char **what)
{
	unsigned char bytes[SUPERVISE_RUNIT] = {0};
	int fd = sys_openat(dir, "supervise/status", O_RDONLY | O_NONBLOCK, 0);
	*what = "unable to open supervise/status";
	if (fd < 0)
		return -1;
	*what = "unable to read supervise/status";
	ssize_t n = sys_read(fd, bytes, sizeof bytes);
	int error = errno;
	sys_close(fd);
	errno = error;
	if (n < 0)
		return -1;
	*s = unpack(bytes);
	return (size_t)n >= least;
}

void
supervise_print_wishes(const struct supervise_status *s, bool has_down)
{
	if (s->pid != 0 && has_down)
		printf(", normally down");
	if (s->pid == 0 && !has_down)
		printf(", normally up");
	if (s->pid != 0 && s->paused)
		printf(", paused");
	if (s->pid == 0 && s->want == 'u')
		printf(", want up");
	if (s->pid != 0 && s->want == 'd')
		printf(", want down");
}

int
supervise_send(int dir, const char *letters, const char **what)
{
	size_t len = strlen(letters);
	int fd = open_fifo(dir, "supervise/control");
	*what = "unable to open supervise/control";
	if (fd < 0)
		return -1;
	*what = "unable to write to supervise/control";
	ssize_t n = sys_write(fd, letters, len);
	int error = n >= 0 && (size_t)n < len ? EAGAIN : errno;
	sys_close(fd);
	errno = error;
	return n < 0 || (size_t)n < len ? -1 : 0;
}

uint64_t
supervise_seconds(struct tai64n since, struct tai64n now)
{
	return now.sec < since.sec ? 0 : now.sec - since.sec;
}

struct tai64n
supervise_now(void)
{
	struct timespec now;
	sys_clock_gettime(CLOCK_REALTIME, &now);
	return tai_from_unix(now.tv_sec, (uint32_t)now.tv_nsec);
}

int64_t
supervise_clock(void)
{
	struct timespec t;
	sys_clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int
supervise_poll(struct pollfd *p, size_t n, int64_t ms)
{
	struct timespec t = {0};

	if (ms > 0)
		t = (struct timespec){ms / 1000, ms % 1000 * 1000000};
	return sys_ppoll(p, n, &t);
}

void
supervise_wait(const char *path, int64_t ms)
{
	uint64_t mark = memory_mark();
	int notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	int dir = supervise_open(path), ok = dir < 0 ? -1 : supervise_ok(dir);
	/* No events asked for: POLLERR comes when the last reader is gone. */
	struct pollfd p[] = {{.fd = notify, .events = POLLIN}, {.fd = ok}};
	(void)sys_inotify_add_watch(notify,
	    memory_text("%s/supervise", supervise_place(path)),
	    SUPERVISE_EVENTS);
	if (ms > SUPERVISE_ROUND_MS)
		ms = SUPERVISE_ROUND_MS;
	(void)supervise_poll(p, 2, ms);
	sys_close(notify);
	sys_close(dir);
	sys_close(ok);
	memory_release(mark);
}

const char *
supervise_scan_dir(void)
{
	static const char *const places[] = {
	    "/etc/service", "/service", "/var/service", "/run/runit/service"};
	struct stat st;
	const char *told = getenv("SVDIR");
	if (told != NULL)
		return told;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (sys_fstatat(AT_FDCWD, places[i], &st, 0) == 0 &&
		    S_ISDIR(st.st_mode))
			return places[i];
	return places[0];
}
