/*
 * svc up
 */
#include "svc/cmd/wish.h"

extern const struct cmd cmd_up;

static int
run(int argc, char **argv)
{
	struct wish w = {
	    .cmd = &cmd_up, .verb = WIRE_VERB_UP, .end = WISH_READY};

	return wish_main(w, argc, argv);
}

static const struct cmd_option options[] = {WISH_OPTIONS, {0}};

const struct cmd cmd_up = {
    .name = "up",
    .aliases = "start",
    .group = GROUP_CONTROL,
    .usage = "[-nqj] [-t TIME] NAME...",
    .help = "start services and wait until they are ready",
    .about = "What a service needs is started first. A service that failed, or "
	     "that waits\n"
	     "before its next try, is tried at once.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
