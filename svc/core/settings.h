/*
 * What a service is told about itself: every setting, once. The parser, the
 * packed form, `svc help SETTING`, service.5's table and shell completion come
 * from this list.
 *
 *	texts (service, files of the directory, defaults, override)
 *	  -> settings_parse.c: the packed form and complaints
 *	  -> settings_view(): struct settings, pointing into the packed form
 *
 * The packed form ("blob") holds only what was said, in the order in which it
 * was said: entries {u16 number, u16 length, bytes}; a later one replaces an
 * earlier one, lists add up, an empty entry takes back what was said. It lives
 * in svcd's settings memory file, which outlives svcd: numbers are never
 * reused, unknown numbers are skipped. Nothing here reads a file or a clock.
 */
#ifndef SVC_CORE_SETTINGS_H
#define SVC_CORE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "svc/core/budget.h"

/* clang-format off */
/*
 * Field, number, key, kind, least, most, default (NULL: none, or it depends:
 * see settings_view), group, what a value looks like, help. Least is 1 for a
 * PATH that must be absolute, a TEXT of one word, a LIMIT of bytes, a TIME that
 * cannot be 0.
 */
#define SETTINGS(X) \
	X(run, 1, "run", COMMAND, 0, 0, NULL, COMMANDS, "COMMAND", "the service's program; else the script run") \
	X(finish, 2, "finish", COMMAND, 0, 0, NULL, COMMANDS, "COMMAND", "runs after each end of run, with how it ended") \
	X(check, 3, "check", COMMAND, 0, 0, NULL, COMMANDS, "COMMAND", "exits 0 while the service does its work") \
	X(reload, 4, "reload", COMMAND, 0, 0, NULL, COMMANDS, "COMMAND", "makes it read its configuration again; else reload-signal") \
	X(up, 5, "up", COMMAND, 0, 0, NULL, COMMANDS, "COMMAND", "what a oneshot does; the same as run") \
	X(down, 6, "down", COMMAND, 0, 0, NULL, COMMANDS, "COMMAND", "takes back what a oneshot did") \
	X(type, 7, "type", CHOICE, 0, 0, "process", COMMANDS, "process|oneshot|forking|group", "what it is: a program that stays, one that does its work and ends, one that puts itself into the background, or members") \
	X(pidfile, 8, "pidfile", PATH, 0, 0, NULL, COMMANDS, "FILE", "where a forking service writes its main process") \
	X(autostart, 9, "autostart", FLAG, 0, 0, "yes", COMMANDS, "yes|no", "start it with the tree; no is the file down") \
	X(description, 10, "description", TEXT, 0, 0, NULL, COMMANDS, "TEXT", "one line for people") \
	X(members, 11, "members", NAMES, 0, 0, NULL, COMMANDS, "NAME...", "the services of a group") \
	X(strategy, 12, "strategy", CHOICE, 0, 0, "one", COMMANDS, "one|all|rest", "when a member dies restart it, all, or it and those after it") \
	X(needs, 20, "needs", NAMES, 0, 0, NULL, RELATIONS, "NAME...", "start when these are ready; stop before they do") \
	X(binds, 21, "binds", NAMES, 0, 0, NULL, RELATIONS, "NAME...", "as needs, and go down and up with each crash of them") \
	X(wants, 22, "wants", NAMES, 0, 0, NULL, RELATIONS, "NAME...", "bring these up and wait until they are ready or failed") \
	X(after, 23, "after", NAMES, 0, 0, NULL, RELATIONS, "NAME...", "order only: start after these, if they are to start") \
	X(before, 24, "before", NAMES, 0, 0, NULL, RELATIONS, "NAME...", "order only: start before these") \
	X(conflicts, 25, "conflicts", NAMES, 0, 0, NULL, RELATIONS, "NAME...", "starting one stops the other") \
	X(provides, 26, "provides", NAMES, 0, 0, NULL, RELATIONS, "ROLE...", "other names under which it may be needed") \
	X(ready, 30, "ready", READY, 0, 0, "started", READINESS, "started|notify|fd N|check|tcp [HOST:]PORT|unix PATH|file PATH|pidfile", "when it counts as up") \
	X(timeout_up, 31, "timeout-up", TIME, 0, 0, "infinity", READINESS, "TIME", "not ready by then is a failure") \
	X(notify_access, 32, "notify-access", CHOICE, 0, 0, NULL, READINESS, "none|main|exec|all", "which of its processes may notify") \
	X(restart, 40, "restart", RESTART, 0, 0, NULL, RESTARTS, "always|on-failure|never [DELAY[..MAX]] [, N in TIME]", "what happens when it ends by itself") \
	X(success_codes, 41, "success-codes", CODES, 0, 0, NULL, RESTARTS, "CODE|A-B|SIGNAL...", "exits that are no failure, besides 0 and, of a process, HUP INT TERM PIPE") \
	X(give_up_on, 42, "give-up-on", CODES, 0, 0, NULL, RESTARTS, "CODE|A-B|SIGNAL...", "exits after which it is not tried again") \
	X(on_failed, 43, "on-failed", ON_FAILED, 0, 0, "stay", RESTARTS, "stay|reboot|poweroff|exit [N]|rescue|start NAME", "what happens when it has failed for good") \
	X(essential, 44, "essential", FLAG, 0, 0, "no", RESTARTS, "yes|no", "the tree ends when it ends") \
	X(stop, 50, "stop", STOP, 0, 0, NULL, STOPPING, "[TIME] SIGNAL [TIME SIGNAL]...", "how it is ended") \
	X(kill, 51, "kill", CHOICE, 0, 0, NULL, STOPPING, "all|group|main", "whom a stop ends: all it left behind, its process group, or its main process only") \
	X(reload_signal, 52, "reload-signal", SIGNAL, 0, 0, "HUP", STOPPING, "SIGNAL", "sent by a reload without a reload command") \
	X(down_signal, 53, "down-signal", SIGNAL, 0, 0, NULL, STOPPING, "SIGNAL", "s6: the first signal of stop") \
	X(timeout_kill, 54, "timeout-kill", TIME, 0, 0, NULL, STOPPING, "TIME", "s6: how long until stop sends KILL") \
	X(timeout_finish, 55, "timeout-finish", TIME, 0, 0, NULL, STOPPING, "TIME", "finish is killed then") \
	X(timeout_down, 56, "timeout-down", TIME, 0, 0, "infinity", STOPPING, "TIME", "a oneshot's down is killed then") \
	X(killpg, 57, "timeout-killpg", FLAG, 0, 0, "no", STOPPING, "yes|no", "s6: timeout-kill ends the process group") \
	X(user, 60, "user", TEXT, 1, 0, NULL, PROCESS, "USER[:GROUP]", "whom it runs as: a name or a number") \
	X(groups, 61, "groups", NAMES, 0, 0, NULL, PROCESS, "GROUP...", "its further groups; else those of the user") \
	X(root, 62, "root", PATH, 1, 0, NULL, PROCESS, "DIR", "its root directory") \
	X(dir, 63, "dir", PATH, 0, 0, NULL, PROCESS, "DIR", "its directory; else the service's own") \
	X(umask, 64, "umask", MODE, 0, 0777, "022", PROCESS, "OCTAL", "mode bits its new files lack") \
	X(env, 65, "env", ENV, 0, 0, NULL, PROCESS, "NAME=VALUE...", "environment variables") \
	X(env_file, 66, "env-file", PATHS, 0, 0, NULL, PROCESS, "[-]FILE...", "variables from files of NAME=VALUE lines; -: it may be missing") \
	X(env_dir, 67, "env-dir", PATHS, 0, 0, NULL, PROCESS, "DIR...", "variables from directories, one file each") \
	X(nice, 68, "nice", NUMBER, -20, 19, NULL, PROCESS, "N", "scheduling priority, -20 most") \
	X(ionice, 69, "ionice", IONICE, 0, 7, NULL, PROCESS, "realtime N|best-effort N|idle", "its share of the disks") \
	X(scheduler, 70, "scheduler", SCHEDULER, 0, 99, NULL, PROCESS, "other|batch|idle|fifo N|rr N", "its scheduling policy") \
	X(cpus, 71, "cpus", CPUS, 0, 1023, NULL, PROCESS, "N|A-B...", "processors it may run on") \
	X(oom_score_adj, 72, "oom-score-adj", NUMBER, -1000, 1000, NULL, PROCESS, "N", "how soon it dies for want of memory, 1000 first") \
	X(stdin_, 73, "stdin", STDIO, 0, 0, NULL, PROCESS, "null|tty|inherit|file PATH", "its standard input") \
	X(stdout_, 74, "stdout", STDIO, 0, 0, NULL, PROCESS, "log|null|tty|inherit|file PATH|append PATH", "its standard output") \
	X(stderr_, 75, "stderr", STDIO, 0, 0, NULL, PROCESS, "log|stdout|null|tty|inherit|file PATH|append PATH", "its standard error") \
	X(tty, 76, "tty", PATH, 1, 0, NULL, PROCESS, "FILE", "a terminal of its own, controlling its session") \
	X(lock_fd, 77, "lock-fd", NUMBER, 3, 1023, NULL, PROCESS, "N", "s6: a descriptor that is open on a lock file") \
	X(limit_as, 80, "limit-as", LIMIT, 1, 0, NULL, LIMITS, "SIZE[:SIZE]", "address space, soft and hard") \
	X(limit_core, 81, "limit-core", LIMIT, 1, 0, NULL, LIMITS, "SIZE[:SIZE]", "core files") \
	X(limit_cpu, 82, "limit-cpu", LIMIT, 0, 0, NULL, LIMITS, "N[:N]", "processor time, seconds") \
	X(limit_data, 83, "limit-data", LIMIT, 1, 0, NULL, LIMITS, "SIZE[:SIZE]", "data segment") \
	X(limit_fsize, 84, "limit-fsize", LIMIT, 1, 0, NULL, LIMITS, "SIZE[:SIZE]", "size of a file") \
	X(limit_locks, 85, "limit-locks", LIMIT, 0, 0, NULL, LIMITS, "N[:N]", "file locks") \
	X(limit_memlock, 86, "limit-memlock", LIMIT, 1, 0, NULL, LIMITS, "SIZE[:SIZE]", "locked memory") \
	X(limit_msgqueue, 87, "limit-msgqueue", LIMIT, 1, 0, NULL, LIMITS, "SIZE[:SIZE]", "message queues") \
	X(limit_nice, 88, "limit-nice", LIMIT, 0, 0, NULL, LIMITS, "N[:N]", "priority it may take, 20 minus nice") \
	X(limit_nofile, 89, "limit-nofile", LIMIT, 0, 0, NULL, LIMITS, "N[:N]", "open descriptors") \
	X(limit_nproc, 90, "limit-nproc", LIMIT, 0, 0, NULL, LIMITS, "N[:N]", "processes of its user") \
	X(limit_rss, 91, "limit-rss", LIMIT, 1, 0, NULL, LIMITS, "SIZE[:SIZE]", "resident memory (the kernel ignores it)") \
	X(limit_rtprio, 92, "limit-rtprio", LIMIT, 0, 0, NULL, LIMITS, "N[:N]", "real-time priority it may take") \
	X(limit_rttime, 93, "limit-rttime", LIMIT, 0, 0, NULL, LIMITS, "N[:N]", "real-time processor time, microseconds") \
	X(limit_sigpending, 94, "limit-sigpending", LIMIT, 0, 0, NULL, LIMITS, "N[:N]", "queued signals") \
	X(limit_stack, 95, "limit-stack", LIMIT, 1, 0, NULL, LIMITS, "SIZE[:SIZE]", "stack") \
	X(no_new_privs, 100, "no-new-privs", FLAG, 0, 0, "no", PROTECTION, "yes|no", "no program it runs gains rights") \
	X(caps, 101, "caps", CAPS, 0, 0, NULL, PROTECTION, "CAPABILITY...|none", "the only capabilities it and its children may have") \
	X(caps_ambient, 102, "caps-ambient", CAPS, 0, 0, NULL, PROTECTION, "CAPABILITY...", "capabilities it keeps as another user") \
	X(private_tmp, 103, "private-tmp", FLAG, 0, 0, "no", PROTECTION, "yes|no", "a /tmp and /var/tmp of its own") \
	X(private_net, 104, "private-net", FLAG, 0, 0, "no", PROTECTION, "yes|no", "a network of its own, loopback only") \
	X(read_only, 105, "read-only", PATHS, 1, 0, NULL, PROTECTION, "PATH...", "it cannot write below these") \
	X(hide, 106, "hide", PATHS, 1, 0, NULL, PROTECTION, "PATH...", "it cannot see what is below these") \
	X(runtime_dir, 110, "runtime-dir", DIRS, 0, 0, NULL, DIRECTORIES, "DIR...", "made below /run and its own; removed with it") \
	X(state_dir, 111, "state-dir", DIRS, 0, 0, NULL, DIRECTORIES, "DIR...", "made below /var/lib and its own") \
	X(cache_dir, 112, "cache-dir", DIRS, 0, 0, NULL, DIRECTORIES, "DIR...", "made below /var/cache and its own") \
	X(log_dir, 113, "log-dir", DIRS, 0, 0, NULL, DIRECTORIES, "DIR...", "made below /var/log and its own") \
	X(memory_max, 120, "memory-max", SIZE, 0, 0, NULL, RESOURCES, "SIZE", "beyond this it is killed") \
	X(memory_high, 121, "memory-high", SIZE, 0, 0, NULL, RESOURCES, "SIZE", "beyond this it is slowed down") \
	X(cpu_max, 122, "cpu-max", PERCENT, 1, 100000, NULL, RESOURCES, "N%", "most of a processor, 200% are two") \
	X(cpu_weight, 123, "cpu-weight", NUMBER, 1, 10000, NULL, RESOURCES, "N", "share of the processors, 100 is usual") \
	X(io_weight, 124, "io-weight", NUMBER, 1, 10000, NULL, RESOURCES, "N", "share of the disks, 100 is usual") \
	X(pids_max, 125, "pids-max", NUMBER, 1, 4194304, NULL, RESOURCES, "N", "most processes and threads") \
	X(delegate, 126, "delegate", FLAG, 0, 0, "no", RESOURCES, "yes|no", "it may make cgroups below its own") \
	X(log, 130, "log", LOG, 0, 0, NULL, LOGGING, "[DIR] [SIZE x N] [WORD...]", "where its output goes: svlogd(8)") \
	X(log_rate, 131, "log-rate", RATE, 0, 0, NULL, LOGGING, "N in TIME", "more lines than that are dropped and counted") \
	X(producer_for, 132, "producer-for", NAMES, 0, 0, NULL, LOGGING, "NAME", "s6: its output is that service's input") \
	X(consumer_for, 133, "consumer-for", NAMES, 0, 0, NULL, LOGGING, "NAME...", "s6: it reads what these write") \
	X(listen, 140, "listen", LISTEN, 0, 0, NULL, SOCKETS, "tcp|udp [ADDR:]PORT, unix|dgram|seqpacket|fifo PATH [as NAME] [mode OCTAL] [owner USER[:GROUP]] [backlog N]", "opened before it starts and handed over (LISTEN_FDS)") \
	X(check_every, 150, "check-every", TIME, 0, 0, NULL, HEALTH, "TIME", "run check that often while it is up") \
	X(check_failures, 151, "check-failures", NUMBER, 1, 1000, "3", HEALTH, "N", "so many in a row and it is restarted") \
	X(timeout_check, 153, "timeout-check", TIME, 0, 0, "10s", HEALTH, "TIME", "a check that runs longer is killed and has failed") \
	X(watchdog, 152, "watchdog", TIME, 0, 0, NULL, HEALTH, "TIME", "restarted when it does not notify that often") \
	X(every, 160, "every", TIME, 1, 0, NULL, SCHEDULE, "TIME", "run it that often, by once") \
	X(at, 161, "at", AT, 0, 0, NULL, SCHEDULE, "[DAY...] HH:MM", "run it at that time of day, by once") \
	X(control_by, 170, "control-by", NAMES, 0, 0, NULL, CONTROL, "USER|@GROUP...", "who else may control it")

