/*
 * A log directory: a lock, a file `current` that grows, old files that go when
 * there are too many of them, and perhaps a processor for each old one.
 *
 * Nothing here waits. What the file system refuses is said once and tried
 * again by a deadline; until then lines are kept in memory (LOGDIR_KEPT bytes),
 * then dropped and counted, and the count is written down as soon as writing
 * works again. Ending a file is a list of steps, each of which may fail and is
 * then done again; a kill between two of them is mended at the next open.
 *
 * svlogd and multilog name and finish their files in different ways: those
 * are the two `struct logdir_way`s.
 */
#ifndef SVC_LOG_LOGDIR_H
#define SVC_LOG_LOGDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/buf.h"
#include "lib/loop.h"
#include "lib/tai.h"
#include "svc/log/conf.h"
#include "svc/log/cut.h"
#include "svc/log/out.h"
#include "svc/log/stamp.h"

#define LOGDIR_KEPT (1 << 20)	/* bytes held while they cannot be written */
#define LOGDIR_BULK (256 << 10) /* written at one time when all is well */
#define LOGDIR_TIMERS 3		/* that one directory can have running */

#define LOGDIR_NAME (TAI_TEXT + 3) /* @ + 24 digits + .s + NUL */

struct logdir;

/* A step of a longer job: 0, or -1 and errno to be done again later. */
struct logdir_step {
	int (*act)(struct logdir *d); /* NULL ends the list */
	const char *before, *after; /* what could not be done, round the name */
};

struct logdir_way {
	const struct logdir_step *rotation; /* ends `current` */
	const struct logdir_step *commit; /* the processor has done its work */
	/* Makes the directory consistent and opens `current`: 0, or -1, said.
	 */
	int (*mend)(struct logdir *d);
	/* The processor's files: where from, where to. */
	void (*files)(struct logdir *d, const char **from, const char **to);
	/* Is there a file for the processor? 1 (d->save, where names differ),
	 * 0, or -1. */
	int (*waiting)(struct logdir *d);
	bool one_at_a_time; /* no rotation while the processor runs */
	bool is_single;	    /* one file: its mode is not ours to change */
	bool has_index;	    /* index.* beside the files */
	bool trims_all;	    /* removes all files beyond `keep`, not just one */
	int retry_ms;
	/* Says what cannot be done, with errno, while opening. */
	void (*cannot)(const struct logdir *d, const char *what);
	/* Says that `step` failed with errno and is to be done again. */
	void (*pausing)(const struct logdir *d, const struct logdir_step *step);
};
extern const struct logdir_way logdir_svlogd, logdir_multilog, logdir_shared,
    logdir_single;

enum logdir_stuck {
	LOGDIR_FREE,
	LOGDIR_PAUSED, /* until a deadline */
	LOGDIR_WAITS,  /* for the processor; more input is not wanted */
};

enum logdir_due {
	LOGDIR_DUE_COMMIT = 1,
	LOGDIR_DUE_ROTATION = 2,
};

/* What all directories of a process share. */
struct logdir_host {
	struct loop *loop;
	struct stamp stamp;
	int home; /* the directory that relative names start from */
	bool verbose;
	bool fatal;  /* multilog, at its start: it dies of what it cannot do */
	bool ending; /* no processor is started any more */
};

struct logdir {
	const char *name;
	const struct logdir_way *way;
	struct logdir_host *host;
	int fd, lock, cur; /* -1 when closed */
	uint64_t size;	   /* of `current` */
	bool regular;	   /* not a fifo or a device that somebody put there */
	struct cut_rule cut;
	struct out out;
	enum logdir_stuck stuck;

	const struct logdir_step *job; /* NULL, or the step that is next */
	unsigned due;		       /* enum logdir_due */
	struct timer retry, age, again;
	int told; /* errno already said of the present trouble, 0: none */
	struct mono told_at;

	pid_t processor; /* 0: none */
	unsigned processor_failures;
	char save[LOGDIR_NAME]; /* the file it works on, svlogd */

	/* Of the shared logger (shareddir.c): the index of arrivals. */
	const char *file; /* "current" */
	int index;	  /* -1: none */
	uint64_t index_size;
	int64_t index_ns; /* of its last record */
	char rotated[LOGDIR_NAME];
	bool has_fsync, has_lines, is_resting;
	void (*freed)(void *arg); /* it can be written again */
	void *arg;

