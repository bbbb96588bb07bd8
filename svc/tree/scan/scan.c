/*
 * Scan directories: which services there are. An entry is a directory or a
 * link to one (dot names are not entries); its identity is the device and
 * inode of what it leads to, so two links are one service, and a directory
 * that was removed and made again is a new one, which begins when the old one
 * is over.
 */
#include "svc/tree/scan/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/tree/birth/command.h"
#include "svc/tree/life/begin.h"
#include "svc/tree/life/life.h"
#include "svc/tree/life/log_dir.h"
#include "svc/tree/life/relations.h"
#include "svc/tree/shown/shown.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/scandir.h"
#include "svc/tree/state/state.h"

/* --- what an entry leads to --- */

static void
take_up(unsigned which, const char *name, int dir, const struct stat *st)
{
	char path[TREE_PATH], called[TREE_PATH];
	struct buf b = BUF(called);
	uint32_t i;

	if (tree.is_ending)
		return;
	path_make(&b, scandir(which)->path, name);
	fd_path(dir, called, path, sizeof(path));
	i = state_add(name, path, st->st_dev, st->st_ino, 0);
	if (i == 0 || !service_begin(i, dir))
		return;
	live(i)->is_seen = true;
	if (define_seen() & SEEN_LOG)
		service_take_log(i, dir);
}

/* --- what has become of a name --- */

/* Its link was made anew: so was the wish to run it. */
void
scan_made(const char *name)
{
	uint32_t i = state_by_name(name);

	if (i != 0 && (rec(i)->flags & BOARD_EXITED) && wish_may(i))
		wish(i, EV_UP);
}

static void
let_go(uint32_t i)
{
	if (rec(i)->flags & BOARD_UNLINKED)
		return;
	state_flags(i, BOARD_UNLINKED, 0);
	relations_end(i, EV_EXIT);
}

/* Its link is gone; where another may lead to it all are looked at. */
static void
vanish(uint32_t i)
{
	if (rec(i)->flags & (BOARD_LOG | BOARD_ADHOC))
		return;
	if (live(i)->is_alias || scandirs() > 1)
		scandirs_want();
	else
		let_go(i);
}

/* No event told of it: nobody was there to hear. */
static bool
has_other_link(uint32_t i, const char *name)
{
	uint32_t then = rec(i)->exit_link, now = scandir_link(name);

	return then != 0 && now != 0 && now != then;
}

static void
still_there(uint32_t i, const char *name, int dir)
{
	live(i)->is_seen = true;
	if ((rec(i)->flags & BOARD_EXITED) &&
	    !(rec(i)->flags & BOARD_UNLINKED)) {
		if (has_other_link(i, name))
			scan_made(name);
		return;
	}
	service_look_again(i, dir);
	service_take_log(i, dir);
	if (rec(i)->flags & BOARD_UNLINKED) {
		state_flags(i, 0, BOARD_UNLINKED);
		relations_keep(i);
		post(i, EV_KEEP);
	}
}

/* What cannot be looked at is not gone: a service of that name goes on. */
static void
missed(const char *name, const char *what)
{
	uint32_t i = state_by_name(name);

	say_warn("%s: cannot %s", name, what);
	scandirs_missed(errno);
	if (i != 0)
		live(i)->is_seen = true;
}

static void
found_directory(unsigned which, const char *name, int dir)
{
	struct stat st;
	uint32_t here, there;

	if (sys_fstat(dir, &st) < 0) {
		missed(name, "open its directory");
		return;
	}
	here = state_by_name(name);
	there = state_by_place(st.st_dev, st.st_ino);
	if (here != 0 && here == there) {
		still_there(here, name, dir);
	} else if (here != 0) {
		/* Another directory under a known name: first the old one. */
		live(here)->is_recreated = true;
		live(here)->is_seen = true;
		let_go(here);
	} else if (there != 0 && !(rec(there)->flags & BOARD_UNLINKED)) {
		live(there)->is_alias = true;
		live(there)->is_seen = true;
	} else if (there != 0) {
		live(there)->is_recreated = true;
	} else {
		take_up(which, name, dir, &st);
	}
}

/* A service that is one file; it has a directory for supervise/ only. */
static void
found_file(const char *name, const struct stat *st)
{
	char path[TREE_PATH];
	struct buf b = BUF(path);
	uint32_t i = state_by_name(name);
	int dir;

	scandir_of_files(&b, name);
	dir = -1;
	if (!b.full && dir_make(AT_FDCWD, path, 0755) == 0)
		dir = sys_open(path, O_PATH | O_DIRECTORY, 0);
	/* A container may have no place that can be written. */
	if (b.full || (dir < 0 && !tree.is_container)) {
		missed(name, "make a directory for it");
		return;
	}
	if (i != 0 && scandir_is_file(i)) {
		still_there(i, name, dir);
	} else if (i != 0) {
		live(i)->is_recreated = true;
		let_go(i);
	} else if (!tree.is_ending && (i = state_add(name, path, st->st_dev,
					   st->st_ino, 0)) != 0) {
		if (service_begin(i, dir))
			live(i)->is_seen = true;
	}
	sys_close(dir);
}

