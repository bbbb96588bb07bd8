/*
 * The one option parser of svc's own verbs: letters and words, bundled or
 * not, values attached or in the next word, operands before or after options,
 * `--` to end them. What may be given is a table (struct cmd_option), which
 * also makes the help; so the two cannot differ.
 *
 *	struct options o;
 *	options_init(&o, &cmd_restart, argc, argv);
 *	for (int code; (code = options_next(&o)) != OPTIONS_END;)
 *		switch (code) {
 *		case 'n': …
 *		case 't': … o.value …
 *		default: return options_wrong(&o, code);
 *		}
 *	… o.operands[0 … o.count-1] …
 */
#ifndef SVC_CMD_OPTIONS_H
#define SVC_CMD_OPTIONS_H

#include "lib/opt.h"

#include "svc/cmd/table.h"

enum options_code {
	OPTIONS_END = -1,
	OPTIONS_BAD = -2,  /* said already; options_wrong() gives the usage */
	OPTIONS_HELP = -3, /* the help was shown */
	OPTIONS_HELP_CODE = 256,
	OPTIONS_WORD /* codes of options without a letter start here */
};

struct options {
	const struct cmd *cmd;
	bool strict;	 /* set it: the first operand ends the options */
	char *value;	 /* of the option just returned */
	char **operands; /* NULL-terminated, complete at OPTIONS_END */
	int count;
	struct opt opt;
	const char *letters;
	struct opt_word *words;
};

/* Reads argv by the table of `cmd`. The operands live as long as the program.
 */
void options_init(
    struct options *o, const struct cmd *cmd, int argc, char **argv);
/* The next option's code, or one of enum options_code. */
int options_next(struct options *o);
/* What to return from run() at a code the caller does not take. */
int options_wrong(const struct options *o, int code);
/*
 * The same for a mistake found later: says "svc restart: TEXT" and the usage.
 * The value is EXITCODE_USAGE.
 */
int options_refuse(const struct options *o, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* " (did you mean NEAR?)" to end such a text with; "" where near is NULL. */
const char *options_near(const char *near);
/*
 * The whole of it for a verb that takes neither options nor names:
 * OPTIONS_END, or what to return from run().
 */
int options_none(const struct cmd *cmd, int argc, char **argv);

#endif
