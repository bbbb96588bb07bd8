/*
 * svc log -f. Between logs_watch and logs_follow the caller reads what there
 * is, from at[i].place on; logs_follow shows all that comes behind it, and all
 * of the logs that come (logs_news.h), until the end of time.
 */
#ifndef SVC_CMD_LOGS_FOLLOW_H
#define SVC_CMD_LOGS_FOLLOW_H

#include "svc/cmd/logs_place.h"

struct logs_followed {
	struct logs_source source;
	struct logs_place place;
	int inside, above; /* watches of inotify, -1: none */
	bool is_woken;	   /* something happened there */
};
struct logs_following {
	struct logs_followed *at;
	size_t count, room;
	int64_t since_ns; /* when it began */
};

/* All of these; false with errno: it cannot be known what happens there. */
bool logs_watch(
    struct logs_following *all, const struct logs_source *s, size_t count);
int logs_follow(
    struct logs_following *all, void (*show)(const struct logs_line *line));

#endif