#define SETTINGS_GROUPS(X) \
	X(COMMANDS, "Commands") X(RELATIONS, "Relations") \
	X(READINESS, "Readiness") X(RESTARTS, "Restart and failure") \
	X(STOPPING, "Stopping") X(PROCESS, "Process") X(LIMITS, "Limits") \
	X(PROTECTION, "Protection") X(DIRECTORIES, "Directories") \
	X(RESOURCES, "Resources") X(LOGGING, "Output") X(SOCKETS, "Sockets") \
	X(HEALTH, "Health") X(SCHEDULE, "Schedule") X(CONTROL, "Control")

/*
 * Kinds: the type of the field. Lists have none: settings_each() walks them.
 */
#define SETTINGS_KINDS(X) \
	X(COMMAND, const char *) X(TEXT, const char *) X(PATH, const char *) \
	X(CPUS, const char *) X(FLAG, bool) X(CHOICE, unsigned) \
	X(NUMBER, int64_t) X(TIME, int64_t) X(SIZE, uint64_t) \
	X(PERCENT, int64_t) X(MODE, uint32_t) X(SIGNAL, int) \
	X(READY, struct settings_ready) X(RESTART, struct budget_policy) \
	X(CODES, struct settings_codes) X(ON_FAILED, struct settings_failed) \
	X(STOP, struct settings_stop) X(IONICE, struct settings_class) \
	X(SCHEDULER, struct settings_class) X(STDIO, struct settings_stdio) \
	X(LIMIT, struct settings_limit) X(CAPS, uint64_t) \
	X(LOG, struct settings_log) X(RATE, struct settings_rate) \
	X(NAMES, struct settings_list) X(PATHS, struct settings_list) \
	X(DIRS, struct settings_list) X(ENV, struct settings_list) \
	X(LISTEN, struct settings_list) X(AT, struct settings_list)

