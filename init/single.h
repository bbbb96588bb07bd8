/*
 * One command, as in a container: run it as the only child, forward signals,
 * reap whatever lands here, and end with its exit code. tini, dumb-init and
 * catatonit are three sets of options and manners over this one engine; init's
 * own `init -- CMD` is a fourth.
 *
 * Life cycle: every signal is held from the first instruction (init/start.h),
 * so that one sent in the first microseconds waits instead of being dropped,
 * which is what the kernel does with signals to PID 1 that nobody has asked
 * for. An option reader fills a struct single, and single_run() does not
 * return before the command has ended.
 */
#ifndef INIT_SINGLE_H
#define INIT_SINGLE_H

#include <stdbool.h>
#include <stdint.h>

#define SINGLE_SIGNALS 64 /* signals are 1 … 64 */

/* Each line has a level; a personality decides which it shows, and where. */
enum single_level {
	SINGLE_FATAL,
	SINGLE_WARN,
	SINGLE_INFO,
	SINGLE_DEBUG,
	SINGLE_TRACE
};

/* The group that the command leads. */
enum single_group {
	SINGLE_GROUP_OWN,     /* setpgid: a group in our session */
	SINGLE_GROUP_SESSION, /* setsid: a session, and the terminal with it */
	SINGLE_GROUP_SAME     /* ours: nothing is changed */
};

struct single {
	/* The command: a NULL-ended vector, or NULL to pause and reap. */
	char **argv;
	char **envp;

	/* Prefix of a line, without the level: "tini (7)", "dumb-init". */
	void (*tell)(const struct single *, enum single_level, const char *);
	int verbosity;	/* the highest level that is shown */
	bool reap_warn; /* a line for each stranger that is reaped */

	enum single_group group;
	bool to_group;	/* signals go to the command's group, not only to it */
	bool subreaper; /* orphans below us become ours though not PID 1 */
	/* The command gets default dispositions and an empty mask; otherwise
	   those that were inherited. */
	bool clean_signals;
	bool stop_self;	   /* stop with the command (job control) */
	bool term_at_end;  /* TERM to the command's group when it has ended */
	bool brief_errors; /* "NAME: reason" for a command that cannot run */
	int parent_death;  /* signal for our parent's death, 0 = none */

	/* What a signal becomes on its way; 0 drops it, itself is default. */
	uint8_t becomes[SINGLE_SIGNALS + 1];
	/* What an exit code is told as; itself is default. */
	uint8_t code_becomes[256];
	/* After the command: TERM to the rest, and KILL after this many ms.
	   -1 leaves the rest to the kernel. */
	int64_t grace_ms;

	/* Exit codes for a command that cannot be run. */
	uint8_t code_not_found, code_not_executable, code_other;

	/* The engine's own. */
	int pid;	   /* of the command, 0 when it has ended */
	int group_id;	   /* of the command, also after its end */
	int ended;	   /* exit code of the command, -1 while it lives */
	bool ignored_chld; /* SIGCHLD was inherited as ignored */
};

/* Fills in init's own manners: forward to the command, inherited signals. */
void single_defaults(struct single *s, char **envp);

/* Sends a signal 1 … 64 on as another; false if a number is out of range. */
bool single_rewrite(struct single *s, int sig, int becomes);

/*
 * Runs the command and returns the exit code to leave with: its own, 128 + n
 * when signal n killed it (real-time signals too), or the code for a failure.
 */
int single_run(struct single *s);

/* The personalities: each reads its own options and runs the engine. */
typedef int single_main_fn(int argc, char **argv, char **envp);
single_main_fn command_main, tini_main, dumb_main, catatonit_main;

/*
 * The personality of a name: tini, docker-init, dumb-init, catatonit,
 * podman-init; or init's own where the words are those of one command (a "--"
 * or --pause among them). NULL: none of these.
 */
single_main_fn *single_named(const char *name, int argc, char **argv);

#endif
