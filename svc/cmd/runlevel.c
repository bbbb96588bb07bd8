/*
 * runlevel: what utmp(5) says.
 */
#include <stdio.h>
#include <string.h>

#include "lib/str.h"

#include "svc/cmd/options.h"
#include "svc/cmd/utmp.h"

extern const struct cmd cmd_runlevel;

static bool
find(const struct utmp_entry *e, void *arg)
{
	struct utmp_entry *found = arg;

	if (e->type == UTMP_RUN_LEVEL && str_eq(e->user, "runlevel"))
		*found = *e;
	return true;
}

static char
level(int value)
{
	return value >= '0' && value <= 'z' ? (char)value : 'N';
}

static int
run(int argc, char **argv)
{
	struct utmp_entry found = {0};
	struct options o;
	int code;

	options_init(&o, &cmd_runlevel, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		return options_wrong(&o, code);
	utmp_each(o.count > 0 ? o.operands[0] : UTMP_FILE, find, &found);
	if (found.type != UTMP_RUN_LEVEL) {
		puts("unknown");
		return EXITCODE_NO;
	}
	printf("%c %c\n", level(found.pid / 256), level(found.pid % 256));
	return EXITCODE_YES;
}

const struct cmd cmd_runlevel = {
    .name = "runlevel",
    .group = GROUP_MACHINE,
    .program = true,
    .usage = "[FILE]",
    .help = "the previous and the present run level",
    .about = "As /run/utmp or FILE has them; N is none.",
    .args = {ARG_PATH},
    .run = run,
};
