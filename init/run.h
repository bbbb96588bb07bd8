/*
 * Init at work: the loop, and the effects of the phases. See init/phase.h for
 * what follows what, init/memo.h for what is remembered.
 */
#ifndef INIT_RUN_H
#define INIT_RUN_H

/*
 * memo holds a plan that has not begun (or, after a fault, whatever it held);
 * kept_argv is the kept child's. Never returns.
 */
_Noreturn void run(const char *const *kept_argv);
/* Takes a word of the kernel's command line or of ours; says what is wrong. */
void run_word(const char *word);

#endif
