/*
 * Where a log stands: the file that is being written and how far it was read,
 * and which old files there are. Loggers rename and remove files at any time;
 * whoever reads on from a place misses no line and sees none twice.
 */
#ifndef SVC_CMD_LOGS_PLACE_H
#define SVC_CMD_LOGS_PLACE_H

#include <stdint.h>

#include "svc/cmd/logs.h"

#define LOGS_NAME 32 /* @, 24 digits, .s, NUL */

struct logs_place {
	int fd; /* of the file that is being written, -1: none */
	uint64_t inode;
	uint64_t at;		/* bytes of it that were read */
	uint64_t previous;	/* inode of multilog's `previous`, 0: none */
	char newest[LOGS_NAME]; /* of the old files, "": none */
};

/* Where it stands now, nothing of it read. */
void logs_stand(struct logs_place *p, const struct logs_source *s);
void logs_leave(struct logs_place *p);
/* The path of the file that is written. */
const char *logs_current(const struct logs_source *s);
/* The names of the old files after one place (NULL: all) and up to another,
 * oldest first, NULL at the end. */
char **logs_old(const struct logs_source *s, const struct logs_place *after,
    const struct logs_place *upto);
/* An old file of place p, under the name that it has by now; -1: gone. */
int logs_old_open(
    const struct logs_source *s, const struct logs_place *p, char **name);

#endif
