/*
 * svc upgrade: the installed programs take over from the running ones.
 */
#include <stdio.h>
#include <string.h>

#include "lib/clock.h"

#include "svc/cmd/client.h"
#include "svc/cmd/options.h"
#include "svc/cmd/process.h"
#include "svc/cmd/screen.h"

extern const struct cmd cmd_upgrade;

#define ANSWER_MS 15000

/* The keeper is the parent of svcd. */
static int
see_who(const struct client *c)
{
	if (process_is_former(c->svcd_pid) ||
	    process_is_former(process_parent(c->svcd_pid))) {
		fputs("svc: the installed programs did not come up: the former "
		      "ones are back\n",
		    stderr);
		return EXITCODE_NO;
	}
	printf("svcd (pid %u) is now %s\n", (unsigned)c->svcd_pid,
	    screen_text(c->program, strlen(c->program)));
	return EXITCODE_YES;
}

/* The line ends when the old one goes; then the new one is there or not. */
static int
see_new(struct client *c, struct mono deadline, uint32_t old_pid)
{
	struct client_message m;

	for (;;) {
		switch (client_receive(c, &m, deadline)) {
		case CLIENT_GOT:
			if (m.head.tag != WIRE_NO)
				break;
			fprintf(stderr, "svc: %s\n", client_reason(&m));
			return EXITCODE_NO;
		case CLIENT_LATE:
			fprintf(stderr,
			    "svc: svcd (pid %u) has not been replaced\n",
			    (unsigned)old_pid);
			return EXITCODE_NO;
		case CLIENT_GONE:
			if (!client_again(c, deadline))
				return EXITCODE_SYSTEM;
			return see_who(c);
		}
	}
}

static int
run(int argc, char **argv)
{
	static struct client client;
	struct mono deadline = mono_add_ms(mono_now(), ANSWER_MS);
	struct client_message m;
	int code = options_none(&cmd_upgrade, argc, argv);

	if (code != OPTIONS_END)
		return code;
	if (!client_open(&client))
		return EXITCODE_SYSTEM;
	struct buf b = client_begin(&client, WIRE_UPGRADE);
	wire_put_u32(&b, 0);
	enum client_answer answer = CLIENT_GONE;
	if (client_send(&client, &b))
		answer = client_reply(&client, &m, deadline);
	if (answer == CLIENT_LATE ||
	    (answer == CLIENT_GOT && m.head.tag != WIRE_OK))
		return client_told(answer, &m);
	return see_new(&client, deadline, client.svcd_pid);
}

const struct cmd cmd_upgrade = {
    .name = "upgrade",
    .group = GROUP_KEEP,
    .usage = "",
    .help = "replace the running svcd and init by the installed ones",
    .about = "No service notices. Where the new program does not come up, the "
	     "old one is back.",
    .args = {ARG_NONE},
    .run = run,
};
