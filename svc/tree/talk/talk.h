/*
 * Services that talk: what they tell (sd_notify, a byte on a descriptor), what
 * they are asked (connections), and the sockets that are kept for them. A
 * service with nothing of this in its settings costs nothing here.
 */
#ifndef SVC_TREE_TALK_H
#define SVC_TREE_TALK_H

#include "lib/sock.h"
#include "svc/core/listen.h"
#include "svc/core/notify.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/tree.h"

/* clang-format off */
/* What a run has told about itself; all of it ends with the run. */
#define TALK_SAIDS(X) \
	X(ERRNO, 0, "`error` is why it fails") \
	X(EXIT_STATUS, 1, "`exit_status` is the code that counts") \
	X(ACCESS, 2, "`access` is who may notify") \
	X(WATCHDOG, 3, "`watchdog_every_ns` is its watchdog's time") \
	X(STORE, 4, "descriptors to be stored were refused") \
	X(STOPPING, 5, "no READY counts any more") \
	X(READY, 6, "it is ready, as far as it lies with itself")
/* clang-format on */
#define TALK_ENUM_SAID(name, bit, text) SAID_##name = 1 << bit,
enum talk_said {
	TALK_SAIDS(TALK_ENUM_SAID)
};

/*
 * In a memory file of its own (it names the notify socket, which nobody else
 * is to know), one for each record; each field is whole at any moment.
 */
struct kept {
	uint32_t said;
	uint32_t error;
	uint32_t access, exit_status;
	uint32_t check_fails; /* in a row */
	uint32_t first_pid;   /* whom we cloned: its session is the service's */
	uint32_t notify_slot; /* the keeper's, of the notify socket */
	uint32_t ready_slot;  /* of the pipe of ready = fd */
	uint32_t listen_hash; /* what the sockets in fd_slot were opened for */
	uint32_t uid;	      /* whom it runs as */
	uint64_t secret;      /* in the name of the notify socket */
	int64_t watchdog_ns;  /* heard by then, or it is sick; 0: off */
	int64_t watchdog_every_ns; /* with SAID_WATCHDOG */
	int64_t reload_ns;	   /* when a reload was asked for */
	int64_t reload_trial_ns;   /* it says by then that it reloads; 0: off */
	uint32_t reload_manner;	   /* whether it says so */
	char spare[44];
};
_Static_assert(sizeof(struct kept) == 128, "kept");

/* What can be found again. */
struct talk {
	uint16_t life;
	bool is_here; /* waits for a file */
	unsigned tries;
	struct watch notify;
	struct watch ready; /* pipe of ready = fd; a connection on trial */
	struct watch main;  /* a main process that is not the keeper's child */
	int64_t window_ns;  /* of the count of messages */
	unsigned heard;
	int listen[SETTINGS_LISTENS_MAX];
};

/* --- talk.c: what is kept of it over a death of svcd --- */
/* Who does what is said. */
struct talk_ears {
	void (*heard)(uint32_t i, const struct notify *n, struct sock_msg *m);
	/* All that was said before is to be dealt with. */
	void (*barrier)(void);
	/* A newline on the pipe of ready = fd. */
	void (*is_ready)(uint32_t i);
};
extern struct talk_ears talk_ears;
void talk_start(struct talk_ears ears);
struct talk *talk(uint32_t i);
/* NULL: nothing is kept of it; `make` makes it, unless memory lacks. */
struct kept *kept(uint32_t i, bool make);
bool talk_said(uint32_t i, enum talk_said what);
/* A new run is about to be cloned: nothing of the last one holds. */
void talk_renew(uint32_t i);
void talk_recover(uint32_t i);
/* Its record is about to be free. */
void talk_close(uint32_t i);
/* Whether the record's process ended as its own words wish it. */
void talk_judge(uint32_t i, struct keep_exit *e);
/* Its end is a failure for this reason; EV_SICK follows. */
void talk_sick(uint32_t i, enum board_cause cause, int32_t arg);
/* A new main process has been named, and may be believed. */
void talk_adopt(uint32_t i, uint32_t pid);
/* A handle of a main process that is nobody's we are told of, or -1. */
int talk_main(uint32_t i);
/* Its main process has ended. */
void talk_main_over(uint32_t i);

/* --- pipe.c: ready = fd --- */
/* The write end of a new one; -1. */
int talk_pipe(uint32_t i);
void talk_pipe_recover(uint32_t i);
void talk_pipe_end(uint32_t i);

/* --- notify.c: who speaks, how much --- */
/* Its socket is there after this, and empty. False and errno. */
bool notify_open(uint32_t i);
void notify_close(uint32_t i);
void notify_recover(uint32_t i);
/* Reads what waits: before a limit is judged, and before a death. */
void notify_drain(uint32_t i);
/* Where it is to send; false: it has none. */
bool notify_address(uint32_t i, struct buf *b);
/* Its settings let somebody of it speak. */
bool notify_is_for(const struct settings *s);
/* The parent of a process; 0: it is gone. */
uint32_t notify_parent(uint32_t pid);
/* A process of this service, as far as the kernel tells. */
bool notify_is_own(uint32_t i, uint32_t pid);

/* --- listen.c: sockets opened for it --- */
/* How many there are after this; -1 and errno: one cannot be opened, said. */
int listen_open(uint32_t i, const struct settings *s);
void listen_close(uint32_t i);
void listen_recover(uint32_t i);
/* A service that is down on purpose answers nobody. */
void listen_settled(uint32_t i);

#endif
