/*
 * Where services are defined and where they are linked to be picked up.
 */
#ifndef SVC_CMD_PLACE_H
#define SVC_CMD_PLACE_H

#include <stdbool.h>

/* /etc/service; for a user ~/.config/service. */
const char *place_usual_scan(void);
/* $SVDIR, else that. */
const char *place_scan(void);
/* /etc/sv; for a user ~/.config/sv. */
const char *place_definitions(void);
/*
 * The absolute path of what `name` defines: a path, a name in `definitions`
 * (NULL: the usual), or, for NAME@ARG, NAME@ there. NULL with errno.
 */
const char *place_definition(const char *definitions, const char *name);
/* What a link at scan/NAME leads to, absolute; NULL: no link. */
const char *place_link(const char *scan, const char *name);

#endif
