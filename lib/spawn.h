/*
 * A new process, described as data: an ordered list of steps between the clone
 * and the exec, then a program. One function, which calls nothing but the
 * kernel, performs the steps in the child; the first that fails ends it and is
 * told as (step, errno).
 *
 *	struct spawn_step steps[] = {
 *		{.op = SPAWN_SETSID},
 *		{.op = SPAWN_DUP, .fd = log, .number = 1},
 *		{.op = SPAWN_CHDIR, .text = "/"},
 *	};
 *	struct spawn s = SPAWN_INIT;
 *	s.steps = steps; s.count = 3;
 *	s.file = "/bin/true"; s.argv = argv; s.envp = envp;
 *	s.fault = &word;
 *	pid = spawn(&s);
 *
 * What ends the process before its program runs: a failed step, whose fault is
 * told, and then the exit code of that step (SPAWN_OPS); or the gate.
 *
 * The fault. `fault` is a word of shared memory (MAP_SHARED, so that it
 * outlives the parent too) that the child sets in one store; read it with
 * spawn_fault_op and spawn_fault_errno. `fault_fd` is the write end of a
 * close-on-exec pipe that gets the same 8 bytes: end of file means that the
 * program runs. Use either, both, or none.
 *
 * The gate. With `gate` ≥ 0 the child, before its first step, closes
 * `gate_far` (its copy of the write end: it would keep the gate open for
 * itself) and reads one byte from `gate`. End of file: the parent is dead
 * and has not written down that this child exists; the child leaves, its fault
 * is SPAWN_GATE with ECANCELED. Only one child may wait at a gate at a time.
 *
 * Lifetime. All that struct spawn points to must stay as it is until the
 * program runs or the process is gone, not only until spawn returns: with
 * `small` the child shares the parent's memory.
 */
#ifndef LIB_SPAWN_H
#define LIB_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Every step: name, the exit code that tells it, what cannot be done. Fields
 * used stand in the comment. Descriptor numbers are the child's own.
 */
/* clang-format off */
#define SPAWN_OPS(X) \
	X(NONE, 111, "spawn") \
	X(GATE, 111, "be recorded") \
	X(SETSID, 220, "make a session")          /* */ \
	X(SETPGID, 220, "make a process group")   /* number: 0 = own */ \
	X(DUP, 202, "arrange descriptors")        /* fd onto number */ \
	X(OPEN, 209, "open")                      /* text, flags, mode: onto number */ \
	X(WAITING, 202, "arrange descriptors")    /* fd: not O_NONBLOCK any more */ \
	X(CLOSE, 202, "close a descriptor")       /* fd */ \
	X(CLOSE_FROM, 202, "close descriptors")   /* number: this and above, at exec */ \
	X(CHDIR, 200, "change directory to")      /* text */ \
	X(FCHDIR, 200, "change directory")        /* fd */ \
	X(CHROOT, 210, "change root to")          /* text; directory: its / */ \
	X(UMASK, 202, "set umask")                /* number */ \
	X(NICE, 201, "set nice")                  /* number: absolute */ \
	X(IONICE, 211, "set ionice")              /* number: class << 13 | level */ \
	X(SCHEDULER, 214, "set scheduler")        /* number: policy, flags: priority */ \
	X(CPUS, 215, "set cpus")                  /* data, size: mask */ \
	X(RLIMIT, 205, "set limit")               /* number: RLIMIT_x, data: struct rlimit */ \
	X(GROUPS, 216, "set groups")              /* data: gid_t[], size: how many */ \
	X(GID, 216, "set group")                  /* number */ \
	X(UID, 217, "set user")                   /* number */ \
	X(CGROUP, 219, "enter cgroup")            /* fd: cgroup.procs open for writing */ \
	X(CAP_BOUND, 218, "drop capabilities")    /* mask: what stays */ \
	X(CAP_KEEP, 218, "keep capabilities")     /* before UID: over the change */ \
	X(CAP_SET, 218, "set capabilities")       /* mask: permitted, effective, inheritable */ \
	X(CAP_AMBIENT, 218, "set ambient capabilities") /* mask */ \
	X(NO_NEW_PRIVS, 227, "set no-new-privs")  /* */ \
	X(PDEATHSIG, 207, "set the parent-death signal") /* number */ \
	X(OOM, 206, "set oom-score-adj")          /* text: the number */ \
	X(SIGNALS, 207, "set signals")            /* mask: blocked in the program; all default */ \
	X(SIGNALS_QUICK, 207, "set signals")      /* mask: these to default, none blocked */ \
	X(MASK, 207, "set the signal mask")       /* mask: blocked; dispositions stay */ \
	X(IGNORE, 207, "ignore signals")          /* mask */ \
	X(TTY, 208, "take the terminal")          /* fd: TIOCSCTTY, after SETSID */ \
	X(FOREGROUND, 208, "take the foreground") /* fd: tcsetpgrp to own group */ \
	X(PERSONALITY, 230, "set personality")    /* mask */ \
	X(UNSHARE, 226, "make a namespace")       /* flags */ \
	X(MOUNT, 226, "mount")                    /* data: struct spawn_mount */ \
	X(NETNS_UP, 225, "raise the loopback")    /* */ \
	X(DUMPABLE, 202, "set dumpable")          /* number */ \
	X(TIMERSLACK, 212, "set timer slack")     /* mask: ns */ \
	X(WRITE, 202, "write")                    /* fd, data, size */ \
	X(READ, 202, "wait for a byte")           /* fd: end of file is ECANCELED */ \
	X(LISTEN_PID, 203, "set LISTEN_PID")      /* data: char[20], gets own pid */ \
	X(EXEC, 203, "execute") \
	X(READ_ONLY, 226, "make read-only")       /* text: it and all below */ \
	X(ENVIRON, 255, "read variables")         /* only refused, as these: */ \
	X(WORDS, 203, "split the command") \
	X(RUNTIME_DIR, 233, "make runtime-dir") \
	X(STATE_DIR, 238, "make state-dir") \
	X(CACHE_DIR, 239, "make cache-dir") \
	X(LOG_DIR, 240, "make log-dir") \
	X(LISTEN, 202, "listen") \
	X(NOTIFY, 202, "make what it tells its readiness by")
