/*
 * Following logs through rotations: inotify on the directories, no polling.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/exitcode.h"

#include "svc/cmd/logs.h"
#include "svc/cmd/memory.h"

#define LINE (64 << 10) /* a longer one is shown in parts */

struct followed {
	const struct logs_source *source;
	int fd;
	uint64_t inode;
	char part[LINE]; /* a line that has not ended */
	size_t part_n;
};

static const char *
current(const struct logs_source *s)
{
	return s->is_file ? s->path : memory_text("%s/current", s->path);
}

static bool
open_current(struct followed *f, bool at_end)
{
	struct stat st;

	f->fd = open(current(f->source), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (f->fd == -1)
		return false;
	if (fstat(f->fd, &st) == 0)
		f->inode = st.st_ino;
	if (at_end)
		lseek(f->fd, 0, SEEK_END);
	return true;
}

static void
show_part(
    struct followed *f, size_t n, void (*show)(const struct logs_line *line))
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	struct logs_line line = logs_line(f->source->name, f->part, n,
	    t.tv_sec * INT64_C(1000000000) + t.tv_nsec);
	show(&line);
}

/* What has come since; ends of lines are waited for. */
static void
read_on(struct followed *f, void (*show)(const struct logs_line *line))
{
	ssize_t got;

	while (f->fd != -1 &&
	       (got = read(f->fd, f->part + f->part_n, LINE - f->part_n)) > 0) {
		char *newline;

		f->part_n += (size_t)got;
		while ((newline = memchr(f->part, '\n', f->part_n)) != NULL) {
			size_t n = (size_t)(newline - f->part);
			show_part(f, n, show);
			f->part_n -= n + 1;
			memmove(f->part, newline + 1, f->part_n);
		}
		if (f->part_n == LINE) {
			show_part(f, LINE, show);
			f->part_n = 0;
		}
	}
}

/* Emptied, or another file by now: the rest of the old one comes first. */
static void
look(struct followed *f, void (*show)(const struct logs_line *line))
{
	struct stat st;
	uint64_t mark = memory_mark();

	read_on(f, show);
	if (f->fd != -1 && fstat(f->fd, &st) == 0 &&
	    st.st_size < lseek(f->fd, 0, SEEK_CUR))
		lseek(f->fd, 0, SEEK_SET);
	if (stat(current(f->source), &st) == 0 &&
	    (f->fd == -1 || st.st_ino != f->inode)) {
		if (f->fd != -1)
			close(f->fd);
		open_current(f, false);
	}
	memory_release(mark);
	read_on(f, show);
}

static bool
watch(int events, const struct logs_source *s)
{
	return inotify_add_watch(events, s->path,
		   IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE) != -1;
}

int
logs_follow(const struct logs_source *s, size_t count,
    void (*show)(const struct logs_line *line))
{
	struct followed *all = memory_get(count, sizeof(*all));
	_Alignas(struct inotify_event) char bytes[4096];
	int events = inotify_init1(IN_CLOEXEC);

	if (events == -1)
		return EXITCODE_SYSTEM;
	for (size_t i = 0; i < count; i++) {
		all[i].source = &s[i];
		open_current(&all[i], true);
		if (!watch(events, &s[i])) {
			perror(s[i].path);
			return EXITCODE_SYSTEM;
		}
	}
	for (;;) {
		for (size_t i = 0; i < count; i++)
			look(&all[i], show);
		if (fflush(stdout) != 0)
			return EXITCODE_YES;
		if (read(events, bytes, sizeof(bytes)) == -1 && errno != EINTR)
			return EXITCODE_SYSTEM;
	}
}
