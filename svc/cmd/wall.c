/*
 * wall: a message to everybody who is logged in.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/fd.h"
#include "lib/sys.h"

#include "svc/cmd/broadcast.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/screen.h"

extern const struct cmd cmd_wall;

#define MESSAGE_MAX 65536

static const struct cmd_option options[] = {
    {'n', "nobanner", NULL, "without the line that says who it is from", 0},
    {'g', "group", "GROUP", "only to members of a group", 0},
    {'t', "timeout", "SECONDS", "accepted: no terminal is waited for", 0},
    {0},
};

static const char *
read_message(int fd)
{
	struct buf text = buf_over(memory_get(MESSAGE_MAX, 1), MESSAGE_MAX);

	if (fd_read_all(fd, &text) < 0 && !text.full)
		return NULL;
	return text.p;
}

/* A word that is a file is read if nothing else is said: as wall always did. */
static const char *
message_of(const struct options *o)
{
	const char *text = NULL;
	int fd;

	if (o->count == 0)
		return read_message(STDIN_FILENO);
	if (o->count == 1) {
		/* The caller's rights, not those of a set-group-id wall. */
		fd = sys_open(o->operands[0], O_RDONLY | O_NONBLOCK, 0);
		if (fd >= 0) {
			text = read_message(fd);
			fd_close(&fd);
			return text;
		}
	}
	text = o->operands[0];
	for (int i = 1; i < o->count; i++)
		text = memory_text("%s %s", text, o->operands[i]);
	return text;
}

static int
run(int argc, char **argv)
{
	struct broadcast b = {0};
	struct options o;
	int code;

	options_init(&o, &cmd_wall, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'n':
			b.no_banner = true;
			break;
		case 'g':
			b.has_group = true;
			b.group = o.value;
			break;
		case 't':
			break;
		default:
			return options_wrong(&o, code);
		}
	b.text = message_of(&o);
	if (b.text == NULL) {
		fprintf(stderr, "wall: cannot read the message: %s\n",
		    error_text(errno));
		return EXITCODE_SYSTEM;
	}
	if (broadcast(&b) >= 0)
		return EXITCODE_YES;
	fprintf(stderr, "wall: cannot tell who is logged in: %s\n",
	    error_text(errno));
	return EXITCODE_SYSTEM;
}

const struct cmd cmd_wall = {
    .name = "wall",
    .group = GROUP_MACHINE,
    .program = true,
    .usage = "[-n] [-g GROUP] [-t SECONDS] [FILE | WORD...]",
    .help = "tell everybody who is logged in",
    .about = "The message is the words, or what FILE or standard input holds.",
    .options = options,
    .args = {ARG_PATH},
    .run = run,
};
