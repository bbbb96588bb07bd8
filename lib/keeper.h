/*
 * The keeper: what a parent that must not fail keeps for a child that may die
 * at any instant, and how the two talk. init is the keeper, svcd the kept;
 * nothing here knows what a service is.
 *
 * The keeper is the parent of everything (the kept child clones its own
 * children with CLONE_PARENT), so every exit status has one path:
 *
 *	kernel -> keeper -> exit queue -> kept child
 *
 * The keeper peeks at a dead child (WNOWAIT), writes one record into the
 * queue, a pipe of which it keeps both ends, and only then reaps. A full queue
 * leaves the zombie where it is: that is the back-pressure. The kept child
 * looks at records without taking them (tee), applies them, and then reads
 * them away; a record told twice has the same sequence number.
 *
 * The keeper also holds descriptors by slot: the state file, both ends of log
 * pipes, bound sockets. It never reads or writes them. Slot N is descriptor
 * KEEP_SLOT_BASE + N in the keeper, so a re-executed keeper needs no table.
 *
 * The kept child finds three descriptors open and nothing else above 2:
 */
#ifndef LIB_KEEPER_H
#define LIB_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

enum keep_fd {
	KEEP_FD_QUEUE = 3, /* read end of the exit queue, O_NONBLOCK */
	KEEP_FD_LINE = 4,  /* SOCK_SEQPACKET to the keeper, O_NONBLOCK */
	KEEP_FD_SELF = 5,  /* the kept child's own program, O_PATH */
	KEEP_FD_END
};

/* In the keeper: descriptors below are its own, from here on they are slots. */
#define KEEP_SLOT_BASE 64
/* The state file of the kept child: a memory file, sealed against shrinking. */
#define KEEP_SLOT_STATE 0

/* One dead child. 16 bytes, so a pipe write of it is whole or not at all. */
struct keep_exit {
	uint32_t seq; /* one higher each time; a repeat has the same number */
	int32_t pid;
	int32_t code;  /* CLD_EXITED, CLD_KILLED or CLD_DUMPED */
	int32_t value; /* exit code or signal number */
};

/* How the system, or this tree, is to end. The numbers are on the wire. */
/* clang-format off */
#define KEEP_ENDINGS(X) \
	X(NONE, 0, "none") \
	X(POWEROFF, 1, "poweroff") \
	X(REBOOT, 2, "reboot") \
	X(HALT, 3, "halt") \
	X(KEXEC, 4, "kexec") \
	X(SOFT_REBOOT, 5, "soft-reboot")  /* user space only */ \
	X(RESCUE, 6, "rescue")            /* tree down, a shell, then on */ \
	X(EXIT, 7, "exit")                /* container or tree: end with a code */
/* clang-format on */

/*
 * Messages on the line, both ways: one struct keep_msg each, with `fds`
 * descriptors attached. A message of another size, version or kind is dropped
 * by the receiver, which closes what came with it.
 *
 * From the kept child:
 *	PUT	hold the attached descriptors in slots slot, slot+1, …
 *	DROP	close slots slot … slot+count-1
 *	GET	send slots slot … slot+count-1 back, a FD message for each;
 *		one without a descriptor means the slot is empty
 *	READY	up and in control (an upgrade has come through; the restart
 *		delay of the kept child starts over)
 *	END	value = enum keep_ending, arg = exit code: end the system (a
 *		second, or one with `count` = 1, means: at once)
 *	DONE	the answer to STOP: everything has stopped
 *	EXEC	attached: the kept child's new program, then (optional) the
 *		keeper's own; the keeper re-executes itself and starts that
 * From the keeper:
 *	FD	the answer to GET, one slot
 *	SIGNAL	value = signal number that the keeper got and that is the
 *		kept child's business (raw numbers, see lib/sig.h)
 *	STOP	value = enum keep_ending: stop everything, answer DONE;
 *		arg = milliseconds until the keeper goes on anyway, 0 = for ever
 */
/* clang-format off */
#define KEEP_KINDS(X) \
	X(PUT, 1) X(DROP, 2) X(GET, 3) X(READY, 4) X(END, 5) X(DONE, 6) \
	X(EXEC, 7) X(FD, 32) X(SIGNAL, 33) X(STOP, 34)
/* clang-format on */

#define KEEP_ENUM_ENDING(name, number, text) KEEP_END_##name = number,
enum keep_ending {
	KEEP_ENDINGS(KEEP_ENUM_ENDING)
};
#define KEEP_ENUM_KIND(name, number) KEEP_##name = number,
enum keep_kind {
	KEEP_KINDS(KEEP_ENUM_KIND)
};

#define KEEP_VERSION 1
#define KEEP_MSG_FDS 64 /* most descriptors in one message */

struct keep_msg {
	uint16_t version; /* KEEP_VERSION */
	uint16_t kind;	  /* enum keep_kind */
	uint32_t slot;
	uint32_t count;
	int32_t value;
	int64_t arg;
};

#endif
