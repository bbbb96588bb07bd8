/*
 * Whom a program is to run as: the accounts that chpst, setuidgid and
 * envuidgid are told, looked up in /etc/passwd and /etc/group.
 */
#ifndef SVC_CMD_ACCOUNT_H
#define SVC_CMD_ACCOUNT_H

#include <sys/types.h>

#include <stddef.h>

#define ACCOUNT_GROUPS 60 /* runit's limit; more are refused */

struct account {
	uid_t uid;
	gid_t gids[ACCOUNT_GROUPS]; /* the first is the group id */
	size_t count;
};

enum account_answer {
	ACCOUNT_FOUND,
	ACCOUNT_UNKNOWN,
	ACCOUNT_INVALID, /* ":…" that is not :uid:gid[:gid…] */
	ACCOUNT_TROUBLE, /* errno */
};

/* A user's name: its uid and primary group, nothing else. */
enum account_answer account_name(const char *name, struct account *a);
/* name[:group…] or :uid:gid[:gid…], groups instead of the primary one. */
enum account_answer account_spec(const char *spec, struct account *a);

/* Becomes the account; NULL, or the call that failed, with errno. */
const char *account_become(const struct account *a);

#endif
