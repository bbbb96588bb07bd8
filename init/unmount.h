/*
 * Leaving the file systems, in children that may hang. What is mounted is read
 * from /proc/self/mountinfo anew for every pass.
 */
#ifndef INIT_UNMOUNT_H
#define INIT_UNMOUNT_H

#include <stdbool.h>
#include <stddef.h>

/* One line of mountinfo; at and type are unescaped inside it. */
struct mount_line {
	unsigned id;
	char *at, *type;
};
/* Takes a line apart, in place. False: not such a line. */
bool mount_line(char *line, struct mount_line *m);
/* Goes away with the kernel, and may be needed until then. */
bool mount_stays(const struct mount_line *m);

/* Unmounts until nothing moves any more. True: something did. */
bool unmount_all(void);
/* What is still mounted becomes read-only, and is named. */
void unmount_leave(void);

#endif
