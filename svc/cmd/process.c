/*
 * A process may vanish between two looks; then it is left out.
 */
#include "svc/cmd/process.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cgroup.h"
#include "lib/fd.h"
#include "lib/scan.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"

#define COMMAND_MAX 4096
#define DEPTH_MAX 128 /* of parents walked: a bound, should pids be reused */

/* Fields of /proc/PID/stat after the name, counted from the state as 0. */
enum {
	FIELD_PARENT = 1,
	FIELD_SESSION = 3,
	FIELD_UTIME = 11,
	FIELD_STIME = 12,
	FIELD_CUTIME = 13,
	FIELD_CSTIME = 14,
	FIELD_PAGES = 21,
	FIELDS
};

static bool
parse_stat(const char *text, struct process *p)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	uint64_t fields[FIELDS] = {0};
	uint64_t tick_ns = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);

	if (open == NULL || close == NULL || close < open)
		return false;
	snprintf(
	    p->name, sizeof p->name, "%.*s", (int)(close - open - 1), open + 1);
	const char *at = close + 1;
	for (int i = 0; i < FIELDS; i++) {
		at += strspn(at, " ");
		scan_u64_prefix(at, &fields[i]);
		at += strcspn(at, " ");
	}
	p->parent = (uint32_t)fields[FIELD_PARENT];
	p->session = (uint32_t)fields[FIELD_SESSION];
	p->cpu_ns = (fields[FIELD_UTIME] + fields[FIELD_STIME] +
			fields[FIELD_CUTIME] + fields[FIELD_CSTIME]) *
		    tick_ns;
	p->bytes = fields[FIELD_PAGES] * (uint64_t)sysconf(_SC_PAGESIZE);
	return true;
}

static int
by_pid(const void *a, const void *b)
{
	uint32_t x = ((const struct process *)a)->pid;
	uint32_t y = ((const struct process *)b)->pid;

	return x < y ? -1 : x > y;
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static struct process *
find(const struct processes *all, uint32_t pid)
{
	struct process key = {.pid = pid};

	return all->count == 0
		   ? NULL
		   : bsearch(&key, all->p, all->count, sizeof *all->p, by_pid);
}

static bool
is_main(const uint32_t *mains, size_t count, uint32_t pid)
{
	return pid != 0 && count > 0 &&
	       bsearch(&pid, mains, count, sizeof *mains, by_number) != NULL;
}

static uint32_t
owner_of(const struct processes *all, const struct process *p,
    const uint32_t *mains, size_t count)
{
	const struct process *at = p;

	for (int i = 0; at != NULL && i < DEPTH_MAX; i++) {
		if (is_main(mains, count, at->pid))
			return at->pid;
		at = find(all, at->parent);
	}
	return is_main(mains, count, p->session) ? p->session : 0;
}

static bool
read_process(int proc, const char *pid, struct process *p)
{
	char path[300], bytes[1024];
	struct buf text = BUF(bytes);

	if (!scan_u32(pid, &p->pid))
		return false;
	snprintf(path, sizeof path, "%s/stat", pid);
	return fd_slurp(proc, path, &text) == 0 && parse_stat(text.p, p);
}

static void
add_process(struct processes *all, const struct process *p)
{
	all->p =
	    memory_grow(all->p, &all->room, all->count + 1, sizeof *all->p);
	all->p[all->count++] = *p;
}

/* "0::/trivet/NAME" of /proc/PID/cgroup, as a path of its cgroup.procs. */
static bool
group_file(uint32_t pid, struct buf *path)
{
	char bytes[4096];
	struct buf text = BUF(bytes);
	const char *line;

	if (cgroup_find(path) < 0 ||
	    fd_slurp(AT_FDCWD, memory_text("/proc/%u/cgroup", (unsigned)pid),
		&text) < 0)
		return false;
	line =
	    strncmp(text.p, "0::", 3) == 0 ? text.p : strstr(text.p, "\n0::");
	if (line == NULL)
		return false;
	line = strchr(line, '/');
	buf_put(path, line, strcspn(line, "\n"));
	buf_puts(path, "/cgroup.procs");
	return !path->full;
}

bool
processes_of_cgroup(struct processes *all, uint32_t main_pid)
{
	static char room[65536];
	char where[4096];
	struct buf path = BUF(where), text = BUF(room);
	int proc;

	if (!group_file(main_pid, &path) ||
	    fd_slurp(AT_FDCWD, where, &text) < 0 || text.len == 0)
		return false;
	proc = sys_open("/proc", O_PATH | O_DIRECTORY, 0);
	for (char *pid = strtok(text.p, "\n"); pid != NULL;
	     pid = strtok(NULL, "\n")) {
		struct process p = {.owner = main_pid};
		if (read_process(proc, pid, &p))
			add_process(all, &p);
	}
	fd_close(&proc);
	qsort(all->p, all->count, sizeof *all->p, by_pid);
	return true;
}

struct processes
processes_now(const uint32_t *mains, size_t count)
{
	struct processes all = {0};
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		struct process p = {0};
		if (read_process(dirfd(proc), entry->d_name, &p))
			add_process(&all, &p);
	}
	if (proc != NULL)
		closedir(proc);
	qsort(all.p, all.count, sizeof *all.p, by_pid);
	for (size_t i = 0; i < all.count; i++)
		all.p[i].owner = owner_of(&all, &all.p[i], mains, count);
	return all;
}

static void
add(struct process_sum *sum, const struct process *p)
{
	sum->count++;
	sum->cpu_ns += p->cpu_ns;
	sum->bytes += p->bytes;
}

struct process_sum
process_sum(const struct processes *all, uint32_t main_pid)
{
	struct process_sum sum = {0};

	for (size_t i = 0; main_pid != 0 && i < all->count; i++)
		if (all->p[i].owner == main_pid)
			add(&sum, &all->p[i]);
	return sum;
}

struct process_sum *
process_sums(const struct processes *all, const uint32_t *mains, size_t count)
{
	struct process_sum *sums = memory_get(count, sizeof *sums);

	for (size_t i = 0; i < all->count; i++) {
		const uint32_t *at = count == 0
					 ? NULL
					 : bsearch(&all->p[i].owner, mains,
					       count, sizeof *mains, by_number);
		if (at != NULL && *at != 0)
			add(&sums[at - mains], &all->p[i]);
	}
	return sums;
}

uint32_t
process_parent(uint32_t pid)
{
	char bytes[1024];
	struct buf text = BUF(bytes);
	struct process p = {0};

	if (fd_slurp(AT_FDCWD, memory_text("/proc/%u/stat", (unsigned)pid),
		&text) == 0)
		parse_stat(text.p, &p);
	return p.parent;
}

bool
process_is_former(uint32_t pid)
{
	char link[4096];

	if (sys_readlinkat(AT_FDCWD, memory_text("/proc/%u/exe", (unsigned)pid),
		link, sizeof link) < 0)
		return false;
	return str_ends(link, " (deleted)");
}

const char *
process_command(const struct process *p)
{
	char bytes[COMMAND_MAX];
	struct buf text = BUF(bytes);

	fd_slurp(
	    AT_FDCWD, memory_text("/proc/%u/cmdline", (unsigned)p->pid), &text);
	while (text.len > 0 && text.p[text.len - 1] == '\0')
		text.len--;
	if (text.len == 0)
		return memory_text("[%s]", p->name);
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] == '\0')
			text.p[i] = ' ';
	return memory_copy(text.p, text.len);
}
