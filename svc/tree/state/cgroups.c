/*
 * A cgroup for each service, below one of the tree's own: born in it, limited
 * by it, ended with it. On a machine without cgroup v2, or where they may not
 * be made, services run all the same; it is said when somebody misses them.
 *
 *	OWN/trivet/NAME		the tree of process 1
 *	OWN/trivet.PID/NAME	the tree of the keeper PID
 *	OWN/trivet.NS.PID/NAME	the same in a pid namespace, NS its number
 *	OWN/trivet.self		keeper and svcd, where OWN may hold nobody
 *
 * svcd holds a lock on its tree's group: one without a lock may be cleared.
 *
 * A group that was killed is not entered again but made anew: there are
 * kernels that kill whatever is born into it from then on.
 */
#include "svc/tree/state/cgroups.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "lib/cgroup.h"
#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/scan.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"

#define PIDS_ROOM 65536
#define PIDS_PERCENT 15 /* as elsewhere */
#define PIDS_LEAST 256
#define CPU_PERIOD_US 100000
#define FIRST_PID_NS 0xeffffffcu /* the kernel's PROC_PID_INIT_INO */

static const char self[] = "trivet.self";
static int own = -1, base = -1;
static uint64_t pids_share; /* 0: not known */
static char base_name[32];
static char base_path[TREE_PATH]; /* as /proc has it, with a / at its end */

/* --- the tree's own --- */

static bool
open_own(void)
{
	char text[TREE_PATH];
	struct buf path = BUF(text), below = BUF(base_path);
	size_t mount;

	if (cgroup_find(&path) < 0)
		return false;
	mount = path.len;
	if (cgroup_of(0, &path) < 0 || path.full)
		return false;
	/* An earlier life has moved us below. */
	if (str_eq(path_base(text), self))
		text[path.len - sizeof(self)] = '\0';
	path_make(&below, text + mount, base_name);
	buf_putc(&below, '/');
	own = sys_open(text, O_RDONLY | O_DIRECTORY, 0);
	return own >= 0 && fd_lift(&own, TREE_FD_FLOOR) == 0;
}

/* Controllers go only to children of a group that holds nobody (or is the
 * root): keeper and svcd make way, into a child of their own. */
static void
make_way(void)
{
	int fd = cgroup_make(own, self);

	if (fd < 0)
		return;
	cgroup_enter(fd, sys_getppid());
	cgroup_enter(fd, 0);
	sys_close(fd);
}

/* Pids are limited for everybody, and who is killed for memory is told of it,
 * limited or not. Those that share out make each birth dearer, and so does
 * memory: only for who asks for it, or when nobody is waiting to be born. */
enum {
	MEMORY = 1,
	PIDS = 2,
	CPU = 4,
	IO = 8,
	ALL = MEMORY | PIDS | CPU | IO
};

/* Asked for below the tree's own group, and what came of it. */
static unsigned passed, given;

static void
pass_down(unsigned wanted)
{
	static const char *const controllers[] = {
	    "+memory", "+pids", "+cpu", "+io"};
	bool is_moved = false;

	wanted &= ~passed;
	passed |= wanted;
	for (unsigned n = 0; n < 4; n++) {
		if (!(wanted & 1u << n) || !cgroup_has(own, controllers[n] + 1))
			continue;
		if (cgroup_delegate(own, controllers[n]) < 0 &&
		    errno == EBUSY && !is_moved) {
			make_way();
			is_moved = true;
			cgroup_delegate(own, controllers[n]);
		}
		if (cgroup_delegate(base, controllers[n]) == 0)
			given |= 1u << n;
	}
}

