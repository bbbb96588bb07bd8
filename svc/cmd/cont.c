/*
 * svc cont
 */
#include "svc/cmd/wish.h"

extern const struct cmd cmd_cont;

static int
run(int argc, char **argv)
{
	struct wish w = {
	    .cmd = &cmd_cont, .verb = WIRE_VERB_CONT, .end = WISH_RUNNING};

	return wish_main(w, argc, argv);
}

static const struct cmd_option options[] = {WISH_OPTIONS, {0}};

const struct cmd cmd_cont = {
    .name = "cont",
    .aliases = "resume",
    .group = GROUP_CONTROL,
    .usage = "[-nqj] [-t TIME] NAME...",
    .help = "let paused services go on",
    .about = NULL,
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
