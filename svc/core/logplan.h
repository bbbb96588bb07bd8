/*
 * What becomes of a service's output: the value of its setting `log`. Words,
 * in any order, each at most once:
 *
 *	yes | DIR | console | syslog | file PATH | none | no	where to
 *	SIZE [x KEEP]		size of a file, number of old ones: 10M x 20
 *	age TIME		a file ends at that age
 *	time iso|tai64n|none	a stamp in the text of each line
 *	compress PROGRAM	filters old files, stdin to stdout
 *	fsync			on disk a second later at the latest
 *	rate N/TIME		more lines than that are dropped and counted;
 *TIME is s, m, h or a time like 10s
 *
 * A word that is a service's name, and nothing of the above, is where to as
 * well: that service reads the lines. Pure.
 */
#ifndef SVC_CORE_LOGPLAN_H
#define SVC_CORE_LOGPLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* clang-format off */
#define LOGPLAN_TOS(X) \
	X(DIR)     /* a directory of rotated files; path, or NULL: its own */ \
	X(CONSOLE) /* the logger's standard output, name before each line */ \
	X(SYSLOG)  /* /dev/log */ \
	X(FILE)    /* path, never rotated */ \
	X(SERVICE) /* path is its name */ \
	X(NONE)
#define LOGPLAN_TIMES(X) \
	X(NONE, "none") X(ISO, "iso") X(TAI64N, "tai64n")
/* clang-format on */
#define LOGPLAN_ENUM_TO(name) LOGPLAN_##name,
enum logplan_to {
	LOGPLAN_TOS(LOGPLAN_ENUM_TO)
};
#define LOGPLAN_ENUM_TIME(name, text) LOGPLAN_TIME_##name,
enum logplan_time {
	LOGPLAN_TIMES(LOGPLAN_ENUM_TIME)
};

/* Nothing ever fills a disk by default. */
#define LOGPLAN_SIZE (10 << 20)
#define LOGPLAN_KEEP 10
#define LOGPLAN_SIZE_MIN 4096

struct logplan {
	enum logplan_to to;
	const char *path;
	uint64_t size;
	uint64_t keep;
	int64_t age_ms; /* 0: no end by age */
	enum logplan_time time;
	const char *compress;
	bool fsync;
	uint32_t rate;	 /* lines in rate_ms, 0: any number */
	int64_t rate_ms; /* at least a second */
};

#define LOGPLAN_TEXT 1024 /* bytes of a value, NUL included */

/*
 * Reads a value. What the plan points to is in room[LOGPLAN_TEXT]. NULL, or
 * what is wrong; *word is then the word that is.
 */
const char *logplan_parse(
    const char *value, char *room, struct logplan *plan, const char **word);

#endif
