/*
 * A pipe whose bytes all go to one file as they are: the kernel moves them.
 */
#ifndef SVC_LOG_PLAIN_H
#define SVC_LOG_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "svc/log/input.h"
#include "svc/log/logdir.h"

/* A pipe, and a file that takes bytes now, with none before them in memory. */
bool plain_ready(const struct input *in, const struct logdir *d);
/*
 * Moves what there is, up to a megabyte. Bytes within `near` of the end of the
 * file are looked at, to end it with a line. Bytes moved, 0 at the end of the
 * input, or -1: EAGAIN, or EINVAL if the file system cannot do this; other
 * troubles are d's.
 */
ssize_t plain_turn(struct input *in, struct logdir *d, size_t near);
/* Does the file end within a line? */
bool plain_is_within(const struct logdir *d);

#endif
