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
#include "svc/tree/index.h"

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
	uint64_t feeds;	    /* the name_hash of who reads its output, 0: none */
	int talk;	    /* inotify's number of its output, 0: none */
	uint16_t life;	    /* another record in this place: higher */
	uint16_t ring;	    /* of its last lines, 0: none */
	uint8_t shown;	    /* enum sv_shown told last */
	bool is_listed : 1; /* in the list of views to be written */
	bool is_born : 1;   /* in the list of those to be cloned */
	uint32_t ooms;	    /* kills for memory in its cgroup */
	bool is_aux_born : 1;  /* the same for its auxiliary process */
	bool is_seen : 1;      /* by the scan that is going on */
	bool is_alias : 1;     /* a second link leads to it */
	bool is_recreated : 1; /* a scan awaits that its name is free */
	bool is_talking : 1;  /* in the list of those who have said something */
	bool is_ending : 1;   /* told to end, since everything does */
	bool is_posted : 1;   /* its scheduled run is on its way */
	bool is_due : 1;      /* a group that is to be looked at */
	bool is_adopting : 1; /* its pidfile is */
	bool is_killed : 1;   /* its cgroup was: not to be entered again */
	bool is_told : 1;     /* that it has no cgroup */
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

/* A list of record numbers that are to be seen to, each at most once. */
struct todo {
	uint32_t *of;
	size_t head, len; /* a ring of TREE_RECORDS */
};
void todo_init(struct todo *t);
void todo_add(struct todo *t, uint32_t i);
uint32_t todo_take(struct todo *t); /* 0: empty */

/* --- state.c: the state file and the tables beside it --- */
/* Maps the one that the keeper holds, or makes one. Dies if neither can be. */
void state_open(void);
struct board_head *state_head(void);
struct board_record *rec(uint32_t i);
/* Its word as it stands. */
struct sv_word state_word(uint32_t i);
/* Clears flags of the record, then sets others. */
void state_flags(uint32_t i, uint32_t set, uint32_t clear);
/* Why it is as it is, and because of whom. */
void state_cause(uint32_t i, enum board_cause cause, uint32_t record);
struct live *live(uint32_t i);
/*
 * A record that is none before its first word is committed: a svcd that is
 * killed before that has added nothing. 0: refused, and said.
 */
uint32_t state_add(const char *name, const char *path, uint64_t dev,
    uint64_t ino, uint32_t flags);
/* Tells how many more were refused than it was said of. */
void state_said(void);
void state_free(uint32_t i);
uint32_t state_by_name(const char *name);
uint32_t state_by_place(uint64_t dev, uint64_t ino);
/* The record whose process (or auxiliary process) has this pid. */
uint32_t state_by_pid(uint32_t pid, bool *is_aux);
/* One store each; the index of pids follows. */
void state_commit(uint32_t i, struct sv sv, uint16_t generation, uint32_t pid);
void state_commit_aux(uint32_t i, struct sv_aux aux);
/*
 * Whether this descriptor, to be kept for one service, leaves those that are
 * needed to start any and to be talked to.
 */
bool state_leaves_files(int fd);
/* Into the caller's room, always terminated. */
const char *state_name(uint32_t i, char room[BOARD_NAME_MAX + 1]);
const char *state_path(uint32_t i, char room[TREE_PATH]);
/* It has a process, or will have one by itself; how many such there are. */
bool state_is_living(uint32_t i);
uint32_t state_living(void);
/* Records in use one after the other; from 0, 0 at the end. */
uint32_t state_next(uint32_t i);
/* Makes the indexes of a state file that was found at start. */
void state_reindex(void);
/* Storage for one more index of records. */
#define STATE_INDEX_MAX (TREE_RECORDS * 4)
uint32_t *state_index_room(void);

/* --- blobs.c: packed settings --- */
void blobs_start(void);
/* NULL: none. */
const void *blob_of(uint32_t i, size_t *len);
bool blob_set(uint32_t i, const void *bytes, size_t len);
void blob_drop(uint32_t i);
uint64_t blobs_change(void);

/* --- keep.c: the keeper --- */
bool keep_above(void);
void keep_start(void);
bool keep_put(uint32_t slot, const int *fds, size_t n);
void keep_drop(uint32_t slot, uint32_t count);
/* Waits for the answer; -1: the slot is empty. Only at start. */
int keep_get(uint32_t slot);
void keep_ready(void);
void keep_done(int code);
/* Wrong use: ends the tree with this code; does not come back. */
_Noreturn void keep_refuse(int code);
/* The programs that are to replace this one and the keeper's. */
bool keep_exec(const int *fds, size_t n);
bool keep_end(enum keep_ending ending, int code, bool at_once);

