/*
 * What an answer about a few names looks at, and no more: they, their loggers,
 * what they wait for, and who waits for them. svcd knows records by their
 * names, and of one whether others wait for it; only then their causes are
 * looked for, so that it hardly matters how many there are.
 */
#include <string.h>

#include "lib/clock.h"
#include "lib/str.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/view.h"

#define ANSWER_MS 2000

struct about {
	struct client *client;
	struct views all;
	bool *taken; /* of each record */
	uint32_t records;
	bool is_alone; /* svcd says that nobody waits for it */
};

static bool
ask(struct client *c, int count, char **names, struct client_message *m)
{
	struct buf b = client_begin(c, WIRE_FIND);

	wire_put_count(&b, (uint16_t)count);
	for (int i = 0; i < count; i++)
		wire_put_text(&b, names[i], strlen(names[i]));
	return client_send(c, &b) &&
	       client_reply(c, m, mono_add_ms(mono_now(), ANSWER_MS)) ==
		   CLIENT_GOT &&
	       m->head.tag == WIRE_RESULTS &&
	       wire_get_count(&m->fields) == count;
}

/* True: it was not there before, and is now. */
static bool
take(struct about *a, uint32_t record)
{
	struct views *all = &a->all;

	if (record == 0 || record >= a->records || a->taken[record])
		return false;
	all->v =
	    memory_grow(all->v, &all->room, all->count + 1, sizeof *all->v);
	all->v[all->count] = (struct view){0};
	if (!view_read(a->client, record, &all->v[all->count]))
		return false;
	a->taken[record] = true;
	all->count++;
	return true;
}

/* All of them are names of services, as they stand. */
static bool
take_named(struct about *a, int count, char **names)
{
	struct client_message m;
	struct wire_result result;

	if (count < 1 || count > WIRE_NAMES_MAX ||
	    !ask(a->client, count, names, &m))
		return false;
	client_look(a->client);
	a->records = board_head(a->client->board)->used;
	a->taken = memory_get(a->records, sizeof *a->taken);
	for (int i = 0; i < count; i++) {
		size_t at = a->all.count;
		if (!wire_get_result(&m.fields, &result) ||
		    result.record >= a->records)
			return false;
		if (a->taken[result.record])
			continue;
		if (!take(a, result.record) ||
		    !str_eq(a->all.v[at].name, names[i]))
			return false;
		if (count == 1)
			a->all.v[at].needed_by =
			    memory_copy(result.text.p, result.text.len);
	}
	/* An older svcd does not say. */
	a->is_alone =
	    count == 1 && wire_get_u16(&m.fields) == 0 && wire_done(&m.fields);
	return true;
}

/* Loggers and causes, and what those have in turn. */
static void
take_explaining(struct about *a)
{
	for (size_t i = 0; i < a->all.count; i++) {
		take(a, a->all.v[i].r.logger);
		if (take(a, a->all.v[i].r.cause_record))
			a->is_alone = false;
	}
}

/* Who waits for one that was taken; true: somebody new. */
static bool
take_waiting(struct about *a)
{
	struct board board = a->client->board;
	bool is_more = false;

	for (uint32_t i = board_next(board, 1); i != 0;
	     i = board_next(board, i + 1)) {
		const struct board_record *r = board_record(board, i);
		if (view_waits(r) && r->cause_record < a->records &&
		    a->taken[r->cause_record])
			is_more = take(a, i) || is_more;
	}
	return is_more;
}

struct views
views_about(struct client *c, int count, char **names)
{
	struct about a = {.client = c};

	if (!take_named(&a, count, names))
		return views_of(c);
	a.all.now = mono_now();
	a.all.ending = board_head(c->board)->ending;
	take_explaining(&a);
	while (!a.is_alone && take_waiting(&a))
		;
	views_order(&a.all);
	return a.all;
}
