/*
 * One service's output in the shared logger: a pipe, and where its lines go.
 *
 * Nothing is taken out of a pipe before it is where it belongs, so a killed
 * logger leaves the rest to the next one: bytes that go to a file unchanged
 * are moved by the kernel; of the others only whole lines are taken. While a
 * log cannot be written, bytes stay in the pipe until it is half full; then
 * they are kept in memory (STREAM_KEPT bytes), and then dropped and counted:
 * a service never waits for its logger.
 */
#ifndef SVC_LOG_STREAM_H
#define SVC_LOG_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/list.h"
#include "lib/loop.h"
#include "svc/core/logplan.h"
#include "svc/core/logwire.h"
#include "svc/log/input.h"
#include "svc/log/line.h"
#include "svc/log/logdir.h"

#define STREAM_KEPT (512 << 10)
#define STREAM_TURNS 8	       /* at one time, then the others */
#define STREAM_LINE (32 << 10) /* a longer line is cut and marked "..." */

struct stream {
	struct list link;
	uint32_t id; /* svcd's number */
	uint64_t pipe_inode;
	struct loop *loop;
	struct watch watch;
	struct input in;
	struct line line;
	struct logplan plan;
	struct logdir_host host;
	struct logdir dir;
	bool has_dir;	/* plan: a directory or a file */
	bool moves;	/* the kernel moves the bytes */
	bool hung_up;	/* nobody writes any more */
	bool detaching; /* what is in the pipe now is all */
	bool over;	/* the pipe is closed; what is kept is to be written */
	int told;	/* errno that svcd was told, 0: none */
	struct timer sync;
	struct timer note;  /* the end of the window, or of being deaf */
	struct mono window; /* of the rate */
	uint32_t in_window, dropped;
	int deaf;	    /* errno: nobody takes its lines now (syslog), 0 */
	struct list recent; /* of those whose files are open */
	bool is_open;
	const char *name, *directory, *path; /* in text */
	char *plan_text, *plan_words;
	size_t text_room;
	char text[];
};

/* What the owner of streams gets told: this one is over, or its trouble is
 * another one. */
struct stream_owner {
	struct loop *loop;
	void (*ended)(struct stream *s);
	void (*trouble)(struct stream *s, int error, const char *text);
};

/*
 * There may be more logs than descriptors: the files of those that were silent
 * longest are closed until they have something to say. `fds` is the limit.
 */
void stream_start(struct stream_owner owner, size_t fds);
/* Bytes of s->text that a log needs. */
size_t stream_text(const struct logwire_attach *a);
/* Takes the pipe. 0; -1: the plan is wrong (said), the pipe is closed. */
int stream_open(
    struct stream *s, uint32_t id, const struct logwire_attach *a, int pipe);
/* What is in the pipe, no more; then the owner hears that it ended. */
void stream_detach(struct stream *s);
/* Its file ends now. */
void stream_rotate(struct stream *s);
/* Closes now; what is in the pipe stays there. */
void stream_close(struct stream *s);

/* What can be done now is done. */
void stream_run(struct stream *s);
/* May what is in the pipe stay there? */
bool stream_may_wait(const struct stream *s);

/* passing.c: from the bytes of input_buf to lines where they belong. */
void passing_begin(struct stream *s);
/* Of n bytes as far as they are whole lines; how many bytes that was. */
size_t passing_lines(struct stream *s, size_t n);
/* Nothing comes any more. */
void passing_end(struct stream *s);

/* console.c: lines of many services to standard output, and to /dev/log. */
void console_line(const char *name, const char *p, size_t n);
void console_flush(struct loop *loop);
bool syslog_line(const char *name, const char *p, size_t n);

#endif