/* --- alive.c: a turn without an end is ended --- */
/* Before the signals are masked, for libc opens some of them. */
void alive_start(void);
/* A turn, or a part of one that may be long. */
void alive_note(void);

/* --- exits.c: the exit queue --- */
void exits_start(void);
/* Applies and then consumes all that the queue holds. */
void exits_drain(void);
/* Whether the queue tells of this pid. */
enum exits_answer {
	EXITS_NO,
	EXITS_YES,
	EXITS_UNKNOWN
};
enum exits_answer exits_names(int32_t pid);

/* --- queue.c: events, one step after the other --- */
void queue_start(void);
void post(uint32_t i, enum sv_event ev);
/* A wish of a person, committed when this returns. Not from within a step. */
void wish(uint32_t i, enum sv_event ev);
/* Down, whoever needs it, with KILL. */
void wish_force(uint32_t i);
/* One step now: only from the queue, a drain or a batch of births. */
void step(uint32_t i, enum sv_event ev, uint32_t pid);
/* Takes events until none is left or `most` were taken. True: more to do. */
bool queue_run(unsigned most);
#define QUEUE_SOME 256 /* between two looks at the exit queue */
void queue_settle(void);
bool queue_waits(void);

/* --- do.c: effects --- */
void do_effects(uint32_t i, struct sv before, struct sv now, uint32_t effects);
/* Sends a signal to the process of the word, if it lives. */
bool do_kill(uint32_t i, int sig, bool group);

/* --- births.c, birth.c: from an intention to a running program --- */
struct rlimit;
void births_start(const struct rlimit *files);
void births_add(uint32_t i);
void births_add_aux(uint32_t i);
/* The effect UNGATE, and its opposite. */
void births_ungate(uint32_t i);
void births_drop(uint32_t i);
/* Its process is on its way to its program. */
bool births_has(uint32_t i);
/* birth_dirs.c: removes what is to go with it. */
/* From the directory `fd`, which is closed, down to one that is made where it
 * is not there; no link is followed that others than root could have made. -1.
 */
int dirs_walk(int fd, const char *path);
void dirs_remove(uint32_t i);
/* A pid died that no record names. */
void births_stray(int32_t pid);
/* Clones one batch. True: more to do now. */
bool births_run(void);
bool births_wait(void);
/* Not all that were cloned run their programs yet, but they soon will. */
bool births_are_near(void);

/* --- sweep.c: what a service leaves behind --- */
void sweep(uint32_t i, int sig);
/* Somebody died whom no record names. */
void sweep_look(pid_t died);
/* Its main process has ended: whether others of it live on is shown. */
void sweep_left(uint32_t i);

/* --- relations.c: who waits for whom --- */
/* Its definition has relations. */
bool relations_has(uint32_t i);
/* Its definition was read. */
void relations_defined(uint32_t i);
/* After its first commit; before it is freed; after each commit. */
void relations_add(uint32_t i);
void relations_remove(uint32_t i);
void relations_tell(uint32_t i);
/* EV_DOWN or EV_EXIT when nothing that needs it lives; or not any more. */
void relations_end(uint32_t i, enum sv_event ev);
void relations_keep(uint32_t i);
/* It is about to be ended whoever needs it. */
void relations_force(uint32_t i);
void relations_recover(uint32_t i);
/* Sets why it waits; what others see of it has changed. */
void relations_cause(uint32_t i);
void relations_news(uint32_t i);
/* The next that needs it and is to stay up, after cursor (0: first). */
uint32_t relations_dependent(uint32_t i, uint32_t *cursor);
/* The next that needs it, whatever it is to be. */
uint32_t relations_needed_by(uint32_t i, uint32_t *cursor);
/* All events, and then what the relations make of it, until all is quiet. */
void relations_settle(void);
/* Something was told that has not been settled. */
bool relations_wait(void);

/* A record of that name, or one that provides it; 0. */
uint32_t relations_find(const char *name);

/* The next member of a group, the last first; the next group of a member. */
uint32_t relations_member(uint32_t i, uint32_t *cursor);
uint32_t relations_group(uint32_t i, uint32_t *cursor);
/* All members that a group names are there. */
bool relations_is_whole(uint32_t i);

