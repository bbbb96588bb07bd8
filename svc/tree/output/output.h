/*
 * What services say: their pipes, and the last lines of those without a
 * logger.
 */
#ifndef SVC_TREE_OUTPUT_H
#define SVC_TREE_OUTPUT_H

#include "lib/buf.h"
#include "svc/tree/state/tree.h"

/* --- lastlines.c, output.c: what is said without a logger --- */
/* clang-format off */
#define LINES_FORM_LIST(X) \
	X(RAW, "raw")       /* as it comes, to svcd's standard error */ \
	X(PREFIX, "prefix") /* whole lines, the service's name before each */ \
	X(JSON, "json")     /* whole lines, an object each */
/* clang-format on */
#define LINES_ENUM(name, text) LINES_##name,
enum lines_form {
	LINES_FORM_LIST(LINES_ENUM) LINES_FORMS
};
const char *lines_form_name(unsigned form);
void lines_start(void);
/* The keeper's slot of what it says into; 0: none. */
void lines_set_slot(uint32_t i, uint32_t slot);
void lines_keep(uint32_t i, const char *p, size_t n);
size_t lines_last(uint32_t i, struct buf *b, size_t most);
void lines_forget(uint32_t i);
void output_start(void);
/* inotify's, or -1. */
int output_descriptor(void);
/* It has a FIFO, at output_path; false: its output is svcd's. */
bool output_make(uint32_t i);
void output_path(uint32_t i, struct buf *b);
/* Gives what was made to the keeper, before anybody writes into it. */
void output_flush(void);
void output_close(uint32_t i);
void output_recover(uint32_t i);
/* Some of what it has said, into its last lines. True: there is more. */
bool output_take(uint32_t i);
/* The same for those who have said something. True: more to do. */
bool output_run(void);

/* --- logpipe.c --- */
bool logpipe_make(uint32_t i);
/* The same pipe as another service's; 0: a new one. */
bool logpipe_share(uint32_t i, uint32_t from);
/* No more is written; what is in it can still be read. */
void logpipe_end(uint32_t i);
/* One that was ended can be written into again. */
void logpipe_renew(uint32_t i);
void logpipe_close(uint32_t i);
void logpipe_recover(uint32_t i);
/* What a logger reads: its service's pipe, or the one it was left; or -1. */
int logpipe_input(uint32_t logger);
/* Something waits in this pipe. No descriptor: nothing does. */
bool logpipe_has_lines(int fd);
/* Its service is about to be forgotten: the pipe is its logger's, to be read
 * to its end. */
void logpipe_leave(uint32_t i, uint32_t logger);
/* There is a service again: the pipe is its own, with what is still in it.
 * False: it cannot be had, or the service has another one. */
bool logpipe_return(uint32_t i, uint32_t logger);
/* What this logger, which is over, has not read goes into the pipe of this
 * service, if it is one (0: none) and has one. What stays is told. */
void logpipe_inherit(uint32_t i, uint32_t logger);
/* The service of this logger is gone for good. */
void log_is_over(uint32_t logger);

#endif
