/*
 * A directory of environment variables: a file for each, its name the
 * variable's, its first line the value. What daemontools' envdir and chpst -e
 * read.
 */
#ifndef SVC_CMD_ENVFILES_H
#define SVC_CMD_ENVFILES_H

#include "svc/cmd/tool.h"

/*
 * Sets and removes in `env` what the files of `dir` say. Trouble ends the
 * program in the words of its manner; with skip_dirs a directory in there is
 * passed over, and told about with `verbose`.
 */
void envfiles_read(const struct tool_manner *m, const char *dir,
    struct tool_env *env, bool skip_dirs, bool verbose);

#endif
