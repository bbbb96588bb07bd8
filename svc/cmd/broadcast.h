/*
 * A message to everybody who is logged in. It never waits for a terminal: one
 * that takes nothing gets nothing.
 */
#ifndef SVC_CMD_BROADCAST_H
#define SVC_CMD_BROADCAST_H

#include <stdbool.h>
#include <stdint.h>

struct broadcast {
	const char *text;
	bool no_banner;	  /* without "Broadcast message from …" */
	const char *utmp; /* whom utmp(5) knows; NULL: UTMP_FILE */
	bool has_group;	  /* only those whose user is in `group` */
	const char *group;
};

/* To how many terminals it went; -1: nobody knows who is logged in. */
int broadcast(const struct broadcast *b);

#endif
