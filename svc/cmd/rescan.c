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
