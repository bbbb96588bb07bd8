/*
 * In a guest under test: what busybox has no applet for.
 *
 *	devices map NAME DEVICE		/dev/mapper device of all of DEVICE
 *	devices suspend NAME		what is written to it waits, for ever
 *	devices hang DIRECTORY		a file system there that never answers
 *	devices kexec KERNEL INITRD WORDS	the kernel that comes next
 */
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/kexec.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

struct request {
	struct dm_ioctl head;
	struct dm_target_spec target;
	char words[128];
};

static int
ask(int fd, unsigned long what, const char *name, struct request *r)
{
	r->head.version[0] = DM_VERSION_MAJOR;
	r->head.data_size = sizeof(*r);
	r->head.data_start = sizeof(r->head);
	snprintf(r->head.name, sizeof(r->head.name), "%s", name);
	if (ioctl(fd, what, r) == 0)
		return 0;
	perror(name);
	return -1;
}

static int
map(const char *name, const char *device)
{
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	int below = open(device, O_RDONLY | O_CLOEXEC);
	unsigned long long bytes = 0;
	struct request create = {0}, load = {0}, resume = {0};

	if (ioctl(below, BLKGETSIZE64, &bytes) == -1) {
		perror(device);
		return 1;
	}
	load.head.target_count = 1;
	load.target.length = bytes / 512;
	strcpy(load.target.target_type, "linear");
	snprintf(load.words, sizeof(load.words), "%s 0", device);
	if (ask(fd, DM_DEV_CREATE, name, &create) == -1 ||
	    ask(fd, DM_TABLE_LOAD, name, &load) == -1 ||
	    ask(fd, DM_DEV_SUSPEND, name, &resume) == -1)
		return 1;
	/* The numbers are what the name leads to; nobody else makes a node. */
	printf("%u %u\n", (unsigned)(resume.head.dev >> 8 & 0xfff),
	    (unsigned)(resume.head.dev & 0xff));
	return 0;
}

/* Without freezing the file system on it first. */
static int
hold(const char *name)
{
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	struct request r = {.head.flags = DM_SUSPEND_FLAG |
					  DM_SKIP_LOCKFS_FLAG |
					  DM_NOFLUSH_FLAG};

	return ask(fd, DM_DEV_SUSPEND, name, &r) != 0;
}

/* Nobody ever reads what the kernel asks of it. */
static int
hang(const char *directory)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[128];

	snprintf(options, sizeof(options),
	    "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (fd == -1 || mount("hang", directory, "fuse", 0, options) == -1) {
		perror(directory);
		return 1;
	}
	if (fork() == 0)
		pause();
	return 0;
}

static int
next_kernel(const char *kernel, const char *initrd, const char *words)
{
	int kernel_fd = open(kernel, O_RDONLY | O_CLOEXEC);
	int initrd_fd = open(initrd, O_RDONLY | O_CLOEXEC);

	if (syscall(SYS_kexec_file_load, kernel_fd, initrd_fd,
		strlen(words) + 1, words, 0UL) == 0)
		return 0;
	perror("kexec_file_load");
	return 1;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "map") == 0)
		return map(argv[2], argv[3]);
	if (argc == 3 && strcmp(argv[1], "suspend") == 0)
		return hold(argv[2]);
	if (argc == 3 && strcmp(argv[1], "hang") == 0)
		return hang(argv[2]);
	if (argc == 5 && strcmp(argv[1], "kexec") == 0)
		return next_kernel(argv[2], argv[3], argv[4]);
	return 100;
}
