/*
 * The control protocol as bytes. Nothing here trusts a length: every field is
 * checked against the end of the message before it is read.
 */
#include <string.h>

#include "svc/core/board.h"
#include "svc/core/wire.h"

/* --- writing --- */

static void
put_int(struct buf *b, uint64_t v, unsigned bytes)
{
	char le[8];

	for (unsigned i = 0; i < bytes; i++)
		le[i] = (char)(v >> 8 * i);
	buf_put(b, le, bytes);
}

void
wire_put_u8(struct buf *b, uint8_t v)
{
	put_int(b, v, 1);
}

void
wire_put_u16(struct buf *b, uint16_t v)
{
	put_int(b, v, 2);
}

void
wire_put_u32(struct buf *b, uint32_t v)
{
	put_int(b, v, 4);
}

void
wire_put_i32(struct buf *b, int32_t v)
{
	put_int(b, (uint32_t)v, 4);
}

void
wire_put_i64(struct buf *b, int64_t v)
{
	put_int(b, (uint64_t)v, 8);
}

void
wire_put_text(struct buf *b, const char *s, size_t len)
{
	/* Longer than any message: does not fit, and says so. */
	if (len > WIRE_MAX) {
		b->full = true;
		return;
	}
	wire_put_u16(b, (uint16_t)len);
	buf_put(b, s, len);
}

void
wire_put_count(struct buf *b, uint16_t n)
{
	wire_put_u16(b, n);
}

void
wire_begin(struct buf *b, enum wire_tag tag, uint32_t id)
{
	buf_clear(b);
	wire_put_u32(b, 0);
	wire_put_u16(b, (uint16_t)tag);
	wire_put_u16(b, 0);
	wire_put_u32(b, id);
}

bool
wire_end(struct buf *b)
{
	if (b->full || b->len < WIRE_HEADER || b->len > WIRE_MAX)
		return false;
	for (unsigned i = 0; i < 4; i++)
		b->p[i] = (char)(b->len >> 8 * i);
	return true;
}

/* --- reading --- */

static uint64_t
get_int(struct wire *w, unsigned bytes)
{
	uint64_t v = 0;

	if (w->bad || (size_t)(w->end - w->p) < bytes) {
		w->bad = true;
		return 0;
	}
	for (unsigned i = 0; i < bytes; i++)
		v |= (uint64_t)w->p[i] << 8 * i;
	w->p += bytes;
	return v;
}

uint8_t
wire_get_u8(struct wire *w)
{
	return (uint8_t)get_int(w, 1);
}

uint16_t
wire_get_u16(struct wire *w)
{
	return (uint16_t)get_int(w, 2);
}

uint32_t
wire_get_u32(struct wire *w)
{
	return (uint32_t)get_int(w, 4);
}

int32_t
wire_get_i32(struct wire *w)
{
	return (int32_t)(uint32_t)get_int(w, 4);
}

int64_t
wire_get_i64(struct wire *w)
{
	return (int64_t)get_int(w, 8);
}

struct wire_text
wire_get_text(struct wire *w)
{
	struct wire_text text = {"", 0};
	uint16_t len = wire_get_u16(w);

	if (w->bad)
		return text;
	if ((size_t)(w->end - w->p) < len || memchr(w->p, '\0', len) != NULL) {
		w->bad = true;
		return text;
	}
	text.p = (const char *)w->p;
	text.len = len;
	w->p += len;
	return text;
}

uint16_t
wire_get_count(struct wire *w)
{
	uint16_t n = wire_get_u16(w);

	/* Each text takes two bytes at least. */
	if (!w->bad && (size_t)(w->end - w->p) < (size_t)n * 2)
		w->bad = true;
	return w->bad ? 0 : n;
}

bool
wire_done(const struct wire *w)
{
	return !w->bad;
}

