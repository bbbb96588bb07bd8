/*
 * The one table of svc: every verb, and every program that svc is under
 * another name. Dispatch, usage, `svc help`, shell completion and "did you
 * mean" come from it and from nowhere else.
 *
 * A verb is a file that ends in `const struct cmd cmd_VERB = {…};` and a line
 * in the list of table.c.
 */
#ifndef SVC_CMD_TABLE_H
#define SVC_CMD_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/exitcode.h"

/* Under which heading help shows a command; the order is that of the help. */
/* clang-format off */
#define CMD_GROUPS(X) \
	X(CONTROL, "Change services") \
	X(SEE, "See") \
	X(KEEP, "Set up") \
	X(MACHINE, "The machine") \
	X(TOOL, "Programs of runit, daemontools and others") \
	X(HELP, "This command")
/* clang-format on */
#define CMD_ENUM_GROUP(name, text) GROUP_##name,
enum cmd_group {
	CMD_GROUPS(CMD_ENUM_GROUP) GROUP_COUNT
};

/* What an operand is: for completion, and for what a person is told. */
enum cmd_arg {
	ARG_NONE,
	ARG_SERVICE, /* a running tree's services, or patterns of them */
	ARG_DEFINED, /* definitions that may be enabled: /etc/sv/NAME */
	ARG_SIGNAL,
	ARG_VERB,
	ARG_PATH,
	ARG_COMMAND, /* a command line of its own follows */
	ARG_WORD,
};
#define CMD_ARGS 4 /* kinds in `args`; the last one given repeats */

/* One option of one of our own verbs. A table of them ends with {0}. */
struct cmd_option {
	char letter;	   /* 0 if it has only a word */
	const char *word;  /* without "--"; NULL if it has only a letter */
	const char *value; /* what its value is called; NULL if it has none */
	const char *help;
	int code; /* what options_next() says; 0: the letter */
};

struct cmd {
	const char *name;
	const char *aliases; /* further names, separated by blanks; or NULL */
	enum cmd_group group;
	/*
	 * A program may be called by its own name through a link; a verb only
	 * as `svc VERB`.
	 */
	bool program;
	const char *usage; /* what follows the name: "[-n] NAME..." */
	const char *help;  /* one line, lower case, no full stop */
	const char *about; /* more, for `svc help VERB`; or NULL */
	const struct cmd_option *options; /* NULL: it reads its own */
	enum cmd_arg args[CMD_ARGS];
	/*
	 * argv[0] is the name it was called by (a path, when through a link),
	 * argv[argc] is NULL. The value is the exit code: enum exitcode, or
	 * what the program of that name says in its own world.
	 */
	int (*run)(int argc, char **argv);
};

/* One of many programs in a file, whose run() has the name of the program. */
/* clang-format off */
#define CMD_PROGRAM(NAME, others, synopsis, does, ...) \
	const struct cmd cmd_##NAME = { \
	    .name = #NAME, \
	    .aliases = (others), \
	    .group = GROUP_TOOL, \
	    .program = true, \
	    .usage = (synopsis), \
	    .help = (does), \
	    .args = {__VA_ARGS__}, \
	    .run = NAME, \
	}
/* clang-format on */

/* All commands, in the order of the help; ends with NULL. */
extern const struct cmd *const cmd_table[];

/* The command called `name` or having it as an alias; NULL if none. */
const struct cmd *cmd_find(const char *name);
/* The same among programs only: what a link of this name is. */
const struct cmd *cmd_find_program(const char *name);
/* What messages begin with: "svc restart", or the program's own name. */
const char *cmd_title(const struct cmd *cmd);
/* Whether `cmd` goes by this name. */
bool cmd_has_name(const struct cmd *cmd, const char *name);

/* "usage: svc restart [-n] NAME..." to stderr; the value is EXITCODE_USAGE. */
int cmd_usage(const struct cmd *cmd);
/* The text of `svc help VERB` and `svc VERB --help`, to stdout. */
void cmd_help(const struct cmd *cmd);
/* "unknown verb", with the nearest; the value is EXITCODE_USAGE. */
int cmd_unknown(const char *name);
/* A line of a list: what it is, in so many columns, and a text on it. */
void cmd_print_row(const char *what, int wide, const char *text);
/* A text in its own lines, or in such as fit; what begins with a blank stays.
 */
void cmd_print_text(const char *text);
/* The text of `svc help`, to stdout. */
void cmd_overview(void);

#endif
