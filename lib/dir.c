/*
 * Directories, read with getdents64.
 */
#include "lib/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>

#include "lib/buf.h"
#include "lib/fd.h"
#include "lib/sys.h"

/* The kernel's record. */
struct record {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	unsigned char type;
	char name[];
};

int
dir_over(struct dir *d, int fd, void *room, size_t bytes)
{
	*d = (struct dir){fd, room, bytes, 0, 0};
	return sys_lseek(fd, 0, SEEK_SET) == -1 ? -1 : 0;
}

int
dir_open(struct dir *d, int at, const char *path, void *room, size_t bytes)
{
	int fd = sys_openat(at, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0);

	*d = (struct dir){fd, room, bytes, 0, 0};
	return fd == -1 ? -1 : 0;
}

static enum dir_type
type_of(unsigned char type)
{
	switch (type) {
	case 1:
		return DIR_FIFO;
	case 2:
	case 6:
		return DIR_DEVICE;
	case 4:
		return DIR_DIR;
	case 8:
		return DIR_FILE;
	case 10:
		return DIR_LINK;
	case 12:
		return DIR_SOCKET;
	}
	return DIR_UNKNOWN;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int
dir_next(struct dir *d, struct dir_entry *e)
{
	for (;;) {
		uint16_t length;
		const char *record;

		if (d->at >= d->len) {
			ssize_t n = sys_getdents64(d->fd, d->room, d->cap);

			if (n <= 0)
				return (int)n;
			d->len = (size_t)n;
			d->at = 0;
		}
		record = d->room + d->at;
		memcpy(&length, record + offsetof(struct record, length),
		    sizeof(length));
		d->at += length;
		e->name = record + offsetof(struct record, name);
		if (is_dots(e->name))
			continue;
		memcpy(&e->inode, record, sizeof(e->inode));
		e->type = type_of(
		    (unsigned char)record[offsetof(struct record, type)]);
		return 1;
	}
}

void
dir_close(struct dir *d)
{
	fd_close(&d->fd);
}

/* mkdir that is content with a directory that is there. */
static int
make_one(int at, const char *path, unsigned mode)
{
	struct stat st;
	int error;

	if (sys_mkdirat(at, path, mode) == 0)
		return 0;
	error = errno;
	if (error == EEXIST && sys_fstatat(at, path, &st, 0) == 0 &&
	    S_ISDIR(st.st_mode))
		return 0;
	errno = error;
	return -1;
}

void
dir_changes(int inotify, void (*tell)(const struct inotify_event *e))
{
	_Alignas(struct inotify_event) char room[16384];
	ssize_t n = sys_read(inotify, room, sizeof(room));

	for (char *p = room; n > 0 && p < room + n;) {
		struct inotify_event *e = (struct inotify_event *)(void *)p;
		tell(e);
		p += sizeof(*e) + e->len;
	}
}

int
dir_make(int at, const char *path, unsigned mode)
{
	char text[PATH_MAX];
	struct buf b = BUF(text);

	if (make_one(at, path, mode) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	for (const char *p = path; *p != '\0'; p++) {
		if (*p == '/' && b.len > 0 && make_one(at, b.p, mode) == -1)
			return -1;
		buf_putc(&b, *p);
	}
	if (b.full) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return make_one(at, path, mode);
}

/* One step down; whoever could have made a link here decides if it counts. */
static int
enter(int at, const char *name)
{
	struct stat st;
	int flags = O_RDONLY | O_DIRECTORY;

	if (sys_fstat(at, &st) < 0)
		return -1;
	if (st.st_uid != 0 || (st.st_mode & 022) != 0)
		flags |= O_NOFOLLOW;
	if (sys_mkdirat(at, name, 0755) < 0 && errno != EEXIST)
		return -1;
	return sys_openat(at, name, flags, 0);
}

int
dir_enter(int fd, const char *path)
{
	char part[PATH_MAX];
	int next;

	while (fd >= 0 && *path != '\0') {
		size_t n = strcspn(path, "/");
		struct buf b = BUF(part);
		buf_put(&b, path, n);
		path += n + strspn(path + n, "/");
		next = enter(fd, part);
		sys_close(fd);
		fd = next;
	}
	return fd;
}

#define DEPTH 32

/*
 * Empties the directory that is open as `top`, going down and up by
 * descriptors; the room holds only one record batch, read anew after each
 * change of directory, which loses nothing because what was seen is gone.
 */
struct remover {
	int fds[DEPTH];
	char names[DEPTH][256];
	int depth;
	dev_t device;
};

static int
step_down(struct remover *r, const char *name)
{
	int parent = r->fds[r->depth], fd;
	struct stat st;

	if (r->depth + 1 == DEPTH) {
		errno = ELOOP;
		return -1;
	}
	fd = sys_openat(
	    parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	if (sys_fstat(fd, &st) == -1 || st.st_dev != r->device) {
		sys_close(fd);
		errno = EXDEV;
		return -1;
	}
	r->depth++;
	r->fds[r->depth] = fd;
	strncpy(r->names[r->depth], name, sizeof(r->names[0]) - 1);
	return 0;
}

/* Removes what can be unlinked; 1: a directory was entered; 0: all gone. */
static int
empty_one(struct remover *r)
{
	char room[2048];
	struct dir d;
	struct dir_entry e;
	int got;

	if (dir_over(&d, r->fds[r->depth], room, sizeof(room)) == -1)
		return -1;
	while ((got = dir_next(&d, &e)) == 1) {
		if (sys_unlinkat(d.fd, e.name, 0) == 0)
			continue;
		if (errno != EISDIR && errno != EPERM)
			return -1;
		return step_down(r, e.name) == -1 ? -1 : 1;
	}
	return got;
}

int
dir_remove(int at, const char *path)
{
	struct remover r;
	struct stat st;
	int got, error;

	memset(&r, 0, sizeof(r));
	r.fds[0] = sys_openat(
	    at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (r.fds[0] == -1)
		return errno == ENOTDIR || errno == ELOOP
			   ? sys_unlinkat(at, path, 0)
			   : -1;
	got = sys_fstat(r.fds[0], &st);
	r.device = st.st_dev;
	while (got != -1 && r.depth >= 0) {
		got = empty_one(&r);
		if (got != 0)
			continue; /* a level down, or the end */
		fd_close(&r.fds[r.depth--]);
		if (r.depth >= 0)
			got = sys_unlinkat(
			    r.fds[r.depth], r.names[r.depth + 1], AT_REMOVEDIR);
	}
	error = errno;
	while (r.depth >= 0)
		fd_close(&r.fds[r.depth--]);
	errno = error;
	return got == -1 ? -1 : sys_unlinkat(at, path, AT_REMOVEDIR);
}
