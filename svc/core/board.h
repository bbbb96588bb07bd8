/*
 * The state file: everything that svcd must know after its own death, and what
 * svc reads to show a status. A memory file of one head and a table of slots
 * of 512 bytes; svcd writes it, svc maps a read-only descriptor of it. There
 * is nothing secret in it.
 *
 * A slot is free (word 0), a service's record, or a piece of text too long for
 * its record. The table only grows; slot numbers are 1 … used-1 and are
 * what relations, events and the wire call a record's number (0 is "none").
 *
 * What may be trusted:
 *  - `word`, `aux` and `fault` are single 64-bit stores, always whole. `word`
 *    is the commit of every transition (svc/core/machine.h).
 *  - The rest of a record is written between board_begin() and board_end(),
 *    which make `seq` odd and even again; a reader copies a slot and reads
 *    again when seq moved. A svcd that died in between leaves it odd:
 *    board_mend() at start. Each field is either repeated by recovery or
 *    guarded by a tag of its own (deadline_tag, exit_seq), so a half-written
 *    record loses nothing.
 *  - Readers believe no number: sizes, slots and lengths are checked against
 *    the mapping, text chains are bounded.
 *
 * Versions: a reader of version N takes N and N-1. A change of meaning raises
 * BOARD_VERSION; new fields go into `spare`, which old writers left zero. A
 * svcd that took over the state of N-1 claims it as N when it is in control,
 * and not before: until then the one before it may have to come back.
 */
#ifndef SVC_CORE_BOARD_H
#define SVC_CORE_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "svc/core/budget.h"
#include "svc/core/machine.h"

#define BOARD_MAGIC UINT64_C(0x31544556495254) /* "TRIVET1" */
#define BOARD_VERSION 1
#define BOARD_HEAD 4096
#define BOARD_SLOT 512
#define BOARD_SLOTS_MAX (1u << 20)
#define BOARD_EXITS 6
#define BOARD_NAME_MAX 255
#define BOARD_TEXT_MAX 4095
#define BOARD_NONE 0u

/* clang-format off */
#define BOARD_FLAGS(X) \
	X(LOG, 0, "the logger of `parent`: NAME/log") \
	X(MANUAL, 1, "not started by itself (a file down, autostart = no)") \
	X(CHANGED, 2, "settings changed since its start") \
	X(BROKEN, 3, "its settings have errors; the former ones stay") \
	X(UNLINKED, 4, "its link is gone: it is stopped and forgotten") \
	X(EXITED, 5, "told to exit (x): not picked up before its link changes") \
	X(NO_FILES, 6, "supervise/ can be written nowhere") \
	X(ADHOC, 7, "made by svc run, has no directory in a scan directory") \
	X(S6, 8, "a directory of s6: its finish arguments, milliseconds") \
	X(ESSENTIAL, 9, "the tree ends with it") \
	X(SICK, 10, "its end was a failure whatever the status says") \
	X(LEFT, 11, "processes it left behind live on (kill = main)") \
	X(OOM, 12, "the kernel killed it for memory") \
	X(REMEMBERED, 13, "down by svc down: a rescan does not start it") \
	X(GROUP, 14, "type group: no process of its own") \
	X(GOT_TERM, 15, "TERM was sent to this run (runit's status)") \
	X(HELD, 16, "told to end, once what needs it is down") \
	X(RELOADING, 17, "it reads its configuration again") \
	X(LEAVING, 18, "it says that it is ending") \
	X(ANSWERED, 19, "what follows from its failure has been done") \
	X(RESTART, 20, "a group: its members are restarted, by its strategy") \
	X(AGAIN, 21, "a member: stopped by its group, which starts it again") \
	X(SCHEDULED, 22, "runs every so often") \
	X(BEGUN, 23, "a group: its run has begun, its members are to be asked for") \
	X(MAIN, 24, "the main command: the tree ends when it ends") \
	X(CGROUP, 25, "born in a cgroup of its own") \
	X(FELL, 26, "its last run ended by itself: the next start is a restart") \
	X(FILES_AWAY, 27, "supervise/ is below the runtime directory") \
	X(UNRELOADED, 28, "its last reload command failed") \
	X(BEREFT, 29, "what it binds was lost in this run, and may be back") \
	X(RESCUED, 30, "a rescue shell was opened for its failure")

