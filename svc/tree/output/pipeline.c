/*
 * `log = NAME`: what a service says is the input of another one. There is one
 * pipe for each reader, whoever writes; every writer's record keeps it as its
 * log pipe (logpipe.c), so that it is there as long as one of them is, and
 * lines wait in it while the reader is down.
 */
#include "svc/tree/output/pipeline.h"

#include <string.h>

#include "lib/say.h"
#include "svc/core/feed.h"
#include "svc/tree/output/output.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"

/* Those that write to a reader. */
static uint32_t writers[TREE_RECORDS];
static uint32_t count;

/* The hash of the name of its reader, 0: none. */
static uint64_t
wanted(uint32_t i)
{
	const struct settings *s = define_view(i);
	char name[BOARD_NAME_MAX + 1];

	if (s == NULL || (rec(i)->flags & BOARD_LOG) || rec(i)->logger != 0 ||
	    s->files & WITH_LOGGER || !feed_reader(s, name))
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

	if (s == NULL || !feed_reader(s, reader) || state_by_name(reader) != 0)
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
	return s != NULL && feed_reader(s, name) ? state_by_name(name) : 0;
}

bool
pipeline_is_quiet(uint32_t i, bool (*is_over)(uint32_t writer))
{
	for (uint32_t n = 0; n < count; n++)
		if (live(writers[n])->feeds == live(i)->name_hash &&
		    !is_over(writers[n]))
			return false;
	return true;
}

void
pipeline_end(uint32_t i)
{
	for (uint32_t n = 0; n < count; n++)
		if (live(writers[n])->feeds == live(i)->name_hash)
			logpipe_end(writers[n]);
}

/* Said once, until it is so. */
void
pipeline_pairs(uint32_t i, struct settings_list consumer_for)
{
	char reader[BOARD_NAME_MAX + 1];
	const char *writer;
	bool is_unpaired = false;

	state_name(i, reader);
	while ((writer = settings_each(&consumer_for)) != NULL) {
		uint32_t from = state_by_name(writer);
		if (feed_is(from != 0 ? define_view(from) : NULL, reader))
			continue;
		is_unpaired = true;
		if (!live(i)->is_unpaired)
			say_warnx("%s: consumer-for: %s " FEED_UNANSWERED "%s",
			    reader, writer, reader);
	}
	live(i)->is_unpaired = is_unpaired;
}
