/*
 * A group is a directory of files, so a plain directory shows what is read and
 * written; that kernels agree is shown by tests/bats/36-cgroups and its guest.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cgroup.h"
#include "lib/dir.h"
#include "lib/fd.h"
#include "tests/unit/unit.h"

static char place[] = "/tmp/trivet-cgroup.XXXXXX";
static int group = -1;

static void
file(const char *name, const char *text)
{
	HOLDS(fd_replace(group, name, text, strlen(text), 0644) == 0);
}

static const char *
text_of(const char *name)
{
	static char text[64];
	struct buf b = BUF(text);

	HOLDS(fd_slurp(group, name, &b) == 0);
	return text;
}

static void
tells_the_kernel(void)
{
	file("cgroup.kill", "");
	file("cgroup.freeze", "-");
	file("cgroup.procs", "");
	file("cgroup.subtree_control", "");
	HOLDS(cgroup_kill(group) == 0);
	SAME(text_of("cgroup.kill"), "1");
	HOLDS(cgroup_freeze(group, true) == 0);
	SAME(text_of("cgroup.freeze"), "1");
	HOLDS(cgroup_freeze(group, false) == 0);
	SAME(text_of("cgroup.freeze"), "0");
	HOLDS(cgroup_enter(group, 4711) == 0);
	SAME(text_of("cgroup.procs"), "4711");
	HOLDS(cgroup_delegate(group, "+memory +pids") == 0);
	SAME(text_of("cgroup.subtree_control"), "+memory +pids");
	HOLDS(cgroup_write(group, "memory.max", "1") == -1 && errno == ENOENT);
}

static void
knows_who_is_in_it(void)
{
	file("cgroup.events", "populated 1\nfrozen 0\n");
	HOLDS(cgroup_populated(group) == 1);
	file("cgroup.events", "frozen 1\npopulated 0\n");
	HOLDS(cgroup_populated(group) == 0);
	file("cgroup.events", "frozen 1\n");
	HOLDS(cgroup_populated(group) == -1 && errno == EINVAL);
	HOLDS(unlinkat(group, "cgroup.events", 0) == 0);
	HOLDS(cgroup_populated(group) == -1 && errno == ENOENT);
}

/* A name is a whole word: "cpu" is not in "cpuset". */
static void
knows_controllers(void)
{
	HOLDS(!cgroup_has(group, "cpu"));
	file("cgroup.controllers", "cpuset io memory\n");
	HOLDS(cgroup_has(group, "cpuset") && cgroup_has(group, "io"));
	HOLDS(cgroup_has(group, "memory"));
	HOLDS(!cgroup_has(group, "cpu") && !cgroup_has(group, "memo"));
	HOLDS(!cgroup_has(group, "pids"));
	file("cgroup.controllers", "\n");
	HOLDS(!cgroup_has(group, "io"));
}

static const struct {
	const char *text, *key;
	uint64_t value;
	int error;
} numbers[] = {
    {"17\n", NULL, 17, 0},
    {"18446744073709551615\n", NULL, UINT64_MAX, 0},
    {"max\n", NULL, 0, EINVAL},
    {"", NULL, 0, EINVAL},
    {"oom 1\noom_kill 2\n", "oom_kill", 2, 0},
    {"oom_kill 2\noom 1\n", "oom", 1, 0},
    {"low 0\nhigh 3", "high", 3, 0},
    {"low 0\n", "high", 0, EINVAL},
    {"high\n", "high", 0, EINVAL},
    {"some high 3\n", "high", 0, EINVAL},
};

static void
reads_numbers(void)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		uint64_t v = 0;
		int got, error = numbers[i].error;

		file("number", numbers[i].text);
		got = cgroup_read_number(group, "number", numbers[i].key, &v);
		HOLDS(got == (error == 0 ? 0 : -1));
		HOLDS(got == 0 ? v == numbers[i].value : errno == error);
	}
}

/* The leaves go first, whatever hangs below; what is there already is used. */
static void
makes_and_removes(void)
{
	int one = cgroup_make(group, "one"), two = cgroup_make(one, "two");
	struct stat a, b;

	HOLDS(one >= 0 && two >= 0);
	HOLDS(mkdirat(two, "three", 0755) == 0);
	HOLDS(mkdirat(one, "also", 0755) == 0);
	close(two);
	two = cgroup_make(group, "one");
	HOLDS(fstat(one, &a) == 0 && fstat(two, &b) == 0);
	HOLDS(a.st_ino == b.st_ino);
	close(two);
	close(one);
	HOLDS(cgroup_remove(group, "one") == 0);
	HOLDS(faccessat(group, "one", F_OK, 0) == -1 && errno == ENOENT);
	HOLDS(cgroup_remove(group, "one") == -1 && errno == ENOENT);
	HOLDS(symlinkat(".", group, "link") == 0);
	HOLDS(cgroup_make(group, "link") == -1);
}

static void
finds_its_own(void)
{
	char mine[4096], same[4096], mount[64];
	struct buf own = BUF(mine), pid = BUF(same), at = BUF(mount);
	int fd = cgroup_open_own();

	/* In a group, or on a machine without version 2. */
	if (cgroup_of(0, &own) == 0) {
		HOLDS(cgroup_of(getpid(), &pid) == 0);
		SAME(mine, same);
		HOLDS(mine[0] == '/' && strchr(mine, '\n') == NULL);
	} else {
		HOLDS(errno == ENOENT && fd == -1);
	}
	if (cgroup_find(&at) == 0)
		HOLDS(mount[0] == '/' && access(mount, F_OK) == 0);
	else
		HOLDS(errno == ENOENT && fd == -1);
	HOLDS(fd == -1 || faccessat(fd, "cgroup.procs", F_OK, 0) == 0);
	HOLDS(cgroup_of(0x7fffffff, &pid) == -1);
	if (fd >= 0)
		close(fd);
}

int
main(void)
{
	HOLDS(mkdtemp(place) != NULL);
	group = open(place, O_RDONLY | O_DIRECTORY);
	TEST("cgroup: what is written where", tells_the_kernel);
	TEST("cgroup: populated or not", knows_who_is_in_it);
	TEST("cgroup: controllers are whole words", knows_controllers);
	TEST("cgroup: numbers, alone or after a key", reads_numbers);
	TEST("cgroup: made once, removed with all below", makes_and_removes);
	TEST("cgroup: where this process is", finds_its_own);
	HOLDS(dir_remove(AT_FDCWD, place) == 0);
	return unit_done();
}