bool
wire_copy(struct wire_text text, char *to, size_t cap)
{
	if (text.len >= cap)
		return false;
	memcpy(to, text.p, text.len);
	to[text.len] = '\0';
	return true;
}

bool
wire_open(struct wire *w, struct wire_head *head, const void *bytes, size_t n)
{
	w->p = bytes;
	w->end = w->p + n;
	w->bad = false;
	head->length = wire_get_u32(w);
	head->tag = wire_get_u16(w);
	(void)wire_get_u16(w);
	head->id = wire_get_u32(w);
	return !w->bad && head->length == n && n <= WIRE_MAX;
}

/* Leaves `w` behind `count` texts and checks each of them. */
static void
skip_texts(struct wire *w, uint16_t count)
{
	while (count-- > 0 && !w->bad)
		(void)wire_get_text(w);
}

bool
wire_get_hello(struct wire *w, struct wire_hello *to)
{
	to->lowest = wire_get_u16(w);
	to->highest = wire_get_u16(w);
	return wire_done(w);
}

bool
wire_get_welcome(struct wire *w, struct wire_welcome *to)
{
	to->version = wire_get_u16(w);
	to->pid = wire_get_u32(w);
	to->board_version = wire_get_u16(w);
	to->program = wire_get_text(w);
	return wire_done(w);
}

bool
wire_get_wish(struct wire *w, struct wire_wish *to)
{
	to->verb = (enum wire_verb)wire_get_u16(w);
	to->flags = wire_get_u32(w);
	to->argument = wire_get_i32(w);
	to->count = wire_get_count(w);
	to->names = *w;
	if (to->count > WIRE_NAMES_MAX)
		w->bad = true;
	skip_texts(w, to->count);
	return wire_done(w) && wire_verb_name((uint16_t)to->verb) != NULL;
}

bool
wire_get_result(struct wire *w, struct wire_result *to)
{
	to->reason = (enum wire_reason)wire_get_u16(w);
	to->record = wire_get_u32(w);
	to->generation = wire_get_u16(w);
	to->text = wire_get_text(w);
	return wire_done(w);
}

bool
wire_get_event(struct wire *w, struct wire_event *to)
{
	to->record = wire_get_u32(w);
	to->old = (enum sv_shown)wire_get_u16(w);
	to->new = (enum sv_shown)wire_get_u16(w);
	to->generation = wire_get_u16(w);
	to->pid = wire_get_u32(w);
	to->cause = wire_get_u16(w);
	to->real_ns = wire_get_i64(w);
	to->code = wire_get_u8(w);
	to->value = wire_get_u8(w);
	to->name = wire_get_text(w);
	return wire_done(w) && (unsigned)to->old < SV_SHOWN_COUNT &&
	       (unsigned)to->new < SV_SHOWN_COUNT;
}

bool
wire_get_ending(struct wire *w, struct wire_ending *to)
{
	to->ending = wire_get_u16(w);
	to->code = wire_get_i32(w);
	to->when_real_ns = wire_get_i64(w);
	to->flags = wire_get_u32(w);
	to->message = wire_get_text(w);
	return wire_done(w);
}

bool
wire_get_run(struct wire *w, struct wire_run *to)
{
	to->name = wire_get_text(w);
	to->flags = wire_get_u32(w);
	to->settings = wire_get_text(w);
	to->argc = wire_get_count(w);
	to->argv = *w;
	skip_texts(w, to->argc);
	to->envc = wire_get_count(w);
	to->env = *w;
	skip_texts(w, to->envc);
	return wire_done(w) && to->argc > 0;
}

/* --- whole messages --- */

bool
wire_hello(struct buf *b, uint32_t id)
{
	wire_begin(b, WIRE_HELLO, id);
	wire_put_u16(b, WIRE_VERSION_MIN);
	wire_put_u16(b, WIRE_VERSION);
	return wire_end(b);
}

