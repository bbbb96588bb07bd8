/*
 * The manners that the programs of runit and daemontools share: how they read
 * options, what their messages look like, how they find a program to run.
 * Scripts depend on these texts and codes, so nothing here is improved upon.
 *
 * There are two families. What differs between them is a struct tool_manner:
 *
 *	runit		usage: chpst ARGS (and an empty line)
 *			chpst: fatal: unable to run: PROG: REASON
 *	daemontools	envdir: usage: envdir ARGS
 *			envdir: fatal: unable to run PROG: REASON
 */
#ifndef SVC_CMD_TOOL_H
#define SVC_CMD_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/errtext.h" /* the words of errors as these programs print them */
#include "lib/opt.h"

#define TOOL_TROUBLE 111 /* the system failed; all of them agree on it */

/*
 * Prints the parts, one after the other, and a newline to stderr, in one
 * write. The list ends with NULL.
 */
void tool_say(const char *part, ...) __attribute__((sentinel));
/* The same, then the end. Output waiting for stdout is written first. */
void tool_die(int code, const char *part, ...)
    __attribute__((sentinel, noreturn));

struct tool_manner {
	const char *name;  /* as in messages */
	const char *usage; /* what follows the name */
	int usage_code;
	bool runit; /* else daemontools */
};

/*
 * The manner of a program that both families have: daemontools' by its own
 * name, runit's with a `d` before it ("denvdir"), as runit's chpst takes it.
 */
struct tool_manner tool_manner(
    const char *argv0, const char *name, const char *usage, int usage_code);

void tool_usage(const struct tool_manner *m) __attribute__((noreturn));
/* Ends the program: "unable to VERB OBJECT: REASON" of errno. */
void tool_cannot(const struct tool_manner *m, const char *what,
    const char *object) __attribute__((noreturn));

/*
 * Options as these programs take them, which is lib/opt.h's way but for one
 * thing: any word that begins with two dashes ends them. Returns the letter,
 * '?' after having said what is wrong, or -1 at the end, when argv + at are
 * the operands.
 */
int tool_next(const char *name, struct opt *o, const char *known);

/*
 * The environment of the program to be run. It starts as a copy of ours,
 * which stays as it is: the program is looked for along the PATH of before.
 */
struct tool_env {
	char **vec; /* NULL-terminated */
	size_t count, room;
};
struct tool_env tool_env(void);
/* Sets or, with a NULL value, removes. */
void tool_env_set(struct tool_env *env, const char *name, const char *value);
void tool_env_number(struct tool_env *env, const char *name, uint32_t value);

/*
 * Executes argv[0], looked for along PATH (of /bin:/usr/bin without one), as
 * `file` if that is not NULL. Comes back with errno if it cannot be.
 */
void tool_exec(const char *file, char **argv, char *const *env);
/* The same; ends with "unable to run" if it cannot be. */
void tool_run(const struct tool_manner *m, char **argv, char *const *env)
    __attribute__((noreturn));

/* The last part of a path: what a program goes by. */
const char *tool_name(const char *argv0);

/* Decimal digits up to the end; no digits are 0, as they always were. */
bool tool_number(const char *text, uint64_t *value);

#endif
