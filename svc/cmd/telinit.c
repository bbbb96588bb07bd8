/*
 * telinit: run levels as requests.
 */
#include <stdio.h>
#include <string.h>

#include "lib/str.h"

#include "svc/cmd/client.h"
#include "svc/cmd/options.h"
#include "svc/cmd/power.h"
#include "svc/cmd/screen.h"

extern const struct cmd cmd_telinit;

enum {
	OPTION_NO_WALL = OPTIONS_WORD
};

static const struct cmd_option options[] = {
    {'e', NULL, "VAR[=VALUE]", "INIT_HALT=HALT: 0 leaves the power on", 0},
    {'t', NULL, "SECONDS", "accepted: stop schedules say how long", 0},
    {0, "no-wall", NULL, "tell nobody", OPTION_NO_WALL},
    {0},
};

static int
rescan(void)
{
	static struct client client;
	struct client_message m;

	if (!client_open(&client))
		return EXITCODE_SYSTEM;
	struct buf b = client_begin(&client, WIRE_RESCAN);
	if (!client_send(&client, &b) ||
	    client_reply(&client, &m, mono_never()) != CLIENT_GOT)
		return EXITCODE_SYSTEM;
	if (m.head.tag == WIRE_OK)
		return EXITCODE_YES;
	fprintf(stderr, "telinit: %s\n", client_reason(&m));
	return EXITCODE_NO;
}

static int
go(struct power *p, const struct options *o, bool is_halt)
{
	const char *word = o->operands[0];

	if (strlen(word) != 1)
		return options_refuse(
		    o, "not a run level: %s", screen_text(word, strlen(word)));
	switch (*word) {
	case '0':
		p->ending = is_halt ? KEEP_END_HALT : KEEP_END_POWEROFF;
		return power_end(p);
	case '6':
		p->ending = power_of_reboot();
		return power_end(p);
	case '1':
	case 's':
	case 'S':
		p->ending = KEEP_END_RESCUE;
		return power_end(p);
	case 'q':
	case 'Q':
		return rescan();
	/* There is one way of being up; and nothing of ours is replaced by a
	 * new libc, which is what `u` is asked for. */
	case '2':
	case '3':
	case '4':
	case '5':
	case 'u':
	case 'U':
	case 'a':
	case 'b':
	case 'c':
	case 'A':
	case 'B':
	case 'C':
		return EXITCODE_YES;
	default:
		return options_refuse(
		    o, "not a run level: %s", screen_text(word, strlen(word)));
	}
}

static int
run(int argc, char **argv)
{
	struct power p = {0};
	struct options o;
	bool is_halt = false;
	int code;

	options_init(&o, &cmd_telinit, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'e':
			if (str_starts(o.value, "INIT_HALT"))
				is_halt = str_eq(o.value, "INIT_HALT=HALT");
			break;
		case 't':
			break;
		case OPTION_NO_WALL:
			p.no_wall = true;
			break;
		default:
			return options_wrong(&o, code);
		}
	if (o.count == 0 && argc > 1)
		return EXITCODE_YES;
	if (o.count != 1)
		return options_refuse(&o, "which run level?");
	return go(&p, &o, is_halt);
}

const struct cmd cmd_telinit = {
    .name = "telinit",
    .group = GROUP_MACHINE,
    .program = true,
    .usage = "[--no-wall] [-t SECONDS] [-e VAR[=VALUE]] LEVEL",
    .help = "run levels: 0 power off, 6 reboot, 1 rescue, q rescan",
    .about = "2 to 5 are all the same here: up. u and U do nothing, which is "
	     "what packages\nthat ask for it need; svc upgrade is for new "
	     "versions of Trivet.",
    .options = options,
    .args = {ARG_WORD},
    .run = run,
};
