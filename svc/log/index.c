/*
 * The index beside a log file (svc/core/logindex.h). It is a hint: whatever
 * goes wrong with it, the log goes on without.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/core/logindex.h"
#include "svc/log/logdir.h"

/* Arrivals closer than this share a record. */
#define TOGETHER_NS 5000000
#define CURRENT "index.current"

struct name {
	char text[sizeof(LOGINDEX_PREFIX) + LOGDIR_NAME];
};

static const char *
index_name(struct name *room, const char *file)
{
	struct buf b = BUF(room->text);

	buf_puts(&b, LOGINDEX_PREFIX);
	buf_puts(&b, file);
	return b.p;
}

static int64_t
real_ns(void)
{
	struct timespec t = clock_real();

	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint64_t
inode_of(int dir, const char *file)
{
	struct stat st;

	return sys_fstatat(dir, file, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_ino
								     : 0;
}

static void
put(struct logdir *d, const unsigned char *p, size_t n, uint64_t at)
{
	if (sys_pwrite(d->index, p, n, (off_t)at) != (ssize_t)n)
		fd_close(&d->index);
}

/* Of which file an index speaks; 0: it is none. */
static uint64_t
inode_in(int fd)
{
	unsigned char head[LOGINDEX_HEAD];
	struct logindex x;

	if (sys_pread(fd, head, sizeof(head), 0) != sizeof(head) ||
	    !logindex_open(&x, head, sizeof(head), 0))
		return 0;
	return x.head.inode;
}

void
index_open(struct logdir *d)
{
	struct stat st;
	unsigned char head[LOGINDEX_HEAD];

	fd_close(&d->index);
	if (sys_fstat(d->cur, &st) == -1)
		return;
	d->index = sys_openat(
	    d->fd, CURRENT, O_RDWR | O_CREAT | O_NONBLOCK | O_NOFOLLOW, 0644);
	if (d->index == -1)
		return;
	d->index_ns = 0;
	uint64_t inode = st.st_ino;
	if (inode_in(d->index) != inode) {
		/* Another file's, or new. */
		sys_ftruncate(d->index, 0);
		logindex_put_head(
		    head, (struct logindex_head){inode, real_ns()});
		d->index_size = LOGINDEX_HEAD;
		put(d, head, sizeof(head), 0);
	} else if (sys_fstat(d->index, &st) == 0)
		d->index_size = ((uint64_t)st.st_size - LOGINDEX_HEAD) /
				    LOGINDEX_RECORD * LOGINDEX_RECORD +
				LOGINDEX_HEAD;
}

void
index_note(struct logdir *d)
{
	unsigned char record[LOGINDEX_RECORD];
	int64_t now = real_ns();

	if (d->index == -1)
		return;
	/* The last record is made longer, not later. */
	if (d->index_ns != 0 && now >= d->index_ns &&
	    now - d->index_ns < TOGETHER_NS)
		d->index_size -= LOGINDEX_RECORD;
	else
		d->index_ns = now;
	logindex_put_record(
	    record, (struct logindex_record){d->size, d->index_ns});
	put(d, record, sizeof(record), d->index_size);
	d->index_size += LOGINDEX_RECORD;
}

void
index_move(int dir, const char *from, const char *to)
{
	struct name a, b;

	sys_renameat(dir, index_name(&a, from), dir, index_name(&b, to));
}

void
index_remove(int dir, const char *name)
{
	struct name a;

	sys_unlinkat(dir, index_name(&a, name), 0);
}

void
index_mend(int dir)
{
	char room[DIR_ROOM];
	struct dir d;
	struct dir_entry e;
	int fd = sys_openat(dir, CURRENT, O_RDONLY | O_NOFOLLOW, 0);
	uint64_t inode = fd == -1 ? 0 : inode_in(fd);

	fd_close(&fd);
	if (inode == 0 || inode == inode_of(dir, "current") ||
	    dir_open(&d, dir, ".", room, sizeof(room)) == -1)
		return;
	while (dir_next(&d, &e) == 1)
		if (e.name[0] == '@' && strlen(e.name) == LOGDIR_NAME - 1 &&
		    inode_of(dir, e.name) == inode) {
			index_move(dir, "current", e.name);
			break;
		}
	dir_close(&d);
}
