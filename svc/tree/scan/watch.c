/*
 * inotify: which directories tell us that something has changed. A scan
 * directory tells the names in it. The directories in which links and their
 * targets stand (of entries, and on the way to the scan directory itself) tell
 * that a link leads elsewhere or a target was made anew.
 */
#include "svc/tree/scan/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "lib/bits.h"
#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/scandir.h"
#include "svc/tree/state/state.h"

#define NAMES                                                            \
	(IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |        \
	    IN_MOVED_TO | IN_ONLYDIR | IN_EXCL_UNLINK | IN_DELETE_SELF | \
	    IN_MOVE_SELF)
#define LINKS_MAX 40 /* as the kernel's */

static struct watch notify = WATCH_NONE;
static int scan_wd[TREE_SCANS];
static bool is_broken, is_said;
static char last[TREE_PATH]; /* the parent watched last: mostly the next too */

static char plain[TREE_PATH]; /* a directory whose way holds no link */

/*
 * Beside what is watched much else may change (/etc is full of files): only the
 * names that stand on a way of ours mean anything. A set by hash that only
 * grows; a name that is in it by chance costs one look too many.
 */
#define WAYS 16384
static uint64_t ways[BITS_WORDS(WAYS)];

/* The entry that is being followed: a service's name is known anyway. */
static const char *entry;

static size_t
way_bit(const char *name)
{
	return index_hash_text(name, strlen(name)) % WAYS;
}

bool
watch_works(void)
{
	return notify.fd >= 0 && !is_broken;
}

static int
add(const char *path)
{
	int wd = sys_inotify_add_watch(notify.fd, path, NAMES);

	if (wd >= 0 || errno == ENOENT || errno == ENOTDIR)
		return wd;
	if (!is_said)
		say_warn("cannot watch %s: looking every 5 seconds", path);
	is_broken = is_said = true;
	return wd;
}

/* An entry that leads nowhere yet. */
void
watch_missing(const char *name)
{
	bits_add(ways, way_bit(name));
}

static void
add_parent(const char *path)
{
	char room[TREE_PATH];
	struct buf dir = BUF(room);

	if (entry == NULL || strcmp(path_base(path), entry) != 0)
		watch_missing(path_base(path));
	path_dir(&dir, path);
	if (dir.full || strcmp(room, last) == 0)
		return;
	if (add(room) >= 0)
		memcpy(last, room, dir.len + 1);
}

/* Where a link stands in the middle of a path: what is behind it, and it. */
struct way {
	char now[TREE_PATH];  /* walked so far */
	char rest[TREE_PATH]; /* still to be walked */
};

/* The link w->now is taken out and its target put before the rest. */
static bool
follow(struct way *w, size_t before, const char *target)
{
	char tail[TREE_PATH];
	struct buf rest = BUF(tail);

	if (target[0] == '/')
		before = 0;
	else if (before > 0)
		buf_putc(&rest, '/');
	w->now[before] = '\0';
	buf_puts(&rest, target);
	buf_puts(&rest, w->rest);
	memcpy(w->rest, tail, rest.len + 1);
	return !rest.full;
}

/* One component more; false: the end, or too long. */
static bool
walk(struct way *w, size_t *before)
{
	size_t skip = strspn(w->rest, "/"), n = strcspn(w->rest + skip, "/");

	*before = strlen(w->now);
	if (n == 0 || *before + n + 2 > sizeof(w->now))
		return false;
	if (skip > 0) {
		w->now[*before] = '/';
		w->now[*before + 1] = '\0';
	}
	memcpy(w->now + strlen(w->now), w->rest + skip, n);
	w->now[*before + (skip > 0) + n] = '\0';
	memmove(w->rest, w->rest + skip + n, strlen(w->rest + skip + n) + 1);
	return true;
}

/*
 * Every directory that holds a link on the way along `path`, and that of its
 * end. By text, as long as ".." does not follow a link.
 */
static void
add_way(const char *path)
{
	struct way w;
	char target[TREE_PATH];
	size_t before;
	unsigned links = 0;

	if (strlen(path) >= sizeof(w.rest))
		return;
	w.now[0] = '\0';
	memcpy(w.rest, path, strlen(path) + 1);
	while (links <= LINKS_MAX && walk(&w, &before)) {
		if (sys_readlinkat(AT_FDCWD, w.now, target, sizeof(target)) < 0)
			continue;
		links++;
		add_parent(w.now);
		if (!follow(&w, before, target))
			return;
	}
	add_parent(w.now);
	if (links == 0) {
		struct buf dir = BUF(plain);
		path_dir(&dir, path);
	}
}

/* The same for one of many beside each other: its way has been walked. */
static void
add_next(const char *path)
{
	size_t n = strlen(plain);
	char target[2];

	if (n == 0 || strncmp(path, plain, n) != 0 || path[n] != '/' ||
	    path_base(path) != path + n + 1 ||
	    sys_readlinkat(AT_FDCWD, path, target, sizeof(target)) >= 0)
		add_way(path);
	else
		add_parent(path);
}

void
watch_scan(unsigned which, const char *path)
{
	if (notify.fd < 0)
		return;
	last[0] = plain[0] = '\0';
	entry = NULL;
	add_way(path);
	scan_wd[which] = add(path);
}

/* An entry: what it leads to may be replaced, or made only later. */
void
watch_entry(int dir, const char *scan, const char *name)
{
	char target[TREE_PATH], path[TREE_PATH];
	struct buf b = BUF(path);

	if (notify.fd < 0 ||
	    sys_readlinkat(dir, name, target, sizeof(target)) < 0)
		return;
	entry = name;
	if (target[0] == '/') {
		add_next(target);
		return;
	}
	path_make(&b, scan, target);
	if (!b.full)
		add_next(path);
}

/* Beside a scan directory: a known name is looked at alone. */
static void
changed_elsewhere(const char *name)
{
	uint32_t i;

	i = name[0] != '\0' ? state_by_name(name) : 0;
	if (i == 0 && name[0] != '\0' && !bits_has(ways, way_bit(name)))
		return;
	if (i == 0 || !scan_again(name))
		scandirs_want();
}

static void
changed(const struct inotify_event *e)
{
	const char *name = e->len > 0 ? e->name : "";

	if (e->mask & (IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF |
			  IN_IGNORED | IN_UNMOUNT)) {
		scandirs_want();
		return;
	}
	for (unsigned which = 0; which < scandirs(); which++) {
		if (scan_wd[which] != e->wd || name[0] == '\0')
			continue;
		scan_name(which, name,
		    e->mask & IN_MOVED_TO ? SCAN_ASKED : SCAN_HEARD);
		if (e->mask & (IN_CREATE | IN_MOVED_TO))
			scan_made(name);
		return;
	}
	changed_elsewhere(name);
}

static void
notify_ready(void *arg, uint32_t events)
{
	(void)arg;
	(void)events;
	dir_changes(notify.fd, changed);
}

void
watch_begin(void)
{
	int fd = notify.fd;

	is_said = is_said && is_broken;
	is_broken = false;
	if (fd >= 0)
		return;
	fd = sys_inotify_init();
	if (fd >= 0 && fd_lift(&fd, TREE_FD_FLOOR) == 0 &&
	    watch_add(&tree.loop, &notify, fd, EPOLLIN, notify_ready, NULL) ==
		0)
		return;
	if (!is_said)
		say_warn("no inotify: looking every 5 seconds");
	is_said = is_broken = true;
	sys_close(fd);
}

int
watch_descriptor(void)
{
	return notify.fd;
}
