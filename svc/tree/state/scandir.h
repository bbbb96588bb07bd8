/*
 * The scan directories that this tree was given; what is in them is the
 * business of svc/tree/scan.
 */
#ifndef SVC_TREE_SCANDIR_H
#define SVC_TREE_SCANDIR_H

#include "lib/buf.h"
#include "svc/tree/state/tree.h"

struct scandir {
	char path[TREE_PATH];
	char only[BOARD_NAME_MAX + 1]; /* runsv: this entry and no other */
	int fd; /* of the directory that the path led to last, or -1 */
};

/* False: too many, too long. */
bool scandir_add(const char *path);
/* Not a scan directory but one service: runsv, supervise. Dies if it cannot. */
void scandir_only(const char *path);
bool scandir_is_only(void);
unsigned scandirs(void);
struct scandir *scandir(unsigned which);

/* Who looks at them all when that is wanted: soon, when it has stood for
 * SCANDIR_STANDS_MS, or in a while. */
#define SCANDIR_STANDS_MS 300
void scandirs_start(void (*look)(void *arg));
void scandirs_want(void);
void scandirs_settle(void);
void scandirs_retry(void);
/* Something of an entry could not be read: they are looked at again, where
 * that may pass. */
void scandirs_missed(int error);
/* They are being looked at. */
void scandirs_looked(void);

/*
 * A service that is one file: supervise/ and the rest of its own stand in a
 * directory below the runtime directory.
 */
void scandir_of_files(struct buf *b, const char *name);
bool scandir_is_file(uint32_t i);
/*
 * A number for the link that has this name now: another link, made in its
 * place, has another one. 0: none, or no link.
 */
uint32_t scandir_link(const char *name);
/* The open scan directory that has such a file now; -1: none. */
int scandir_with_file(const char *name);

#endif
