/*
 * Where services are looked for, in the order of the command line.
 */
#include "svc/tree/state/scandir.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "lib/clock.h"
#include "lib/error.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/tree/state/state.h"

#define RETRY_MS 5000

static struct scandir scans[TREE_SCANS];
static unsigned count;
static struct timer again;

static const char one_dir[] = "/one/";

bool
scandir_add(const char *path)
{
	struct buf b;

	if (count == TREE_SCANS)
		return false;
	b = buf_over(scans[count].path, TREE_PATH);
	buf_puts(&b, path);
	scans[count].fd = -1;
	return !b.full && ++count;
}

/* Its parent is scanned, for that one entry. */
void
scandir_only(const char *path)
{
	char room[TREE_PATH], dir[TREE_PATH];
	struct buf b = BUF(dir), only;
	int fd = sys_open(path, O_PATH | O_DIRECTORY, 0);

	if (fd < 0)
		die(111, "cannot open directory %s", path);
	fd_path(fd, path, room, sizeof(room));
	sys_close(fd);
	path_dir(&b, room);
	if (!scandir_add(dir))
		diex(111, "%s: too long", path);
	only = buf_over(scans[0].only, sizeof(scans[0].only));
	buf_puts(&only, path_base(room));
	if (only.full || only.len == 0)
		diex(111, "%s: not a name for a service", path);
}

bool
scandir_is_only(void)
{
	return scans[0].only[0] != '\0';
}

unsigned
scandirs(void)
{
	return count;
}

struct scandir *
scandir(unsigned which)
{
	return &scans[which];
}

void
scandirs_start(void (*look)(void *arg))
{
	timer_init(&again, look, NULL);
}

/* Soon, and once for however many reasons. */
void
scandirs_want(void)
{
	if (!timer_is_set(&again) ||
	    mono_before(mono_add_ms(tree.loop.now, 10), again.at))
		timer_set(&tree.loop, &again, tree.loop.now);
}

/* Not later than that, from the first reason on. */
void
scandirs_settle(void)
{
	struct mono when = mono_add_ms(tree.loop.now, SCANDIR_STANDS_MS);

	if (!timer_is_set(&again) || mono_before(when, again.at))
		timer_set(&tree.loop, &again, when);
}

void
scandirs_retry(void)
{
	if (!timer_is_set(&again))
		timer_set(
		    &tree.loop, &again, mono_add_ms(tree.loop.now, RETRY_MS));
}

void
scandirs_missed(int error)
{
	if (error_may_pass(error))
		scandirs_retry();
}

void
scandirs_looked(void)
{
	timer_unset(&tree.loop, &again);
}

void
scandir_of_files(struct buf *b, const char *name)
{
	buf_puts(b, tree.run_dir);
	buf_puts(b, one_dir);
	buf_puts(b, name);
}

bool
scandir_is_file(uint32_t i)
{
	char path[TREE_PATH];
	const char *rest = str_after(state_path(i, path), tree.run_dir);

	return rest != NULL && str_starts(rest, one_dir);
}

/* By its time where inodes are given out again, by its inode where two links
 * can have one time. */
uint32_t
scandir_link(const char *name)
{
	struct stat st;

	for (unsigned which = 0; which < count; which++)
		if (sys_fstatat(
			scans[which].fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISLNK(st.st_mode))
			return (uint32_t)st.st_ino ^
			       (uint32_t)st.st_ctim.tv_sec ^
			       (uint32_t)st.st_ctim.tv_nsec;
	return 0;
}

int
scandir_with_file(const char *name)
{
	struct stat st;

	for (unsigned which = 0; which < count; which++)
		if (sys_fstatat(scans[which].fd, name, &st, 0) == 0 &&
		    S_ISREG(st.st_mode))
			return scans[which].fd;
	return -1;
}
