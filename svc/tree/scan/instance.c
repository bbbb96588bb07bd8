/*
 * Instances of a directory: links NAME@ARG to one directory NAME@. Each is a
 * service with a supervise/ of its own, so each has a directory of its own,
 * below the runtime directory, in which everything of the template stands as a
 * link. What is edited in the template is what the instances have.
 */
#include "svc/tree/scan/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/dir.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/tree/state/scandir.h"

/* "NAME@", to which the link NAME@ARG leads. */
static bool
is_template(const char *path, const char *name)
{
	const char *base = path_base(path);
	size_t n = strlen(base);

	return n > 1 && base[n - 1] == '@' && str_starts(name, base) &&
	       name[n] != '\0';
}

/* What each has for itself. */
static bool
is_own(const char *name)
{
	return name[0] == '.' || str_eq(name, "supervise") ||
	       str_eq(name, "event");
}

static void
trouble(const char *what, const char *path)
{
	say_warn("cannot %s %s", what, path);
	scandirs_missed(errno);
}

static void
link_one(int to, const char *from, const char *name)
{
	char path[TREE_PATH];
	struct buf b = BUF(path);

	path_make(&b, from, name);
	if (!b.full && sys_symlinkat(path, to, name) < 0 && errno != EEXIST)
		trouble("link to", path);
}

/* Links to what the template has no more. */
static void
unlink_gone(int to)
{
	char room[DIR_ROOM];
	struct dir d;
	struct dir_entry e;

	if (dir_open(&d, to, ".", room, sizeof(room)) < 0)
		return;
	while (dir_next(&d, &e) == 1)
		if (!is_own(e.name) && sys_faccessat(to, e.name, F_OK, 0) < 0 &&
		    errno == ENOENT)
			sys_unlinkat(to, e.name, 0);
	dir_close(&d);
}

/* Everything in `from`; a logger has its own supervise/ too. */
static void
link_all(int to, const char *from, bool is_log)
{
	char room[DIR_ROOM];
	struct dir d;
	struct dir_entry e;
	int got;

	unlink_gone(to);
	if (dir_open(&d, AT_FDCWD, from, room, sizeof(room)) < 0) {
		trouble("open directory", from);
		return;
	}
	while ((got = dir_next(&d, &e)) == 1)
		if (!is_own(e.name) && (is_log || !str_eq(e.name, "log")))
			link_one(to, from, e.name);
	if (got < 0)
		trouble("read directory", from);
	dir_close(&d);
}

static void
link_log(int to, const char *from)
{
	char path[TREE_PATH];
	struct buf b = BUF(path);
	int log;

	path_make(&b, from, "log");
	if (b.full || sys_faccessat(AT_FDCWD, path, F_OK, 0) < 0)
		return;
	log = -1;
	if (sys_mkdirat(to, "log", 0755) == 0 || errno == EEXIST)
		log = sys_openat(to, "log", O_PATH | O_DIRECTORY, 0);
	if (log < 0) {
		trouble("make a log for", from);
		return;
	}
	link_all(log, path, true);
	sys_close(log);
}

int
instance_open(const char *name, const char *template)
{
	char path[TREE_PATH];
	struct buf b = BUF(path);
	int fd;

	if (!is_template(template, name)) {
		errno = ENOTDIR;
		return -1;
	}
	buf_puts(&b, tree.run_dir);
	buf_puts(&b, "/instance/");
	buf_puts(&b, name);
	if (b.full || dir_make(AT_FDCWD, path, 0755) < 0 ||
	    (fd = sys_open(path, O_PATH | O_DIRECTORY, 0)) < 0) {
		say_warn("%s: cannot make %s", name, path);
		return -1;
	}
	link_all(fd, template, false);
	link_log(fd, template);
	return fd;
}
