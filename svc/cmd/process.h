/*
 * What /proc says about the processes of services: who belongs to whom, how
 * much memory and processor time they take. One look for all of them.
 */
#ifndef SVC_CMD_PROCESS_H
#define SVC_CMD_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct process {
	uint32_t pid, parent, session;
	uint32_t owner;	 /* main pid of the service it belongs to; 0: none */
	uint64_t cpu_ns; /* of itself and its children that have ended */
	uint64_t bytes;	 /* resident */
	char name[33];	 /* comm, raw bytes */
};

struct processes {
	struct process *p; /* by pid */
	size_t count, room;
};

struct process_sum {
	uint32_t count;
	uint64_t cpu_ns, bytes;
};

/*
 * All processes now. Those below a process of `mains` (sorted), or in its
 * session, belong to it.
 */
struct processes processes_now(const uint32_t *mains, size_t count);
/*
 * Those of the cgroup that the service with this main process has of its own,
 * added to `all`, without a look at all the others; false: it cannot be read.
 */
bool processes_of_cgroup(struct processes *all, uint32_t main_pid);
/* What the processes of the service with this main pid take together. */
struct process_sum process_sum(const struct processes *all, uint32_t main_pid);
/* The same for all at once, in the order of `mains`. */
struct process_sum *process_sums(
    const struct processes *all, const uint32_t *mains, size_t count);
/* 0: it is gone. */
uint32_t process_parent(uint32_t pid);
/* The file of its program has been replaced since it began. */
bool process_is_former(uint32_t pid);
/* Its command line in one line, "[name]" where it has none; raw bytes. */
const char *process_command(const struct process *p);

#endif
