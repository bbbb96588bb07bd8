/*
 * svc down
 */
#include "svc/cmd/wish.h"

extern const struct cmd cmd_down;

enum {
	OPTION_REMEMBER = OPTIONS_WORD
};

static const struct cmd_option options[] = {
    WISH_OPTIONS,
    {'d', "with-dependents", NULL, "stop what needs them as well", 0},
    {'f', "force", NULL, "with KILL, at once, whoever needs them", 0},
    {0, "remember", NULL, "stay down when the directory is scanned anew",
	OPTION_REMEMBER},
    {0},
};

static int
run(int argc, char **argv)
{
	struct wish w = {.cmd = &cmd_down,
	    .verb = WIRE_VERB_DOWN,
	    .end = WISH_DOWN,
	    .timeout_ms = WISH_TIMEOUT_MS};
	struct options o;
	int code;

	options_init(&o, &cmd_down, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'd':
			w.flags |= WIRE_DEPENDENTS;
			break;
		case 'f':
			w.flags |= WIRE_FORCE;
			break;
		case OPTION_REMEMBER:
			w.flags |= WIRE_REMEMBER;
			break;
		default:
			if (!wish_option(&w, &o, code))
				return options_wrong(&o, code);
		}
	return wish_run(&w, &o, o.operands);
}

const struct cmd cmd_down = {
    .name = "down",
    .aliases = "stop",
    .group = GROUP_CONTROL,
    .usage = "[-dfnqj] [--remember] [-t TIME] NAME...",
    .help = "stop services and wait until nothing of them runs",
    .about = "By the stop schedule of the service: usually TERM, then KILL. "
	     "A service that\nothers need is refused unless "
	     "--with-dependents stops these first, or\n--force does not care. "
	     "What is enabled is up again after a reboot; svc disable\n"
	     "is for longer.",
    .options = options,
    .args = {ARG_SERVICE},
    .run = run,
};
