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

#endif
