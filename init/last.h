/*
 * The very last act: reboot(2), an exit code, or this program from its
 * beginning.
 */
#ifndef INIT_LAST_H
#define INIT_LAST_H

#include <stdbool.h>

/*
 * True: a child does it, whose end means that it could not be done. Does not
 * return where init itself ends.
 */
bool last_act(void);

#endif
