/*
 * svc help [VERB...]
 */
#include <stdio.h>

#include "svc/cmd/options.h"

extern const struct cmd cmd_help_verb;

static int
run(int argc, char **argv)
{
	struct options o;
	int code;

	options_init(&o, &cmd_help_verb, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		return options_wrong(&o, code);
	if (o.count == 0)
		cmd_overview();
	for (int i = 0; i < o.count; i++) {
		const struct cmd *cmd = cmd_find(o.operands[i]);
		if (cmd == NULL)
			return cmd_unknown(o.operands[i]);
		if (i > 0)
			putchar('\n');
		cmd_help(cmd);
	}
	return EXITCODE_YES;
}

const struct cmd cmd_help_verb = {
    .name = "help",
    .group = GROUP_HELP,
    .usage = "[VERB...]",
    .help = "what there is, or all about a verb",
    .args = {ARG_VERB},
    .run = run,
};
