/*
 * Ending the machine (or the container, or the tree): whom to ask, and what to
 * do when nobody is left to ask.
 *
 *	svcd	stops its services and has init do the rest
 *	PID 1	when svcd is not to be had: one signal says it all
 *	kernel	with force: reboot(2) at once
 */
#ifndef SVC_CMD_POWER_H
#define SVC_CMD_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/keeper.h"

struct power {
	enum keep_ending ending;
	bool at_once;	       /* svcd: do not wait for services */
	bool force;	       /* the kernel, now */
	bool no_sync, no_wtmp; /* with force */
	bool net_down;	       /* with force: interfaces down first */
	bool no_wall;
	const char *argument; /* with force: for RESTART2; or NULL */
	const char *message;  /* for people; or NULL */
};

/* Says why not on stderr; the value is an exit code. */
int power_end(const struct power *p);
/* The same without wall: for who has said it already. */
int power_ask(const struct power *p);
/* reboot becomes kexec where a kernel is loaded for it. */
enum keep_ending power_of_reboot(void);
/* "power off", "reboot", …: fits "the system will … now". */
const char *power_words(enum keep_ending ending);
/* The ending of this name: "poweroff", …; KEEP_END_NONE: none. */
enum keep_ending power_ending(const char *name);
const char *power_name(enum keep_ending ending);

#endif
