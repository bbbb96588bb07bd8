/*
 * Children of init's own making: programs and helpers that do what PID 1 must
 * not, because it needs a path, a terminal or patience. Each has a deadline
 * after which it is killed. The kernel itself stores the pid into memo, before
 * the child runs: there is no instant at which a child exists and a re-executed
 * init would not know it.
 */
#ifndef INIT_JOB_H
#define INIT_JOB_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "init/memo.h"

/*
 * Starts run(arg) as `job`, killed after `ms` (0: never). Its exit code is what
 * run returns; signals are at their defaults but all blocked, and a machine's
 * 0 to 2 are /dev/console. 0; -1: no process could be made. One that runs
 * already is left alone: 0.
 */
int job_start(enum job job, int (*run)(void *), void *arg, int64_t ms);

/* A program for a job to become. */
struct program {
	const char *path; /* or */
	int fd;		  /* ≥ 0: this open program */
	const char *const *argv;
	unsigned keep;	/* descriptors below this stay open; 0: 0 to 2 */
	bool terminal;	/* 0 becomes the controlling terminal */
	bool all_files; /* RLIMIT_NOFILE as high as init's */
};
/*
 * In a job's child: becomes the program in a session of its own, with clean
 * signals. Returns only if that failed: the exit code, 127 or 126, and errno
 * in the job's memo.
 */
int job_become(enum job job, const struct program *program);

/* What the children find in their environment. Borrowed, for ever. */
void job_environment(char *const *envp);

bool job_runs(enum job job);
/* Sends it a signal, if it runs. */
void job_signal(enum job job, int sig);
/* Is no longer ours to wait for: it will be reaped as anybody's. */
void job_forget(enum job job);
/* KILL to all whose time has passed. */
void job_limits(int64_t now_ns);
/* The earliest of their deadlines; INT64_MAX: none. */
int64_t job_next_ns(void);

/* How a child ended; `known` false: it was reaped before a fault of ours. */
struct job_end {
	bool known;
	int code;  /* CLD_… */
	int value; /* exit code or signal */
	int error; /* errno of an exec that failed, or 0 */
};
/* True when it ended well. */
bool job_end_good(const struct job_end *end);
/* "exit code 1", "signal KILL", "no such file or directory". */
struct buf;
void buf_job_end(struct buf *b, const struct job_end *end);

#endif
