/*
 * Looks at the super blocks of all block devices. Nothing that stands on a
 * disk is believed but as bytes to compare.
 */
#include "svc/cmd/rootdev.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/fd.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/rootpart.h"

/* Where the magic, the number and the label are: bytes from the beginning. */
/* clang-format off */
#define SUPERS(X) \
	X("ext4", 1080, "\x53\xef", 1128, 1144, 16) \
	X("xfs", 0, "XFSB", 32, 108, 12) \
	X("btrfs", 65600, "_BHRfS_M", 65568, 65835, 256) \
	X("erofs", 1024, "\xe2\xe1\xf5\xe0", 1072, 1088, 16) \
	X("f2fs", 1024, "\x10\x20\xf5\xf2", 1132, 0, 0) \
	X("squashfs", 0, "hsqs", 0, 0, 0)
/* clang-format on */
#define SUPER(type, at, magic, uuid, label, length) \
	{type, at, sizeof(magic) - 1, magic, uuid, label, length},
static const struct super {
	const char *type;
	off_t at;
	size_t n;
	const char *magic;
	off_t uuid, label; /* 0: none */
	size_t length;
} supers[] = {SUPERS(SUPER)};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
put_uuid(char *text, const unsigned char *bytes)
{
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*text++ = '-';
		text += sprintf(text, "%02x", bytes[i]);
	}
}

bool
rootdev_probe(int fd, struct rootdev *d)
{
	unsigned char bytes[16];

	memset(d, 0, sizeof *d);
	for (size_t i = 0; i < COUNT(supers) && d->type == NULL; i++) {
		const struct super *s = &supers[i];
		if (sys_pread(fd, bytes, s->n, s->at) != (ssize_t)s->n ||
		    memcmp(bytes, s->magic, s->n) != 0)
			continue;
		d->type = s->type;
		if (s->uuid != 0 && sys_pread(fd, bytes, 16, s->uuid) == 16)
			put_uuid(d->uuid, bytes);
		if (s->label != 0)
			sys_pread(fd, d->label, s->length, s->label);
	}
	return d->type != NULL;
}

/* PARTLABEL as the kernel itself has it: PARTNAME= in its uevent file. */
static bool
has_part_name(const char *device, const char *name)
{
	char room[4096];
	struct buf b = BUF(room);
	const char *line;

	if (fd_slurp(AT_FDCWD,
		memory_text("/sys/class/block/%s/uevent", device), &b) < 0)
		return false;
	line = strstr(room, "PARTNAME=");
	return line != NULL && str_starts(line + 9, name) &&
	       line[9 + strlen(name)] == '\n';
}

static bool
fits(const char *device, const char *spec)
{
	struct rootdev d;
	const char *value;
	bool is_known;
	int fd;

	if ((value = str_after(spec, "PARTLABEL=")) != NULL)
		return has_part_name(device, value);
	if ((value = str_after(spec, "PARTUUID=")) != NULL)
		return rootpart_uuid_of(device, d.uuid) &&
		       strcasecmp(d.uuid, value) == 0;
	fd = sys_open(memory_text("/dev/%s", device), O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return false;
	is_known = rootdev_probe(fd, &d);
	sys_close(fd);
	if (!is_known)
		return false;
	if ((value = str_after(spec, "LABEL=")) != NULL)
		return str_eq(d.label, value);
	value = str_after(spec, "UUID=");
	return value != NULL && d.uuid[0] != '\0' &&
	       strcasecmp(d.uuid, value) == 0;
}

static bool
is_search(const char *spec)
{
	return str_starts(spec, "LABEL=") || str_starts(spec, "UUID=") ||
	       str_starts(spec, "PARTLABEL=") || str_starts(spec, "PARTUUID=");
}

const char *
rootdev_find(const char *spec)
{
	const char *found = NULL;
	struct dirent *entry;
	DIR *all;

	if (!is_search(spec)) {
		found =
		    str_starts(spec, "/") ? spec : memory_text("/dev/%s", spec);
		return sys_faccessat(AT_FDCWD, found, F_OK, 0) == 0 ? found
								    : NULL;
	}
	all = opendir("/sys/class/block");
	while (found == NULL && all != NULL && (entry = readdir(all)) != NULL)
		if (entry->d_name[0] != '.' && fits(entry->d_name, spec))
			found = memory_text("/dev/%s", entry->d_name);
	if (all != NULL)
		closedir(all);
	return found;
}
