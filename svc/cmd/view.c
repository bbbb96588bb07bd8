/*
 * Copies first, words later: nothing here looks at the board twice for one
 * answer, so what is shown belongs together.
 */
#include "svc/cmd/view.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/clock.h"
#include "lib/glob.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/table.h"
#include "svc/cmd/telling.h"

#define SECOND_NS INT64_C(1000000000)

/* Complaints may be several lines. */
static const char *
one_line(const char *text, size_t n)
{
	char *line = memory_get(2 * n + 1, 1);
	size_t to = 0;

	while (n > 0 && text[n - 1] == '\n')
		n--;
	for (size_t i = 0; i < n; i++) {
		line[to++] = text[i] == '\n' ? ';' : text[i];
		if (text[i] == '\n')
			line[to++] = ' ';
	}
	line[to] = '\0';
	return line;
}

bool
view_read(struct client *c, uint32_t record, struct view *v)
{
	char text[BOARD_TEXT_MAX + 1];
	size_t n;

	if (!board_read(c->board, record, &v->r, NULL))
		return false;
	v->record = record;
	v->word = sv_unpack(v->r.word);
	v->shown = sv_shown(v->word.sv);
	n = board_name(c->board, &v->r, text, sizeof text);
	v->name = memory_copy(text, n);
	n = board_path(c->board, &v->r, text, sizeof text);
	v->path = memory_copy(text, n);
	n = board_status(c->board, &v->r, text, sizeof text);
	v->status = one_line(text, n);
	return true;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(
	    ((const struct view *)a)->name, ((const struct view *)b)->name);
}

/* Causes name records: with thousands of them none may be searched for. */
static void
note_places(struct views *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->v[i].record >= all->places)
			all->places = all->v[i].record + 1;
	all->place = memory_get(all->places, sizeof *all->place);
	for (size_t i = 0; i < all->count; i++)
		all->place[all->v[i].record] = (uint32_t)i + 1;
}

void
views_order(struct views *all)
{
	if (all->count > 0)
		qsort(all->v, all->count, sizeof *all->v, by_name);
	note_places(all);
}

struct views
views_of(struct client *c)
{
	struct views all = {0};

	client_look(c);
	all.now = mono_now();
	all.ending = board_head(c->board)->ending;
	for (uint32_t i = board_next(c->board, 1); i != 0;
	     i = board_next(c->board, i + 1)) {
		all.v =
		    memory_grow(all.v, &all.room, all.count + 1, sizeof *all.v);
		all.v[all.count] = (struct view){0};
		if (view_read(c, i, &all.v[all.count]))
			all.count++;
	}
	views_order(&all);
	return all;
}

bool
view_again(struct client *c, struct view *v)
{
	struct view fresh = {.picked = v->picked};

	client_look(c);
	if (!view_read(c, v->record, &fresh) || !str_eq(fresh.name, v->name))
		return false;
	*v = fresh;
	return true;
}

struct view *
views_record(const struct views *all, uint32_t record)
{
	if (all->place != NULL)
		return record < all->places && all->place[record] != 0
			   ? &all->v[all->place[record] - 1]
			   : NULL;
	for (size_t i = 0; record != 0 && i < all->count; i++)
		if (all->v[i].record == record)
			return &all->v[i];
	return NULL;
}

struct view *
views_name(const struct views *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++)
		if (str_eq(all->v[i].name, name))
			return &all->v[i];
	return NULL;
}

static bool
pick_pattern(struct views *all, const char *pattern)
{
	bool with_loggers = strchr(pattern, '/') != NULL;
	bool any = false;

	for (size_t i = 0; i < all->count; i++) {
		struct view *v = &all->v[i];
		if ((v->r.flags & BOARD_LOG) != 0 && !with_loggers)
			continue;
		if (!glob_match(pattern, v->name))
			continue;
		v->picked = true;
		any = true;
	}
	return any;
}

/* A path means the service whose directory it is, by whatever way. */
static bool
pick_directory(struct views *all, const char *path)
{
	struct stat st;
	bool any = false;

	if (strchr(path, '/') == NULL && path[0] != '.')
		return false;
	if (sys_fstatat(AT_FDCWD, path, &st, 0) < 0)
		return false;
	for (size_t i = 0; i < all->count; i++) {
		struct board_record *r = &all->v[i].r;
		if (r->dev != st.st_dev || r->ino != st.st_ino)
			continue;
		all->v[i].picked = true;
		any = true;
	}
	return any;
}

static void
say_no_such(const struct views *all, const char *name)
{
	struct str_near near = str_near_to(name);

	for (size_t i = 0; i < all->count; i++)
		str_near_offer(&near, all->v[i].name);
	fputs("svc: no such service: ", stderr);
	screen_escaped(stderr, name);
	if (near.best != NULL)
		fprintf(stderr, " (did you mean %s?)",
		    screen_text(near.best, strlen(near.best)));
	fputc('\n', stderr);
}

static bool
pick_one(struct views *all, const char *name, int *code)
{
	struct view *v = views_name(all, name);

	if (v != NULL) {
		v->picked = true;
		return true;
	}
	if (pick_directory(all, name))
		return true;
	if (!glob_is_pattern(name)) {
		say_no_such(all, name);
		*code = EXITCODE_USAGE;
		return false;
	}
	if (pick_pattern(all, name))
		return true;
	fputs("svc: no service matches ", stderr);
	screen_escaped(stderr, name);
	fputc('\n', stderr);
	*code = EXITCODE_NO;
	return false;
}

