/*
 * Directories read with getdents64 into a buffer of the caller: no heap, no
 * libc stream.
 *
 *	char room[DIR_ROOM];
 *	struct dir d;
 *	struct dir_entry e;
 *	dir_open(&d, AT_FDCWD, "/etc/service", room, sizeof(room));
 *	while (dir_next(&d, &e) == 1)
 *		… e.name, until the next call
 *	dir_close(&d);
 */
#ifndef LIB_DIR_H
#define LIB_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIR_ROOM 4096 /* a good size; the least is 512 */

struct dir {
	int fd;
	char *room;
	size_t cap, len, at;
};

enum dir_type {
	DIR_UNKNOWN, /* the file system does not say: fstatat it */
	DIR_FILE,
	DIR_DIR,
	DIR_LINK,
	DIR_FIFO,
	DIR_SOCKET,
	DIR_DEVICE,
};

struct dir_entry {
	const char *name; /* in `room` */
	enum dir_type type;
	uint64_t inode;
};

/* 0 or -1. Owns d->fd from then on. */
int dir_open(struct dir *d, int at, const char *path, void *room, size_t bytes);
/* Takes over an open directory, from its beginning. */
int dir_over(struct dir *d, int fd, void *room, size_t bytes);
/* 1 and an entry ("." and ".." are left out), 0 at the end, -1. */
int dir_next(struct dir *d, struct dir_entry *e);
void dir_close(struct dir *d);

/* Tells all that one read of an inotify descriptor gives. */
struct inotify_event;
void dir_changes(int inotify, void (*tell)(const struct inotify_event *e));

/* Makes path and its missing parents. 0 also where it is a directory. */
int dir_make(int at, const char *path, unsigned mode);
/*
 * From the open directory fd, which is closed, down to path, whose parts are
 * made (0755) where they are missing. A link is followed only where nobody but
 * root could have put it. A descriptor, or -1.
 */
int dir_enter(int fd, const char *path);
/*
 * Removes everything below path and path itself, never following a link and
 * never leaving its file system, to a depth of 32. 0 or -1.
 */
int dir_remove(int at, const char *path);

#endif