static void
found_nothing(const char *name, int error)
{
	uint32_t i = state_by_name(name);

	if (error == ENOENT || error == ENOTDIR || error == ELOOP) {
		watch_missing(name);
		if (error == ELOOP)
			say_warnx("%s: too many links: not a service", name);
		if (i != 0)
			vanish(i);
		return;
	}
	errno = error;
	missed(name, "open its directory");
}

/* An instance has one of its own, which then takes the place of `dir`. -1 if
 * it cannot be had. */
static int
own_directory(unsigned which, const char *name, int *dir)
{
	char path[TREE_PATH], called[TREE_PATH];
	struct buf b = BUF(called);
	int own;

	if (strchr(name, '@') == NULL)
		return *dir;
	path_make(&b, scandir(which)->path, name);
	fd_path(*dir, called, path, sizeof(path));
	own = instance_open(name, path);
	if (own < 0 && errno == ENOTDIR)
		return *dir;
	sys_close(*dir);
	*dir = own;
	return own;
}

static void
refuse(unsigned which, const char *name)
{
	char shown[4 * PATH_NAME_MAX + 1];
	struct buf b = BUF(shown);

	buf_escaped(&b, name, strlen(name));
	buf_putc(&b, '\0');
	say_warnx(
	    "%s/%s: a name that cannot be used", scandir(which)->path, shown);
}

void
scan_name(unsigned which, const char *name, enum scan_why why)
{
	const char *only = scandir(which)->only;
	struct stat st;
	int dir;

	if (only[0] != '\0' ? strcmp(only, name) != 0 : name[0] == '.')
		return;
	if (!path_is_name(name)) {
		refuse(which, name);
		return;
	}
	if (command_takes_name(name)) {
		say_warnx("%s: the command's own name: not taken up", name);
		return;
	}
	if (settle_has(which, name, why))
		return;
	watch_entry(scandir(which)->fd, scandir(which)->path, name);
	dir = sys_openat(scandir(which)->fd, name, O_PATH | O_DIRECTORY, 0);
	if (dir < 0 && errno == ENOTDIR &&
	    sys_fstatat(scandir(which)->fd, name, &st, 0) == 0 &&
	    S_ISREG(st.st_mode)) {
		found_file(name, &st);
		return;
	}
	if (dir < 0) {
		found_nothing(name, errno);
		return;
	}
	if (own_directory(which, name, &dir) < 0)
		missed(name, "open its directory");
	else
		found_directory(which, name, dir);
	sys_close(dir);
}

/* A known name, wherever it is an entry; false: nowhere. */
bool
scan_again(const char *name)
{
	struct stat st;
	bool found = false;

	for (unsigned which = 0; which < scandirs(); which++) {
		if (sys_fstatat(
			scandir(which)->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		found = true;
		scan_name(which, name, SCAN_HEARD);
	}
	return found;
}

/* --- all of them --- */

static bool
scan_one(unsigned which, enum scan_why why)
{
	char room[DIR_ROOM];
	struct dir d;
	struct dir_entry e;
	int got;

	watch_scan(which, scandir(which)->path);
	fd_close(&scandir(which)->fd);
	if (dir_open(&d, AT_FDCWD, scandir(which)->path, room, sizeof(room)) <
		0 ||
	    (scandir(which)->fd = sys_dup(d.fd, TREE_FD_FLOOR)) < 0) {
		say_warn("cannot open directory %s", scandir(which)->path);
		return false;
	}
	while ((got = dir_next(&d, &e)) == 1)
		scan_name(which, e.name, why);
	dir_close(&d);
	if (got != 0)
		say_warn("cannot read directory %s", scandir(which)->path);
	return got == 0;
}

static void
scan_each(enum scan_why why)
{
	bool is_whole = true;

	scandirs_looked();
	watch_begin();
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		live(i)->is_seen = live(i)->is_alias = false;
	for (unsigned which = 0; which < scandirs(); which++)
		is_whole = scan_one(which, why) && is_whole;
	/* A directory that cannot be read is no reason to stop its services. */
	for (uint32_t i = state_next(0); is_whole && i != 0; i = state_next(i))
		if (!live(i)->is_seen &&
		    !(rec(i)->flags & (BOARD_LOG | BOARD_ADHOC)))
			let_go(i);
	state_said();
	supervise_said();
	if (!is_whole || !watch_works())
		scandirs_retry();
}

void
scan_all(void)
{
	scan_each(SCAN_ASKED);
}

/* All directories could be read, and no definition has an error. */
bool
scan_is_sound(void)
{
	for (unsigned which = 0; which < scandirs(); which++)
		if (scandir(which)->fd < 0)
			return false;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if (rec(i)->flags & BOARD_BROKEN)
			return false;
	return true;
}

static void
again_due(void *arg)
{
	(void)arg;
	scan_each(SCAN_SETTLED);
}

void
scan_start(void)
{
	scandirs_start(again_due);
}
