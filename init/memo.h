/*
 * All that init remembers, in one object that outlives its program: when the
 * memory file below it can be had, a fault or an upgrade executes init again
 * and this is all as it was. There is no other state. The descriptors of enum
 * memo_fd stay open across that, at their fixed numbers; everything else is
 * close-on-exec.
 *
 * A reader must survive finding it at any store, so each group of members that
 * must agree is committed by one store, or is harmless when done again.
 */
#ifndef INIT_MEMO_H
#define INIT_MEMO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "init/phase.h"
#include "init/signals.h"
#include "init/words.h"
#include "lib/keeper.h"

/* Descriptors of init itself; slots begin at KEEP_SLOT_BASE. */
enum memo_fd {
	FD_QUEUE = KEEP_FD_QUEUE,    /* read end of the exit queue */
	FD_LINE_KEPT = KEEP_FD_LINE, /* the kept child's end, while it starts */
	FD_KEPT = KEEP_FD_SELF,	     /* the kept child's program */
	FD_LINE,		     /* our end of the line */
	FD_QUEUE_IN,		     /* write end of the exit queue */
	FD_SELF,		     /* our own program */
	FD_MEMO,		     /* the memory file of this */
	FD_SIGNALS,		     /* signalfd */
	FD_PIN,			     /* pidfd of the child being announced */
	FD_KMSG,		     /* the kernel's log */
	FD_KEPT_OLD, /* programs before an upgrade: open while */
	FD_SELF_OLD, /* the new ones are on trial */
	FD_KEPT_NEW, /* programs of an upgrade that is being tried out */
	FD_SELF_NEW,
	FD_END, /* above, up to KEEP_SLOT_BASE: free for what arrives */
};

/* Children of init's own making. */
/* clang-format off */
#define JOBS(X) \
	X(KEPT)    /* the kept child */ \
	X(PHASE)   /* what this phase waits for: a stage, mounts, … */ \
	X(SHELL)   /* the rescue program offered beside the rest */ \
	X(CONSOLE) /* writes what is to be said */ \
	X(TRIAL)   /* our new program, asked whether it knows this state */ \
	X(STAGE)   /* runit's stage 2 */ \
	X(FLAGS)   /* looks at runit's flag files */
/* clang-format on */
#define JOB_ENUM(name) JOB_##name,
enum job {
	JOBS(JOB_ENUM) JOB_COUNT
};

struct job_memo {
	int32_t pid;	  /* stored by the kernel as it makes the child */
	int32_t error;	  /* errno of the exec that failed, by the child */
	int64_t until_ns; /* KILL then; 0: never */
};

/* Where the system is, and what of the last step is still to be done. */
struct memo_step {
	struct plan plan;
	uint32_t todo;	  /* enum phase_effect */
	uint32_t forget;  /* JOB_PHASE is an earlier phase's child */
	int64_t until_ns; /* LATE then; 0: never */
	int64_t since_ns; /* this began */
};

struct kept_memo {
	uint8_t on;	  /* to be kept alive */
	uint8_t ready;	  /* this one has said READY */
	uint8_t spoke;	  /* one of them has ever sent a message */
	uint8_t trial;	  /* the first after an upgrade, not READY yet */
	uint8_t troubled; /* it could not be started, which was said */
	uint8_t full;	  /* the queue is full */
	uint8_t stopping; /* it is to stop everything, after a restart too */
	uint8_t stop_due; /* which is still to be sent to this one */
	uint8_t refused;  /* REFUSED is to be sent */
	uint8_t sent;	  /* something, since the last look */
	uint8_t looks;	  /* in a row at which nothing had been read */
	int32_t refused_why;
	uint32_t deaths;     /* in a row */
	uint32_t unread_seq; /* the oldest record that may be unread */
	int64_t started_ns;
	int64_t start_ns;	      /* when to start the next */
	int64_t unread_ns;	      /* of the last look; 0: all was read */
	uint32_t get_slot, get_count; /* of a GET that is being answered */
	uint64_t signals;	      /* SIGNALs that are to be sent */
	struct keep_msg stop;
};

/* What a child is looking at for runit: see init/runit.h. */
enum runit_question {
	RUNIT_NOTHING,
	RUNIT_STOP,   /* is stopit set? */
	RUNIT_KEYS,   /* ctrlaltdel, then the same */
	RUNIT_REBOOT, /* after stage 3: is reboot set? */
};

struct runit_memo {
	uint8_t is;	  /* this system is runit's */
	uint8_t on;	  /* stage 2 is to run */
	uint8_t question; /* enum runit_question: the last one */
	uint8_t stays;	  /* what stage 2 became lives on in stage 3 */
	int64_t start_ns; /* when to start stage 2 */
};

#define CONSOLE_BYTES 2048

struct console_memo {
	uint32_t len;	 /* bytes to be written */
	uint32_t taken;	 /* of those, by the writer that is at work */
	uint32_t lost;	 /* lines that did not fit */
	uint32_t tries;	 /* that failed, in a row */
	int64_t hold_ns; /* no writer before then: the last one hung */
	char text[CONSOLE_BYTES];
};

#define MEMO_MAGIC 0x54525654u
#define MEMO_BYTES 8192	 /* of which all are used or spare */
#define MEMO_ALIGN 65536 /* the largest page there is */

/*
 * An init carries on from what the version before its own has left, too. So
 * this only grows: a new member is put where the older one has left zeros, in a
 * hole or at the end, and zero is a value it can have; none is moved, resized
 * or given another meaning. The older program can be taken back while
 * memo.version is its own, which is until the new one has proved itself.
 */
extern const uint32_t memo_version;

struct memo {
	uint32_t magic;
	uint32_t version;
	int32_t pid;
	uint32_t faults;	/* since the start */
	uint32_t faults_in_row; /* without a turn of the loop between */
	uint32_t sequence;	/* of the last record in the queue */
	int32_t dying;		/* pid that `sequence` announces; 0: none */
	uint32_t step_at;	/* which of the two is the present one */
	struct memo_step steps[2];
	int64_t say_ns; /* a long wait is said again then */
	int32_t exit_code;
	int64_t grace_ns; /* a container is to be gone by then; 0: no end yet */
	uint8_t alone_kernel; /* the whole machine is ours */
	uint8_t may_restart;  /* a container whose manager knows reboot(2) */
	uint8_t anew;	      /* begin at the beginning: soft reboot */
	uint8_t at_once;      /* whoever asked for the ending cannot wait */
	struct job_memo jobs[JOB_COUNT];
	struct kept_memo kept;
	struct runit_memo runit;
	struct burst burst;
	struct rlimit files; /* as they were: for children */
	struct settings settings;
	struct console_memo console;
	int64_t settle_ns;  /* our new program has proved itself then; 0: has */
	uint8_t taken_back; /* this program is, from a new one with a fault */
} __attribute__((aligned(MEMO_ALIGN)));

/* Has its pages to itself, so that the memory file can be laid over it. */
extern struct memo memo;

/* True for a memo of this version, and of the one before it. */
bool memo_knows(uint32_t version);
/* True: this program was executed again, and memo is what it was. */
bool memo_adopt(void);
/* An empty memo, in a memory file if one can be had. */
void memo_create(void);
/* The present step. */
struct memo_step *memo_step(void);
/* Makes `next` the present step, in one store. */
void memo_commit(struct memo_step next);

/* fd becomes `to`, open across exec; -1 for failure. fd is closed. */
int memo_pin(int fd, enum memo_fd to);

#endif
