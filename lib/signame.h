/*
 * Signals by number and name. libc hides 32 to 34 from its callers and musl
 * counts SIGRTMIN from 35, while everybody who sends SIGRTMIN+3 to an init
 * means glibc's 34 + 3; so sets are 64-bit words here, bit n-1 for signal n,
 * and RTMIN is always 34. Nothing here asks the kernel: lib/sig.h does.
 */
#ifndef LIB_SIGNAME_H
#define LIB_SIGNAME_H

#include <signal.h>
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
/* TERM, SIGTERM, term, 15, RTMIN+3, RTMAX-1; 0: not a signal. */
int sig_parse(const char *s);
/* "TERM", "RTMIN+3", "32" for a number without a name. */
void buf_signal(struct buf *b, int sig);
/* "TERM" or NULL where there is no plain name. */
const char *sig_name(int sig);

#endif
