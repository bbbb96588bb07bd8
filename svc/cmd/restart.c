/*
 * svc restart
 */
#include "svc/cmd/wish.h"

extern const struct cmd cmd_restart;

static const struct cmd_option options[] = {
    WISH_OPTIONS,
    {'i', "if-up", NULL, "only those that run now", 0},
    {0},
};

static int
run(int argc, char **argv)
{
	struct wish w = {.cmd = &cmd_restart,
	    .verb = WIRE_VERB_RESTART,
	    .end = WISH_READY,
	    .timeout_ms = WISH_TIMEOUT_MS};
	struct options o;
	int code;

	options_init(&o, &cmd_restart, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		if (code == 'i')
			w.verb = WIRE_VERB_CYCLE;
		else if (!wish_option(&w, &o, code))
			return options_wrong(&o, code);
	return wish_run(&w, &o, o.operands);
}

const struct cmd cmd_restart = {
    .name = "restart",
    .group = GROUP_CONTROL,
    .usage = "[-inqj] [-t TIME] NAME...",
    .help = "stop services and start them again",
    .about = "What is down is started. What needs them stays up, unless it is "
	     "bound to them.\nNew settings take effect.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
