/*
 * Records of logins and of the machine's ups and downs, in glibc's layout of
 * 384 bytes (musl has another and its functions do nothing). Fields are put
 * at their offsets by hand.
 */
#ifndef SVC_CMD_UTMP_H
#define SVC_CMD_UTMP_H

#include <stdbool.h>
#include <stdint.h>

#define UTMP_BYTES 384
#define UTMP_FILE "/run/utmp"
#define WTMP_FILE "/var/log/wtmp"

enum utmp_type {
	UTMP_EMPTY = 0,
	UTMP_RUN_LEVEL = 1,
	UTMP_BOOT = 2,
	UTMP_INIT = 5,
	UTMP_LOGIN = 6,
	UTMP_USER = 7,
	UTMP_DEAD = 8,
};

struct utmp_entry {
	enum utmp_type type;
	int32_t pid;
	char line[33]; /* NUL-ended here, not in the file */
	char id[5];
	char user[33];
	char host[257];
	int64_t seconds; /* since 1970 */
	int32_t micros;
};

void utmp_pack(const struct utmp_entry *e, unsigned char bytes[UTMP_BYTES]);
void utmp_unpack(const unsigned char bytes[UTMP_BYTES], struct utmp_entry *e);

/* What is written at boot, at a change of run level, at shutdown. */
struct utmp_entry utmp_boot(int64_t seconds);
struct utmp_entry utmp_run_level(int64_t seconds, char level, char previous);
struct utmp_entry utmp_shutdown(int64_t seconds);

/*
 * Puts an entry in the place of the one that is the same line's or kind's, or
 * at the end. Appends. Both are silent where the file is not there (nobody
 * wants it) and need no lock for longer than one write. 0 or -1.
 */
int utmp_put(const char *file, const struct utmp_entry *e);
int utmp_append(const char *file, const struct utmp_entry *e);
/* Goes through a file: calls each() until it says false. 0 or -1. */
int utmp_each(const char *file,
    bool (*each)(const struct utmp_entry *e, void *arg), void *arg);

#endif