#define SETTINGS_READIES(X) \
	X(STARTED, "started") X(NOTIFY, "notify") X(FD, "fd") \
	X(CHECK, "check") X(TCP, "tcp") X(UNIX, "unix") X(FILE, "file") \
	X(PIDFILE, "pidfile")
#define SETTINGS_FAILEDS(X) \
	X(STAY, "stay") X(REBOOT, "reboot") X(POWEROFF, "poweroff") \
	X(EXIT, "exit") X(RESCUE, "rescue") X(START, "start")
#define SETTINGS_TYPES(X) \
	X(PROCESS, "process") X(ONESHOT, "oneshot") X(FORKING, "forking") \
	X(GROUP, "group")
#define SETTINGS_KILLS(X) X(ALL, "all") X(GROUP, "group") X(MAIN, "main")
#define SETTINGS_STRATEGIES(X) X(ONE, "one") X(ALL, "all") X(REST, "rest")
#define SETTINGS_ACCESSES(X) \
	X(NONE, "none") X(MAIN, "main") X(EXEC, "exec") X(ALL, "all")
#define SETTINGS_STDIOS(X) \
	X(LOG, "log") X(NULL, "null") X(TTY, "tty") X(INHERIT, "inherit") \
	X(STDOUT, "stdout") X(FILE, "file") X(APPEND, "append")
