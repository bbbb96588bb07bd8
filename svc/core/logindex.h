/*
 * The index beside a log file: when its bytes arrived. The file itself holds
 * nothing but what the service wrote; so no kill can tear a stamp, and the
 * kernel can move the bytes unseen.
 *
 * `current` has the index `index.current`; an old file @X.s has `index.@X.s`.
 * A head of 32 bytes, then records of 16: "the bytes before `end` had arrived
 * at this moment", in the order of both. Little-endian. The index is a hint:
 * it may be missing, short or cut; bytes behind the last record have the time
 * of the file's last change. The head names the file by its inode number, so
 * that a rename that was cut in the middle is found out.
 *
 * Pure: over bytes in memory. Readers believe nothing: records that go back
 * end the index.
 */
#ifndef SVC_CORE_LOGINDEX_H
#define SVC_CORE_LOGINDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOGINDEX_MAGIC UINT64_C(0x31584449474f4c54) /* "TLOGIDX1" */
#define LOGINDEX_HEAD 32
#define LOGINDEX_RECORD 16
#define LOGINDEX_PREFIX "index."

struct logindex_head {
	uint64_t inode;	  /* of the log file */
	int64_t began_ns; /* wall clock */
};
struct logindex_record {
	uint64_t end;
	int64_t at_ns;
};

void logindex_put_head(
    unsigned char to[LOGINDEX_HEAD], struct logindex_head head);
void logindex_put_record(
    unsigned char to[LOGINDEX_RECORD], struct logindex_record record);

/* Bytes of an index that can be believed, of a log file of `size` bytes. */
struct logindex {
	const unsigned char *records;
	size_t count;
	struct logindex_head head;
};
/* False: not an index. Records that make no sense are left out. */
bool logindex_open(
    struct logindex *x, const void *bytes, size_t n, uint64_t size);
struct logindex_record logindex_record(const struct logindex *x, size_t i);
/* When the byte at `offset` had arrived; `otherwise` behind the last record. */
int64_t logindex_time(
    const struct logindex *x, uint64_t offset, int64_t otherwise);
/* The first offset of bytes that arrived after `at_ns`; `size` if none did. */
uint64_t logindex_since(const struct logindex *x, int64_t at_ns, uint64_t size);

#endif
