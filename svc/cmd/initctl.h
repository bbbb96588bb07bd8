/*
 * Requests as /run/initctl carries them: records of 384 bytes, in the layout
 * that sysvinit's tools, libvirt's containers and UPS scripts write. What is
 * not such a record is stepped over. Pure.
 */
#ifndef SVC_CMD_INITCTL_H
#define SVC_CMD_INITCTL_H

#include <stddef.h>
#include <stdint.h>

#define INITCTL_SIZE 384
#define INITCTL_MAGIC 0x03091969u
#define INITCTL_DATA 368

/* What can be asked; the numbers are on the wire. */
/* clang-format off */
#define INITCTL_COMMANDS(X) \
	X(START, 0) X(RUNLEVEL, 1) X(POWER_FAIL, 2) X(POWER_FAIL_NOW, 3) \
	X(POWER_OK, 4) X(BSD, 5) X(SETENV, 6) X(UNSETENV, 7)
/* clang-format on */
#define INITCTL_ENUM(name, number) INITCTL_##name = number,
enum initctl_command {
	INITCTL_COMMANDS(INITCTL_ENUM)
};

struct initctl {
	uint32_t command;	     /* enum initctl_command, or unknown */
	uint32_t level;		     /* a character code */
	char data[INITCTL_DATA + 1]; /* the first string of it */
};

enum initctl_found {
	INITCTL_RECORD,
	INITCTL_RUBBISH, /* *used bytes were no record */
	INITCTL_END,	 /* less than a record is left */
};

/*
 * The first thing in n bytes at p. A record is written whole or not at all,
 * so what is left at the end is rubbish too, once there is no more to read.
 */
enum initctl_found initctl_next(
    const void *p, size_t n, struct initctl *record, size_t *used);

#endif
