/*
 * The shared logger's way with a log directory: svlogd's names, an index of
 * arrivals beside each file, and no file put away as unclean: what is in the
 * file is what has left the pipe, kill or not. And the way of a single file,
 * which only grows.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/log/logdir.h"

static int
sync_if_wanted(struct logdir *d)
{
	return d->has_fsync ? logdir_step_sync(d) : 0;
}

static int
move_index(struct logdir *d)
{
	if (d->rotated[0] != '\0')
		index_move(d->fd, "current", d->rotated);
	return 0;
}

static int
create(struct logdir *d)
{
	if (logdir_step_create(d) == -1)
		return -1;
	index_open(d);
	return 0;
}

static const struct logdir_step rotation[] = {
    {sync_if_wanted, "unable to fsync current logfile", ""},
    {logdir_step_mode, "unable to set mode of current", ""},
    {logdir_move_current, "unable to rename current", ""},
    {move_index, "unable to rename its index", ""},
    {create, "unable to create new current", ""},
    {logdir_step_trim, "unable to open directory, want rotate", ""},
    {processor_look, "unable to open directory, want processor", ""},
    {0},
};

static int
rename_index(struct logdir *d)
{
	char to[LOGDIR_NAME];

	memcpy(to, d->save, sizeof(to));
	to[LOGDIR_NAME - 2] = 's';
	index_move(d->fd, d->save, to);
	return 0;
}

static const struct logdir_step commit[] = {
    {logdir_mark_processed, "unable to set mode of processed", ""},
    {rename_index, "unable to rename its index", ""},
    {logdir_move_processed, "unable to rename processed", ""},
    {logdir_remove_unprocessed, "unable to unlink processed", ""},
    {processor_look, "unable to open directory, want processor", ""},
    {0},
};

static int
open_directory(struct logdir *d)
{
	if (dir_make(AT_FDCWD, d->name, 0750) == -1) {
		logdir_cannot(d, "unable to create log directory");
		return -1;
	}
	d->fd = sys_open(d->name, O_RDONLY | O_DIRECTORY, 0);
	if (d->fd == -1) {
		logdir_cannot(d, "unable to open log directory");
		return -1;
	}
	return logdir_take_lock(d);
}

/*
 * Lines that were written by the logger itself (stamps) may be torn by a kill;
 * the whole of them is still in the pipe.
 */
static int
cut_torn_line(struct logdir *d)
{
	char tail[4096];
	uint64_t size = d->size;

	while (size > 0) {
		size_t n = size < sizeof(tail) ? (size_t)size : sizeof(tail);

		if (sys_pread(d->cur, tail, n, (off_t)(size - n)) != (ssize_t)n)
			return -1;
		const char *newline = memrchr(tail, '\n', n);
		if (newline != NULL) {
			size = size - n + (size_t)(newline - tail) + 1;
			break;
		}
		size -= n;
	}
	if (size == d->size)
		return 0;
	d->size = size;
	return sys_ftruncate(d->cur, (off_t)size);
}

static int
mend(struct logdir *d)
{
	struct stat st;

	if (open_directory(d) == -1)
		return -1;
	if (d->processor == 0)
		archive_mend(d->fd);
	index_mend(d->fd);
	bool unclean = sys_fstatat(d->fd, "current", &st, 0) == 0 &&
		       !(st.st_mode & S_IXUSR);
	if (logdir_current(d) == -1 ||
	    (unclean && d->has_lines && cut_torn_line(d) == -1)) {
		logdir_cannot(d, "unable to open current");
		return -1;
	}
	index_open(d);
	logdir_step_trim(d);
	if (processor_look(d) == -1)
		logdir_cannot(d, "unable to read directory");
	return 0;
}

const struct logdir_way logdir_shared = {
    .rotation = rotation,
    .commit = commit,
    .mend = mend,
    .files = logdir_files,
    .waiting = logdir_waiting,
    .has_index = true,
    .trims_all = true,
    .retry_ms = 1000,
    .cannot = logdir_say_cannot,
    .pausing = logdir_say_pausing,
};

/* d->name is the file. */
static int
open_single(struct logdir *d)
{
	char text[4096];
	struct buf dir = BUF(text);

	path_dir(&dir, d->name);
	if (dir_make(AT_FDCWD, buf_str(&dir), 0755) == -1 ||
	    (d->fd = sys_open(buf_str(&dir), O_RDONLY | O_DIRECTORY, 0)) ==
		-1) {
		logdir_cannot(d, "unable to open the directory of");
		return -1;
	}
	d->file = path_base(d->name);
	if (logdir_current(d) == -1) {
		logdir_cannot(d, "unable to open");
		return -1;
	}
	return 0;
}

static const struct logdir_step no_steps[] = {{0}};

const struct logdir_way logdir_single = {
    .rotation = no_steps,
    .commit = no_steps,
    .mend = open_single,
    .files = logdir_files,
    .is_single = true,
    .retry_ms = 1000,
    .cannot = logdir_say_cannot,
    .pausing = logdir_say_pausing,
};