bool
views_pick(struct views *all, int count, char **names, int *code)
{
	bool good = true;

	for (size_t i = 0; i < all->count; i++)
		all->v[i].picked = count == 0;
	for (int i = 0; i < count; i++)
		good &= pick_one(all, names[i], code);
	return good;
}

struct views
views_picked(const struct views *all)
{
	struct views some = {.now = all->now, .ending = all->ending};

	for (size_t i = 0; i < all->count; i++) {
		if (!all->v[i].picked)
			continue;
		some.v = memory_grow(
		    some.v, &some.room, some.count + 1, sizeof *some.v);
		some.v[some.count++] = all->v[i];
	}
	return some;
}

/* How much each state needs a look; its colour. */
static unsigned
need(const struct view *v)
{
	if ((v->r.flags & BOARD_BROKEN) != 0)
		return 2;
	switch (v->shown) {
	case SV_SHOWN_FAILED:
		return 0;
	case SV_SHOWN_BACKOFF:
		return 1;
	case SV_SHOWN_WAITING:
		return 3;
	case SV_SHOWN_STOPPING:
	case SV_SHOWN_FINISHING:
		return 4;
	case SV_SHOWN_STARTING:
		return 5;
	case SV_SHOWN_PAUSED:
		return 6;
	case SV_SHOWN_UP:
		return 7;
	case SV_SHOWN_DONE:
		return 8;
	case SV_SHOWN_DOWN:
		break;
	}
	return view_is_as_wanted(v) ? 9 : 3;
}

static int
by_need(const void *a, const void *b)
{
	unsigned x = need(a), y = need(b);

	return x != y ? (x < y ? -1 : 1) : by_name(a, b);
}

void
views_sort_by_need(struct views *all)
{
	all->place = NULL;
	qsort(all->v, all->count, sizeof *all->v, by_need);
}

const char *
view_state(const struct view *v)
{
	return sv_shown_name(v->shown);
}

enum screen_ink
view_ink(const struct view *v)
{
	switch (v->shown) {
	case SV_SHOWN_FAILED:
	case SV_SHOWN_BACKOFF:
		return INK_BAD;
	case SV_SHOWN_WAITING:
	case SV_SHOWN_STARTING:
	case SV_SHOWN_STOPPING:
	case SV_SHOWN_FINISHING:
	case SV_SHOWN_PAUSED:
		return INK_BUSY;
	case SV_SHOWN_UP:
	case SV_SHOWN_DONE:
		return INK_GOOD;
	case SV_SHOWN_DOWN:
		break;
	}
	return view_is_as_wanted(v) ? INK_DIM : INK_BAD;
}

bool
view_is_as_wanted(const struct view *v)
{
	struct sv sv = v->word.sv;

	if (v->shown == SV_SHOWN_FAILED)
		return false;
	/* Never started: what it is wanted to be cannot be read. */
	if ((v->r.flags & BOARD_BROKEN) != 0 && sv_is_rest(sv) &&
	    v->r.cause == CAUSE_SETTINGS)
		return false;
	/* Over and well, and nothing is to start it again. */
	if (sv.state == S_ENDED)
		return true;
	if (sv_wanted(sv))
		return sv_is_ready(sv);
	return sv_is_rest(sv);
}

bool
view_waits(const struct board_record *r)
{
	return r->cause == CAUSE_WAITS_FOR || r->cause == CAUSE_NEED_DOWN ||
	       r->cause == CAUSE_NEED_FAILED || r->cause == CAUSE_CONFLICT;
}

bool
view_is_answered(const struct view *v, uint16_t target)
{
	/* Generations go round: the difference counts. */
	int16_t ahead = (int16_t)(uint16_t)(v->word.generation - target);

	return ahead >= 0 && sv_is_settled(v->word.sv);
}

struct mono
view_trial_end(const struct view *v)
{
	struct mono start = {v->r.start_mono_ns};

	if (v->shown != SV_SHOWN_UP)
		return mono_zero();
	return mono_add_ms(start, VIEW_TRIAL_MS);
}

int64_t
view_age(const struct views *all, const struct view *v)
{
	struct mono since = {v->r.since_mono_ns};
	int64_t age = mono_ns_between(since, all->now);

	return age < 0 ? 0 : age;
}

int64_t
view_next_run(const struct views *all, const struct view *v)
{
	struct timespec now;

	if (v->r.next_ns == 0)
		return 0;
	sys_clock_gettime(CLOCK_REALTIME, &now);
	/* Between two looks at two clocks a second must not get lost. */
	return now.tv_sec +
	       (now.tv_nsec + v->r.next_ns - all->now.ns + SECOND_NS / 2) /
		   SECOND_NS;
}

uint32_t
view_pid(const struct view *v)
{
	return sv_role(v->word.sv) == SV_ROLE_NONE ? 0 : v->word.pid;
}

const char *
view_last_exit(const struct view *v)
{
	const struct board_exit *last = board_exit(&v->r, 0);

	return last == NULL ? "" : view_exit(last);
}

/* What svcd's own child ends with says nothing: it never was the service. */
const char *
view_exit(const struct board_exit *e)
{
	return e->is_unborn ? "not started" : telling_exit(e->code, e->value);
}

const struct board_exit *
view_exit_of(const struct view *v, uint16_t generation)
{
	const struct board_exit *e;
	uint32_t i = 0;

	while ((e = board_exit(&v->r, i)) != NULL &&
	       (e->generation != generation || e->role != SV_ROLE_RUN))
		i++;
	return e;
}
