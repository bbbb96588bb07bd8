/*
 * The dialects as data. Columns: what the signal means to a machine, and what
 * to a container; a keeper passes all of them on to its tree.
 */
#include "init/signals.h"

#include "lib/sig.h"

#define NOTHING                                \
	{                                      \
		REQUEST_NOTHING, KEEP_END_NONE \
	}
#define CHILD                                \
	{                                    \
		REQUEST_CHILD, KEEP_END_NONE \
	}
#define PASS                                \
	{                                   \
		REQUEST_PASS, KEEP_END_NONE \
	}
#define AGAIN                                \
	{                                    \
		REQUEST_AGAIN, KEEP_END_NONE \
	}
#define END(how)                            \
	{                                   \
		REQUEST_END, KEEP_END_##how \
	}
#define NOW(how)                            \
	{                                   \
		REQUEST_NOW, KEEP_END_##how \
	}

/* clang-format off */
static const struct row {
	struct request machine, container;
} rows[SIG_COUNT + 1] = {
	[SIGHUP] = {PASS, PASS},
	[SIGINT] = {END(REBOOT), END(REBOOT)},     /* ctrl-alt-del; ^C */
	[SIGQUIT] = {NOTHING, END(EXIT)},          /* nginx's images */
	[SIGUSR1] = {PASS, PASS},                  /* open initctl again */
	[SIGUSR2] = {END(POWEROFF), END(POWEROFF)},/* busybox, finit */
	[SIGPIPE] = {NOTHING, NOTHING},
	[SIGALRM] = {PASS, PASS},                  /* look at the services */
	[SIGTERM] = {NOTHING, END(EXIT)},
	[SIGCHLD] = {CHILD, CHILD},
	[SIGCONT] = {NOTHING, NOTHING},            /* sysvinit: after TSTP */
	[SIGTSTP] = {NOTHING, NOTHING},
	[SIGTTIN] = {NOTHING, NOTHING},
	[SIGTTOU] = {NOTHING, NOTHING},
	[SIGURG] = {NOTHING, NOTHING},
	[SIGWINCH] = {PASS, NOTHING},              /* keyboard request */
	[SIGPWR] = {PASS, END(POWEROFF)},          /* UPS; LXC's stop */
	[SIG_RTMIN + 0] = {NOTHING, NOTHING},      /* the default target */
	[SIG_RTMIN + 1] = {END(RESCUE), END(RESCUE)},
	[SIG_RTMIN + 2] = {END(RESCUE), END(RESCUE)},
	[SIG_RTMIN + 3] = {END(HALT), END(HALT)},  /* container managers' stop */
	[SIG_RTMIN + 4] = {END(POWEROFF), END(POWEROFF)},
	[SIG_RTMIN + 5] = {END(REBOOT), END(REBOOT)},
	[SIG_RTMIN + 6] = {END(KEXEC), END(KEXEC)},
	[SIG_RTMIN + 7] = {END(SOFT_REBOOT), END(SOFT_REBOOT)},
	[SIG_RTMIN + 13] = {NOW(HALT), NOW(HALT)},
	[SIG_RTMIN + 14] = {NOW(POWEROFF), NOW(POWEROFF)},
	[SIG_RTMIN + 15] = {NOW(REBOOT), NOW(REBOOT)},
	[SIG_RTMIN + 16] = {NOW(KEXEC), NOW(KEXEC)},
	[SIG_RTMIN + 17] = {NOW(SOFT_REBOOT), NOW(SOFT_REBOOT)},
	[SIG_RTMIN + 20] = {NOTHING, NOTHING},     /* status lines on, off */
	[SIG_RTMIN + 21] = {NOTHING, NOTHING},
	[SIG_RTMIN + 22] = {NOTHING, NOTHING},     /* log level */
	[SIG_RTMIN + 23] = {NOTHING, NOTHING},
	[SIG_RTMIN + 24] = {END(EXIT), END(EXIT)},
	[SIG_RTMIN + 25] = {AGAIN, AGAIN},
	[SIG_RTMIN + 26] = {NOTHING, NOTHING},     /* log target */
	[SIG_RTMIN + 27] = {NOTHING, NOTHING},
	[SIG_RTMIN + 28] = {NOTHING, NOTHING},
};
/* clang-format on */

static struct request
busybox_request(int sig, struct request otherwise)
{
	if (sig == SIGTERM)
		return (struct request)END(REBOOT);
	if (sig == SIGUSR1)
		return (struct request)END(HALT);
	return otherwise;
}

struct request
signal_request(int sig, enum role role, bool busybox)
{
	if (sig < 1 || sig > SIG_COUNT)
		return (struct request){REQUEST_UNKNOWN, KEEP_END_NONE};
	switch (role) {
	case ROLE_MACHINE:
		return busybox ? busybox_request(sig, rows[sig].machine)
			       : rows[sig].machine;
	case ROLE_CONTAINER:
		return rows[sig].container;
	case ROLE_KEEPER:
	case ROLE_COUNT:
		break;
	}
	if (sig == SIGCHLD || sig == SIG_RTMIN + 25)
		return rows[sig].machine;
	return (struct request)PASS;
}

bool
burst_hit(struct burst *ring, int64_t now_ms)
{
	/* The slot about to be written holds the seventh last. */
	ring->at_ms[ring->next] = now_ms;
	ring->next = (uint8_t)((ring->next + 1) % BURST_COUNT);
	int64_t oldest = ring->at_ms[ring->next];

	return oldest != 0 && now_ms - oldest <= BURST_MS;
}
