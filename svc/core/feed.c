/*
 * One name in two settings. Where s6-rc wants both ends to say it, here the one
 * that writes decides.
 */
#include "svc/core/feed.h"

#include <string.h>

#include "lib/str.h"
#include "svc/core/logplan.h"

bool
feed_reader(const struct settings *s, char room[BOARD_NAME_MAX + 1])
{
	char words[LOGPLAN_TEXT];
	struct logplan plan;
	const char *word, *name = NULL;
	struct settings_list producer_for = s->producer_for;

	if (settings_has(s, SET_log) && s->log.plan != NULL &&
	    logplan_parse(s->log.plan, words, &plan, &word) == NULL &&
	    plan.to == LOGPLAN_SERVICE)
		name = plan.path;
	else if (settings_has(s, SET_producer_for))
		name = settings_each(&producer_for);
	if (name == NULL || strlen(name) > BOARD_NAME_MAX)
		return false;
	memcpy(room, name, strlen(name) + 1);
	return true;
}

bool
feed_is(const struct settings *writer, const char *reader)
{
	char room[BOARD_NAME_MAX + 1];

	return writer != NULL && feed_reader(writer, room) &&
	       str_eq(room, reader);
}
