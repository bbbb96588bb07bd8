/*
 * svcd from inside. One static struct, no heap: every table is address space
 * reserved at start, whose pages the kernel gives when they are first touched.
 *
 * How a turn goes (main.c): the loop delivers what has happened, and each
 * callback only posts events or marks things; then queue.c takes the events
 * one after the other through the machine of svc/core, each a commit and its
 * effects (do.c); then births.c clones what is to be started, in batches; and
 * when nothing of that is left, views.c writes what foreign tools read.
 *
 * What lives where: all that must survive svcd is in the state file (state.c)
 * or in the keeper's slots; struct live is what can be found again.
 */
#ifndef SVC_TREE_TREE_H
#define SVC_TREE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/keeper.h"
#include "lib/loop.h"
#include "svc/core/board.h"
#include "svc/core/machine.h"
#include "svc/tree/state/index.h"

/* The limits. A full table refuses, and the message names the limit. */
#define TREE_RECORDS 65536 /* services, loggers and long texts together */
#define TREE_SCANS 16	   /* scan directories */
#define TREE_EVENTS (TREE_RECORDS * 4)
/* Our own descriptors stand above; below is what a child is born with. */
#define TREE_FD_FLOOR 64
/* Descriptors left for sockets, scans and births, whatever services take. */
#define TREE_FD_SPARE 256
#define TREE_PATH 4096

struct live {
	struct watch control; /* supervise/control */
	struct timer timer;   /* the earliest of its deadlines */
	int pipe[2];	      /* to its logger: read and write end, or -1 */
	int64_t at_s; /* its next time of day, Unix seconds; 0: not known */
	uint64_t name_hash;
	uint64_t feeds;	   /* the name_hash of who reads its output, 0: none */
	int talk;	   /* inotify's number of its output, 0: none */
	uint16_t life;	   /* another record in this place: higher */
	uint16_t ring;	   /* of its last lines, 0: none */
	uint16_t todos;	   /* the lists that it stands in: todo.h */
	uint8_t shown;	   /* enum sv_shown told last */
	uint32_t ooms;	   /* kills for memory in its cgroup */
	bool is_stale : 1; /* a view could not be written, which is said */
	bool is_seen : 1;  /* by the scan that is going on */
	bool is_alias : 1; /* a second link leads to it */
	bool is_recreated : 1; /* a scan awaits that its name is free */
	bool is_ending : 1;    /* told to end, since everything does */
	bool is_posted : 1;    /* its scheduled run is on its way */
	bool is_killed : 1;    /* its cgroup was: not to be entered again */
	bool is_limited : 1;   /* it is, by the definition of that run */
	bool is_told : 1;      /* that it has no cgroup */
	bool is_unpaired : 1;  /* said that what it reads does not write */
	bool is_logless : 1;   /* its log/ cannot be had just now */
	bool is_resumed : 1;   /* a logger: the end of what it reads is none */
};

struct tree {
	struct loop loop;
	struct board board;
	int state_fd;
	struct live *live;
	struct index pids, names, places;
	char *const *env; /* what services inherit */
	const char *prog; /* svcd, runsvdir, runsv, … */
	char run_dir[TREE_PATH];
	bool is_user;	   /* the tree of one user */
	bool is_kept;	   /* a keeper stands above */
	bool is_recovered; /* this life began with a state file */
	bool is_done;	   /* leave the loop */
	int exit_code;
	bool is_ending;	   /* STOP came */
	unsigned long fds; /* descriptors that may be used in all */
	/* A container's, or what its words ask for without one. */
	bool is_container;
	bool is_strict;	 /* a definition with an error: nothing starts */
	bool no_wait;	 /* the main command does not wait for the others */
	bool pass_exit;	 /* its code also where it was told to stop */
	bool clear_env;	 /* services do not see our environment */
	unsigned output; /* enum lines_form */
	char *const *command; /* the main command, or NULL */
	unsigned umask;	      /* that we were started with: the command's */
};
extern struct tree tree;

int64_t real_ns(void); /* of the wall clock, now */

#endif
