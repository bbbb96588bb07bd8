/*
 * The block device that a kernel word names: root=/dev/sda1, LABEL=name,
 * UUID=…, PARTLABEL=…, PARTUUID=…. All is read from the file systems and
 * partition tables themselves, so that neither udev nor a data base of it is
 * needed.
 */
#ifndef SVC_CMD_ROOTDEV_H
#define SVC_CMD_ROOTDEV_H

#include <stdbool.h>
#include <stddef.h>

struct rootdev {
	const char *type; /* "ext4", "xfs", … */
	char uuid[37];	  /* lower case */
	char label[257];  /* NUL-ended, as it stands there */
};

/* What is on the device; false: no file system known here. */
bool rootdev_probe(int fd, struct rootdev *d);
/*
 * The path of the device that is there now, "/dev/NAME"; NULL: not yet. What
 * none of the words begins is a path, or a name below /dev.
 */
const char *rootdev_find(const char *spec);

#endif
