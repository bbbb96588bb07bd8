/*
 * Everything there is to know about one service, for a person.
 */
#ifndef SVC_CMD_DETAIL_H
#define SVC_CMD_DETAIL_H

#include "svc/cmd/view.h"

void detail_print(struct client *c, const struct views *all,
    const struct view *v, uint32_t lines);
/* Its last lines of output, indented; false: none. */
bool detail_output(struct client *c, const struct view *v, uint32_t lines);

#endif