	struct conf conf;
	struct buf text; /* of the config */
};

/* `kept` bytes of lines are held while they cannot be written. Dies without
 * the memory. */
void logdir_init(struct logdir *d, struct logdir_host *host,
    const struct logdir_way *way, const char *name, size_t kept);
/* 0; -1: it is not usable, which has been said. */
int logdir_open(struct logdir *d);
/* Writes what it can, marks `current` as cleanly closed. */
void logdir_close(struct logdir *d);

/* Closes its files for a while; false: it has work to do. */
bool logdir_rest(struct logdir *d);
/* Opens them again, as at the start; false: it was not at rest. */
bool logdir_wake(struct logdir *d);

/* One line. `stamp` of the host and the prefix are put before it. */
void logdir_begin(struct logdir *d);
void logdir_bytes(struct logdir *d, const char *p, size_t n);
void logdir_end(struct logdir *d);
/* Writes all that waits, unless it is stuck. */
void logdir_flush(struct logdir *d);
/* Is `current` still there, and how long is it by now? */
void logdir_look(struct logdir *d);
/* Ends `current` if there is anything in it. */
void logdir_rotate(struct logdir *d);
/* A write of `n` bytes to d->cur, by whom ever, gave `got`. */
void logdir_wrote(struct logdir *d, int64_t got);
/* The job, the one after it, until none is left or one is stuck. */
void logdir_work(struct logdir *d);
/* Says what cannot be done while opening, unless just said. */
void logdir_cannot(struct logdir *d, const char *what);
/* Tries again later, opening first if it is not open. */
void logdir_wait(struct logdir *d);
/* Says the trouble in errno, unless just said, and waits. */
void logdir_pause(struct logdir *d, const struct logdir_step *step);

/* index.c: when the bytes of `current` arrived. Nothing if there is none. */
void index_open(struct logdir *d);
void index_note(struct logdir *d);
/* The index of file `from` is to be that of file `to`; it may be missing. */
void index_move(int dir, const char *from, const char *to);
void index_remove(int dir, const char *name);
/* An index whose file was renamed without it finds its file. */
void index_mend(int dir);

/* archive.c: the old files. */
struct archive {
	size_t count;
	char oldest[LOGDIR_NAME], newest[LOGDIR_NAME];
	char waiting[LOGDIR_NAME]; /* oldest whole .u: for the processor */
};
/* 0 or -1. Removes nothing; `except` is not counted as the oldest. */
int archive_look(int dir, const char *except, struct archive *a);
/* Deals with what a killed processor left; svlogd's names. */
int archive_mend(int dir);
/* A name no file has, later than that of every file, ending in `.code`. */
int archive_name(int dir, char code, char name[LOGDIR_NAME]);
/* Removes the oldest while there are more than `keep`. 0 or -1. */
int archive_trim(struct logdir *d, uint64_t keep);

/* processor.c */
/* Starts it if it is idle and there is work, 0 or -1: a step of the ways. */
int processor_look(struct logdir *d);
/* Running, waiting to be run again, or not wanted any more. */
bool processor_busy(const struct logdir *d);
/* A child has died: is it the processor of d? Then deals with it. */
bool processor_ended(struct logdir *d, pid_t pid, int status);
/* The next child that has died, and its wait status; false: none. */
bool processor_dead(pid_t *pid, int *status);

/* Steps and more that several ways have. */
int logdir_move_current(struct logdir *d);
int logdir_waiting(struct logdir *d);
void logdir_files(struct logdir *d, const char **from, const char **to);
int logdir_take_lock(struct logdir *d);
int logdir_sync_state(struct logdir *d);
int logdir_mark_processed(struct logdir *d);
int logdir_move_state(struct logdir *d);
int logdir_move_processed(struct logdir *d);
int logdir_remove_unprocessed(struct logdir *d);
int logdir_step_sync(struct logdir *d);
int logdir_step_mode(struct logdir *d);
int logdir_step_create(struct logdir *d);
int logdir_step_trim(struct logdir *d);
/* Opens `current` for appending. 0 or -1. */
int logdir_current(struct logdir *d);
/* What cannot be done, once, and while it is waited to try again. */
void logdir_say_cannot(const struct logdir *d, const char *what);
void logdir_say_pausing(const struct logdir *d, const struct logdir_step *step);

#endif
