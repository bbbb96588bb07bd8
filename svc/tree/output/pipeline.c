/*
 * `log = NAME`: what a service says is the input of another one. There is one
 * pipe for each reader, whoever writes; every writer's record keeps it as its
 * log pipe (logpipe.c), so that it is there as long as one of them is, and
 * lines wait in it while the reader is down.
 */
#include "svc/tree/output/pipeline.h"

#include <string.h>

#include "lib/say.h"
#include "svc/core/logplan.h"
#include "svc/tree/output/output.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"

/* Those that write to a reader. */
static uint32_t writers[TREE_RECORDS];
static uint32_t count;

bool
pipeline_reader(const struct settings *s, char room[BOARD_NAME_MAX + 1])
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

/* The hash of the name of its reader, 0: none. */
static uint64_t
wanted(uint32_t i)
{
	const struct settings *s = define_view(i);
	char name[BOARD_NAME_MAX + 1];

	if (s == NULL || (rec(i)->flags & BOARD_LOG) || rec(i)->logger != 0 ||
	    s->files & WITH_LOGGER || !pipeline_reader(s, name))
		return 0;
	return index_hash_text(name, strlen(name));
}

/* Another one that writes to the same reader and has its pipe; 0: none. */
static uint32_t
other(uint64_t reader, uint32_t but)
{
	for (uint32_t n = 0; n < count; n++)
		if (writers[n] != but && live(writers[n])->feeds == reader &&
		    live(writers[n])->pipe[0] >= 0)
			return writers[n];
	return 0;
}

static void
add(uint32_t i, uint64_t reader)
{
	if (live(i)->feeds == 0 && count < TREE_RECORDS)
		writers[count++] = i;
	live(i)->feeds = reader;
}

void
pipeline_leave(uint32_t i)
{
	if (live(i)->feeds == 0)
		return;
	live(i)->feeds = 0;
	for (uint32_t n = 0; n < count; n++)
		if (writers[n] == i)
			writers[n] = writers[--count];
	logpipe_close(i);
}

bool
pipeline_look(uint32_t i)
{
	uint64_t reader = wanted(i);
	struct live *l = live(i);

	/* While it runs it writes to the pipe that it was born with. */
	if (reader != l->feeds && state_word(i).pid != 0)
		return l->feeds != 0;
	if (reader != l->feeds)
		pipeline_leave(i);
	if (reader == 0)
		return false;
	if (l->feeds == 0 && l->pipe[0] >= 0)
		logpipe_close(i);
	add(i, reader);
	return logpipe_share(i, other(reader, i));
}

/* Where there is no reader a writer would wait for ever. */
bool
pipeline_birth(uint32_t i)
{
	const struct settings *s = define_view(i);
	char reader[BOARD_NAME_MAX + 1], name[BOARD_NAME_MAX + 1];

	if (s == NULL || !pipeline_reader(s, reader) ||
	    state_by_name(reader) != 0)
		return pipeline_look(i);
	say_warnx("%s: its log %s is no service", state_name(i, name), reader);
	pipeline_leave(i);
	return false;
}

void
pipeline_recover(uint32_t i)
{
	uint64_t reader = wanted(i);

	if (reader != 0 && live(i)->pipe[0] >= 0)
		add(i, reader);
}

int
pipeline_input(uint32_t i)
{
	uint32_t writer =
	    count == 0 ? 0 : other(live(i)->name_hash, BOARD_NONE);

	return writer == 0 ? -1 : live(writer)->pipe[0];
}

uint32_t
pipeline_read_by(uint32_t i)
{
	const struct settings *s;
	char name[BOARD_NAME_MAX + 1];

	if (live(i)->feeds == 0)
		return 0;
	s = define_view(i);
	return s != NULL && pipeline_reader(s, name) ? state_by_name(name) : 0;
}

bool
pipeline_is_quiet(uint32_t i)
{
	for (uint32_t n = 0; n < count; n++)
		if (live(writers[n])->feeds == live(i)->name_hash &&
		    state_is_living(writers[n]))
			return false;
	return true;
}

void
pipeline_end(uint32_t i)
{
	for (uint32_t n = 0; n < count; n++)
		if (live(writers[n])->feeds == live(i)->name_hash)
			logpipe_close(writers[n]);
}
