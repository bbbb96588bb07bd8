/*
 * svc's side of the control socket: connecting, asking, hearing events, and
 * the board. All of svc talks to a tree through here.
 *
 * svcd may be killed or upgraded at any moment. A client that hears the end of
 * the line connects anew by itself (client_again()), and its caller looks at
 * the board to see what has become of what it asked.
 */
#ifndef SVC_CMD_CLIENT_H
#define SVC_CMD_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/mono.h"

#include "svc/core/board.h"
#include "svc/core/wire.h"

/* The tree of `svc -r DIR`; before the first talk. */
void client_use(const char *dir);
bool client_is_chosen(void);
/*
 * The runtime directory: what client_use() said, else $TRIVET_RUN, else
 * /run/trivet for root and $XDG_RUNTIME_DIR/trivet for a user; for one without
 * a place below /run/user (in a container) it is root's too.
 */
const char *client_dir(void);
/* The root's tree: what power commands talk to unless told otherwise. */
#define CLIENT_SYSTEM_DIR "/run/trivet"

struct client {
	int fd;
	int board_fd;
	struct board board;
	uint32_t last_id;
	uint32_t svcd_pid;
	char *program; /* and version, as svcd tells it */
	bool is_subscribed;
	unsigned char bytes[WIRE_MAX + 1]; /* the last message received */
	char request[WIRE_MAX + 1];
};

/* One message from svcd, in client->bytes until the next. */
struct client_message {
	struct wire_head head;
	struct wire fields;
};

enum client_answer {
	CLIENT_GOT,
	CLIENT_GONE, /* svcd has left: client_again() */
	CLIENT_LATE, /* the deadline has come */
};

/*
 * Connects, greets and maps the board. False, and told why on stderr: there is
 * no svcd, or not one to be understood.
 */
bool client_open(struct client *c);
/* The same with a svcd that may only be on its way up, for some seconds. */
bool client_await(struct client *c, struct mono deadline);
/* The same without words; errno tells. */
bool client_try(struct client *c, const char *dir);
/*
 * After CLIENT_GONE: connects as soon as there is a svcd again, in time for
 * the deadline. False and told otherwise. A subscription is made anew.
 */
bool client_again(struct client *c, struct mono deadline);
void client_close(struct client *c);

/* A request in c->request: client_begin(), wire_put_…, client_send(). */
struct buf client_begin(struct client *c, enum wire_tag tag);
/* False: svcd has left, or the request is too long. */
bool client_send(struct client *c, struct buf *request);
/* The next message of any kind. */
enum client_answer client_receive(
    struct client *c, struct client_message *m, struct mono deadline);
/*
 * An answer says that a wish was taken, not that it was acted upon, and a board
 * may be read in the midst of svcd's turn. After this question all is settled:
 * only then it is worth a look. Events that come before are dropped, as in
 * client_reply().
 */
enum client_answer client_settle(struct client *c, struct mono deadline);
/*
 * The reply to the last request. Events that come before it are dropped:
 * they only say "look at the board".
 */
enum client_answer client_reply(
    struct client *c, struct client_message *m, struct mono deadline);
/*
 * From now on events of all services come. False, and told: they do not. A
 * svcd that goes meanwhile is no trouble.
 */
bool client_subscribe(struct client *c);

/* Follows a board that has grown. Before each look at it. */
void client_look(struct client *c);

/* "permission denied: TEXT" of a NO; for messages. */
const char *client_reason(struct client_message *m);
/* A request that is answered by yes or no: the exit code; no is told. */
int client_ask(struct client *c, struct buf *request, struct mono deadline);
/* The same, after the answer; `answer` is of client_reply(). */
int client_told(enum client_answer answer, struct client_message *m);

#endif
