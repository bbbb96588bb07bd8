/*
 * One file of a log as bytes in memory, with the times at which they arrived.
 */
#ifndef SVC_CMD_LOGS_FILE_H
#define SVC_CMD_LOGS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "svc/cmd/logs.h"
#include "svc/core/logindex.h"

struct logs_file {
	const char *bytes;
	size_t n;
	uint64_t base; /* where in the file bytes[0] stands */
	uint64_t inode;
	int64_t changed_ns;
	bool has_index;
	struct logindex index;
};

/* All of a file, expanded if it is compressed. */
bool logs_file_whole(struct logs_file *f, int fd);
/* What a file holds from `from` on, `most` bytes at most, as it is. */
bool logs_file_part(struct logs_file *f, int fd, uint64_t from, size_t most);
/* The index of arrivals beside the file `name`, if it speaks of this one. */
void logs_file_index(struct logs_file *f, const char *dir, const char *name);
/* Do both begin with the same bytes? False if one of them is empty. */
bool logs_file_alike(const struct logs_file *a, const struct logs_file *b);

/* The line of `source` from bytes[start] to bytes[end - 1]. */
struct logs_line logs_file_line(
    const struct logs_file *f, const char *source, size_t start, size_t end);

#endif
