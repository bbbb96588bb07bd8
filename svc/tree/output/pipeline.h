/*
 * Pipes from services to a service: `log = NAME`, and s6-rc's producer-for.
 */
#ifndef SVC_TREE_PIPELINE_H
#define SVC_TREE_PIPELINE_H

#include "svc/core/settings.h"
#include "svc/tree/state/tree.h"

/* Its definition was read: gets its pipe. False: it writes to no service. */
bool pipeline_look(uint32_t i);
/* The same, at the last moment: its reader must be there. */
bool pipeline_birth(uint32_t i);
/* After its log pipe was found again. */
void pipeline_recover(uint32_t i);
/* It is about to be forgotten, or writes elsewhere from now on. */
void pipeline_leave(uint32_t i);
/* Its standard input; -1: nobody writes to it. */
int pipeline_input(uint32_t i);
/* Who reads what this one writes, 0: none. */
uint32_t pipeline_read_by(uint32_t i);
/* Whether all that write to it are over; then its input may end. */
bool pipeline_is_quiet(uint32_t i, bool (*is_over)(uint32_t writer));
/* Nobody writes to it any more; what waits can still be read. */
void pipeline_end(uint32_t i);

/* Those that it says it reads do not all write to it: that is said. */
void pipeline_pairs(uint32_t i, struct settings_list consumer_for);

#endif
