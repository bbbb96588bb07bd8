#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/dir.h"
#include "lib/fd.h"
#include "tests/unit/unit.h"

static char place[] = "/tmp/trivet-dir.XXXXXX";
static int dir = -1;

static const char *
entries(const char *path)
{
	static char all[16384];
	char room[512];
	struct dir d;
	struct dir_entry e;
	struct buf b = BUF(all);

	HOLDS(dir_open(&d, dir, path, room, sizeof(room)) == 0);
	while (dir_next(&d, &e) == 1) {
		buf_putc(&b, "?-dlpsc"[e.type]);
		buf_puts(&b, e.name);
		buf_putc(&b, ' ');
	}
	dir_close(&d);
	HOLDS(d.fd == -1);
	return all;
}

static void
lists(void)
{
	char name[32];
	int n = 0;
	char room[512];
	struct dir d;
	struct dir_entry e;

	HOLDS(dir_make(dir, "a/b/c", 0755) == 0);
	HOLDS(dir_make(dir, "a/b/c", 0755) == 0);
	HOLDS(fd_replace(dir, "a/file", "", 0, 0644) == 0);
	HOLDS(dir_make(dir, "a/file", 0755) == -1 && errno == EEXIST);
	HOLDS(dir_make(dir, "a/file/x", 0755) == -1 && errno == ENOTDIR);
	HOLDS(symlinkat("/", dir, "a/link") == 0);
	HOLDS(strstr(entries("a"), "db ") != NULL);
	HOLDS(strstr(entries("a"), "-file ") != NULL);
	HOLDS(strstr(entries("a"), "llink ") != NULL);
	HOLDS(strlen(entries("a")) == 3 + 6 + 6);
	SAME(entries("a/b/c"), "");
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "a/b/c/entry%d", i);
		HOLDS(mkdirat(dir, name, 0700) == 0);
	}
	HOLDS(dir_open(&d, dir, "a/b/c", room, sizeof(room)) == 0);
	while (dir_next(&d, &e) == 1)
		n++;
	dir_close(&d);
	HOLDS(n == 300);
	HOLDS(dir_open(&d, dir, "a/file", room, sizeof(room)) == -1);
}

/* The link to / in there is removed, not followed: this test would tell. */
static void
removes(void)
{
	HOLDS(symlinkat("..", dir, "a/b/c/entry7/up") == 0);
	HOLDS(fd_replace(dir, "a/b/c/entry8/f", "", 0, 0644) == 0);
	HOLDS(fd_replace(dir, "stays", "", 0, 0644) == 0);
	HOLDS(dir_remove(dir, "a") == 0);
	HOLDS(faccessat(dir, "a", F_OK, 0) == -1 && errno == ENOENT);
	HOLDS(faccessat(dir, "stays", F_OK, 0) == 0);
	HOLDS(dir_remove(dir, "stays") == 0);
	HOLDS(dir_remove(dir, "stays") == -1 && errno == ENOENT);
	HOLDS(symlinkat("/", dir, "root") == 0);
	HOLDS(dir_remove(dir, "root") == 0);
}

/* What is too deep is left as it is, and said. */
static void
stops_at_its_depth(void)
{
	char path[3 * 40] = "";
	struct stat st;

	for (int depth = 0; depth < 40; depth++)
		strcat(path, depth == 0 ? "d" : "/d");
	HOLDS(dir_make(dir, path, 0755) == 0);
	HOLDS(dir_remove(dir, "d") == -1 && errno == ELOOP);
	HOLDS(fstatat(dir, path, &st, 0) == 0);
	path[2 * 20 - 1] = '\0';
	HOLDS(dir_remove(dir, path) == 0);
	HOLDS(dir_remove(dir, "d") == 0);
}

static void
begins_again(void)
{
	char room[512];
	struct dir d;
	struct dir_entry e;

	HOLDS(dir_make(dir, "again/one", 0755) == 0);
	HOLDS(dir_open(&d, dir, "again", room, sizeof(room)) == 0);
	for (int i = 0; i < 2; i++) {
		HOLDS(dir_next(&d, &e) == 1);
		SAME(e.name, "one");
		HOLDS(dir_next(&d, &e) == 0);
		HOLDS(dir_over(&d, d.fd, room, sizeof(room)) == 0);
	}
	dir_close(&d);
	HOLDS(dir_remove(dir, "again") == 0);
}

static char told[64];

static void
tell(const struct inotify_event *e)
{
	strcat(told, e->name);
	strcat(told, e->mask & IN_CREATE ? "+ " : "- ");
}

static void
tells_changes(void)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	HOLDS(inotify_add_watch(fd, place, IN_CREATE | IN_DELETE) >= 0);
	dir_changes(fd, tell);
	SAME(told, "");
	HOLDS(mkdirat(dir, "new", 0755) == 0);
	HOLDS(mkdirat(dir, "a-longer-name", 0755) == 0);
	HOLDS(dir_remove(dir, "new") == 0);
	dir_changes(fd, tell);
	SAME(told, "new+ a-longer-name+ new- ");
	HOLDS(dir_remove(dir, "a-longer-name") == 0);
	close(fd);
}

static void
knows_every_type(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/t/s", place);
	HOLDS(dir_make(dir, "t", 0755) == 0);
	HOLDS(bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	HOLDS(mkfifoat(dir, "t/p", 0600) == 0);
	SAME(strstr(entries("t"), "ss ") != NULL ? "a socket" : entries("t"),
	    "a socket");
	SAME(strstr(entries("t"), "pp ") != NULL ? "a fifo" : entries("t"),
	    "a fifo");
	HOLDS(strstr(entries("/dev"), "cnull ") != NULL);
	HOLDS(dir_remove(dir, "t") == 0);
	close(fd);
}

int
main(void)
{
	HOLDS(mkdtemp(place) != NULL);
	dir = open(place, O_RDONLY | O_DIRECTORY);
	TEST("dir: entries and their types", lists);
	TEST("dir: removes a tree without following links", removes);
	TEST("dir: what is too deep stays", stops_at_its_depth);
	TEST("dir: an open one is read again", begins_again);
	TEST("dir: tells what changed", tells_changes);
	TEST("dir: sockets, fifos and devices", knows_every_type);
	HOLDS(dir_remove(AT_FDCWD, place) == 0);
	return unit_done();
}
