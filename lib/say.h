/*
 * What a program tells people: one line, one write, on standard error unless
 * say_init names another descriptor. errno survives every call. Formats are
 * those of lib/fmt.h; lines are cut at SAY_LINE.
 *
 *	say_warn("cannot open %s", path)   svcd: warning: cannot open X: reason
 *	say_warnx("%s: not a word", w)     svcd: warning: X: not a word
 *	say_info("up")                     svcd: up
 *	die(111, "cannot map %s", p)       svcd: fatal: cannot map P: reason
 *	diex(100, "no such verb")          svcd: fatal: no such verb
 *
 * Text: lower case, what could not be done and to what, said once, where it is
 * understood.
 */
#ifndef LIB_SAY_H
#define LIB_SAY_H

#include <stdbool.h>
#include <stddef.h>

#define SAY_LINE 1024

enum say_level {
	SAY_INFO,
	SAY_WARN,
	SAY_FATAL,
};

/* The name before every line: borrowed. */
void say_init(const char *prog, int fd);
/*
 * Lines go to `write` instead: without prefix for kernel logs, it may add its
 * own. `line` ends in a newline. NULL restores the descriptor.
 */
void say_hook(void (*write)(enum say_level level, const char *line, size_t n));
/* error_text unless told: errtext where the old words are expected. */
void say_words(const char *(*text)(int error));

void say_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_warnx(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/*
 * Complaints of one kind, of which there may be very many: the first few are
 * said, the others counted. Whether to say this one; and at the end how many
 * were not said, after which it begins anew.
 */
struct say_few {
	unsigned count;
};
bool say_few(struct say_few *f);
unsigned say_few_rest(struct say_few *f);

/* Both end the program with exit code `code`, without flushing anything. */
_Noreturn void die(int code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
_Noreturn void diex(int code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
