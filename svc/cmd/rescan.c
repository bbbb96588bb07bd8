/*
 * svc rescan
 */
#include <stdio.h>

#include "lib/clock.h"

#include "svc/cmd/client.h"
#include "svc/cmd/options.h"

extern const struct cmd cmd_rescan;

#define ANSWER_MS 60000

static int
run(int argc, char **argv)
{
	static struct client client;
	struct client_message m;
	struct options o;
	int code;

	options_init(&o, &cmd_rescan, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		return options_wrong(&o, code);
	if (o.count > 0)
		return options_refuse(&o, "takes no names");
	if (!client_open(&client))
		return EXITCODE_SYSTEM;
	struct buf b = client_begin(&client, WIRE_RESCAN);
	if (!client_send(&client, &b) ||
	    client_reply(&client, &m, mono_add_ms(mono_now(), ANSWER_MS)) !=
		CLIENT_GOT) {
		fputs("svc: svcd does not answer\n", stderr);
		return EXITCODE_SYSTEM;
	}
	if (m.head.tag == WIRE_OK)
		return EXITCODE_YES;
	fprintf(stderr, "svc: %s\n", client_reason(&m));
	return EXITCODE_NO;
}

const struct cmd cmd_rescan = {
    .name = "rescan",
    .group = GROUP_KEEP,
    .usage = "",
    .help = "read the scan directory and all settings again",
    .about = "Needed only where the kernel cannot tell of changes (network "
	     "file systems);\nelse they are noticed at once.",
    .args = {ARG_NONE},
    .run = run,
};
