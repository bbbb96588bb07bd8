/*
 * The main command of a tree, `svcd … -- COMMAND`: a service like the others,
 * called main, whose definition is the command line (and whatever
 * /etc/trivet/override/main adds). It starts when all others are up or have
 * failed, has svcd's own input, output, directory, umask and terminal, and its
 * end ends the tree, with its exit code.
 */
#ifndef SVC_TREE_COMMAND_H
#define SVC_TREE_COMMAND_H

#include "svc/tree/birth/birth.h"
#include "svc/tree/state/define.h"

/* No service of the directories can have this name beside it. */
#define COMMAND_NAME "main"

bool command_is(uint32_t i);
/* It is the command, and wants all that starts by itself. */
bool command_waits(uint32_t i);
/* A name that is the command's alone. */
bool command_takes_name(const char *name);
enum define command_define(uint32_t i);
/* Its program and arguments; what it gets beyond others. */
void command_program(struct birth *b);
void command_steps(struct birth *b);
/* Its process has ended: so does the tree. */
void command_died(uint32_t i, const struct keep_exit *e);
/* A signal that means nothing to us is its; false: there is none. */
bool command_signal(int sig);

#endif