/* --- group.c --- */
void group_start(void);
bool group_is(uint32_t i);
bool group_effect(uint32_t i, enum sv_effect_bit bit);
void group_death(uint32_t m);
void group_tell(uint32_t m);
bool group_answer(void);
bool group_waits(void);
/* Some group names it. */
bool group_has(const char *name);
void group_add(uint32_t i);
void group_leave(uint32_t m);
void group_renamed(void);
void group_recover(uint32_t i);

/* --- forking.c: who goes into the background --- */
struct keep_exit;
void forking_start(void);
bool forking_awaits(uint32_t i);
bool forking_leaves(uint32_t i, struct sv sv, const struct keep_exit *e);
void forking_look(uint32_t i);
bool forking_answer(void);
/* No process of its own was named in time. */
void forking_late(uint32_t i);
bool forking_waits(void);

/* --- schedule.c: who runs every so often --- */
/* When it is to run next; 0: not now. */
int64_t schedule_at(uint32_t i);
void schedule_due(uint32_t i);
/* What was posted has been taken: its value has changed. */
void schedule_moved(uint32_t i);
/* Its settings are others than before. */
void schedule_defined(uint32_t i);

/* --- failed.c: what follows when a service is over --- */
/* After whatever may have ended it, and in a new life. */
void failed_look(uint32_t i);

/* --- died.c, deadlines.c, ready.c --- */
void died(uint32_t i, const struct keep_exit *e);
/* One more death: what its restart policy says, which is written down. */
struct budget_verdict died_charge(uint32_t i, struct budget_death death);
/* Nobody of it came in time: what its restart policy makes of that. */
enum sv_event died_late(uint32_t i);
void deadline_arm(uint32_t i);
void deadline_disarm(uint32_t i);
/* Sets the timer from what the record says (after a change, at start). */
void deadline_sync(uint32_t i);
void ready_executed(uint32_t i);
void ready_watch(uint32_t i);
void ready_unwatch(uint32_t i);
void ready_look(uint32_t i);

/* --- aux.c: control scripts beside the main process --- */
/* Runs control/LETTER if there is one; false: there is none. */
bool aux_control(uint32_t i, char letter, int after);
/* Runs the check, now or as the next; false: the last is past its time. */
bool aux_check(uint32_t i, bool is_health);
/* Nobody wants to know any more. */
void aux_end_check(uint32_t i);
/* Runs the reload command if there is one. */
bool aux_reload(uint32_t i);
void aux_spawned(uint32_t i, uint32_t pid);
void aux_spawn_failed(uint32_t i, int error);
void aux_late(uint32_t i);
void aux_recover(uint32_t i);
void died_aux(uint32_t i, const struct keep_exit *e);

/* --- supervise.c, views.c, control.c --- */
/* Opens, makes, locks. -1: another supervisor holds it; said. */
int supervise_open(uint32_t i);
/* The same, where the service's directory is open already. */
int supervise_open_at(uint32_t i, int at);
void supervise_close(uint32_t i);
/* Tells of how many more there was trouble than it was said of. */
void supervise_said(void);
/* The directory itself, made if it is missing; -1. */
int supervise_dir(uint32_t i);
void views_start(void);
void views_add(uint32_t i);
/* Its status, if there is none yet, in a supervise/ that has no `ok` yet. */
void views_first(uint32_t i, int dir);
/* Down, now: it is about to be forgotten. */
void views_last(uint32_t i);
/* Writes some. True: more to do. */
bool views_run(void);
void control_start(void);
void control_ready(void *arg, uint32_t events);
void control_letter(uint32_t i, char letter);

/* --- service.c: what a directory says --- */
struct sv_config service_config(uint32_t i, int dir);
bool service_is_s6(uint32_t i);
bool service_is_essential(uint32_t i);
bool service_is_group(uint32_t i);
bool service_is_scheduled(uint32_t i);
bool service_is_down(uint32_t i, int dir);
/* How an exit counts. */
bool service_is_clean(uint32_t i, int code, int value);
bool service_is_fatal(uint32_t i, int code, int value);
int service_reload_signal(uint32_t i);
/* Looks again, as runit does: after a run has ended. */
void service_refresh(uint32_t i);
struct budget_policy service_policy(uint32_t i);
int service_stop_signal(uint32_t i, unsigned at);
int64_t service_stop_ms(uint32_t i, unsigned at);
int64_t service_timeout_up_ms(uint32_t i);
int64_t service_timeout_finish_ms(uint32_t i);
bool service_finish_gives_up(uint32_t i);
bool service_kills_group(uint32_t i);
bool service_kills_group_at_last(uint32_t i);
bool service_kills_all(uint32_t i);

