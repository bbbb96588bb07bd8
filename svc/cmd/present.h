/*
 * What a definition takes for granted: users, programs, files. Looked for in
 * the root that it is to run in.
 */
#ifndef SVC_CMD_PRESENT_H
#define SVC_CMD_PRESENT_H

#include "svc/cmd/definition.h"

/* Complaints as lines; what it adds is counted in d->errors. */
const char *present_check(const char *root, struct definition *d);
/* False and errno: not a file that can be executed. */
bool present_is_program(const char *path);

#endif
