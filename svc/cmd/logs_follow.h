/*
 * svc log -f. Between logs_watch and logs_follow the caller reads what there
 * is, from followed[i].place on; logs_follow shows all that comes behind it,
 * until the end of time.
 */
#ifndef SVC_CMD_LOGS_FOLLOW_H
#define SVC_CMD_LOGS_FOLLOW_H

#include "svc/cmd/logs_place.h"

struct logs_followed {
	const struct logs_source *source;
	struct logs_place place;
	int inside, above; /* watches of inotify, -1: none */
	bool is_woken;	   /* something happened there */
};
bool logs_watch(
    struct logs_followed *all, const struct logs_source *s, size_t count);
int logs_follow(struct logs_followed *all, size_t count,
    void (*show)(const struct logs_line *line));

#endif
