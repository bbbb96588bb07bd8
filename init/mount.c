/*
 * The kernel's own file systems, as a table. A child does this, so that one
 * that hangs is killed, and one that fails is said and done without.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mount.h>

#include "init/helper.h"
#include "lib/buf.h"
#include "lib/say.h"
#include "lib/sys.h"

#define NSE (MS_NOSUID | MS_NODEV | MS_NOEXEC)

static const struct row {
	const char *at, *type, *options;
	unsigned long flags;
	bool may_lack; /* a kernel without it is nothing to speak of */
} rows[] = {
    {"/proc", "proc", NULL, NSE, false},
    {"/sys", "sysfs", NULL, NSE, false},
    {"/dev", "devtmpfs", "mode=0755", MS_NOSUID, false},
    {"/dev/pts", "devpts", "gid=5,mode=0620,ptmxmode=0666",
	MS_NOSUID | MS_NOEXEC, false},
    {"/dev/shm", "tmpfs", "mode=1777", MS_NOSUID | MS_NODEV, false},
    {"/run", "tmpfs", "mode=0755", MS_NOSUID | MS_NODEV, false},
    {"/sys/fs/cgroup", "cgroup2", "nsdelegate,memory_recursiveprot", NSE, true},
    {"/sys/kernel/security", "securityfs", NULL, NSE, true},
    {"/sys/firmware/efi/efivars", "efivarfs", NULL, NSE, true},
};

/* A mount point is on another device than the directory above it. */
static bool
is_mounted(const char *at)
{
	char room[64];
	struct buf above = BUF(room);
	struct stat here, there;

	buf_puts(&above, at);
	buf_puts(&above, "/..");
	return sys_fstatat(AT_FDCWD, at, &here, 0) == 0 &&
	       sys_fstatat(AT_FDCWD, room, &there, 0) == 0 &&
	       here.st_dev != there.st_dev;
}

static void
mount_one(const struct row *r)
{
	if (is_mounted(r->at))
		return;
	/* Where it cannot be made, mounting says why. */
	if (!r->may_lack)
		sys_mkdirat(AT_FDCWD, r->at, 0755);
	if (sys_mount(r->type, r->at, r->type, r->flags, r->options) == 0)
		return;
	/* Options that an older kernel does not know. */
	if (errno == EINVAL && r->options != NULL &&
	    sys_mount(r->type, r->at, r->type, r->flags, NULL) == 0)
		return;
	if (!r->may_lack)
		say_warn("cannot mount %s, going on without", r->at);
}

int
helper_mount(void *unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		mount_one(&rows[i]);
	return 0;
}
