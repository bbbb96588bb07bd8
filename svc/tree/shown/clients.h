/*
 * The clients of the control socket: connections, what is sent to them, and the
 * events they have subscribed to.
 */
#ifndef SVC_TREE_CLIENTS_H
#define SVC_TREE_CLIENTS_H

#include "lib/sock.h"
#include "svc/core/wire.h"
#include "svc/tree/state/tree.h"

#define CLIENTS 64	  /* at one time */
#define CLIENTS_OF_UID 16 /* of one user who is not master here */

struct client {
	struct watch watch; /* fd -1: the place is free */
	struct sock_peer peer;
	uint64_t *wants;       /* records whose events it wants */
	uint32_t subscription; /* id of its SUBSCRIBE */
	uint32_t missed;
	bool is_master, is_greeted, is_subscribed, wants_all, is_broken;
	size_t out_len; /* of an answer that waits */
	char *out;	/* WIRE_MAX bytes */
};

void client_close(struct client *c);
/* Sends it, or keeps it until it can be; with a descriptor, or -1. */
void client_answer(struct client *c, struct buf *b, int fd);
void client_no(struct client *c, uint32_t id, enum wire_reason reason);
/* A descriptor of the state file that can only read; -1: no /proc. */
int clients_reader(void);

/* Who does what a client asks for, and answers before it returns. */
typedef void client_request(
    struct client *c, const struct wire_head *head, struct wire *w);
void clients_start(client_request *request);
void clients_tell(uint32_t i, enum sv_shown old, enum sv_shown now);
/* A record is about to be freed; and when it is, that is told. */
void clients_note(uint32_t i);
void clients_gone(void);

#endif
