/*
 * A lock file held by a program that is about to become another: the
 * descriptor stays open across exec, and the lock goes when its last copy is
 * closed.
 */
#ifndef SVC_CMD_LOCK_H
#define SVC_CMD_LOCK_H

#include <stdbool.h>

/*
 * Opens (creates, 0600) and locks. NULL, or what failed, with errno: "open" or
 * "lock".
 */
const char *lock_take(const char *path, bool wait);

#endif
