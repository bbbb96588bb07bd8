/*
 * svc reload
 */
#include "svc/cmd/wish.h"

extern const struct cmd cmd_reload;

static int
run(int argc, char **argv)
{
	struct wish w = {
	    .cmd = &cmd_reload, .verb = WIRE_VERB_RELOAD, .end = WISH_RELOADED};

	return wish_main(w, argc, argv);
}

static const struct cmd_option options[] = {WISH_OPTIONS, {0}};

const struct cmd cmd_reload = {
    .name = "reload",
    .group = GROUP_CONTROL,
    .usage = "[-nqj] [-t TIME] NAME...",
    .help = "let services read their configuration again",
    .about =
	"By the reload command or reload-signal of its settings, else by HUP. "
	"The\n"
	"settings of the service itself are read whenever their files change.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
