/*
 * svc kill SIGNAL NAME...
 */
#include <string.h>

#include "lib/sig.h"

#include "svc/cmd/wish.h"

extern const struct cmd cmd_kill;

static const struct cmd_option options[] = {
    {'q', "quiet", NULL, "say nothing, only the exit code tells", 0},
    {'j', "json", NULL, "say it in JSON", 0},
    {0},
};

static int
run(int argc, char **argv)
{
	struct wish w = {.cmd = &cmd_kill,
	    .verb = WIRE_VERB_KILL,
	    .end = WISH_SENT,
	    .timeout_ms = WISH_TIMEOUT_MS};
	struct options o;
	int code;

	options_init(&o, &cmd_kill, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		if (!wish_option(&w, &o, code))
			return options_wrong(&o, code);
	if (o.count == 0)
		return options_refuse(&o, "which signal?");
	w.argument = sig_parse(o.operands[0]);
	if (w.argument == 0)
		return options_refuse(&o, "not a signal: %s",
		    screen_text(o.operands[0], strlen(o.operands[0])));
	return wish_run(&w, &o, o.operands + 1);
}

const struct cmd cmd_kill = {
    .name = "kill",
    .group = GROUP_CONTROL,
    .usage = "[-qj] SIGNAL NAME...",
    .help = "send a signal to the main process of services",
    .about =
	"SIGNAL is a name or a number: HUP, SIGUSR1, 15, RTMIN+3. Wishes "
	"stay as they\nare: what dies of it and is wanted is started again.",
    .options = options,
    .args = {ARG_SIGNAL, ARG_SERVICE},
    .run = run,
};