#define SETTINGS_LISTENS(X) \
	X(TCP, "tcp") X(UDP, "udp") X(UNIX, "unix") X(DGRAM, "dgram") \
	X(SEQPACKET, "seqpacket") X(FIFO, "fifo")
/* The numbers are the kernel's. */
#define SETTINGS_IO_CLASSES(X) \
	X(REALTIME, 1, "realtime") X(BEST_EFFORT, 2, "best-effort") \
	X(IDLE, 3, "idle")
#define SETTINGS_SCHEDULERS(X) \
	X(OTHER, 0, "other") X(FIFO, 1, "fifo") X(RR, 2, "rr") \
	X(BATCH, 3, "batch") X(IDLE, 5, "idle")
/* clang-format on */

#define SETTINGS_ENUM(field, number, ...) SET_##field = number,
enum setting {
	SETTINGS(SETTINGS_ENUM)
};
#define SETTINGS_ENUM_GROUP(name, text) SETTINGS_##name,
enum settings_group {
	SETTINGS_GROUPS(SETTINGS_ENUM_GROUP)
};
#define SETTINGS_ENUM_KIND(name, type) KIND_##name,
enum settings_kind {
	SETTINGS_KINDS(SETTINGS_ENUM_KIND)
};
#define SETTINGS_ENUM_READY(name, text) READY_##name,
enum settings_ready_kind {
	SETTINGS_READIES(SETTINGS_ENUM_READY)
};
#define SETTINGS_ENUM_FAILED(name, text) FAILED_##name,
enum settings_failed_kind {
	SETTINGS_FAILEDS(SETTINGS_ENUM_FAILED)
};
#define SETTINGS_ENUM_TYPE(name, text) TYPE_##name,
enum settings_type {
	SETTINGS_TYPES(SETTINGS_ENUM_TYPE)
};
#define SETTINGS_ENUM_KILL(name, text) KILL_##name,
enum settings_kill {
	SETTINGS_KILLS(SETTINGS_ENUM_KILL)
};
#define SETTINGS_ENUM_STRATEGY(name, text) STRATEGY_##name,
enum settings_strategy {
	SETTINGS_STRATEGIES(SETTINGS_ENUM_STRATEGY)
};
#define SETTINGS_ENUM_ACCESS(name, text) ACCESS_##name,
enum settings_access {
	SETTINGS_ACCESSES(SETTINGS_ENUM_ACCESS)
};
#define SETTINGS_ENUM_STDIO(name, text) STDIO_##name,
enum settings_stdio_kind {
	SETTINGS_STDIOS(SETTINGS_ENUM_STDIO)
};
#define SETTINGS_ENUM_LISTEN(name, text) LISTEN_##name,
enum settings_listen {
	SETTINGS_LISTENS(SETTINGS_ENUM_LISTEN)
};