bool
wire_welcome(struct buf *b, uint32_t id, uint16_t version, uint32_t pid,
    const char *program)
{
	wire_begin(b, WIRE_WELCOME, id);
	wire_put_u16(b, version);
	wire_put_u32(b, pid);
	wire_put_u16(b, BOARD_VERSION);
	wire_put_text(b, program, strlen(program));
	return wire_end(b);
}

bool
wire_ok(struct buf *b, uint32_t id)
{
	wire_begin(b, WIRE_OK, id);
	return wire_end(b);
}

bool
wire_no(struct buf *b, uint32_t id, enum wire_reason reason, const char *text)
{
	wire_begin(b, WIRE_NO, id);
	wire_put_u16(b, (uint16_t)reason);
	wire_put_text(b, text, strlen(text));
	return wire_end(b);
}

bool
wire_event(struct buf *b, uint32_t id, const struct wire_event *event)
{
	wire_begin(b, WIRE_EVENT, id);
	wire_put_u32(b, event->record);
	wire_put_u16(b, (uint16_t)event->old);
	wire_put_u16(b, (uint16_t)event->new);
	wire_put_u16(b, event->generation);
	wire_put_u32(b, event->pid);
	wire_put_u16(b, event->cause);
	wire_put_i64(b, event->real_ns);
	wire_put_u8(b, event->code);
	wire_put_u8(b, event->value);
	wire_put_text(b, event->name.p, event->name.len);
	return wire_end(b);
}

bool
wire_ending(struct buf *b, uint32_t id, const struct wire_ending *end)
{
	wire_begin(b, WIRE_END, id);
	wire_put_u16(b, end->ending);
	wire_put_i32(b, end->code);
	wire_put_i64(b, end->when_real_ns);
	wire_put_u32(b, end->flags);
	wire_put_text(b, end->message.p, end->message.len);
	return wire_end(b);
}

void
wire_wish(struct buf *b, uint32_t id, enum wire_verb verb, uint32_t flags,
    int32_t argument, uint16_t count)
{
	wire_begin(b, WIRE_WISH, id);
	wire_put_u16(b, (uint16_t)verb);
	wire_put_u32(b, flags);
	wire_put_i32(b, argument);
	wire_put_count(b, count);
}

void
wire_put_result(struct buf *b, const struct wire_result *result)
{
	wire_put_u16(b, (uint16_t)result->reason);
	wire_put_u32(b, result->record);
	wire_put_u16(b, result->generation);
	wire_put_text(b, result->text.p, result->text.len);
}

uint16_t
wire_common_version(struct wire_hello hello)
{
	uint16_t high =
	    hello.highest < WIRE_VERSION ? hello.highest : WIRE_VERSION;

	if (hello.lowest > high || high < WIRE_VERSION_MIN)
		return 0;
	return high;
}

/* --- names --- */

const char *
wire_tag_name(uint16_t tag)
{
	switch (tag) {
#define TAG(name, number, from, fields) \
	case number:                    \
		return #name;
		WIRE_TAGS(TAG)
	}
	return NULL;
}

const char *
wire_verb_name(uint16_t verb)
{
	switch (verb) {
#define VERB(name, number, event, text) \
	case number:                    \
		return text;
		WIRE_VERBS(VERB)
	}
	return NULL;
}

const char *
wire_reason_text(uint16_t reason)
{
	switch (reason) {
#define REASON(name, number, text) \
	case number:               \
		return text;
		WIRE_REASONS(REASON)
	}
	return "unknown reason";
}

enum sv_event
wire_verb_event(uint16_t verb)
{
	switch (verb) {
#define EVENT(name, number, event, text) \
	case number:                     \
		return event;
		WIRE_VERBS(EVENT)
	}
	return EV_NOTHING;
}

enum wire_verb
wire_verb_of(const char *name)
{
#define OF(verb, number, event, text) \
	if (strcmp(name, text) == 0)  \
		return WIRE_VERB_##verb;
	WIRE_VERBS(OF)
	return (enum wire_verb)0;
}
