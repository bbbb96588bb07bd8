/*
 * The packed form opened: defaults first, then each entry in the order in
 * which it was said, then the defaults that depend on what was said. The bytes
 * may come from an older version or a damaged file: every length is compared,
 * every text has its NUL inside its entry, every number is in its range.
 */
#include <string.h>

#include "svc/core/settings.h"

#define CLD_EXIT 1
#define FORKING_MS 90000 /* a pidfile that never comes is a failure */
#define SIGNAL_BIT(n) (UINT64_C(1) << ((n)-1))
/* HUP, INT, PIPE, TERM: a process ended by these was asked to. */
#define CLEAN_SIGNALS \
	(SIGNAL_BIT(1) | SIGNAL_BIT(2) | SIGNAL_BIT(13) | SIGNAL_BIT(15))
#define SIGTERM_NUMBER 15
#define SIGKILL_NUMBER 9

/* The bytes of one entry. */
struct bytes {
	const unsigned char *p;
	size_t len;
	bool bad;
};

static const struct place {
	uint16_t number;
	enum settings_kind kind;
	size_t offset;
} places[] = {
#define PLACE(field, number, key, kind, ...) \
	{number, KIND_##kind, offsetof(struct settings, field)},
    SETTINGS(PLACE)};

#define PLACES (sizeof(places) / sizeof(places[0]))

static uint64_t
take(struct bytes *b, unsigned n)
{
	uint64_t v = 0;

	if (b->bad || b->len < n) {
		b->bad = true;
		return 0;
	}
	for (unsigned i = 0; i < n; i++)
		v |= (uint64_t)b->p[i] << 8 * i;
	b->p += n;
	b->len -= n;
	return v;
}

/* One of 0 … most. */
static unsigned
take_choice(struct bytes *b, unsigned most)
{
	uint64_t v = take(b, 1);

	if (v > most)
		b->bad = true;
	return b->bad ? 0 : (unsigned)v;
}

/* All that is left, a text with its NUL. */
static const char *
take_text(struct bytes *b)
{
	const char *s = (const char *)b->p;

	if (b->bad || b->len == 0 ||
	    memchr(s, '\0', b->len) != s + b->len - 1) {
		b->bad = true;
		return NULL;
	}
	b->p += b->len;
	b->len = 0;
	return *s != '\0' ? s : "";
}

static void
take_stop(struct bytes *b, struct settings_stop *stop)
{
	memset(stop, 0, sizeof(*stop));
	while (b->len > 0 && stop->count < SV_STEPS_MAX) {
		unsigned i = stop->count++;
		stop->step[i].signal = (int)take_choice(b, 64);
		stop->step[i].wait_ms = (int64_t)take(b, 8);
	}
	if (b->len > 0 || stop->count == 0)
		b->bad = true;
}

static void
take_codes(struct bytes *b, struct settings_codes *codes)
{
	for (unsigned i = 0; i < 4; i++)
		codes->exits[i] = take(b, 8);
	codes->signals = take(b, 8);
}

static void
take_restart(struct bytes *b, struct budget_policy *p)
{
	p->rule = (enum budget_rule)take_choice(b, BUDGET_NEVER);
	p->delay_ms = (int64_t)take(b, 8);
	p->max_ms = (int64_t)take(b, 8);
	p->count = (uint32_t)take(b, 4);
	p->window_ms = (int64_t)take(b, 8);
	if (p->delay_ms < 0 || p->max_ms < p->delay_ms || p->window_ms < 0 ||
	    p->max_ms > INT64_MAX / 1000000 ||
	    p->window_ms > INT64_MAX / 1000000)
		b->bad = true;
}

static void
take_ready(struct bytes *b, struct settings_ready *r)
{
	r->kind = (enum settings_ready_kind)take_choice(b, READY_PIDFILE);
	r->fd = (int)take(b, 2);
	r->text = take_text(b);
}

static void
take_failed(struct bytes *b, struct settings_failed *f)
{
	f->kind = (enum settings_failed_kind)take_choice(b, FAILED_START);
	f->code = (int)take(b, 4);
	f->name = take_text(b);
}

static void
take_class(struct bytes *b, struct settings_class *c)
{
	c->is_set = true;
	c->class = (int)take_choice(b, 7);
	c->level = (int)take_choice(b, 99);
}

static void
take_limit(struct bytes *b, struct settings_limit *l)
{
	l->is_set = true;
	l->soft = take(b, 8);
	l->hard = take(b, 8);
}

static void
take_log(struct bytes *b, struct settings_log *l)
{
	l->is_on = take_choice(b, 1) != 0;
	l->plan = take_text(b);
}

static void
take_value(struct bytes *b, enum settings_kind kind, void *field)
{
	switch (kind) {
	case KIND_COMMAND:
	case KIND_TEXT:
	case KIND_PATH:
	case KIND_CPUS:
		*(const char **)field = take_text(b);
		break;
	case KIND_FLAG:
		*(bool *)field = take_choice(b, 1) != 0;
		break;
	case KIND_CHOICE:
		*(unsigned *)field = take_choice(b, 3);
		break;
	case KIND_NUMBER:
	case KIND_TIME:
	case KIND_PERCENT:
		*(int64_t *)field = (int64_t)take(b, 8);
		break;
	case KIND_SIZE:
	case KIND_CAPS:
		*(uint64_t *)field = take(b, 8);
		break;
	case KIND_MODE:
		*(uint32_t *)field = (uint32_t)take(b, 8) & 0777;
		break;
	case KIND_SIGNAL:
		*(int *)field = (int)take_choice(b, 64);
		break;
	case KIND_READY:
		take_ready(b, field);
		break;
	case KIND_RESTART:
		take_restart(b, field);
		break;
	case KIND_CODES:
		take_codes(b, field);
		break;
	case KIND_ON_FAILED:
		take_failed(b, field);
		break;
	case KIND_STOP:
		take_stop(b, field);
		break;
	case KIND_IONICE:
	case KIND_SCHEDULER:
		take_class(b, field);
		break;
	case KIND_STDIO:
		((struct settings_stdio *)field)->kind =
		    (enum settings_stdio_kind)take_choice(b, STDIO_APPEND);
		((struct settings_stdio *)field)->path = take_text(b);
		break;
	case KIND_LIMIT:
		take_limit(b, field);
		break;
	case KIND_LOG:
		take_log(b, field);
		break;
	case KIND_RATE:
		((struct settings_rate *)field)->count = (uint32_t)take(b, 4);
		((struct settings_rate *)field)->time_ms = (int64_t)take(b, 8);
		break;
	case KIND_NAMES:
	case KIND_PATHS:
	case KIND_DIRS:
	case KIND_ENV:
	case KIND_LISTEN:
	case KIND_AT:
		break;
	}
}

/* The size of a field, so that what is taken back can be zeroed. */
static size_t
size_of(enum settings_kind kind)
{
	static const size_t sizes[] = {
#define SIZE_OF(name, type) sizeof(settings_type_##name),
	    SETTINGS_KINDS(SIZE_OF)};

	return sizes[kind];
}

static const struct place *
place_of(uint16_t number)
{
	for (size_t i = 0; i < PLACES; i++)
		if (places[i].number == number)
			return &places[i];
	return NULL;
}

static void *
field_of(struct settings *s, const struct place *place)
{
	return (unsigned char *)s + place->offset;
}

/* The value without a word: the row's fallback, else zero. */
static void
fall_back(struct settings *s, const struct place *place)
{
	/* Both lists are SETTINGS, in its order. */
	const struct settings_row *row = settings_row((size_t)(place - places));
	char storage[64], said[64];
	struct buf bytes = BUF(storage), why = BUF(said);
	struct bytes b;

	memset(field_of(s, place), 0, size_of(place->kind));
	s->has[place->number / 64] &= ~(UINT64_C(1) << place->number % 64);
	if (row->fallback == NULL ||
	    !settings_value(row, row->fallback, &bytes, &why))
		return;
	b = (struct bytes){(const unsigned char *)bytes.p, bytes.len, false};
	/* No fallback has a text, so nothing points into `storage`. */
	take_value(&b, place->kind, field_of(s, place));
}

static void
add_to_list(struct settings *s, const struct place *place,
    const unsigned char *entry, const unsigned char *end)
{
	struct settings_list *list = field_of(s, place);

	if (list->at == NULL)
		*list = (struct settings_list){
		    .at = entry, .end = end, .number = place->number};
}

/* One entry; false: damaged. */
static bool
apply(struct settings *s, const unsigned char *entry, size_t len,
    const unsigned char *end)
{
	uint16_t number = (uint16_t)(entry[0] | entry[1] << 8);
	const struct place *place = place_of(number);
	struct bytes b = {entry + 4, len, false};

	if (number == 0) {
		s->files = (uint32_t)take(&b, 4);
		return !b.bad;
	}
	/* Of a later version: what we do not know we cannot do. */
	if (place == NULL)
		return true;
	if (len == 0) {
		fall_back(s, place);
		return true;
	}
	s->has[number / 64] |= UINT64_C(1) << number % 64;
	if (settings_is_list(place->kind))
		add_to_list(s, place, entry, end);
	else
		take_value(&b, place->kind, field_of(s, place));
	return !b.bad;
}

bool
settings_has(const struct settings *s, enum setting setting)
{
	unsigned n = (unsigned)setting;

	return n < 192 && (s->has[n / 64] >> n % 64 & 1) != 0;
}

static void
default_stop(struct settings *s, bool is_script)
{
	/* A group waits for its members, each of which has its own. */
	int64_t wait =
	    is_script || s->type == TYPE_GROUP ? SETTINGS_FOREVER : 60000;

	if (settings_has(s, SET_timeout_kill))
		wait = s->timeout_kill > 0 ? s->timeout_kill : SETTINGS_FOREVER;
	s->stop.count = 1;
	s->stop.step[0].signal =
	    s->down_signal > 0 ? s->down_signal : SIGTERM_NUMBER;
	s->stop.step[0].wait_ms = wait;
	if (wait == SETTINGS_FOREVER)
		return;
	s->stop.step[1].signal = SIGKILL_NUMBER;
	s->stop.step[1].wait_ms = SETTINGS_FOREVER;
	s->stop.count = 2;
}

/*
 * What has a schedule is run again by that. The tree ends when what is
 * essential ends: not restarted, unless it is said.
 * s6-rc means another thing by it, that it is not stopped by a plain wish.
 */
static bool
is_once(const struct settings *s)
{
	return s->type == TYPE_ONESHOT || settings_has(s, SET_every) ||
	       settings_has(s, SET_at) ||
	       (s->essential && (s->files & WITH_S6RC) == 0);
}

/* Whoever has a terminal of its own reads and writes there. */
static void
default_to_tty(struct settings *s)
{
	if (!settings_has(s, SET_stdin_))
		s->stdin_.kind = STDIO_TTY;
	if (!settings_has(s, SET_stdout_))
		s->stdout_.kind = STDIO_TTY;
	if (!settings_has(s, SET_stderr_))
		s->stderr_.kind = STDIO_TTY;
}

/* Defaults that depend on the rest. */
static void
complete(struct settings *s)
{
	bool is_script = (s->files & WITH_RUN) != 0 && s->run == NULL;

	if (s->run == NULL)
		s->run = s->up;
	if (s->files & WITH_DOWN)
		s->autostart = false;
	if (!settings_has(s, SET_restart))
		s->restart = (struct budget_policy){
		    .rule = is_once(s) ? BUDGET_NEVER : BUDGET_ALWAYS,
		    .delay_ms = 1000,
		    .max_ms = 1000};
	if (!settings_has(s, SET_stop))
		default_stop(s, is_script);
	if (!settings_has(s, SET_kill))
		s->kill = is_script ? KILL_MAIN : KILL_ALL;
	if (!settings_has(s, SET_timeout_finish))
		s->timeout_finish = s->files & WITH_S6 ? 5000 : 60000;
	if (!settings_has(s, SET_timeout_up) && s->type == TYPE_FORKING)
		s->timeout_up = FORKING_MS;
	if (!settings_has(s, SET_ready) && s->type == TYPE_FORKING)
		s->ready.kind = READY_PIDFILE;
	if (!settings_has(s, SET_notify_access))
		s->notify_access =
		    s->ready.kind == READY_NOTIFY || s->watchdog > 0
			? ACCESS_MAIN
			: ACCESS_NONE;
	if (s->tty != NULL)
		default_to_tty(s);
	else if (!settings_has(s, SET_stdin_))
		s->stdin_.kind = is_script ? STDIO_INHERIT : STDIO_NULL;
}

bool
settings_view(struct settings *s, const void *blob, size_t len)
{
	const unsigned char *p = blob, *end = p + len;
	bool is_good = true;

	memset(s, 0, sizeof(*s));
	/* Views are made often: what falls back to zero is that already. */
	for (size_t i = 0; i < PLACES; i++)
		if (settings_row(i)->fallback != NULL)
			fall_back(s, &places[i]);
	while (is_good && p < end) {
		size_t n = 0;
		if (end - p >= 4)
			n = (size_t)(p[2] | p[3] << 8);
		is_good = end - p >= 4 && (size_t)(end - p - 4) >= n &&
			  apply(s, p, n, end);
		p += 4 + n;
	}
	if (!is_good && len > 0) {
		(void)settings_view(s, "", 0);
		return false;
	}
	complete(s);
	return true;
}

/* Moves on to the next entry of this list. */
static bool
next_entry(struct settings_list *list)
{
	while (list->at != NULL && list->end - list->at >= 4) {
		const unsigned char *p = list->at;
		size_t n = (size_t)(p[2] | p[3] << 8);
		if ((size_t)(list->end - p - 4) < n)
			return false;
		list->at = p + 4 + n;
		if ((p[0] | p[1] << 8) != list->number)
			continue;
		list->item = (const char *)p + 4;
		list->item_end = list->item + n;
		return true;
	}
	return false;
}

const char *
settings_each(struct settings_list *list)
{
	const char *item, *nul;

	while (list->item == list->item_end)
		if (!next_entry(list))
			return NULL;
	item = list->item;
	nul = memchr(item, '\0', (size_t)(list->item_end - item));
	if (nul == NULL) {
		list->at = NULL;
		list->item = list->item_end;
		return NULL;
	}
	list->item = nul + 1;
	return item;
}

bool
settings_is_code(const struct settings_codes *c, int code, int value)
{
	if (code == CLD_EXIT)
		return value >= 0 && value < 256 &&
		       (c->exits[value / 64] >> value % 64 & 1) != 0;
	return value > 0 && value <= 64 &&
	       (c->signals & SIGNAL_BIT(value)) != 0;
}

bool
settings_is_clean(const struct settings *s, int code, int value)
{
	if (code == CLD_EXIT && value == 0)
		return true;
	if (code != CLD_EXIT && s->type != TYPE_ONESHOT && value > 0 &&
	    value <= 64 && (CLEAN_SIGNALS & SIGNAL_BIT(value)) != 0)
		return true;
	return settings_is_code(&s->success_codes, code, value);
}

struct sv_config
settings_config(const struct settings *s)
{
	bool is_oneshot = s->type == TYPE_ONESHOT;

	return (struct sv_config){
	    .is_oneshot = is_oneshot,
	    .has_pre = (s->files & WITH_PRE) != 0,
	    .has_finish =
		is_oneshot ? s->down != NULL
			   : s->finish != NULL || (s->files & WITH_FINISH) != 0,
	    .has_sweep = s->type != TYPE_GROUP && s->kill != KILL_MAIN,
	};
}
