/*
 * What svcd tells its own manager.
 */
#ifndef SVC_TREE_UPWARD_H
#define SVC_TREE_UPWARD_H

#include <stdbool.h>

/* Takes out of the environment what is for us alone. */
void upward_start(char **envp);
void upward_look(void);
void upward_stopping(void);
void upward_exit(int code);

#endif