/* "infinity" as a TIME and as a SIZE or limit. */
#define SETTINGS_FOREVER INT64_C(-1)
#define SETTINGS_UNLIMITED UINT64_MAX
#define SETTINGS_OWN_CODE 256 /* the code that the service ended with */

/* What one service can have; more is an error of its definition. */
#define SETTINGS_BLOB_MAX 65536 /* bytes of the packed form */
#define SETTINGS_FILE_MAX 65536 /* bytes of one file of it */
#define SETTINGS_WORDS_MAX 255	/* words of a command, a list's line */
#define SETTINGS_LISTENS_MAX 16
#define SETTINGS_GROUPS_MAX 64
#define SETTINGS_PATHS_MAX 16 /* of read-only, of hide */

struct settings_ready {
	enum settings_ready_kind kind;
	int fd;		  /* of READY_FD */
	const char *text; /* host:port or path */
};
struct settings_codes {
	uint64_t exits[4]; /* bit n: exit code n */
	uint64_t signals;  /* bit n-1: killed by signal n */
};
struct settings_failed {
	enum settings_failed_kind kind;
	int code;	  /* of FAILED_EXIT, or SETTINGS_OWN_CODE */
	const char *name; /* of FAILED_START */
};
/* Step i: send its signal, then wait. */
struct settings_stop {
	unsigned count;
	struct {
		int signal;	 /* 0: only wait */
		int64_t wait_ms; /* until the next step; FOREVER: no next */
	} step[SV_STEPS_MAX];
};
struct settings_class {
	bool is_set;
	int class, level;
};
struct settings_stdio {
	enum settings_stdio_kind kind;
	const char *path;
};
struct settings_limit {
	bool is_set;
	uint64_t soft, hard;
};
struct settings_log {
	bool is_on;
	const char *plan; /* for logplan_parse() */
};
struct settings_rate {
	uint32_t count; /* 0: none */
	int64_t time_ms;
};
/* Entries of one list in the packed form: for settings_each() only. */
struct settings_list {
	const unsigned char *at, *end; /* the next entry */
	const char *item, *item_end;   /* the next item of this one */
	uint16_t number;
};

