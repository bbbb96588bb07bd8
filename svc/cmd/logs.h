/*
 * The logs of services as svc reads them: directories of svlogd's, multilog's
 * or s6-log's, and single files. Where the logger kept an index of arrivals
 * the times come from there, else from the stamps in the text, else from the
 * file's last change.
 */
#ifndef SVC_CMD_LOGS_H
#define SVC_CMD_LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the shared logger writes what has no directory of its own. */
#define LOGS_BASE "/var/log/trivet"

struct definition;
struct logs_place;

struct logs_source {
	const char *name; /* of the service */
	const char *path;
	bool is_file; /* one file, else a directory with `current` */
};

/*
 * The log of the service `name` that is defined in `path` (NULL: not known),
 * or the log that `name` itself is, if it has a slash. False: none found.
 * `d` is its definition if it has been read, else NULL.
 */
bool logs_find(struct logs_source *s, const char *name, const char *path,
    const struct definition *d);
/* Why none was found, as far as the definition tells: behind a colon. */
const char *logs_none(const char *name, const char *path);

struct logs_line {
	int64_t at_ns; /* wall clock; 0: not known */
	const char *p; /* without stamp, level and newline; any bytes */
	size_t n;
	int level; /* 0 … 7 of "<N>", -1: none */
	const char *name;
};

struct logs {
	struct logs_line *line;
	size_t count, room;
};

void logs_add(struct logs *to, struct logs_line line);
/* By time, those of one source in their order, the last `most` of all. */
void logs_merge(struct logs *all, size_t most);

/* Which lines are wanted. */
struct logs_ask {
	int64_t since_ns; /* 0: from the first */
	size_t most;	  /* the last so many; 0: all */
	bool whole;	  /* not the beginning of one that has no end yet */
	bool (*fits)(const struct logs_line *line);
};

/* Adds the lines of one source, in order, `most` of them at most. */
void logs_read(
    struct logs *to, const struct logs_source *s, const struct logs_ask *ask);
/* The same up to a place; p->at says how far that was. */
void logs_read_upto(struct logs *to, const struct logs_source *s,
    struct logs_place *p, const struct logs_ask *ask);
/* Takes stamp and level off the raw bytes of a line. */
struct logs_line logs_line(
    const char *name, const char *p, size_t n, int64_t at_ns);

#endif
