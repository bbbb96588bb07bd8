/*
 * Where the lines come from. From a pipe bytes are looked at first and taken
 * when they are safe: a logger that dies between the two leaves them in the
 * pipe for the next one. Anything else is read, and then taken already.
 */
#ifndef SVC_LOG_INPUT_H
#define SVC_LOG_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define INPUT_BYTES (256 << 10) /* looked at in one go */
#define INPUT_PIPE (1 << 20)	/* a pipe that overflows may grow to this */

struct input {
	int fd;
	bool is_pipe;
	size_t pipe_bytes;
};

/* What input_look saw last, of whichever input. */
extern char input_buf[INPUT_BYTES];

/* 0 or -1. A pipe that cannot be looked into is merely read. */
int input_open(struct input *in, int fd);
/*
 * Up to n bytes into input_buf: how many, 0 at the end of the input, -1 with
 * EAGAIN for "none now" or another errno.
 */
ssize_t input_look(struct input *in, size_t n);
/* n of the bytes looked at are safe. */
void input_take(struct input *in, size_t n);
/* From the pipe to a file, at *at, without a look. As sys_splice. */
ssize_t input_splice(struct input *in, int to, off_t at, size_t n);

/* Bytes that wait in the pipe. */
size_t input_waits(const struct input *in);

#endif