#define SETTINGS_TYPEDEF(name, type) typedef type settings_type_##name;
SETTINGS_KINDS(SETTINGS_TYPEDEF)

/* What the directory holds besides settings: told to the parser, kept. */
enum settings_file {
	WITH_RUN = 1,	   /* script run */
	WITH_FINISH = 2,   /* script finish */
	WITH_CHECK = 4,	   /* script check */
	WITH_DOWN = 8,	   /* the flag file down */
	WITH_S6 = 16,	   /* a file that only s6 has */
	WITH_S6RC = 32,	   /* a source directory of s6-rc (file type) */
	WITH_CONTROL = 64, /* control/ */
	WITH_LOGGER = 128, /* log/ */
	WITH_LINES = 256,  /* the file service, or a one-file service */
	WITH_PRE = 512	   /* control/u can be executed */
};

#define SETTINGS_FIELD(field, number, key, kind, ...) \
	settings_type_##kind field;
struct settings {
	uint32_t files;	 /* enum settings_file */
	uint64_t has[3]; /* bit n: setting n was said: settings_has() */
	SETTINGS(SETTINGS_FIELD)
};

/* --- the list --- */

struct settings_row {
	const char *key;
	uint16_t number;
	enum settings_kind kind;
	enum settings_group group;
	int64_t least, most;
	const char *fallback; /* NULL: none */
	const char *values, *help;
};
/* Row i of the list, NULL after the last. */
const struct settings_row *settings_row(size_t i);
const struct settings_row *settings_find(const char *key);
const struct settings_row *settings_of(uint16_t number);
/* The nearest key, for "did you mean"; NULL. */
const char *settings_nearest(const char *key);
const char *settings_group_name(enum settings_group group);
/* A CHOICE's n-th word, NULL after the last. */
const char *settings_choice(uint16_t number, unsigned n);
bool settings_is_list(enum settings_kind kind);

