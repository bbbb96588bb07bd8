/*
 * svc pause
 */
#include "svc/cmd/wish.h"

extern const struct cmd cmd_pause;

static int
run(int argc, char **argv)
{
	struct wish w = {
	    .cmd = &cmd_pause, .verb = WIRE_VERB_PAUSE, .end = WISH_PAUSED};

	return wish_main(w, argc, argv);
}

static const struct cmd_option options[] = {WISH_OPTIONS, {0}};

const struct cmd cmd_pause = {
    .name = "pause",
    .aliases = "suspend",
    .group = GROUP_CONTROL,
    .usage = "[-nqj] [-t TIME] NAME...",
    .help = "freeze services with SIGSTOP",
    .about = "svc cont lets them go on.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
