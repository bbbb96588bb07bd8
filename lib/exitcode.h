/*
 * What exit codes mean: ours, the shell's, and the 200-range in which service
 * managers say which step before exec failed. Numbers are interface.
 */
#ifndef LIB_EXITCODE_H
#define LIB_EXITCODE_H

/* clang-format off */
#define EXITCODES(X) \
	X(YES, 0, "success") \
	X(NO, 1, "no") \
	X(USAGE, 100, "wrong use") \
	X(SYSTEM, 111, "the system failed") \
	X(CANNOT_EXEC, 126, "cannot execute") \
	X(NOT_FOUND, 127, "command not found") \
	X(CHDIR, 200, "cannot change directory") \
	X(NICE, 201, "cannot set nice") \
	X(FDS, 202, "cannot arrange descriptors") \
	X(EXEC, 203, "cannot execute") \
	X(MEMORY, 204, "no memory") \
	X(LIMITS, 205, "cannot set resource limits") \
	X(OOM, 206, "cannot set oom-score-adj") \
	X(SIGNALS, 207, "cannot set signals") \
	X(STDIN, 208, "cannot open stdin") \
	X(STDOUT, 209, "cannot open stdout") \
	X(CHROOT, 210, "cannot change root") \
	X(IONICE, 211, "cannot set ionice") \
	X(SCHEDULER, 214, "cannot set scheduler") \
	X(CPUS, 215, "cannot set cpus") \
	X(GROUP, 216, "cannot change group") \
	X(USER, 217, "cannot change user") \
	X(CAPS, 218, "cannot set capabilities") \
	X(CGROUP, 219, "cannot enter cgroup") \
	X(SETSID, 220, "cannot make a session") \
	X(STDERR, 222, "cannot open stderr") \
	X(NETWORK, 225, "cannot make a network namespace") \
	X(NAMESPACE, 226, "cannot make a namespace") \
	X(NO_NEW_PRIVS, 227, "cannot set no-new-privs") \
	X(PERSONALITY, 230, "cannot set personality") \
	X(RUNTIME_DIR, 233, "cannot make the runtime directory") \
	X(CHOWN, 235, "cannot change owner") \
	X(STATE_DIR, 238, "cannot make the state directory") \
	X(CACHE_DIR, 239, "cannot make the cache directory") \
	X(LOG_DIR, 240, "cannot make the log directory")
/* clang-format on */

#define EXITCODE_ENUM(name, number, text) EXITCODE_##name = number,
enum exitcode {
	EXITCODES(EXITCODE_ENUM)
};

/* The text above, or NULL for a number that has none. */
const char *exitcode_text(int code);

#endif
