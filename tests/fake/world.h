/*
 * A small kernel behind lib/sys.h for one life of svcd after the other.
 *
 * Processes and time are its own: a process is born at its gate, runs its
 * program, dies when the seed says so or when it is signalled, is announced in
 * the exit queue and reaped, and its pid is given to the next one out of a pool
 * so small that every pid is used again and again. The clock moves only while
 * svcd waits. Files, pipes and sockets are the real kernel's, in a directory
 * made for the run.
 *
 * One struct world lies in memory that is shared with the parent (the keeper),
 * so it outlives svcd, which is a child and may be killed at any call.
 */
#ifndef TESTS_FAKE_WORLD_H
#define TESTS_FAKE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define WORLD_PROCESSES 16384 /* the most there can be */
#define WORLD_FIRST_PID 1000
#define WORLD_PIDS 30 /* the pool, of a small world */
#define WORLD_HANDLES 32768
#define WORLD_PIPES 4096 /* to loggers, with lines in them */

/* Descriptors of the fake's own, which svcd's close_range leaves alone: from
 * world_fd on, which is above all that svcd will need. */
extern int world_fd;
#define WORLD_FD_QUEUE (world_fd)    /* write end of the exit queue */
#define WORLD_FD_LINE (world_fd + 1) /* the keeper's end of the line */

enum process_state {
	PROCESS_NONE,
	PROCESS_GATED, /* cloned; waits for a byte */
	PROCESS_RUNS,
	PROCESS_ZOMBIE, /* dead, not yet announced: the queue was full */
};

struct process {
	enum process_state state;
	pid_t pid;
	uint32_t birth; /* another one of the same pid: another number */
	uint32_t life;	/* of svcd, that made it */
	char dir[96];	/* where it runs, by its CHDIR */
	char file[16];
	bool stubborn; /* does not die of TERM while there is chaos */
	bool termed;   /* it was asked to */
	bool stopped;
	bool is_ready;	  /* it has said so */
	int code, value;  /* of its death */
	uint64_t in, out; /* the pipes that are its 0 and 1; 0: none is */
	/* In the life that made it, while it is gated: */
	int gate, held[64], helds;
	void *spawn, *memory;
};

/* Where a history is: see tests/sim/people.c. */
enum world_phase {
	PHASE_CHAOS, /* anything may happen */
	PHASE_CALM,  /* all is mended, programs run on */
	PHASE_REST,  /* everything is wanted up */
	PHASE_END    /* and then stopped */
};

struct world {
	uint64_t random;
	unsigned places; /* for processes */
	unsigned pids;	 /* in the pool */
	int64_t now_ns, real_ns;
	uint32_t births, deaths, lives, seq;
	uint64_t calls;	   /* of this life */
	uint64_t crash_at; /* svcd is killed at this call; 0: never */
	uint64_t fail_at;  /* this call fails; 0: none */
	uint64_t trace;	   /* of all calls so far: the same for the same seed */
	unsigned fork_fails;	/* so many more clones fail with EAGAIN */
	unsigned budget;	/* things that may still happen by chance */
	unsigned commands;	/* of people, still to come */
	unsigned kills;		/* of loggers, in the end of all */
	unsigned phase;		/* enum world_phase */
	_Atomic uint32_t heard; /* messages that the keeper has seen to */
	uint32_t asked;		/* the life that was told what is wanted */
	bool is_calm;		/* programs run on, and obey */
	char bad[256];		/* what does not hold; "" while all does */
	char last[24];		/* the call of the crash or the fault */
	struct {
		uint64_t inode;
		uint32_t lines; /* that nobody has read yet */
	} pipes[WORLD_PIPES];
	unsigned pipes_used;
	struct process processes[WORLD_PROCESSES];
};
extern struct world *world;

/*
 * Called when svcd has nothing to do and nothing can happen by itself. Set only
 * in svcd's process: the keeper's calls are not the fake's business.
 */
extern void (*world_idle)(void);
/* What a program does when it is ready, and what its death undoes; NULL. */
extern bool (*world_says_ready)(struct process *p);
extern void (*world_buries)(const struct process *p);

/* A world in which so many services have room. */
void world_begin(uint64_t seed, unsigned services);
/* Something happens somewhere, if anything can. */
bool world_live(void);
/* A number below n. */
unsigned world_random(unsigned n);
__attribute__((format(printf, 1, 2))) void world_bad(const char *fmt, ...);
/* The process that runs `file` in a directory that ends in `dir`. */
struct process *world_process(const char *dir, const char *file);
unsigned world_alive(void);
/* It dies of that: CLD_EXITED or CLD_KILLED, and a code or a signal. */
void world_end(struct process *p, int code, int value);
/* svcd is killed here: its code is as good as a signal, and told from any. */
#define WORLD_KILLED 99
_Noreturn void world_crash(void);
/* The parent's: what is at a gate leaves it, its maker is dead. */
void world_maker_died(void);
/* pipes.c: which pipe that descriptor is; 0: none. */
uint64_t pipe_of(int fd);
void pipe_put(uint64_t pipe);
/* All that is in it; false: there was nothing. */
bool pipe_take(uint64_t pipe);
/* Nobody can write into it any more. */
bool pipe_is_over(uint64_t pipe);
/* Lines in all pipes. */
uint32_t pipe_left(void);
/* Counts the call; true: it is to fail, errno is `error`. */
bool fake_call(const char *name, int error);

#endif
