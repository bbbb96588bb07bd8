/*
 * It has no directory and no file: its definition is made here, as text, so
 * that it is read, kept and recovered as any other.
 */
#include "svc/tree/birth/command.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>

#include "lib/fmt.h"
#include "lib/say.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/tree/birth/birth.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/state.h"

/* Where one had to be found; where it had to be executed. */
#define NOT_FOUND 127
#define NOT_EXECUTED 126

bool
command_is(uint32_t i)
{
	return rec(i)->flags & BOARD_MAIN;
}

bool
command_waits(uint32_t i)
{
	return command_is(i) && !tree.no_wait;
}

bool
command_takes_name(const char *name)
{
	return tree.command != NULL && str_eq(name, COMMAND_NAME);
}

/* --- its definition --- */

enum define
command_define(uint32_t i)
{
	static const char basic[] = "restart = never\n"
				    "stdin = inherit\n"
				    "stdout = inherit\n"
				    "stderr = inherit\n"
				    "stop = TERM 1m KILL\n"
				    "kill = all\n"
				    "description = the main command\n";

	return define_text(i, "the command line", basic, sizeof(basic) - 1);
}

/* --- its process --- */

void
command_program(struct birth *b)
{
	b->spawn.file = tree.command[0];
	b->spawn.argv = tree.command;
	b->spawn.search = birth_search(b);
	b->spawn.shell = true;
}

/* The terminal too, where there is one and nobody else has it. */
void
command_steps(struct birth *b)
{
	int foreground;

	birth_step(b,
	    (struct spawn_step){.op = SPAWN_UMASK, .number = (int)tree.umask});
	if (sys_ioctl(0, TIOCGPGRP, &foreground) == 0 || errno == ENOTTY)
		birth_step(b, (struct spawn_step){
				  .op = SPAWN_TTY, .fd = 0, .may_fail = true});
}

/* As shells and other container inits tell it. */
static int
code_of(const struct board_record *r, const struct keep_exit *e)
{
	struct board_fault f = board_fault_unpack(r->fault);

	if (f.pid == (uint32_t)e->pid && f.step == SPAWN_EXEC)
		return f.error == ENOENT ? NOT_FOUND : NOT_EXECUTED;
	return e->code == CLD_EXITED ? e->value : (128 + e->value) & 255;
}

/*
 * Before the step that says it is dead: a svcd that is killed in between hears
 * of the end again, and says the same.
 */
void
command_died(uint32_t i, const struct keep_exit *e)
{
	int code = code_of(rec(i), e);

	if (!tree.is_ending)
		keep_end(KEEP_END_EXIT, code, false);
	if (!tree.is_ending || tree.pass_exit)
		state_head()->ending_arg = code;
}

bool
command_signal(int sig)
{
	uint32_t i = tree.command != NULL ? state_by_name(COMMAND_NAME) : 0;

	return i != 0 && kill_one(i, sig, false);
}
