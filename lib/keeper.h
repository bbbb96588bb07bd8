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
 * Messages on the line, both ways: one struct keep_msg each, with at most
 * KEEP_MSG_FDS descriptors attached. A message of another size, version or kind
 * is dropped by the receiver, which closes what came with it. The line is new
 * with every start of the kept child; what a dead one had sent is still done.
 *
 * From the kept child:
 *	PUT	hold the attached descriptors in slots slot, slot+1, …
 *	DROP	close slots slot … slot+count-1
 *	GET	send slots slot … slot+count-1 back, an FD message for each;
 *		one without a descriptor means the slot is empty
 *	READY	up and in control (an upgrade has come through; the restart
 *		delay of the kept child starts over)
 *	END	value = enum keep_ending, arg = exit code: end the system or
 *		this tree. A second one changes the ending; with `count` = 1:
 *		at once, nothing is waited for that need not be
 *	DONE	the answer to STOP: everything has stopped. arg = exit code of
 *		the tree, used where no END gave one. The keeper then kills
 *		the kept child, unless it is to start it again later
 *	EXEC	attached: the kept child's new program, then (optional) the
 *		keeper's own, both O_PATH or readable; count = how many. The
 *		keeper tries its own out (`--accepts`), re-executes itself,
 *		kills the kept child and starts the new one; the old programs
 *		come back if that does not say READY within 10 seconds
 * From the keeper:
 *	FD	the answer to GET, one slot
 *	SIGNAL	value = signal number that the keeper got and that is the
 *		kept child's business (raw numbers, see lib/sig.h). As PID 1:
 *		HUP, USR1, ALRM, WINCH, PWR (which must end in an END POWEROFF
 *		where nothing else is known to be meant); a container's or a
 *		tree's keeper passes on more: see init/signals.h
 *	STOP	value = enum keep_ending: stop everything, answer DONE;
 *		arg = milliseconds until the keeper goes on anyway, 0 = for
 *		ever; count = 1: at once, with KILL. RESCUE: all services stop,
 *		DONE is answered, and a new kept child starts them afterwards
 *	REFUSED	the answer to an EXEC that is not done: value = errno (0: the
 *		program does not know this keeper's state); nothing changed
 *
 * That it lives the kept child shows by reading: one that is READY and takes
 * nothing of what the queue and the line hold for half a minute is killed.
 *
 * As PID 1 init starts the kept child as `svcd [SCANDIR]`. Elsewhere svcd, when
 * it finds no keeper above it, executes init with its own argv, with KEEP_ASKED
 * in the environment (not in the arguments, which are what people see of it),
 * with its own program (O_PATH, not close-on-exec) as descriptor KEEP_FD_SELF,
 * and if it wishes with descriptors to be held at KEEP_SLOT_BASE + N. The
 *keeper is then a subreaper, passes the rest of the environment, the directory
 *and descriptors 0 to 2 on, starts the kept child with the same argv, and ends
 *with the tree's exit code.
 *
 * The kept child is executed by descriptor, so it names itself (PR_SET_NAME,
 * after argv[0]). It runs with no signal blocked, in its own session, and with
 * the keeper's RLIMIT_NOFILE, which is as high as it may be: services want the
 * usual 1024 soft.
 */
#define KEEP_ASKED "TRIVET_KEEPER=1"

/* clang-format off */
#define KEEP_KINDS(X) \
	X(PUT, 1) X(DROP, 2) X(GET, 3) X(READY, 4) X(END, 5) X(DONE, 6) \
	X(EXEC, 7) X(FD, 32) X(SIGNAL, 33) X(STOP, 34) X(REFUSED, 35)
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
/* Most descriptors in one message: they arrive below KEEP_SLOT_BASE. */
#define KEEP_MSG_FDS 28

struct keep_msg {
	uint16_t version; /* KEEP_VERSION */
	uint16_t kind;	  /* enum keep_kind */
	uint32_t slot;
	uint32_t count;
	int32_t value;
	int64_t arg;
};

#endif