/*
 * Why a service is in the state it is in: what its status says. `arg` and
 * `record` mean what the text says.
 */
#define BOARD_CAUSES(X) \
	X(NONE, 0, "") \
	X(NOT_WANTED, 1, "not started by itself") \
	X(ASKED, 2, "asked by uid <arg>") \
	X(WAITS_FOR, 3, "waiting for <record>") \
	X(NEED_DOWN, 4, "<record>, which it needs, is down on purpose") \
	X(NEED_FAILED, 5, "<record>, which it needs, failed") \
	X(NEED_MISSING, 6, "something it needs does not exist (text)") \
	X(CONFLICT, 7, "<record> conflicts with it") \
	X(EXITED, 8, "its last exit") \
	X(EXEC, 9, "could not be executed: fault word") \
	X(TIMEOUT_UP, 10, "not ready in time") \
	X(WATCHDOG, 11, "its watchdog expired") \
	X(CHECK, 12, "its check failed <arg> times") \
	X(SPENT, 13, "restart limit reached: <arg> restarts") \
	X(GAVE_UP, 14, "finish exited 125: permanent failure") \
	X(GIVE_UP_ON, 15, "its exit is listed in give-up-on") \
	X(NO_SPAWN, 16, "cannot clone: errno <arg>") \
	X(UNKILLABLE, 17, "KILL was sent, the process does not end") \
	X(SETTINGS, 18, "its settings have errors (text)") \
	X(CYCLE, 19, "it needs itself (text)") \
	X(TIMER, 20, "runs by its every/at line") \
	X(PIDFILE, 21, "no process of its own in its pidfile (text)") \
	X(LISTEN, 22, "cannot listen: errno <arg>") \
	X(SHUTDOWN, 23, "everything is being stopped") \
	X(NEEDED_BY, 24, "up because <record> needs it") \
	X(OOM, 25, "killed for want of memory") \
	X(UNLINKED, 26, "its link was removed") \
	X(GROUP, 27, "its group <record> was stopped, restarted or failed") \
	X(NOTIFY, 28, "it reported errno <arg>") \
	X(ENDED, 29, "ended well; restart policy does not start it again") \
	X(FAILURE, 30, "started because <record> failed") \
	X(MEMBER, 31, "its member <record> failed, or died too often")
/* clang-format on */

#define BOARD_ENUM_FLAG(name, bit, text) BOARD_##name = 1 << bit,
enum board_flag {
	BOARD_FLAGS(BOARD_ENUM_FLAG)
};
#define BOARD_ENUM_CAUSE(name, number, text) CAUSE_##name = number,
enum board_cause {
	BOARD_CAUSES(BOARD_ENUM_CAUSE)
};

struct board_head {
	uint64_t magic;
	uint32_t version;
	uint32_t head_size, slot_size;
	uint32_t used;	   /* slots in use are below this */
	uint32_t svcd_pid; /* who writes; of the latest incarnation */
	uint32_t lives;	   /* how often svcd has started with this file */
	int64_t began_real_ns, began_mono_ns; /* first life */
	int64_t life_mono_ns;		      /* this life */
	uint32_t queue_seq; /* keep_exit.seq of the last applied record */
	uint32_t queue_any; /* whether queue_seq means anything */
	uint32_t ending;    /* enum keep_ending that is under way */
	int32_t ending_arg;
	uint32_t changes; /* goes up with every change that a person may see */
	uint32_t free_hint;	/* no free slot is below this one */
	uint64_t settings_used; /* bytes used in the settings memory file */
	char program[32];     /* version of the program that wrote, NUL ended */
	uint32_t talk_slot;   /* keeper's slot of what services tell; 0: none */
	uint32_t logger_slot; /* and of the last logger that worked; 0: none */
	char spare[BOARD_HEAD - 128];
};

