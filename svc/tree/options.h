/*
 * The command line of svcd and of the names it goes by: runsvdir, runsv,
 * svscan, supervise.
 */
#ifndef SVC_TREE_OPTIONS_H
#define SVC_TREE_OPTIONS_H

/* Into `tree` and the scan directories; ends the program on wrong use. */
void options_read(int argc, char **argv);
/* Executes init in the keeper's role, which starts us again below itself. */
_Noreturn void options_under_keeper(char **argv);

#endif
