/*
 * Services that come while logs are followed. svcd tells of those that begin;
 * their logs may be made a moment later, by their loggers.
 */
#ifndef SVC_CMD_LOGS_NEWS_H
#define SVC_CMD_LOGS_NEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "svc/cmd/client.h"
#include "svc/cmd/logs.h"

/*
 * From now on, of those that the names and patterns mean (none: all); these
 * `count` are followed already. The client, an open one, is theirs. False, and
 * told: svcd sends no events.
 */
bool logs_news_begin(struct client *client, char **names,
    const struct logs_source *s, size_t count);
/* The next log that has come; false: none now. */
bool logs_news_next(struct logs_source *s);
/* What to wait for: a descriptor, -1: none, and for how long at most, -1: for
 * as long as it takes. */
int logs_news_fd(void);
int64_t logs_news_wait_ms(void);

#endif