/* A text: in the record where it fits, else in a chain of text slots. */
struct board_text {
	uint32_t slot; /* 0: inline */
	uint16_t len;
	uint16_t zero;
};

/* One end of a run, newest at exits[exit_count % BOARD_EXITS - 1]. 16 bytes. */
struct board_exit {
	int64_t real_ns;
	uint32_t pid : 22, role : 2, code : 4, is_failure : 1;
	uint32_t is_unborn : 1, unused : 2; /* nothing was executed */
	uint16_t generation;
	uint8_t value; /* exit code or signal */
	uint8_t zero;
};

struct board_record {
	uint64_t word;	/* sv_pack */
	uint64_t aux;	/* sv_aux_pack */
	uint64_t fault; /* board_fault_pack, by the gated child */
	uint32_t seq;
	uint32_t flags;
	int64_t since_real_ns, since_mono_ns; /* what a person sees changed */
	int64_t start_real_ns, start_mono_ns; /* of the last run */
	int64_t ready_mono_ns; /* 0: this run was not ready yet */
	int64_t deadline_ns;   /* 0: none; belongs to deadline_tag */
	uint32_t deadline_tag; /* sv_tag */
	uint32_t exit_seq;     /* keep_exit.seq that was applied last to it */
	int64_t watch_ns;      /* next watchdog or check deadline, 0: none */
	int64_t aux_ns;	       /* deadline of the auxiliary process, 0: none */
	struct budget budget;
	struct board_exit exits[BOARD_EXITS];
	uint32_t exit_count;
	uint32_t start_count;
	uint32_t restart_count; /* starts after a death of its own */
	uint32_t aux_pending;	/* control letters asked for, tree's own bits */
	uint16_t cause;		/* enum board_cause */
	uint16_t left;		/* processes left behind */
	uint32_t cause_record;
	int32_t cause_arg;
	uint32_t parent; /* of a logger: its service. Of a member: 0 */
	uint32_t logger; /* record of NAME/log, 0: none */
	uint16_t
	    log_slot; /* keeper's slot of the log pipe's read end; +1 write */
	uint16_t fd_slot, fd_count; /* keeper's slots of sockets held for it */
	uint16_t main_pid_changed;  /* MAINPID/pidfile: not the one we cloned */
	uint64_t settings;	    /* where in the settings memory file */
	uint64_t dev, ino;	    /* of its directory: its identity */
	struct board_text name;
	char name_text[48];
	struct board_text path; /* its directory, as the scan found it */
	char path_text[64];
	struct board_text
	    status; /* STATUS= of sd_notify, or the cause's text */
	char status_text[32];
	uint32_t lines_slot; /* keeper's slot of its output without a logger */
	uint32_t log_error;  /* errno: why its log cannot be written, or 0 */
	uint32_t session;    /* of a forking one's parent that has left, or 0 */
	uint32_t exit_link;  /* its link when it was told to exit, or 0 */
	int64_t next_ns;     /* when its schedule runs it, 0: not now */
};
_Static_assert(sizeof(struct board_head) == BOARD_HEAD, "head");
_Static_assert(sizeof(struct board_record) <= BOARD_SLOT, "record");

/* A piece of a text that is too long for its record. */
#define BOARD_PIECE 492
struct board_piece {
	uint64_t word;	/* its state is SV_STATE_TEXT: no service */
	uint32_t owner; /* the record */
	uint32_t next;	/* the next piece, 0: none */
	uint32_t len;
	char text[BOARD_PIECE];
};
_Static_assert(sizeof(struct board_piece) == BOARD_SLOT, "piece");

/* A mapping of the state file, whole or in part. */
struct board {
	unsigned char *base; /* readers' mappings are read-only */
	size_t size;
};

/* --- both --- */

