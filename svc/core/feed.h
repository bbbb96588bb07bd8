/*
 * Who reads what a service says: `log = NAME`, s6-rc's producer-for and the
 * consumer-for that answers it.
 */
#ifndef SVC_CORE_FEED_H
#define SVC_CORE_FEED_H

#include "svc/core/board.h"
#include "svc/core/settings.h"

/* The name of the service that reads this one; false: none does. */
bool feed_reader(const struct settings *s, char room[BOARD_NAME_MAX + 1]);
/* It writes to the service of that name; its definition NULL: no such one. */
bool feed_is(const struct settings *writer, const char *reader);
/* What both svcd and svc check say of a consumer-for that is not answered. */
#define FEED_UNANSWERED "does not say producer-for = "

#endif