/* clang-format on */

#define SPAWN_ENUM(name, code, text) SPAWN_##name,
enum spawn_op {
	SPAWN_OPS(SPAWN_ENUM) SPAWN_OP_COUNT
};

struct spawn_step {
	enum spawn_op op;
	bool may_fail; /* go on without it */
	int refuse;    /* not 0: fails with this errno, and is not tried */
	int fd;
	int number;
	unsigned flags;
	unsigned mode;
	const char *text;
	const void *data;
	size_t size;
	uint64_t mask;
};

struct spawn_mount {
	const char *from, *at, *type, *options;
	unsigned long flags;
	bool may_be_missing; /* ENOENT is no failure */
};

struct spawn {
	const struct spawn_step *steps;
	size_t count;

	/* The program: by path, or (exec_fd ≥ 0) by descriptor. */
	const char *file;
	int exec_fd;
	char *const *argv;
	char *const *envp;
	/* "a:b:…": a file without a slash is looked for there. NULL: as it is.
	 */
	const char *search;
	/* A script without #! runs under /bin/sh, as a shell would do. */
	bool shell;

	/* How it is made. */
	bool sibling;	/* CLONE_PARENT: a child of our parent */
	int cgroup;	/* ≥ 0: a cgroup directory it is born in */
	int *pidfd;	/* not NULL: gets a descriptor of it */
	unsigned flags; /* more CLONE_… (namespaces) */
	/*
	 * > 0: the child keeps only descriptors below this number. With `small`
	 * it shares the parent's table at first (a copy of 10,000 descriptors
	 * costs more than all the rest) and leaves it with those. What gate,
	 * fault and steps name must be below. It sets *left, in shared memory,
	 * when it has its own.
	 */
	int fds_below;
	_Atomic uint32_t *left;
	void *small; /* not NULL: shares memory, runs on this stack */
	size_t small_bytes;
	/* With `small`: the kernel zeroes this when the child has left our
	 * memory, because it runs its program or is dead. Set it to 1 before.
	 */
	_Atomic uint32_t *memory;

	int gate, gate_far;
	_Atomic uint64_t *fault;
	int fault_fd;
	int fault_exit; /* not 0: the exit code whatever the step (runit: 111)
			 */
};

/* A stack for `small` holds this much. */
#define SPAWN_STACK 32768

#define SPAWN_INIT                     \
	((struct spawn){.exec_fd = -1, \
	    .cgroup = -1,              \
	    .gate = -1,                \
	    .gate_far = -1,            \
	    .fault_fd = -1})

/* The pid, or -1 and errno: no process was made. */
pid_t spawn(const struct spawn *s);
/* The same steps and program in this process: returns only if one fails. */
uint64_t spawn_here(const struct spawn *s);

/*
 * Reading a fault word: 0 is "none". It bears the pid of the child that wrote
 * it, since a word in shared memory may be written by one that was forgotten.
 */
#define SPAWN_FAULT(number, op, error)                              \
	((uint64_t)(uint8_t)(number) << 24 | (uint64_t)(op) << 16 | \
	    (uint64_t)(error))
static inline pid_t
spawn_fault_pid(uint64_t fault)
{
	return (pid_t)(fault >> 32);
}
static inline int
spawn_fault_number(uint64_t fault)
{
	return (int)(fault >> 24 & 0xff); /* of the step: which limit, … */
}
static inline enum spawn_op
spawn_fault_op(uint64_t fault)
{
	return (enum spawn_op)(fault >> 16 & 0xff);
}
static inline int
spawn_fault_errno(uint64_t fault)
{
	return (int)(fault & 0xffff);
}
/* "change directory to", and the exit code that goes with it. */
const char *spawn_op_text(enum spawn_op op);
/* The reason: of a user or group that is not known it is no missing file. */
const char *spawn_op_error(enum spawn_op op, int error);
int spawn_op_exit(enum spawn_op op);

#endif
