/*
 * What the kernel's command line, or init's own, asks for. One list gives the
 * words after `trivet.`, the options after `--` and the manual's table. Read
 * before anything is started, never after. Pure.
 */
#ifndef INIT_WORDS_H
#define INIT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "init/phase.h"

/* name, kind, member, for people */
/* clang-format off */
#define WORDS(X) \
	X("boot", PATH, boot, "the boot stage") \
	X("shutdown", PATH, shutdown, "the shutdown stage") \
	X("rescue-program", PATH, rescue_program, "the rescue program") \
	X("svcd", PATH, svcd, "the supervisor") \
	X("services", PATH, services, "the scan directory") \
	X("rescue", FLAG, rescue, "a shell before the services") \
	X("emergency", FLAG, emergency, "a shell before the boot stage") \
	X("busybox", FLAG, busybox, "TERM reboots and USR1 halts") \
	X("container", FLAG, container, "no mounts, no reboot: an exit code") \
	X("machine", FLAG, machine, "not a container, whatever it looks like") \
	X("grace", TIME, grace, \
	    "a container: from the stop signal to the end") \
	X("stop-signal", SIGNAL, stop_signal, \
	    "a container: one more signal that stops it") \
	X("quiet", FLAG, quiet, "only warnings on the console") \
	X("timeout-mount", TIME, limits[PHASE_MOUNT], "for the mounts") \
	X("timeout-boot", TIME, limits[PHASE_BOOT], "for the boot stage") \
	X("timeout-stop", TIME, limits[PHASE_STOP], "for the services to stop") \
	X("timeout-shutdown", TIME, limits[PHASE_SHUTDOWN], \
	    "for the shutdown stage") \
	X("timeout-term", TIME, limits[PHASE_TERM], "between TERM and KILL") \
	X("timeout-kill", TIME, limits[PHASE_KILL], "after KILL") \
	X("timeout-final", TIME, limits[PHASE_FINAL], \
	    "for each step of leaving the file systems")

/* Ours as well, but for the stages, which look at the kernel's line. */
#define STAGE_WORDS(X) \
	X("hostname", "the host name") \
	X("verbose", "each step of the stages, and all that it says")
/* clang-format on */

/* Less than the ten seconds after which managers kill. */
#define WORDS_GRACE_MS 9000

#define WORD_PATH_MAX 256 /* bytes, with the NUL; empty: the default */

struct settings {
	char boot[WORD_PATH_MAX];
	char shutdown[WORD_PATH_MAX];
	char rescue_program[WORD_PATH_MAX];
	char svcd[WORD_PATH_MAX];
	char services[WORD_PATH_MAX];
	bool rescue, emergency, busybox, container, machine, quiet;
	int stop_signal; /* 0: none but the usual */
	int64_t grace;
	int64_t limits[PHASE_COUNT];
};

enum word_verdict {
	WORD_TAKEN,
	WORD_FOREIGN, /* not init's: the stages', the kernel's, anybody's */
	WORD_UNKNOWN, /* begins as ours do, and is none */
	WORD_VALUE,   /* ours, with a value it cannot have */
};

struct settings settings_default(void);
/*
 * One word: trivet.NAME[=VALUE], --NAME[=VALUE], or one of sysvinit's and
 * systemd's (single, s, S, 1, -s, rescue, emergency, -b, quiet).
 */
enum word_verdict settings_word(struct settings *s, const char *word);
/*
 * The next word of a kernel command line at *at, without its quotes, copied to
 * `word` (cut if it is longer); false at the end.
 */
bool words_next(const char *line, size_t *at, char *word, size_t size);

#endif