static bool
is_left(const char *name)
{
	int fd = sys_openat(
	    own, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	bool is_free = fd >= 0 && sys_flock(fd, LOCK_EX | LOCK_NB) == 0;

	fd_close(&fd);
	return is_free;
}

/* Of trees that were killed: whatever holds nobody any more. */
static void
clear_stale(void)
{
	char room[DIR_ROOM];
	struct dir d;
	struct dir_entry e;

	if (dir_open(&d, own, ".", room, sizeof(room)) < 0)
		return;
	while (dir_next(&d, &e) == 1)
		if (str_after(e.name, "trivet.") != NULL &&
		    !str_eq(e.name, self) && is_left(e.name))
			cgroup_remove(own, e.name);
	dir_close(&d);
}

static bool
open_base(void)
{
	fd_close(&base);
	passed = given = 0;
	base = cgroup_make(own, base_name);
	if (base >= 0 && fd_lift(&base, TREE_FD_FLOOR) == 0) {
		sys_flock(base, LOCK_EX | LOCK_NB);
		return true;
	}
	fd_close(&base);
	return false;
}

/* Pids are told apart by the namespace that they count in. */
static void
name_base(void)
{
	struct buf b = BUF(base_name);
	pid_t keeper = sys_getppid();
	struct stat ns;
	bool is_inner =
	    sys_fstatat(AT_FDCWD, "/proc/self/ns/pid", &ns, 0) == 0 &&
	    ns.st_ino != FIRST_PID_NS;

	buf_puts(&b, "trivet");
	if (is_inner)
		buf_fmt(&b, ".%u", (unsigned)ns.st_ino);
	if (is_inner || keeper != 1)
		buf_fmt(&b, ".%d", (int)keeper);
}

/*
 * One service that forks without end must leave room for all others and for a
 * person's shell: each has this share of what the machine takes, unless its
 * definition says another.
 */
static void
find_share(void)
{
	static const char *const files[] = {
	    "/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max"};
	uint64_t most = UINT64_MAX, n;

	for (int k = 0; k < 2; k++)
		if (cgroup_read_number(AT_FDCWD, files[k], NULL, &n) == 0 &&
		    n < most)
			most = n;
	if (most == UINT64_MAX)
		return;
	pids_share = most / 100 * PIDS_PERCENT;
	if (pids_share < PIDS_LEAST)
		pids_share = PIDS_LEAST;
}

void
cgroups_start(void)
{
	name_base();
	if (!open_own())
		return;
	if (!tree.is_recovered)
		cgroup_remove(own, base_name);
	if (!open_base())
		return;
	pass_down(PIDS);
	if (given & PIDS)
		find_share();
}

void
cgroups_calm(void)
{
	static bool is_done;

	if (base < 0 || is_done)
		return;
	is_done = true;
	pass_down(MEMORY);
	if (!tree.is_recovered)
		clear_stale();
}

bool
cgroups_work(void)
{
	return base >= 0;
}

/* --- one group --- */

static int
open_group(uint32_t i)
{
	char name[BOARD_NAME_MAX + 1];

	if (base < 0 || !cgroups_has(i))
		return -1;
	return sys_openat(
	    base, state_name(i, name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
}

bool
cgroups_has(uint32_t i)
{
	return rec(i)->flags & BOARD_CGROUP;
}

enum cgroups_whose
cgroups_whose(uint32_t i, uint32_t pid)
{
	char text[TREE_PATH], name[BOARD_NAME_MAX + 1];
	struct buf b = BUF(text);
	const char *below;
	size_t len;

	if (base < 0 || cgroup_of((pid_t)pid, &b) < 0 || b.full)
		return CGROUPS_UNKNOWN;
	below = str_after(text, base_path);
	if (below == NULL)
		return CGROUPS_UNKNOWN;
	len = strlen(state_name(i, name));
	return strncmp(below, name, len) == 0 &&
		       (below[len] == '\0' || below[len] == '/')
		   ? CGROUPS_ITS
		   : CGROUPS_OTHERS;
}

static void
set_has(uint32_t i, bool has)
{
	if (cgroups_has(i) != has)
		state_flags(i, has ? BOARD_CGROUP : 0, BOARD_CGROUP);
}

struct limit {
	enum setting key;
	const char *file;
};

static const struct limit limits[] = {
    {SET_memory_max, "memory.max"},
    {SET_memory_high, "memory.high"},
    {SET_pids_max, "pids.max"},
    {SET_cpu_weight, "cpu.weight"},
    {SET_io_weight, "io.weight"},
    {SET_cpu_max, "cpu.max"},
};

static void
limit_text(const struct settings *s, enum setting key, struct buf *b)
{
	uint64_t bytes = key == SET_memory_max ? s->memory_max : s->memory_high;

	if ((key == SET_memory_max || key == SET_memory_high) &&
	    bytes == SETTINGS_UNLIMITED)
		buf_puts(b, "max");
	else if (key == SET_memory_max || key == SET_memory_high)
		buf_u64(b, bytes);
	else if (key == SET_pids_max)
		buf_i64(b, s->pids_max);
	else if (key == SET_cpu_weight)
		buf_i64(b, s->cpu_weight);
	else if (key == SET_io_weight)
		buf_i64(b, s->io_weight);
	else
		buf_fmt(b, "%d %d", (int)(s->cpu_max * (CPU_PERIOD_US / 100)),
		    CPU_PERIOD_US);
}

static void
set_limits(uint32_t i, int group, const struct settings *s)
{
	char text[64], name[BOARD_NAME_MAX + 1];

	for (size_t n = 0; n < sizeof(limits) / sizeof(limits[0]); n++) {
		struct buf b = BUF(text);
		if (!settings_has(s, limits[n].key))
			continue;
		limit_text(s, limits[n].key, &b);
		if (cgroup_write(group, limits[n].file, b.p) < 0)
			say_warn("%s: cannot set %s", state_name(i, name),
			    limits[n].file);
	}
	/* All that is killed for memory is killed together. */
	if (settings_has(s, SET_memory_max))
		cgroup_write(group, "memory.oom.group", "1");
}

static void
set_share(int group)
{
	char text[24];
	struct buf b = BUF(text);

	buf_u64(&b, pids_share);
	if (pids_share != 0)
		cgroup_write(group, "pids.max", b.p);
}

static unsigned
controllers_of(const struct settings *s)
{
	unsigned wanted = s->delegate ? ALL : 0;

	if (settings_has(s, SET_memory_max) || settings_has(s, SET_memory_high))
		wanted |= MEMORY;
	if (settings_has(s, SET_cpu_max) || settings_has(s, SET_cpu_weight))
		wanted |= CPU;
	if (settings_has(s, SET_io_weight))
		wanted |= IO;
	return wanted;
}

static const char *
first_limit(const struct settings *s)
{
	for (size_t n = 0; n < sizeof(limits) / sizeof(limits[0]); n++)
		if (settings_has(s, limits[n].key))
			return settings_of((uint16_t)limits[n].key)->key;
	return s->delegate ? "delegate" : NULL;
}

/* Once in a life of ours, where it makes a difference. */
static int
do_without(uint32_t i)
{
	const struct settings *s = define_view(i);
	const char *key = s != NULL ? first_limit(s) : NULL;
	char name[BOARD_NAME_MAX + 1];

	set_has(i, false);
	if (key != NULL && !live(i)->is_told)
		say_warnx("%s: no cgroup for it here: %s has no effect",
		    state_name(i, name), key);
	live(i)->is_told = true;
	return -1;
}

static int
make_group(const char *name, unsigned wanted)
{
	int fd = cgroup_make(base, name);

	if (fd < 0 && open_base()) { /* somebody may have removed it */
		pass_down(PIDS | wanted);
		fd = cgroup_make(base, name);
	}
	if (fd >= 0)
		set_share(fd);
	return fd;
}

int
cgroups_enter(uint32_t i)
{
	const struct settings *s = define_view(i);
	unsigned wanted = s != NULL ? controllers_of(s) : 0;
	char name[BOARD_NAME_MAX + 1];
	int fd;

	if (base < 0 || (rec(i)->flags & BOARD_LOG))
		return do_without(i);
	state_name(i, name);
	/* Limits that are no more in the definition go with the group. */
	if ((live(i)->is_killed || live(i)->is_limited) &&
	    cgroup_remove(base, name) < 0 && errno != ENOENT &&
	    live(i)->is_killed)
		return do_without(i);
	pass_down(wanted);
	fd = open_group(i);
	if (fd < 0)
		fd = make_group(name, wanted);
	if (fd < 0)
		return do_without(i);
	live(i)->is_killed = false;
	live(i)->is_limited = s != NULL && first_limit(s) != NULL;
	live(i)->ooms = 0;
	if (s != NULL)
		set_limits(i, fd, s);
	set_has(i, true);
	return fd;
}

void
cgroups_hand_over(uint32_t i, int group, uint32_t uid, uint32_t gid)
{
	static const char *const files[] = {
	    "cgroup.procs", "cgroup.threads", "cgroup.subtree_control"};
	const struct settings *s = define_view(i);

	if (s == NULL || !s->delegate)
		return;
	sys_fchown(group, uid, gid);
	for (unsigned n = 0; n < 3; n++)
		sys_fchownat(group, files[n], uid, gid, AT_SYMLINK_NOFOLLOW);
}

void
cgroups_refused(uint32_t i)
{
	do_without(i);
}

bool
cgroups_kill(uint32_t i)
{
	int fd = open_group(i);
	bool done = fd >= 0 && cgroup_kill(fd) == 0;

	live(i)->is_killed = live(i)->is_killed || done;
	fd_close(&fd);
	return done;
}

unsigned
cgroups_signal(uint32_t i, int sig)
{
	static char text[PIDS_ROOM];
	struct buf b = BUF(text);
	int fd = open_group(i);
	unsigned count = 0;
	uint64_t pid;

	if (fd >= 0)
		cgroup_read(fd, "cgroup.procs", &b);
	fd_close(&fd);
	for (const char *p = b.p; scan_u64_prefix(p, &pid) > 0;
	     p += strspn(p, "\n")) {
		p += strspn(p, "0123456789");
		if (pid > 1 && sys_kill((pid_t)pid, sig) == 0)
			count++;
	}
	return count;
}

/* Every death asks: so the file is opened by way of the tree's group. */
static uint64_t
number_of(uint32_t i, const char *file, const char *key)
{
	char name[BOARD_NAME_MAX + 1], path[BOARD_NAME_MAX + 32];
	struct buf b = BUF(path);
	uint64_t value = 0;

	buf_fmt(&b, "%s/%s", state_name(i, name), file);
	if (base >= 0 && cgroups_has(i))
		cgroup_read_number(base, path, key, &value);
	return value;
}

bool
cgroups_populated(uint32_t i)
{
	return number_of(i, "cgroup.events", "populated") != 0;
}

bool
cgroups_oom(uint32_t i)
{
	uint64_t kills = number_of(i, "memory.events", "oom_kill");
	bool is_more;

	is_more = kills > live(i)->ooms;
	live(i)->ooms = (uint32_t)kills;
	return is_more;
}

void
cgroups_recover(uint32_t i)
{
	if (!cgroups_has(i))
		return;
	live(i)->is_killed = true; /* for all we know */
	cgroups_oom(i);
}

void
cgroups_close(uint32_t i)
{
	char name[BOARD_NAME_MAX + 1];

	if (base >= 0 && cgroups_has(i))
		cgroup_remove(base, state_name(i, name));
}

/* Nothing of ours stays on a machine that goes on without us. */
void
cgroups_end(void)
{
	static const char *const controllers[] = {
	    "-memory", "-pids", "-cpu", "-io"};

	if (base < 0 || sys_getppid() == 1)
		return;
	cgroup_remove(own, base_name);
	if (sys_faccessat(own, self, F_OK, 0) < 0)
		return;
	for (unsigned n = 0; n < 4; n++)
		cgroup_delegate(own, controllers[n]);
	cgroup_enter(own, sys_getppid());
	cgroup_enter(own, 0);
	cgroup_remove(own, self);
}
