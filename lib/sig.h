/*
 * Signals by raw number. libc hides 32 to 34 from its callers and musl counts
 * SIGRTMIN from 35, while everybody who sends SIGRTMIN+3 to an init means
 * glibc's 34 + 3; so sets are 64-bit words here, bit n-1 for signal n, and
 * RTMIN is always 34.
 */
#ifndef LIB_SIG_H
#define LIB_SIG_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"

#define SIG_RTMIN 34
#define SIG_RTMAX 64
#define SIG_COUNT 64 /* numbers 1 to 64 */

/* clang-format off */
#define SIG_NAMES(X) \
	X(HUP) X(INT) X(QUIT) X(ILL) X(TRAP) X(ABRT) X(BUS) X(FPE) X(KILL) \
	X(USR1) X(SEGV) X(USR2) X(PIPE) X(ALRM) X(TERM) X(STKFLT) X(CHLD) \
	X(CONT) X(STOP) X(TSTP) X(TTIN) X(TTOU) X(URG) X(XCPU) X(XFSZ) \
	X(VTALRM) X(PROF) X(WINCH) X(IO) X(PWR) X(SYS)
/* clang-format on */

#define SIG_BIT(n) (UINT64_C(1) << ((n)-1))
#define SIG_ALL (~UINT64_C(0))
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

/* TERM, SIGTERM, term, 15, RTMIN+3, RTMAX-1; 0: not a signal. */
int sig_parse(const char *s);
/* "TERM", "RTMIN+3", "32" for a number without a name. */
void buf_signal(struct buf *b, int sig);
/* "TERM" or NULL where there is no plain name. */
const char *sig_name(int sig);

#endif