/* --- one value: settings_value.c, settings_rule.c --- */

/*
 * Reads `text` as the row's kind and appends the packed bytes. False: not one;
 * why has been appended to `why` ("expected TIME, such as 500ms or 1m30s").
 */
bool settings_value(const struct settings_row *row, const char *text,
    struct buf *bytes, struct buf *why);

/* --- the view: settings_view.c --- */

/*
 * Opens a packed form; false: damaged (the view is then that of an empty one).
 * Pointers in it point into `blob`. Defaults that depend on the service:
 *	restart   always 1s; a oneshot, or what is essential: never
 *	stop      TERM (down-signal), after 1m (timeout-kill) KILL; a script run
 *	          of runit or s6 without timeout-kill: never KILL
 *	kill      all; a script run: main
 *	timeout-finish	1m; an s6 directory: 5s
 *	ready     started; type forking: pidfile
 *	notify-access	main where ready = notify or watchdog is set, else none
 *	stdin     null; a script run: inherit. stdout, stderr: log
 *	give-up-on, success-codes	none
 */
bool settings_view(struct settings *s, const void *blob, size_t len);
bool settings_has(const struct settings *s, enum setting setting);
/*
 * The items of a list, one after the other; NULL after the last:
 *	struct settings_list l = s.needs;
 *	while ((name = settings_each(&l)) != NULL)
 * A LISTEN is "tcp 0.0.0.0:80", an AT "HH:MM" or "Mon,Tue HH:MM".
 */
