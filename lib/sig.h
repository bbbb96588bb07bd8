/*
 * Signals, heard and routed by raw number (lib/signame.h): libc's calls leave
 * out 32 to 34.
 */
#ifndef LIB_SIG_H
#define LIB_SIG_H

#include <signal.h>
#include <stdint.h>

#include "lib/signame.h"

/* Faults of the program itself: never to be blocked. */
#define SIG_FAULTS                                              \
	(SIG_BIT(SIGSEGV) | SIG_BIT(SIGBUS) | SIG_BIT(SIGILL) | \
	    SIG_BIT(SIGFPE) | SIG_BIT(SIGTRAP) | SIG_BIT(SIGSYS))

/* The mask of this process becomes exactly `set`; *old may be NULL. */
int sig_mask(uint64_t set, uint64_t *old);
int sig_block(uint64_t set);
int sig_unblock(uint64_t set);
/* A non-blocking descriptor that hears `set`, which must be blocked. */
int sig_fd(uint64_t set);
/*
 * The next signal from it: its number and, where `info` is not NULL, sender
 * and status. 0: none waiting; -1: failed.
 */
struct sig_info {
	int32_t pid;
	uint32_t uid;
	int32_t code;
	int32_t value; /* of sigqueue */
};
int sig_read(int fd, struct sig_info *info);

int sig_default(int sig);
int sig_ignore(int sig);
/* Every disposition back to default, all 64, errors ignored. */
void sig_default_all(void);
/* A handler with SA_SIGINFO and `flags`, all signals blocked while it runs. */
int sig_handle(int sig, void (*handler)(int, siginfo_t *, void *), int flags);

#endif
