/*
 * The logger by its old names: one input, lines, and where each of them goes.
 * svlogd.c and multilog.c fill a struct work from their arguments; work_run
 * does the rest until the input ends or a TERM comes.
 */
#ifndef SVC_LOG_WORK_H
#define SVC_LOG_WORK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/loop.h"
#include "svc/log/input.h"
#include "svc/log/line.h"
#include "svc/log/logdir.h"
#include "svc/log/pattern.h"

/* clang-format off */
#define SINK_KINDS(X) \
	X(DIR)    /* appended to the log directory */ \
	X(STDERR) /* `limit` bytes and "..." */ \
	X(UDP)    /* the same, a datagram */ \
	X(STATUS) /* `limit` bytes padded with newlines, replacing a file */
/* clang-format on */
#define SINK_ENUM(name) SINK_##name,
enum sink_kind {
	SINK_KINDS(SINK_ENUM)
};

struct sink {
	enum sink_kind kind;
	struct pattern_ask ask;
	const struct pattern_rule *rule;
	size_t rules;
	struct logdir *dir; /* whose prefix, whose complaints */
	const char *file;   /* STATUS */
	size_t limit;
	bool takes; /* the line under way */
};

struct work {
	struct logdir_host host;
	struct loop loop;
	struct watch input_watch, signal_watch;
	struct input in;
	struct line line;
	size_t line_max;   /* bytes of a line that patterns see */
	bool stamp_counts; /* and the stamp is among them */
	bool translates;
	unsigned char translate[256];

	struct logdir *dir;
	size_t dirs;
	struct sink *sink;
	size_t sinks;
	struct out err; /* on the way to standard error */

	/* Opens or reopens all directories and makes the sinks; false: none. */
	bool (*reopen)(struct work *w);
	bool always_ready; /* a regular file, which epoll does not watch */
	bool deaf;	   /* the input is not watched: a directory waits */
	bool running;	   /* from here on it does not die */
	bool term, ended;
	bool finishing, impatient;
	struct timer last_line; /* TERM came inside a line: how long to wait */
	bool plain;		/* the kernel moves the bytes, unseen */
};

/* Memory for `dirs` directories and `sinks` sinks; dies without. */
void work_init(struct work *w, size_t dirs, size_t sinks, size_t line_max);
void work_run(struct work *w);
struct sink *work_sink(struct work *w, enum sink_kind kind);

/* deliver.c: one batch of bytes, to all sinks. */
void deliver(struct work *w, char *p, size_t n);
/* The input has ended: an unfinished line is ended too. */
void deliver_last(struct work *w);
void deliver_flush(struct work *w);

#endif
