/*
 * Looks for what a service names. What may come to be before it starts (below
 * /run, /dev, /proc, /sys and /tmp) is not missed, and neither is what its own
 * settings make or expand.
 */
#include "svc/cmd/present.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/fd.h"
#include "lib/passwd.h"
#include "lib/scan.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "lib/words.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/program.h"
#include "svc/core/listen.h"

#define SEARCH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define DATABASE_MAX 1048576

struct looking {
	const char *root;
	struct definition *d;
	const char *text; /* complaints so far */
};

static void
complain(struct looking *l, const char *key, const char *what, const char *why)
{
	l->text = memory_text(
	    "%s%s: %s: %s: %s\n", l->text, l->d->path, key, what, why);
	l->d->errors++;
}

/* --- users and groups --- */

static bool
has_user(const char *line, size_t len, const char *name)
{
	static struct passwd_user user;

	return passwd_line(line, len, &user) && str_eq(user.name, name);
}

static bool
has_group(const char *line, size_t len, const char *name)
{
	uint32_t gid;

	return passwd_group_line(line, len, name, &gid);
}

/* Whether a line of root/file is of that name; numbers need none. */
static bool
is_known(const struct looking *l, const char *file, const char *name,
    bool (*is)(const char *line, size_t len, const char *name))
{
	static char bytes[DATABASE_MAX];
	struct buf b = BUF(bytes);
	uint32_t number;

	if (scan_u32(name, &number))
		return true;
	if (fd_slurp(AT_FDCWD, memory_text("%s%s", l->root, file), &b) < 0)
		return false;
	for (const char *p = b.p; *p != '\0';) {
		size_t n = strcspn(p, "\n");
		if (is(p, n, name))
			return true;
		p += n + (p[n] == '\n');
	}
	return false;
}

static void
look_for_user(struct looking *l, const char *key, const char *user)
{
	size_t n = strcspn(user, ":");
	const char *name = memory_copy(user, n);

	if (!is_known(l, PASSWD_FILE, name, has_user))
		complain(l, key, name, "no such user");
	if (user[n] == ':' &&
	    !is_known(l, PASSWD_GROUP_FILE, user + n + 1, has_group))
		complain(l, key, user + n + 1, "no such group");
}

static void
look_for_owners(struct looking *l)
{
	struct settings_list list = l->d->settings.listen;
	struct listen_spec spec;
	const char *text;

	while ((text = settings_each(&list)) != NULL)
		if (listen_parse(&spec, text) && spec.owner[0] != '\0')
			look_for_user(l, "listen", spec.owner);
}

static void
look_for_groups(struct looking *l, const char *key, struct settings_list list)
{
	const char *name;

	while ((name = settings_each(&list)) != NULL)
		if (!is_known(l, PASSWD_GROUP_FILE, name, has_group))
			complain(l, key, name, "no such group");
}

static void
look_for_masters(struct looking *l)
{
	struct settings_list list = l->d->settings.control_by;
	const char *name;

	while ((name = settings_each(&list)) != NULL) {
		if (name[0] == '@' &&
		    !is_known(l, PASSWD_GROUP_FILE, name + 1, has_group))
			complain(l, "control-by", name, "no such group");
		if (name[0] != '@' && !is_known(l, PASSWD_FILE, name, has_user))
			complain(l, "control-by", name, "no such user");
	}
}

/* --- paths --- */

static bool
may_come(const char *path)
{
	static const char *const places[] = {
	    "/run/", "/dev/", "/proc/", "/sys/", "/tmp/", "/var/run/"};

	for (size_t n = 0; n < sizeof places / sizeof *places; n++)
		if (str_starts(path, places[n]))
			return true;
	return strchr(path, '$') != NULL;
}

/* Where it is from here: in its root, and below its directory if relative. */
static const char *
full(const struct looking *l, const char *path, bool is_inside)
{
	const char *inner =
	    is_inside && l->d->settings.root != NULL ? l->d->settings.root : "";

	if (path[0] == '/')
		return memory_text("%s%s%s", l->root, inner, path);
	return memory_text("%s/%s", l->d->path, path);
}

static void
look_for(struct looking *l, const char *key, const char *path, bool is_inside)
{
	struct stat st;

	if (path == NULL || may_come(path))
		return;
	if (sys_fstatat(AT_FDCWD, full(l, path, is_inside), &st, 0) < 0)
		complain(l, key, path, error_text(errno));
}