/* clang-format off */
#define BOARD_TROUBLES(X) \
	X(FINE, "fine") X(SHORT, "too short") X(FOREIGN, "not a state file") \
	X(OLDER, "of an older version") X(NEWER, "of a newer version") \
	X(TORN, "damaged")
/* clang-format on */
#define BOARD_ENUM_TROUBLE(name, text) BOARD_IS_##name,
enum board_trouble {
	BOARD_TROUBLES(BOARD_ENUM_TROUBLE)
};
enum board_trouble board_check(struct board board);
/* Whether this program can carry on from a state of that version. */
bool board_knows(uint32_t version);
const char *board_trouble_text(enum board_trouble trouble);

const struct board_head *board_head(struct board board);
/* Slots that the mapping holds and the head says are used. */
uint32_t board_used(struct board board);
/* Bytes of a file with this many slots. */
size_t board_bytes(uint32_t slots);

const char *board_cause_name(enum board_cause cause);
const char *board_cause_text(enum board_cause cause);
const char *board_flag_text(unsigned bit);

/* --- readers --- */

/*
 * A copy of record i that belongs together. False: free, a text slot, or no
 * such slot. `torn` (may be NULL): svcd was writing all the time (or died
 * doing so); the copy may be half old. The word is always whole.
 */
bool board_read(
    struct board board, uint32_t i, struct board_record *to, bool *torn);
/* The next record at or after i, 0 at the end. */
uint32_t board_next(struct board board, uint32_t i);
/*
 * The text of a copied record into to[cap], NUL ended, cut if too long or the
 * chain is broken; its length.
 */
size_t board_name(
    struct board board, const struct board_record *r, char *to, size_t cap);
size_t board_path(
    struct board board, const struct board_record *r, char *to, size_t cap);
size_t board_status(
    struct board board, const struct board_record *r, char *to, size_t cap);
/* The n-th last exit, 0 the latest; NULL: not that many (kept). */
const struct board_exit *board_exit(const struct board_record *r, uint32_t n);

/* --- svcd --- */

/* Makes a zeroed file a board. */
void board_init(struct board board, const char *program);
/* From here on it is a state of this program's version. */
void board_claim(struct board board);
/* After a death of svcd: evens every seq, frees text no record names. */
void board_mend(struct board board);
/* Slot i; NULL if the mapping does not hold it. */
struct board_record *board_record(struct board board, uint32_t i);
/*
 * A free slot, zeroed, not given again before board_free(): commit its word
 * last. 0: the mapping is full, grow it by board_bytes().
 */
uint32_t board_take(struct board board);
/* Back to all zero, word first, with the texts of it. */
void board_free(struct board board, uint32_t i);
void board_begin(struct board_record *r);
void board_end(struct board_record *r);
/* False: no free slot for the text, it was cut to what fits inline. */
bool board_set_name(struct board board, uint32_t i, const char *s, size_t len);
bool board_set_path(struct board board, uint32_t i, const char *s, size_t len);
bool board_set_status(
    struct board board, uint32_t i, const char *s, size_t len);
void board_add_exit(struct board_record *r, struct board_exit exit);
/* The single stores, and loads of the same kind. */
void board_commit(struct board_record *r, uint64_t word);
uint64_t board_word(const struct board_record *r);
void board_commit_aux(struct board_record *r, uint64_t aux);

/*
 * What the gated child tells by one store before it leaves without exec: the
 * word of lib/spawn.h (pid 32 bits, number 8, step 8, errno 16). It bears the
 * child's own pid: a child of the last svcd that leaves at the gate is not to
 * be taken for the one that lives. `step` is the kind of step that failed, enum
 * spawn_op; BOARD_FAULT_GATE: left at the gate, nothing was executed.
 */
#define BOARD_FAULT_GATE 1
struct board_fault {
	uint32_t pid;
	uint8_t number; /* of the step: which descriptor, which limit */
	uint8_t step;
	uint16_t error;
};
uint64_t board_fault_pack(struct board_fault fault);
struct board_fault board_fault_unpack(uint64_t word);

#endif