/* --- begin.c: a service begins, and is read again --- */
/* Its first word, with the wish in it; false: it is another's, forgotten. */
bool service_begin(uint32_t i, int dir);
/* A rescan: an edited definition is read, and used by the next start. */
void service_look_again(uint32_t i, int dir);
/* Takes up its logger. */
void service_take_log(uint32_t i, int dir);
/* The same for one that was not there before, or has gone. */
void service_find_log(uint32_t i);

/* --- scan.c, watch.c: directories --- */
bool scan_add(const char *path);
/* Not a scan directory but one service: runsv, supervise. */
void scan_only(const char *path);
unsigned scan_count(void);
bool scan_is_only(void);
/* An entry of that name was made. */
void scan_made(const char *name);
void scan_start(void);
void scan_all(void);
bool scan_is_sound(void);
void scan_want_all(void);
/* Something called so has changed in scan directory `which`. */
void scan_name(unsigned which, const char *name);
/* The same in whichever has it; false: none. */
bool scan_again(const char *name);
/* The record is about to be free. */
void scan_freed(uint32_t i);
/* A service of one file, and the scan directory that has it; -1: none. */
bool scan_is_file(uint32_t i);
int scan_of_file(const char *name);
void watch_start(void);
/* inotify's, or -1. */
int watch_descriptor(void);
bool watch_works(void);
void watch_scan(unsigned which, const char *path);
void watch_missing(const char *name);
void watch_entry(int dir, const char *scan, const char *name);

/* --- instance.c: NAME@ARG, a link to a directory NAME@ --- */
/* The directory of that instance; -1: it is none of this template's. */
int instance_open(const char *name, const char *template);

/* --- sock.c: clients --- */
void clients_start(void);
void clients_tell(uint32_t i, enum sv_shown old, enum sv_shown now);
/* A record is about to be freed; and when it is, that is told. */
void clients_note(uint32_t i);
void clients_gone(void);

/* --- lastlines.c, output.c: what is said without a logger --- */
/* clang-format off */
#define LINES_FORM_LIST(X) \
	X(RAW, "raw")       /* as it comes, to svcd's standard error */ \
	X(PREFIX, "prefix") /* whole lines, the service's name before each */ \
	X(JSON, "json")     /* whole lines, an object each */
/* clang-format on */
#define LINES_ENUM(name, text) LINES_##name,
enum lines_form {
	LINES_FORM_LIST(LINES_ENUM) LINES_FORMS
};
const char *lines_form_name(unsigned form);
void lines_start(void);
/* The keeper's slot of what it says into; 0: none. */
void lines_set_slot(uint32_t i, uint32_t slot);
void lines_keep(uint32_t i, const char *p, size_t n);
size_t lines_last(uint32_t i, struct buf *b, size_t most);
void lines_forget(uint32_t i);
void output_start(void);
/* inotify's, or -1. */
int output_descriptor(void);
/* It has a FIFO, at output_path; false: its output is svcd's. */
bool output_make(uint32_t i);
void output_path(uint32_t i, struct buf *b);
/* Gives what was made to the keeper, before anybody writes into it. */
void output_flush(void);
void output_close(uint32_t i);
void output_recover(uint32_t i);
/* Some of what it has said, into its last lines. True: there is more. */
bool output_take(uint32_t i);
/* The same for those who have said something. True: more to do. */
bool output_run(void);

/* --- logpipe.c --- */
bool logpipe_make(uint32_t i);
/* The same pipe as another service's; 0: a new one. */
bool logpipe_share(uint32_t i, uint32_t from);
/* No more is written; what is in it can still be read. */
void logpipe_end(uint32_t i);
void logpipe_close(uint32_t i);
void logpipe_recover(uint32_t i);
/* The service of this logger is gone for good. */
void log_is_over(uint32_t logger);

/* --- stop.c: the end of the tree --- */
void stop_start(void);
void stop_all(enum keep_ending ending, int64_t ms, bool at_once);
void stop_signal(int sig);
bool stop_is_on(void);
/* Everything is on its way down. */
bool stop_is_near(void);
void stop_rested(uint32_t i);
void stop_look(void);

#endif
