/*
 * Users and groups out of /etc/passwd and /etc/group. A static program has no
 * name service switch, and a process manager must not depend on one: what is
 * not in these two files is not known here. Numbers always work.
 *
 * The parsers look at bytes in the caller's memory and keep nothing; the two
 * functions that read the files read them again at every call, in pieces, so
 * that a file of any size needs no heap. Lines over PASSWD_LINE bytes are
 * skipped, as are those with rubbish where a number belongs.
 */
#ifndef LIB_PASSWD_H
#define LIB_PASSWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PASSWD_FILE "/etc/passwd"
#define PASSWD_GROUP_FILE "/etc/group"
#define PASSWD_LINE 16384 /* bytes; longer lines are skipped */
#define PASSWD_NAME 256	  /* most bytes of a user's name and its zero */
#define PASSWD_PATH 1024  /* most bytes of a home or shell and its zero */

struct passwd_user {
	uint32_t uid;
	uint32_t gid; /* primary group */
	char name[PASSWD_NAME];
	char home[PASSWD_PATH];
	char shell[PASSWD_PATH];
};

/*
 * One line of /etc/passwd, without its newline. False if it is not a line for
 * a user: a wrong number of fields, a bad number, an over-long field.
 */
bool passwd_line(const char *line, size_t len, struct passwd_user *user);

/*
 * One line of /etc/group: is it the group `name`, and its number? With
 * `member`, whether that user is listed in it.
 */
bool passwd_group_line(
    const char *line, size_t len, const char *name, uint32_t *gid);
bool passwd_group_member(
    const char *line, size_t len, const char *member, uint32_t *gid);

/*
 * Is the text the number of a user or group? UINT32_MAX is none: the kernel
 * reads it as "leave as it is", which as root is root.
 */
bool passwd_id(const char *text, uint32_t *id);

/*
 * Look-ups in the files. 1: found; 0: no such entry; -1 with errno: the file
 * could not be read. passwd_uid finds the first user with that number.
 */
int passwd_user(const char *name, struct passwd_user *user);
int passwd_uid(uint32_t uid, struct passwd_user *user);
int passwd_group(const char *name, uint32_t *gid);

/*
 * The groups that a login would have: the primary one first, then every group
 * that lists the user. Returns how many were put into gids[max] (a user with
 * more gets the first max), or -1 with errno.
 */
int passwd_groups(
    const char *name, uint32_t primary, uint32_t *gids, size_t max);

#endif
