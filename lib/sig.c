/*
 * Signals by raw number.
 */
#include "lib/sig.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/signalfd.h>

#include "lib/fmt.h"
#include "lib/scan.h"
#include "lib/sys.h"

static const struct name {
	const char *name;
	int sig;
} names[] = {
#define ROW(name) {#name, SIG##name},
    SIG_NAMES(ROW)
#undef ROW
    /* Other names of the same. */
    {"IOT", SIGABRT},
    {"POLL", SIGIO},
    {"CLD", SIGCHLD},
};
#define NAMES (sizeof(names) / sizeof(*names))

int
sig_mask(uint64_t set, uint64_t *old)
{
	return sys_sigprocmask(SIG_SETMASK, &set, old);
}

int
sig_block(uint64_t set)
{
	return sys_sigprocmask(SIG_BLOCK, &set, NULL);
}

int
sig_unblock(uint64_t set)
{
	return sys_sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int
sig_fd(uint64_t set)
{
	return sys_signalfd(-1, set, SFD_NONBLOCK);
}

int
sig_read(int fd, struct sig_info *info)
{
	struct signalfd_siginfo got;
	ssize_t n = sys_read(fd, &got, sizeof(got));

	if (n == -1)
		return errno == EAGAIN ? 0 : -1;
	if (n != (ssize_t)sizeof(got))
		return 0;
	if (info != NULL)
		*info = (struct sig_info){(int32_t)got.ssi_pid, got.ssi_uid,
		    got.ssi_code, got.ssi_int};
	return (int)got.ssi_signo;
}

int
sig_default(int sig)
{
	return sys_signal(sig, SIG_DFL);
}

int
sig_ignore(int sig)
{
	return sys_signal(sig, SIG_IGN);
}

void
sig_default_all(void)
{
	int saved = errno;

	for (int sig = 1; sig <= SIG_COUNT; sig++)
		sys_signal(sig, SIG_DFL);
	errno = saved;
}

int
sig_handle(int sig, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction act;

	memset(&act, 0, sizeof(act));
	act.sa_sigaction = handler;
	act.sa_flags = SA_SIGINFO | flags;
	memset(&act.sa_mask, 0xff, sizeof(act.sa_mask));
	return sys_sigaction(sig, &act, NULL);
}

/* "RTMIN", "RTMIN+3", "RTMAX-1"; 0: not that. */
static int
parse_realtime(const char *s)
{
	int base = strncasecmp(s, "RTMIN", 5) == 0   ? SIG_RTMIN
		   : strncasecmp(s, "RTMAX", 5) == 0 ? SIG_RTMAX
						     : 0;
	int32_t offset = 0;

	if (base == 0)
		return 0;
	s += 5;
	if (*s != '\0' && ((*s != '+' && *s != '-') || !scan_i32(s, &offset)))
		return 0;
	if (offset < SIG_RTMIN - base || offset > SIG_RTMAX - base)
		return 0;
	return base + offset;
}

int
sig_parse(const char *s)
{
	uint32_t number;

	if (scan_u32(s, &number))
		return number >= 1 && number <= SIG_COUNT ? (int)number : 0;
	if (strncasecmp(s, "SIG", 3) == 0)
		s += 3;
	for (size_t i = 0; i < NAMES; i++)
		if (strcasecmp(s, names[i].name) == 0)
			return names[i].sig;
	return parse_realtime(s);
}

const char *
sig_name(int sig)
{
	for (size_t i = 0; i < NAMES; i++)
		if (names[i].sig == sig)
			return names[i].name;
	return NULL;
}

void
buf_signal(struct buf *b, int sig)
{
	const char *name = sig_name(sig);

	if (name != NULL)
		buf_puts(b, name);
	else if (sig == SIG_RTMIN)
		buf_puts(b, "RTMIN");
	else if (sig > SIG_RTMIN && sig <= SIG_RTMAX)
		buf_fmt(b, "RTMIN+%d", sig - SIG_RTMIN);
	else
		buf_i64(b, sig);
}
