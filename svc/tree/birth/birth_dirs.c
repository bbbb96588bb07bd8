/*
 * Directories that are a service's own: made before each start below a place
 * of their kind, given to its user, named in a variable. Those below /run go
 * with the service.
 *
 * What is made here may stand in a directory that the service's user owns, and
 * where he could put a link in place of it: a link is followed only where root
 * alone could have made it.
 */
#include "svc/tree/birth/birth.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/dir.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/birth/births.h"
#include "svc/tree/state/define.h"

/* clang-format off */
/* Setting, what makes it, where, where for a user: a variable, or below home. */
#define DIRS(X) \
	X(runtime_dir, RUNTIME_DIR, "RUNTIME_DIRECTORY", "/run", "XDG_RUNTIME_DIR", NULL) \
	X(state_dir, STATE_DIR, "STATE_DIRECTORY", "/var/lib", "XDG_STATE_HOME", ".local/state") \
	X(cache_dir, CACHE_DIR, "CACHE_DIRECTORY", "/var/cache", "XDG_CACHE_HOME", ".cache") \
	X(log_dir, LOG_DIR, "LOGS_DIRECTORY", "/var/log", "XDG_STATE_HOME", ".local/state/log")
/* clang-format on */

struct place {
	enum spawn_op op;
	const char *variable, *base, *user_variable, *user_base;
};

static const char *
in_env(const char *name)
{
	size_t len = strlen(name);

	for (char *const *e = tree.env; *e != NULL; e++)
		if (strncmp(*e, name, len) == 0 && (*e)[len] == '=' &&
		    (*e)[len + 1] == '/')
			return *e + len + 1;
	return NULL;
}

static bool
base_of(const struct place *p, char to[TREE_PATH])
{
	struct buf b = buf_over(to, TREE_PATH);
	const char *given;

	if (!tree.is_user) {
		buf_puts(&b, p->base);
		return true;
	}
	given = in_env(p->user_variable);
	if (given != NULL) {
		buf_puts(&b, given);
	} else if (p->user_base != NULL && (given = in_env("HOME")) != NULL) {
		path_make(&b, given, p->user_base);
	} else {
		errno = ENOENT;
		return false;
	}
	errno = ENAMETOOLONG;
	return !b.full;
}

/* A descriptor of base/path, every part of which is there; -1. */
static int
make_way(const char *base, const char *path)
{
	if (dir_make(AT_FDCWD, base, 0755) < 0)
		return -1;
	return dir_enter(sys_open(base, O_RDONLY | O_DIRECTORY, 0), path);
}

static bool
give_to(int fd, uint32_t uid, uint32_t gid)
{
	struct stat st;

	if (uid == BIRTH_SELF)
		return true;
	if (sys_fstat(fd, &st) < 0)
		return false;
	if (st.st_uid == uid && st.st_gid == gid)
		return true;
	return sys_fchown(fd, uid, gid) == 0;
}

static bool
make_one(struct birth *b, const char *base, const char *path, struct buf *all)
{
	int fd = make_way(base, path);
	bool is_good = fd >= 0 && give_to(fd, b->uid, b->gid);

	if (fd >= 0)
		sys_close(fd);
	if (all->len > 0 && all->p[all->len - 1] != '=')
		buf_putc(all, ':');
	buf_puts(all, base);
	buf_putc(all, '/');
	buf_puts(all, path);
	return is_good;
}

static void
make_all(struct birth *b, struct settings_list list, const struct place *p)
{
	char base[TREE_PATH], room[TREE_PATH];
	struct buf all = BUF(room);
	const char *path;
	bool is_good = true;

	if ((path = settings_each(&list)) == NULL)
		return;
	buf_puts(&all, p->variable);
	buf_putc(&all, '=');
	is_good = base_of(p, base);
	for (; is_good && path != NULL; path = settings_each(&list))
		is_good = make_one(b, base, path, &all);
	if (is_good && all.full)
		errno = ENAMETOOLONG;
	if (!is_good || all.full || !birth_variable(b, room))
		birth_refuse(b, p->op);
}

void
birth_dirs(struct birth *b, const struct settings *s)
{
#define PLACE(field, op, variable, base, xdg, home) \
	make_all(b, s->field,                       \
	    &(struct place){SPAWN_##op, variable, base, xdg, home});
	DIRS(PLACE)
}

void
dirs_remove(uint32_t i)
{
	static const struct place run = {
	    .base = "/run", .user_variable = "XDG_RUNTIME_DIR"};
	const struct settings *s = define_view(i);
	char base[TREE_PATH], path[TREE_PATH];
	struct settings_list list;
	const char *name;

	if (s == NULL || !settings_has(s, SET_runtime_dir) ||
	    !base_of(&run, base))
		return;
	list = s->runtime_dir;
	while ((name = settings_each(&list)) != NULL) {
		struct buf b = BUF(path);
		path_make(&b, base, name);
		if (!b.full && dir_remove(AT_FDCWD, path) < 0 &&
		    errno != ENOENT)
			say_warn("cannot remove %s", path);
	}
}
