/*
 * Control groups, version 2, as files below a directory descriptor. A machine
 * without them is normal: cgroup_find then fails with ENOENT.
 */
#ifndef LIB_CGROUP_H
#define LIB_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/buf.h"

/* Where the v2 hierarchy is mounted. 0, or -1 with ENOENT. */
int cgroup_find(struct buf *path);
/* A process's group below that: "/", "/user.slice/x". 0: this one's. 0 or -1.
 */
int cgroup_of(pid_t pid, struct buf *path);
/* mount + group as a directory descriptor (O_PATH will not do), or -1. */
int cgroup_open_own(void);

/* Makes (if missing) and opens child `name`; a descriptor or -1. */
int cgroup_make(int dir, const char *name);
/* Removes child `name`, which must be empty of processes; groups inside go
 * first. 0 or -1 (EBUSY). */
int cgroup_remove(int dir, const char *name);
/* Kills everything in it and below, at once, forks included. */
int cgroup_kill(int group);
int cgroup_freeze(int group, bool frozen);
/* 1: processes in it or below; 0: none; -1. */
int cgroup_populated(int group);
/* Moves a process (0: this one) into it. */
int cgroup_enter(int group, pid_t pid);
/* "memory" available in cgroup.controllers of `group`? */
bool cgroup_has(int group, const char *controller);
/* Passes controllers ("+memory +pids") down to children of `group`. */
int cgroup_delegate(int group, const char *controllers);

int cgroup_write(int group, const char *file, const char *value);
/* Appends the file without its last newline. */
int cgroup_read(int group, const char *file, struct buf *b);
/* The number after `key` in a "key value" file, or in a plain file for NULL. */
int cgroup_read_number(
    int group, const char *file, const char *key, uint64_t *v);

#endif