static void
look_for_each(struct looking *l, const char *key, struct settings_list list)
{
	const char *path;

	while ((path = settings_each(&list)) != NULL)
		if (path[0] != '-')
			look_for(l, key, path, false);
}

/* --- programs --- */

bool
present_is_program(const char *path)
{
	struct stat st;

	if (sys_fstatat(AT_FDCWD, path, &st, 0) < 0)
		return false;
	if (S_ISREG(st.st_mode) && (st.st_mode & 0111) != 0)
		return true;
	errno = EACCES;
	return false;
}

static bool
is_in_path(const struct looking *l, const char *name)
{
	const char *dir = SEARCH;

	for (;;) {
		size_t n = strcspn(dir, ":");
		if (present_is_program(full(
			l, memory_text("%.*s/%s", (int)n, dir, name), true)))
			return true;
		if (dir[n] == '\0')
			break;
		dir += n + 1;
	}
	errno = ENOENT;
	return false;
}

static bool
sets_path(const struct settings *s)
{
	struct settings_list list = s->env;
	const char *item;

	while ((item = settings_each(&list)) != NULL)
		if (str_starts(item, "PATH="))
			return true;
	return settings_has(s, SET_env_file) || settings_has(s, SET_env_dir);
}

/* Of a file that is there, or is missed elsewhere. */
static void
look_at_program(struct looking *l, const char *key, const char *file)
{
	struct program p;

	if (!present_is_program(file) || !program_read(file, &p))
		return;
	if (p.is_text)
		complain(l, key, "no #! line", error_text(ENOEXEC));
	if (p.what == NULL || p.path[0] != '/' || may_come(p.path) ||
	    present_is_program(full(l, p.path, true)))
		return;
	complain(l, key, memory_text("its %s %s", p.what, p.path),
	    memory_text("%s%s", error_text(errno),
		p.has_cr ? "; its lines end in CR LF" : ""));
}

static void
look_for_program(struct looking *l, const char *key, const char *line)
{
	char *v[SETTINGS_WORDS_MAX], text[16384];
	struct words w;
	const char *name;

	if (line == NULL)
		return;
	words_init(&w, v, SETTINGS_WORDS_MAX, text, sizeof text);
	if (words_split(&w, line) != WORDS_NONE || w.n == 0)
		return;
	name = w.v[0];
	if (may_come(name) || strchr(name, '%') != NULL)
		return;
	if (strchr(name, '/') == NULL) {
		if (!sets_path(&l->d->settings) && !is_in_path(l, name))
			complain(l, key, name, "no such program");
	} else if (name[0] == '/' || l->d->settings.dir == NULL) {
		if (!present_is_program(full(l, name, true)))
			complain(l, key, name, error_text(errno));
		look_at_program(l, key, full(l, name, true));
	}
}

const char *
present_check(const char *root, struct definition *d)
{
	const struct settings *s = &d->settings;
	struct looking l = {.root = root, .d = d, .text = ""};

	if (s->user != NULL)
		look_for_user(&l, "user", s->user);
	look_for_groups(&l, "groups", s->groups);
	look_for_masters(&l);
	look_for_owners(&l);
	look_for(&l, "root", s->root, false);
	look_for(&l, "dir", s->dir, true);
	look_for_each(&l, "env-file", s->env_file);
	look_for_each(&l, "env-dir", s->env_dir);
	look_for_each(&l, "read-only", s->read_only);
	if (s->stdin_.kind == STDIO_FILE)
		look_for(&l, "stdin", s->stdin_.path, false);
	look_for(&l, "tty", s->tty, false);
	if (s->files & WITH_RUN)
		look_at_program(&l, "run", full(&l, "run", false));
	if (s->files & WITH_FINISH)
		look_at_program(&l, "finish", full(&l, "finish", false));
	if (s->files & WITH_CHECK)
		look_at_program(&l, "check", full(&l, "check", false));
	look_for_program(&l, "run", s->run);
	look_for_program(&l, "down", s->down);
	look_for_program(&l, "finish", s->finish);
	look_for_program(&l, "check", s->check);
	look_for_program(&l, "reload", s->reload);
	return l.text;
}
