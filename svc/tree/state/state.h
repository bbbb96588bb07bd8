/*
 * What is known, and kept when svcd dies: the state file, the settings beside
 * it, what the keeper holds and tells.
 */
#ifndef SVC_TREE_STATE_H
#define SVC_TREE_STATE_H

#include "svc/tree/state/tree.h"

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
/* A text beside its cause, unless there are errors in its settings to tell. */
void state_says(uint32_t i, const char *text, size_t len);
void state_cause(uint32_t i, enum board_cause cause, uint32_t record);
struct live *live(uint32_t i);
/*
 * A record that is none before its first word is committed: a svcd that is
 * killed before that has added nothing. 0: refused, and said.
 */
uint32_t state_add(const char *name, const char *path, uint64_t dev,
    uint64_t ino, uint32_t flags);
/* Its directory is another one from now on. */
void state_move(uint32_t i, uint64_t dev, uint64_t ino);
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
/* Who is told what the keeper says, from here on and by the loop. */
struct keep_ears {
	void (*signal)(int sig);
	void (*stop)(enum keep_ending ending, int64_t ms, bool at_once);
	/* The programs it was to execute: errno, or 0 if they do not fit. */
	void (*refused)(int why);
};
void keep_start(struct keep_ears who);
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

/* --- events.c: what the life machine is to take --- */
struct event {
	uint32_t record;
	uint16_t life; /* of the record when it was added */
	uint16_t what; /* enum sv_event */
	uint16_t generation;
};
void events_start(void);
/* Only adds it. */
void post(uint32_t i, enum sv_event ev);
/* The oldest; false: there is none. */
bool event_take(struct event *e);
bool events_wait(void);

/* --- kill.c: signals to the process of a word --- */
/* Sends it, if that process lives; to its process group as well. */
bool kill_one(uint32_t i, int sig, bool group);
/*
 * Several in one breath, between these two: TERM and CONT reach one and the
 * same process. KILL_NOT_NOW: too many exits wait to be looked through first;
 * KILL_LATER: there was no descriptor to hold the process by, which is said.
 */
enum kill_result {
	KILL_SENT,
	KILL_NOT_NOW,
	KILL_LATER
};
void kill_begin(void);
bool kill_main(uint32_t i, int sig, bool group);
enum kill_result kill_end(void);

/* --- peek.c: what a pipe begins with, which stays there --- */
void peek_start(void);
/* Bytes; 0: nobody can write there any more; -1 and errno. */
ssize_t peek(int fd, void *to, size_t most);

/* --- exits.c: the exit queue --- */
/* Who is told of each exit, from here on. */
void exits_start(void (*who)(const struct keep_exit *e));
/* An exit that the queue does not hold. */
void exits_tell(const struct keep_exit *e);
/* Applies and then consumes all that the queue holds. */
void exits_drain(void);
/* Whether the queue tells of this pid. */
enum exits_answer {
	EXITS_NO,
	EXITS_YES,
	EXITS_UNKNOWN
};
enum exits_answer exits_names(int32_t pid);

#endif
