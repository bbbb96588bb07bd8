/*
 * svc once
 */
#include "svc/cmd/wish.h"

extern const struct cmd cmd_once;

static int
run(int argc, char **argv)
{
	struct wish w = {
	    .cmd = &cmd_once, .verb = WIRE_VERB_ONCE, .end = WISH_RAN};

	return wish_main(w, argc, argv);
}

static const struct cmd_option options[] = {WISH_OPTIONS, {0}};

const struct cmd cmd_once = {
    .name = "once",
    .group = GROUP_CONTROL,
    .usage = "[-nqj] [-t TIME] NAME...",
    .help = "start services that are not to be restarted when they end",
    .about =
	"A oneshot that is done runs again. Ending well counts as success.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
