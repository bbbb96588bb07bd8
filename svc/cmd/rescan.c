/*
 * svc rescan
 */

#include "lib/clock.h"

#include "svc/cmd/client.h"
#include "svc/cmd/options.h"

extern const struct cmd cmd_rescan;

#define ANSWER_MS 60000

static int
run(int argc, char **argv)
{
	static struct client client;
	int code = options_none(&cmd_rescan, argc, argv);

	if (code != OPTIONS_END)
		return code;
	if (!client_open(&client))
		return EXITCODE_SYSTEM;
	struct buf b = client_begin(&client, WIRE_RESCAN);
	return client_ask(&client, &b, mono_add_ms(mono_now(), ANSWER_MS));
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
