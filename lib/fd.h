/*
 * Descriptors: what one does with them beyond the bare calls. An owned
 * descriptor lives in a named variable that is -1 when closed.
 */
#ifndef LIB_FD_H
#define LIB_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/buf.h"
#include "lib/mono.h"

/* Closes *fd unless it is -1, and sets it to -1. errno survives. */
void fd_close(int *fd);
/* *fd becomes `to` (close-on-exec), its old number is closed. 0 or -1. */
int fd_move(int *fd, int to);
/* Lifts *fd to a number of at least `floor`. 0 or -1. */
int fd_lift(int *fd, int floor);
int fd_cloexec(int fd, bool on);
int fd_nonblock(int fd, bool on);
bool fd_is_open(int fd);

/* /dev/null; where that cannot be opened, a pipe's dead end serves. */
int fd_open_null(void);
/* 0, 1 and 2 are open after this, /dev/null where they were not. 0 or -1. */
int fd_ensure_012(void);

/*
 * Appends all that is to be read until end of file (or until EAGAIN). 0; -1
 * and errno; -1 and EFBIG when b is full.
 */
int fd_read_all(int fd, struct buf *b);
/*
 * Appends a whole file. Never waits for a device or a fifo: anything but a
 * regular file is refused with EINVAL. In /proc and /sys use it as well.
 */
int fd_slurp(int dir, const char *path, struct buf *b);
/* The same without line end and blanks at the end: files that hold a word. */
int fd_slurp_word(int dir, const char *path, struct buf *b);

/* All n bytes, or -1. A non-blocking fd is waited for until the deadline. */
int fd_write_all(int fd, const void *p, size_t n, struct mono deadline);
/*
 * Writes a file through a temporary name and rename: whole or not at all. The
 * other name begins with a dot: in a directory of services it is none of them.
 */
int fd_replace(int dir, const char *name, const void *p, size_t n, mode_t mode);
/* Writes into an existing file, in one write: for /proc, /sys, cgroups. */
int fd_spit(int dir, const char *path, const void *p, size_t n);
/*
 * Where the open directory or file fd is: its physical path, or `called` where
 * /proc does not say. Always terminated; cut if it does not fit into n bytes.
 */
void fd_path(int fd, const char *called, char *to, size_t n);

#endif
