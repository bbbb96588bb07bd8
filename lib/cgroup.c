/*
 * Control groups, version 2.
 */
#include "lib/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>

#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/scan.h"
#include "lib/sys.h"

/*
 * The two places where the world mounts it, then nowhere: a scan of mountinfo
 * would hold up on nothing real and could block on a dead mount.
 */
int
cgroup_find(struct buf *path)
{
	static const char *const places[] = {
	    "/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
	struct statfs st;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (sys_statfs(places[i], &st) == 0 &&
		    st.f_type == CGROUP2_SUPER_MAGIC) {
			buf_puts(path, places[i]);
			return 0;
		}
	}
	errno = ENOENT;
	return -1;
}

/* The line "0::/path" of /proc/PID/cgroup, the last one by habit. */
int
cgroup_of(pid_t pid, struct buf *path)
{
	char text[PATH_MAX], file[32];
	struct buf b = BUF(text), name = BUF(file);
	const char *line;

	if (pid == 0)
		buf_puts(&name, "/proc/self/cgroup");
	else
		buf_fmt(&name, "/proc/%d/cgroup", (int)pid);
	if (fd_slurp(AT_FDCWD, file, &b) == -1)
		return -1;
	line = strncmp(b.p, "0::", 3) == 0 ? b.p : strstr(b.p, "\n0::");
	if (line == NULL) {
		errno = ENOENT;
		return -1;
	}
	line = strchr(line, '/');
	if (line == NULL) {
		errno = ENOENT;
		return -1;
	}
	buf_put(path, line, strcspn(line, "\n"));
	return 0;
}

int
cgroup_open_own(void)
{
	char text[PATH_MAX];
	struct buf path = BUF(text);

	if (cgroup_find(&path) == -1 || cgroup_of(0, &path) == -1)
		return -1;
	if (path.full) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return sys_open(path.p, O_RDONLY | O_DIRECTORY, 0);
}

static int
open_group(int dir, const char *name)
{
	return sys_openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
}

int
cgroup_make(int dir, const char *name)
{
	if (sys_mkdirat(dir, name, 0755) == -1 && errno != EEXIST)
		return -1;
	return open_group(dir, name);
}

/*
 * Removes the groups in `group` that have none inside. 1: the first that could
 * not be removed so is `name`; 0: none is left; -1.
 */
static int
remove_leaves(int group, char name[256])
{
	char room[2048];
	struct dir d;
	struct dir_entry e;
	int got;

	if (dir_over(&d, group, room, sizeof(room)) == -1)
		return -1;
	while ((got = dir_next(&d, &e)) == 1) {
		if (e.type != DIR_DIR ||
		    sys_unlinkat(group, e.name, AT_REMOVEDIR) == 0 ||
		    errno == ENOENT)
			continue;
		strncpy(name, e.name, 255);
		name[255] = '\0';
		return 1;
	}
	return got;
}

/*
 * Groups go from the leaves: removes at least one below `top`, and what is as
 * easy on the way. 1: done; 0: there is none below; -1.
 */
static int
remove_some(int top)
{
	char name[256], below[256];
	int dir = top, child = -1, got = remove_leaves(top, name);

	if (got != 1)
		return got;
	for (;;) {
		child = open_group(dir, name);
		got = child == -1 ? -1 : remove_leaves(child, below);
		if (got != 1)
			break;
		if (dir != top)
			sys_close(dir);
		dir = child;
		memcpy(name, below, sizeof(name));
	}
	sys_close(child);
	if (got == 0)
		got = sys_unlinkat(dir, name, AT_REMOVEDIR) == -1 ? -1 : 1;
	if (dir != top)
		sys_close(dir);
	return got;
}

int
cgroup_remove(int dir, const char *name)
{
	int top, got;

	if (sys_unlinkat(dir, name, AT_REMOVEDIR) == 0)
		return 0;
	if (errno != EBUSY && errno != ENOTEMPTY)
		return -1;
	if ((top = open_group(dir, name)) == -1)
		return -1;
	while ((got = remove_some(top)) == 1)
		;
	sys_close(top);
	return got == -1 ? -1 : sys_unlinkat(dir, name, AT_REMOVEDIR);
}

int
cgroup_kill(int group)
{
	return cgroup_write(group, "cgroup.kill", "1");
}

int
cgroup_freeze(int group, bool frozen)
{
	return cgroup_write(group, "cgroup.freeze", frozen ? "1" : "0");
}

int
cgroup_populated(int group)
{
	uint64_t v;

	if (cgroup_read_number(group, "cgroup.events", "populated", &v) == -1)
		return -1;
	return v != 0;
}

int
cgroup_enter(int group, pid_t pid)
{
	char text[16];
	struct buf b = BUF(text);

	buf_i64(&b, pid);
	return cgroup_write(group, "cgroup.procs", b.p);
}

bool
cgroup_has(int group, const char *controller)
{
	char text[1024];
	struct buf b = BUF(text);
	size_t n = strlen(controller);

	if (cgroup_read(group, "cgroup.controllers", &b) == -1)
		return false;
	for (const char *p = b.p; *p != '\0'; p += strspn(p, " ")) {
		size_t word = strcspn(p, " ");

		if (word == n && memcmp(p, controller, n) == 0)
			return true;
		p += word;
	}
	return false;
}

int
cgroup_delegate(int group, const char *controllers)
{
	return cgroup_write(group, "cgroup.subtree_control", controllers);
}

int
cgroup_write(int group, const char *file, const char *value)
{
	return fd_spit(group, file, value, strlen(value));
}

int
cgroup_read(int group, const char *file, struct buf *b)
{
	return fd_slurp_word(group, file, b);
}

/* The text after "key " at the beginning of a line. */
static const char *
value_of(const char *text, const char *key)
{
	size_t n = strlen(key);

	while (text != NULL) {
		if (strncmp(text, key, n) == 0 && text[n] == ' ')
			return text + n + 1;
		text = strchr(text, '\n');
		text = text == NULL ? NULL : text + 1;
	}
	return NULL;
}

int
cgroup_read_number(int group, const char *file, const char *key, uint64_t *v)
{
	char text[4096];
	struct buf b = BUF(text);
	const char *value;

	if (cgroup_read(group, file, &b) == -1)
		return -1;
	value = key == NULL ? b.p : value_of(b.p, key);
	if (value == NULL || scan_u64_prefix(value, v) == 0) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}
