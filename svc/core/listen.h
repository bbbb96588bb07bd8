/*
 * One socket to be opened for a service, as `listen` names it:
 *
 *	KIND ADDRESS [as NAME] [mode OCTAL] [owner USER[:GROUP]] [backlog N]
 *
 * An ADDRESS is svc/core/address.h's for tcp and udp, else a path; @NAME is an
 * abstract socket. The words behind it may come in any order, each once.
 */
#ifndef SVC_CORE_LISTEN_H
#define SVC_CORE_LISTEN_H

#include "svc/core/address.h"
#include "svc/core/settings.h"

#define LISTEN_PATH 108
#define LISTEN_NAME 64
#define LISTEN_OWNER 128

struct listen_spec {
	enum settings_listen kind;
	struct address address;	    /* of tcp and udp */
	char path[LISTEN_PATH];	    /* of the others */
	char name[LISTEN_NAME + 1]; /* for LISTEN_FDNAMES; "": none */
	char owner[LISTEN_OWNER];   /* "": svcd's own */
	uint32_t mode;
	uint32_t backlog;
};

/* False: not one. */
bool listen_parse(struct listen_spec *spec, const char *text);

#endif
