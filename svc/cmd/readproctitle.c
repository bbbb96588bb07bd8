/*
 * readproctitle: what it reads goes through its last argument, from the right,
 * where ps shows it. The last few hundred bytes of a supervisor's complaints
 * stay visible that way without a log.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/sys.h"

#include "svc/cmd/table.h"
#include "svc/cmd/tool.h"

#define DOTS 3 /* stay at the left */
#define LEAST 5

static int
readproctitle(int argc, char **argv)
{
	if (argc < 2 || strlen(argv[argc - 1]) < LEAST)
		return 100;
	char *window = argv[argc - 1] + DOTS, byte;
	size_t len = strlen(window);
	for (;;) {
		ssize_t n = sys_read(STDIN_FILENO, &byte, 1);
		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return TOOL_TROUBLE;
		if (n < 0 || byte == '\0')
			continue;
		memmove(window, window + 1, len - 1);
		window[len - 1] = byte;
	}
}

const struct cmd cmd_readproctitle = {
    .name = "readproctitle",
    .group = GROUP_TOOL,
    .program = true,
    .usage = "WORD... .....",
    .help = "show what is read in the process title",
    .args = {ARG_WORD},
    .run = readproctitle,
};
