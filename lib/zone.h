/*
 * Local time without libc: the rules of a zone, from the bytes of a TZif file
 * (RFC 8536) or from a text as TZ holds it (POSIX), and what they make of a
 * moment. Pure; the caller reads the file.
 */
#ifndef LIB_ZONE_H
#define LIB_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One day a year, and when on it: EST5EDT,M3.2.0,M11.1.0/2 */
struct zone_change {
	char kind; /* M: month, week, weekday; J: 1 to 365; 0: 0 to 365 */
	uint32_t month, week, day;
	int32_t second; /* of local time, may be before or after that day */
};

struct zone {
	/* Changes that have been written down; they point into the bytes. */
	const unsigned char *times, *kinds, *types;
	size_t count, type_count;
	/* And the rule for all that follow. */
	bool has_rule, has_summer;
	int32_t offset, summer_offset; /* seconds east of Greenwich */
	struct zone_change to_summer, from_summer;
};

/* False: not such a file; the zone is UTC then. The bytes must stay. */
bool zone_read(struct zone *z, const void *bytes, size_t len);
/* False: not such a text; the zone is UTC then. */
bool zone_text(struct zone *z, const char *text);

/* Seconds to be added to get from UTC to local time. */
int32_t zone_offset(const struct zone *z, int64_t unix_sec);
/*
 * When a local time is, given as if it were UTC. Of two such moments it is the
 * first; one that a change leaves out is told by the clock before the change.
 */
int64_t zone_moment(const struct zone *z, int64_t local_sec);

#endif