const char *settings_each(struct settings_list *list);
/* Whether an exit (CLD_ code, value) is in a set of codes. */
bool settings_is_code(const struct settings_codes *c, int code, int value);
/* An end that is no failure: 0, a clean signal of a process, success-codes. */
bool settings_is_clean(const struct settings *s, int code, int value);
struct sv_config settings_config(const struct settings *s);

/* --- the parser: settings_parse.c --- */

/*
 * Where complaints go: lines "FILE:LINE: what" in `text`, a warning with
 * "warning: " after the place. Errors refuse the service, warnings do not.
 */
struct settings_parse {
	struct buf *blob;
	struct buf *text;
	unsigned errors, warnings;
	const char *name;     /* of the service */
	const char *instance; /* behind the @ of an instance, else "" */
	uint32_t files;
	uint64_t by_file[3], by_line[3]; /* what was said where */
	uint64_t said[3];		 /* anywhere, so far */
	bool is_directory; /* the directory's own files are being read */
	const char *where; /* the directory that complaints name, or NULL */
	const char *file;  /* what is being read, for complaints */
	unsigned line;
	char down[512]; /* the file down: a command or only a flag */
};

/* `blob` of up to SETTINGS_BLOB_MAX bytes; `name` must stay. */
void settings_begin(struct settings_parse *p, struct buf *blob,
    struct buf *complaints, const char *name);
/*
 * In this order, each if it is there: the lines of /etc/trivet/defaults, each
 * file of the directory, the lines of `service` (or of the one file), the
 * lines of /etc/trivet/override/NAME. `file` is what complaints call it.
 */
void settings_defaults(
    struct settings_parse *p, const char *file, const char *bytes, size_t len);
void settings_lines(
    struct settings_parse *p, const char *file, const char *bytes, size_t len);
void settings_override(
    struct settings_parse *p, const char *file, const char *bytes, size_t len);
/*
 * What is to be done with an entry of a service directory: nothing (data, env,
 * supervise, unknown names; programs, log/ and control/ are noted), its bytes
 * given to settings_file(), or the names in it to settings_entry().
 */
enum settings_sight {
	SETTINGS_NOTHING,
	SETTINGS_BYTES,
	SETTINGS_NAMES
};
/* `mode` is stat(2)'s. */
enum settings_sight settings_see(
    struct settings_parse *p, const char *name, uint32_t mode);
/* A file of this name says something; run, finish, check and down as well. */
bool settings_is_file(const char *name);
/*
 * What editors, diff tools and packages keep beside a file that they replace:
 * a file so called in a scan directory defines nothing.
 */
bool settings_is_leftover(const char *name);
/* Says more than the words that runit has. */
bool settings_is_more(const char *name);
/* What is there and cannot be read. */
void settings_unread(
    struct settings_parse *p, const char *file, const char *why);
void settings_file(
    struct settings_parse *p, const char *name, const char *bytes, size_t len);
void settings_entry(
    struct settings_parse *p, const char *dir, const char *entry);
/* These of enum settings_file are there. */
void settings_note(struct settings_parse *p, uint32_t files);
/* What belongs together is together? True: no errors; the blob is whole. */
bool settings_end(struct settings_parse *p);

/* "NAME@ARG" gives "ARG"; else "". */
const char *settings_instance(const char *name);

#endif
