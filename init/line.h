/*
 * The messages between the keeper and the kept child (lib/keeper.h), this end.
 * A message is looked at, done, and only then taken: a fault between makes it
 * done twice, which is the same as once.
 */
#ifndef INIT_LINE_H
#define INIT_LINE_H

#include <stdbool.h>

struct keep_asks;

void line_init(const struct keep_asks *asks);
/* There may be more to hear from the kept child of now. */
bool line_is_open(void);
/*
 * Does what has been sent: a bounded number of messages. False: the kernel
 * cannot say what just now.
 */
bool line_receive(void);
/*
 * Sends what is due, as far as there is room. False: the kernel does not take
 * it just now, room or not.
 */
bool line_send(void);
/* There is something due. */
bool line_is_due(void);

#endif
