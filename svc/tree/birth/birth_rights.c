/*
 * What a process may see and do: mounts and a network of its own, and
 * capabilities. All that is asked for is had, or the process is not started.
 */
#include "svc/tree/birth/birth.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <sys/stat.h>

#include "lib/sys.h"

/* --- namespaces --- */

static void
add_mount(struct birth *b, struct spawn_mount m)
{
	if (b->mount_count == BIRTH_MOUNTS) {
		errno = E2BIG;
		birth_refuse(b, SPAWN_MOUNT);
		return;
	}
	b->mounts[b->mount_count] = m;
	birth_step(b, (struct spawn_step){.op = SPAWN_MOUNT,
			  .data = &b->mounts[b->mount_count++]});
}

static void
private_tmp(struct birth *b)
{
	static const char *const dirs[] = {"/tmp", "/var/tmp"};

	for (int n = 0; n < 2; n++)
		add_mount(b, (struct spawn_mount){.from = "tmpfs",
				 .at = dirs[n],
				 .type = "tmpfs",
				 .options = "mode=1777",
				 .flags = MS_NOSUID | MS_NODEV,
				 .may_be_missing = true});
}

/* A directory is covered by an empty one, a file by nothing to read. */
static void
hide(struct birth *b, const char *path)
{
	struct stat st;

	if (sys_fstatat(AT_FDCWD, path, &st, 0) < 0) {
		if (errno != ENOENT)
			birth_refuse(b, SPAWN_MOUNT);
		return;
	}
	if (S_ISDIR(st.st_mode))
		add_mount(b,
		    (struct spawn_mount){.from = "tmpfs",
			.at = path,
			.type = "tmpfs",
			.options = "mode=0,size=4k,nr_inodes=2",
			.flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC});
	else
		add_mount(
		    b, (struct spawn_mount){
			   .from = "/dev/null", .at = path, .flags = MS_BIND});
}

static void
own_mounts(struct birth *b, const struct settings *s)
{
	struct settings_list list = s->read_only;
	const char *path;

	/* What the machine mounts later is seen; what we mount stays here. */
	add_mount(
	    b, (struct spawn_mount){.at = "/", .flags = MS_REC | MS_SLAVE});
	if (s->private_tmp)
		private_tmp(b);
	while ((path = settings_each(&list)) != NULL)
		birth_step(b,
		    (struct spawn_step){.op = SPAWN_READ_ONLY, .text = path});
	list = s->hide;
	while ((path = settings_each(&list)) != NULL)
		hide(b, path);
}

void
birth_namespaces(struct birth *b, const struct settings *s)
{
	bool has_mounts = s->private_tmp || settings_has(s, SET_read_only) ||
			  settings_has(s, SET_hide);
	unsigned flags = (has_mounts ? CLONE_NEWNS : 0u) |
			 (s->private_net ? CLONE_NEWNET : 0u);

	if (flags == 0)
		return;
	birth_step(b, (struct spawn_step){.op = SPAWN_UNSHARE, .flags = flags});
	if (has_mounts)
		own_mounts(b, s);
	if (s->private_net)
		birth_step(b, (struct spawn_step){.op = SPAWN_NETNS_UP});
}

/* --- capabilities --- */

void
birth_bounds(struct birth *b, const struct settings *s)
{
	if (settings_has(s, SET_caps))
		birth_step(b, (struct spawn_step){
				  .op = SPAWN_CAP_BOUND, .mask = s->caps});
	if (settings_has(s, SET_caps_ambient))
		birth_step(b, (struct spawn_step){.op = SPAWN_CAP_KEEP});
}

/* As root the bounds alone do it: execve gives all that is within them. */
void
birth_caps(struct birth *b, const struct settings *s)
{
	if (settings_has(s, SET_caps_ambient)) {
		birth_step(b, (struct spawn_step){.op = SPAWN_CAP_SET,
				  .mask = s->caps_ambient});
		birth_step(b, (struct spawn_step){.op = SPAWN_CAP_AMBIENT,
				  .mask = s->caps_ambient});
	}
	if (s->no_new_privs)
		birth_step(b, (struct spawn_step){.op = SPAWN_NO_NEW_PRIVS});
}
