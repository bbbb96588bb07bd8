/*
 * The last children: swap, file systems, block devices, reboot(2). Each may
 * fail or hang; init goes on to the next when its time has passed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <linux/loop.h>
#include <linux/reboot.h>
#include <string.h>
#include <sys/ioctl.h>

#include "init/helper.h"
#include "init/phase.h"
#include "init/unmount.h"
#include "lib/buf.h"
#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/say.h"
#include "lib/str.h"
#include "lib/sys.h"

#define ROUNDS 16 /* one for each file system that lies upon another */

/* One path a line, after a line of headings. */
static void
swap_off(void)
{
	static char room[16384];
	struct buf b = BUF(room);

	if (fd_slurp(AT_FDCWD, "/proc/swaps", &b) == -1 && errno != ENOENT)
		say_warn("cannot read /proc/swaps");
	for (char *line = strchr(room, '\n');
	     line != NULL && line[1] != '\0';) {
		char *path = line + 1;

		line = strchr(path, '\n');
		path[strcspn(path, " \t\n")] = '\0';
		if (sys_swapoff(path) == -1)
			say_warn("cannot turn swap on %s off", path);
	}
}

static void
loop_detach(const char *name)
{
	char room[64];
	struct buf path = BUF(room);
	int fd;

	buf_fmt(&path, "/sys/block/%s/loop/backing_file", name);
	if (sys_faccessat(AT_FDCWD, room, F_OK, 0) == -1 && errno == ENOENT)
		return;
	buf_clear(&path);
	buf_fmt(&path, "/dev/%s", name);
	fd = sys_open(room, O_RDONLY, 0);
	if (fd < 0 || sys_ioctl(fd, LOOP_CLR_FD, NULL) == -1)
		say_warn("cannot detach %s", room);
	sys_close(fd);
}

static void
loops_detach(void)
{
	char room[DIR_ROOM];
	struct dir_entry e;
	struct dir d;
	int got = dir_open(&d, AT_FDCWD, "/sys/block", room, sizeof(room));

	if (got == -1 && errno == ENOENT)
		return;
	while (got != -1 && (got = dir_next(&d, &e)) == 1)
		if (str_starts(e.name, "loop"))
			loop_detach(e.name);
	if (got == -1)
		say_warn("cannot read /sys/block");
	dir_close(&d);
}

static _Alignas(8) char dm_room[16384];

static struct dm_ioctl *
dm_request(size_t bytes)
{
	struct dm_ioctl *dm = (struct dm_ioctl *)(void *)dm_room;

	memset(dm_room, 0, sizeof(*dm));
	dm->version[0] = DM_VERSION_MAJOR;
	dm->data_size = (uint32_t)bytes;
	dm->data_start = sizeof(*dm);
	return dm;
}

static bool
mapper_remove(int fd, uint64_t dev)
{
	struct dm_ioctl *dm = dm_request(sizeof(*dm));

	dm->dev = dev;
	return sys_ioctl(fd, DM_DEV_REMOVE, dm) == 0;
}

/* True: one could be removed, so another may be free now. */
static bool
mapper_pass(int fd)
{
	uint64_t devs[128];
	size_t count = 0;
	bool moved = false;
	struct dm_ioctl *dm = dm_request(sizeof(dm_room));

	if (sys_ioctl(fd, DM_LIST_DEVICES, dm) == -1)
		return false;
	const char *at = dm_room + dm->data_start;

	while (dm->data_size > dm->data_start && count < 128) {
		struct dm_name_list name;

		memcpy(&name, at, sizeof(name));
		if (name.dev == 0)
			break;
		devs[count++] = name.dev;
		if (name.next == 0)
			break;
		at += name.next;
	}
	while (count > 0)
		moved |= mapper_remove(fd, devs[--count]);
	return moved;
}

static void
mapper_detach(void)
{
	int fd = sys_open("/dev/mapper/control", O_RDWR, 0);

	if (fd < 0) {
		if (errno != ENOENT)
			say_warn("cannot open /dev/mapper/control");
		return;
	}
	while (mapper_pass(fd))
		;
	sys_close(fd);
}

/*
 * What lies upon each other comes apart in rounds: a file system on a loop of a
 * file in another one, on a mapped device, on a loop again.
 */
static void
take_apart(void)
{
	for (int round = 0; round < ROUNDS && unmount_all(); round++) {
		mapper_detach();
		loops_detach();
	}
}

int
helper_final(void *arg)
{
	const enum final *step = arg;

	switch (*step) {
	case FINAL_SYNC:
	case FINAL_SYNC_AGAIN:
		sys_sync();
		break;
	case FINAL_SWAP:
		swap_off();
		break;
	case FINAL_UNMOUNT:
		unmount_all();
		break;
	case FINAL_LOOP:
		loops_detach();
		break;
	case FINAL_MAPPER:
		mapper_detach();
		break;
	case FINAL_AGAIN:
		take_apart();
		unmount_leave();
		break;
	case FINAL_COUNT:
		break;
	}
	return 0;
}

int
helper_reboot(void *arg)
{
	const enum keep_ending *ending = arg;
	int command = LINUX_REBOOT_CMD_RESTART;

	switch (*ending) {
	case KEEP_END_POWEROFF:
		command = LINUX_REBOOT_CMD_POWER_OFF;
		break;
	case KEEP_END_HALT:
		command = LINUX_REBOOT_CMD_HALT;
		break;
	case KEEP_END_KEXEC:
		command = LINUX_REBOOT_CMD_KEXEC;
		break;
	case KEEP_END_NONE:
	case KEEP_END_REBOOT:
	case KEEP_END_SOFT_REBOOT:
	case KEEP_END_RESCUE:
	case KEEP_END_EXIT:
		break;
	}
	if (sys_reboot(command, NULL) == 0)
		return 0;
	say_warn("cannot %s", ending_name(*ending));
	return 1;
}
