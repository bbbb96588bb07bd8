/*
 * A service's value as one 64-bit word, and the words of the vocabularies.
 * The layout is on "disk" (the state file outlives svcd): fields are only ever
 * added where bits are free, and BOARD_VERSION then goes up.
 */
#include <stddef.h>

#include "svc/core/machine.h"

#define PID_BITS 22
#define GENERATION_SHIFT 22
#define SV_SHIFT 38

/* clang-format off */
/* Field, lowest bit above SV_SHIFT, width. */
#define FIELDS(X) \
	X(state, 0, 5) X(want, 5, 2) X(next, 7, 2) X(pause, 9, 2) \
	X(step, 11, 4) X(needed, 15, 1) X(deps, 16, 1) X(again, 17, 1) \
	X(leave, 18, 1) X(sent, 19, 1) X(reload, 20, 1) \
	X(is_oneshot, 21, 1) X(has_pre, 22, 1) X(has_finish, 23, 1) \
	X(has_sweep, 24, 1)
/* clang-format on */

#define PUT(field, at, width) \
	| ((uint64_t)sv.field & ((1u << (width)) - 1)) << (SV_SHIFT + (at))
#define TAKE(field, at, width) \
	w.sv.field = word >> (SV_SHIFT + (at)) & ((1u << (width)) - 1);

uint64_t
sv_pack(struct sv sv, uint16_t generation, uint32_t pid)
{
	uint64_t bits = 0 FIELDS(PUT);

	if (sv.state == S_NONE)
		return 0;
	return bits | (uint64_t)generation << GENERATION_SHIFT |
	       (pid & ((1u << PID_BITS) - 1));
}

struct sv_word
sv_unpack(uint64_t word)
{
	struct sv_word w = {0};

	w.pid = word & ((1u << PID_BITS) - 1);
	w.generation = (uint16_t)(word >> GENERATION_SHIFT);
	FIELDS(TAKE)
	if ((unsigned)w.sv.state >= SV_STATE_COUNT)
		return (struct sv_word){0};
	if ((unsigned)w.sv.pause > PAUSE_ENDING)
		w.sv.pause = PAUSE_NO;
	return w;
}

bool
sv_valid(uint64_t word)
{
	struct sv_word w = sv_unpack(word);

	return sv_pack(w.sv, w.generation, w.pid) == word;
}

uint32_t
sv_tag(uint64_t word)
{
	struct sv_word w = sv_unpack(word);
	bool is_run = sv_runs(w.sv);
	unsigned step = is_run ? 0 : w.sv.step;

	/* TERM by hand does not begin another wait. Never 0 but for NONE. */
	return (uint32_t)w.sv.state << 20 | step << 16 | w.generation;
}

uint64_t
sv_aux_pack(struct sv_aux aux)
{
	if (aux.kind == AUX_NONE)
		return 0;
	return (uint64_t)aux.kind << 60 | (uint64_t)aux.killed << 59 |
	       (uint64_t)(aux.after & 0xff) << 46 |
	       (uint64_t)(aux.arg & 0xff) << 38 |
	       (uint64_t)aux.generation << GENERATION_SHIFT |
	       (aux.pid & ((1u << PID_BITS) - 1));
}

struct sv_aux
sv_aux_unpack(uint64_t word)
{
	unsigned kind = word >> 60;

	if (kind == AUX_NONE || kind > AUX_RELOAD)
		return (struct sv_aux){.kind = AUX_NONE};
	return (struct sv_aux){
	    .kind = (enum sv_aux_kind)kind,
	    .killed = (word >> 59 & 1) != 0,
	    .after = word >> 46 & 0xff,
	    .arg = word >> 38 & 0xff,
	    .generation = (uint16_t)(word >> GENERATION_SHIFT),
	    .pid = word & ((1u << PID_BITS) - 1),
	};
}

/* --- names --- */

static const struct {
	const char *name, *text;
	enum sv_shown shown;
} states[] = {
#define STATE(name, number, shown, text) \
	[number] = {#name, text, SV_SHOWN_##shown},
    SV_STATES(STATE)};

#define NAME(name, ...) #name,
#define TEXT(name, text) text,
static const char *const event_names[] = {SV_EVENTS(NAME)};
static const char *const event_texts[] = {SV_EVENTS(TEXT)};
static const char *const effect_names[] = {SV_EFFECTS(NAME)};
static const char *const effect_texts[] = {SV_EFFECTS(TEXT)};
static const char *const shown_names[] = {SV_SHOWN(TEXT)};
static const char *const want_names[] = {SV_WANTS(NAME)};
static const char *const next_names[] = {SV_NEXTS(NAME)};
#define AUX_TEXT(name, number, text) text,
static const char *const aux_names[] = {SV_AUXES(AUX_TEXT)};

enum sv_shown
sv_shown(struct sv sv)
{
	if ((unsigned)sv.state >= SV_STATE_COUNT)
		return SV_SHOWN_DOWN;
	if (sv_runs(sv) && sv.pause != PAUSE_NO)
		return SV_SHOWN_PAUSED;
	/* A oneshot's down command is how it stops, not what follows. */
	if (sv.is_oneshot && states[sv.state].shown == SV_SHOWN_FINISHING)
		return SV_SHOWN_STOPPING;
	return states[sv.state].shown;
}

const char *
sv_state_name(enum sv_state state)
{
	return (unsigned)state < SV_STATE_COUNT ? states[state].name : "?";
}

const char *
sv_state_text(enum sv_state state)
{
	return (unsigned)state < SV_STATE_COUNT ? states[state].text : "?";
}

const char *
sv_shown_name(enum sv_shown shown)
{
	return (unsigned)shown < SV_SHOWN_COUNT ? shown_names[shown] : "?";
}

const char *
sv_event_name(enum sv_event event)
{
	return (unsigned)event < SV_EVENT_COUNT ? event_names[event] : "?";
}

const char *
sv_event_text(enum sv_event event)
{
	return (unsigned)event < SV_EVENT_COUNT ? event_texts[event] : "?";
}

const char *
sv_effect_name(enum sv_effect_bit b)
{
	return (unsigned)b < SV_EFFECT_COUNT ? effect_names[b] : "?";
}

const char *
sv_effect_text(enum sv_effect_bit b)
{
	return (unsigned)b < SV_EFFECT_COUNT ? effect_texts[b] : "?";
}

const char *
sv_want_name(enum sv_want want)
{
	return (unsigned)want <= WANT_DOWN ? want_names[want] : "?";
}

const char *
sv_next_name(enum sv_next next)
{
	return (unsigned)next <= NEXT_FAIL ? next_names[next] : "?";
}

const char *
sv_aux_name(enum sv_aux_kind kind)
{
	return (unsigned)kind <= AUX_RELOAD ? aux_names[kind] : "?";
}
