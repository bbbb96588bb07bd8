/*
 * A service's log/.
 */
#ifndef SVC_TREE_LOG_DIR_H
#define SVC_TREE_LOG_DIR_H

#include <stdint.h>

/* Takes up its logger, or looks at it again. `dir`: the service's; -1: none. */
void service_take_log(uint32_t i, int dir);
/* The same for one that was not there before, or has gone. */
void service_find_log(uint32_t i);
/* Between two runs: it may have been made since, removed or replaced. */
void service_refresh_log(uint32_t i, int dir);

#endif
