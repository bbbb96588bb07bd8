/*
 * Asks, then looks at the board whenever an event says that it is worth it,
 * until each service has answered this very wish: the reply names a
 * generation, so the outcome of somebody else's wish is never taken for ours.
 */
#include "svc/cmd/wish.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/scan.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/report.h"
#include "svc/cmd/telling.h"

#define CHAIN_MAX 1000 /* who waits for whom: a ring ends here */

enum state {
	UNASKED,
	PENDING,
	GOOD,
	BAD,
};

struct asked {
	struct view before, now;
	enum state state;
	uint16_t target;
	enum wire_reason reason;
	const char *text; /* of svcd's refusal, or what else went wrong */
	bool is_gone;
};

struct round {
	const struct wish *wish;
	struct client *client;
	char **names; /* as they were given */
	int names_count;
	struct asked *asked;
	size_t count, pending;
	struct mono deadline;
	struct mono heard_at; /* when svcd had last acted upon a wish */
	struct mono look_at;  /* again, though no event says so */
};

bool
wish_option(struct wish *w, const struct options *o, int code)
{
	switch (code) {
	case 'n':
		w->no_wait = true;
		return true;
	case 'q':
		w->quiet = true;
		return true;
	case 'j':
		w->json = true;
		return true;
	case 't':
		if (scan_duration_ms(o->value, &w->timeout_ms))
			return true;
		fprintf(stderr, "%s: not a time such as 30s or 5m: %s\n",
		    cmd_title(o->cmd), screen_text(o->value, strlen(o->value)));
		return false;
	default:
		return false;
	}
}

/* --- what counts as an answer --- */

/* It waits, itself or those it waits for, for what does not come by itself. */
static bool
waits_in_vain(struct client *c, const struct view *v)
{
	struct board_record r = v->r;

	for (int n = 0; n < CHAIN_MAX; n++) {
		if (sv_shown(sv_unpack(r.word).sv) != SV_SHOWN_WAITING)
			return false;
		if (r.cause == CAUSE_NEED_DOWN ||
		    r.cause == CAUSE_NEED_FAILED ||
		    r.cause == CAUSE_NEED_MISSING ||
		    r.cause == CAUSE_SETTINGS || r.cause == CAUSE_CYCLE)
			return true;
		if (r.cause != CAUSE_WAITS_FOR ||
		    !board_read(c->board, r.cause_record, &r, NULL))
			return false;
	}
	return false;
}

/* Nothing will come of it before somebody does something else. */
static bool
is_hopeless(struct client *c, const struct view *v)
{
	return v->shown == SV_SHOWN_BACKOFF || v->shown == SV_SHOWN_FAILED ||
	       waits_in_vain(c, v);
}

/* How a run by `once` ended, of what has no state for it; NULL: it lives. */
static const struct board_exit *
end_of_once(const struct round *round, const struct asked *a)
{
	bool is_over = round->wish->end == WISH_RAN && !a->is_gone &&
		       a->now.word.sv.state == S_DOWN;

	return is_over ? view_exit_of(&a->now, a->target) : NULL;
}

/* Somebody has put it down since. */
static bool
is_overtaken(struct sv sv)
{
	return sv_is_rest(sv) && sv.want == WANT_DOWN;
}

static enum state
judge_start(const struct round *round, const struct asked *a)
{
	const struct view *v = &a->now;
	const struct board_exit *e;

	if (waits_in_vain(round->client, v))
		return BAD;
	if ((int16_t)(uint16_t)(v->word.generation - a->target) < 0)
		return is_overtaken(v->word.sv) ? BAD : PENDING;
	if (sv_is_ready(v->word.sv) && view_is_answered(v, a->target))
		return mono_before(mono_now(), view_trial_end(v)) ? PENDING
								  : GOOD;
	if ((e = end_of_once(round, a)) != NULL)
		return e->is_failure ? BAD : GOOD;
	return is_hopeless(round->client, v) || view_is_answered(v, a->target)
		   ? BAD
		   : PENDING;
}

/* Told to end, or about to be, once those that need it have ended. */
static bool
is_put_down(const struct view *v)
{
	return !sv_wanted(v->word.sv) || (v->r.flags & BOARD_HELD);
}

/* The run that was asked is over. */
static bool
has_ended(const struct asked *a)
{
	struct sv sv = a->now.word.sv;

	return a->is_gone || a->now.word.generation != a->target ||
	       (sv_is_rest(sv) && !sv_is_ready(sv));
}

/* Until when what looks well may be about to end; zero: it is not up. */
static struct mono
trial_end(const struct round *round, const struct asked *a)
{
	/* A signal that is not taken kills, but not before it is answered. */
	if (round->wish->end == WISH_RELOADED && a->now.shown == SV_SHOWN_UP)
		return mono_add_ms(round->heard_at, VIEW_TRIAL_MS);
	return view_trial_end(&a->now);
}

static enum state
judge_reload(const struct round *round, const struct asked *a)
{
	const struct view *v = &a->now;

	if (has_ended(a) || (v->r.flags & BOARD_UNRELOADED))
		return BAD;
	if (v->word.sv.reload || (v->r.flags & BOARD_RELOADING) ||
	    v->shown == SV_SHOWN_STOPPING || v->shown == SV_SHOWN_FINISHING)
		return PENDING;
	return mono_before(mono_now(), trial_end(round, a)) ? PENDING : GOOD;
}

static enum state
judge(const struct round *round, const struct asked *a)
{
	const struct sv *sv = &a->now.word.sv;

	switch (round->wish->end) {
	case WISH_SENT:
		return GOOD;
	case WISH_READY:
	case WISH_RAN:
		return a->is_gone ? BAD : judge_start(round, a);
	case WISH_DOWN:
		if (a->is_gone || (sv_is_rest(*sv) && !sv_wanted(*sv)))
			return GOOD;
		/* Else somebody wants it up since. */
		return is_put_down(&a->now) ? PENDING : BAD;
	case WISH_PAUSED:
		return a->now.shown == SV_SHOWN_PAUSED ? GOOD
		       : a->is_gone || sv_is_rest(*sv) ? BAD
						       : PENDING;
	case WISH_RUNNING:
		return a->now.shown != SV_SHOWN_PAUSED ? GOOD : PENDING;
	case WISH_RELOADED:
		return judge_reload(round, a);
	}
	return BAD;
}

static void
look(struct round *round, struct asked *a)
{
	if (a->state != PENDING)
		return;
	a->is_gone = !view_again(round->client, &a->now);
	a->state = judge(round, a);
	round->pending -= a->state != PENDING;
	if (a->state != PENDING || a->is_gone || a->now.shown != SV_SHOWN_UP)
		return;
	/* Either on trial, or about to be stopped, of which an event tells. */
	struct mono end = trial_end(round, a);
	if (mono_before(mono_now(), end))
		round->look_at = mono_min(round->look_at, end);
}

/* --- asking --- */

static void
refuse(struct asked *a, const char *text)
{
	a->state = BAD;
	a->reason = WIRE_REASON_SYSTEM;
	a->text = text;
}

static void
take_result(
    struct round *round, struct asked *a, const struct wire_result *result)
{
	a->reason = result->reason;
	a->target = result->generation;
	if (result->text.len > 0)
		a->text = memory_copy(result->text.p, result->text.len);
	a->state = result->reason == WIRE_REASON_OK ? PENDING : BAD;
	round->pending += a->state == PENDING;
}

/* The unasked ones that one message holds, from the first on. */
static size_t
choose(const struct round *round, struct asked *chosen[WIRE_NAMES_MAX])
{
	size_t bytes = 64, n = 0;

	for (size_t i = 0; i < round->count && n < WIRE_NAMES_MAX; i++) {
		struct asked *a = &round->asked[i];
		size_t more = strlen(a->now.name) + 2;
		if (a->state != UNASKED)
			continue;
		if (bytes + more > WIRE_MAX)
			break;
		bytes += more;
		chosen[n++] = a;
	}
	return n;
}

static bool
send_wish(struct round *round, struct asked *const *chosen, size_t n)
{
	const struct wish *w = round->wish;
	struct buf b = buf_over(round->client->request, WIRE_MAX + 1);

	wire_wish(&b, ++round->client->last_id, w->verb, w->flags, w->argument,
	    (uint16_t)n);
	for (size_t i = 0; i < n; i++)
		wire_put_text(
		    &b, chosen[i]->now.name, strlen(chosen[i]->now.name));
	return client_send(round->client, &b);
}

static void
take_results(struct round *round, struct asked *const *chosen, size_t n,
    struct client_message *m)
{
	struct wire_result result;
	const char *no =
	    m->head.tag == WIRE_RESULTS ? "no answer" : client_reason(m);
	size_t answers =
	    m->head.tag == WIRE_RESULTS ? wire_get_count(&m->fields) : 0;

	for (size_t i = 0; i < n; i++) {
		if (i < answers && wire_get_result(&m->fields, &result))
			take_result(round, chosen[i], &result);
		else
			refuse(chosen[i], no);
	}
}

/* The word of one that comes again by itself changes without a wish. */
static bool
was_heard(const struct wish *w, const struct asked *a)
{
	if (w->end == WISH_DOWN)
		return is_put_down(&a->now);
	return a->now.r.word != a->before.r.word;
}

/* svcd has gone before it answered, or before it acted: what it has not heard
 * is asked again. */
static void
look_what_was_heard(struct round *round)
{
	for (size_t i = 0; i < round->count; i++) {
		struct asked *a = &round->asked[i];
		if (a->state != PENDING && a->state != UNASKED)
			continue;
		round->pending -= a->state == PENDING;
		a->state = UNASKED;
		a->is_gone = !view_again(round->client, &a->now);
		if (!a->is_gone && !was_heard(round->wish, a))
			continue;
		a->target =
		    sv_target(a->before.word.sv, a->before.word.generation,
			wire_verb_event(round->wish->verb));
		a->state = PENDING;
		round->pending++;
	}
}

/* Until nothing is unasked; false: svcd is gone for good. */
static bool
ask(struct round *round)
{
	struct asked *chosen[WIRE_NAMES_MAX];
	struct client_message m;
	enum client_answer answer;
	size_t n;

	while ((n = choose(round, chosen)) > 0) {
		answer = CLIENT_GONE;
		if (send_wish(round, chosen, n))
			answer =
			    client_reply(round->client, &m, round->deadline);
		if (answer == CLIENT_GOT) {
			take_results(round, chosen, n, &m);
			answer = client_settle(round->client, round->deadline);
			round->heard_at = mono_now();
		}
		for (size_t i = 0; answer == CLIENT_LATE && i < n; i++)
			if (chosen[i]->state == UNASKED)
				refuse(chosen[i], "svcd does not answer");
		if (answer != CLIENT_GONE)
			continue;
		if (!client_again(round->client, round->deadline))
			return false;
		look_what_was_heard(round);
	}
	return true;
}

/* --- waiting --- */

static void
look_at_all(struct round *round)
{
	for (size_t i = 0; i < round->count; i++)
		look(round, &round->asked[i]);
}

static void
heard(struct round *round, struct client_message *m)
{
	struct wire_event event;

	if (m->head.tag != WIRE_EVENT || !wire_get_event(&m->fields, &event)) {
		look_at_all(round);
		return;
	}
	for (size_t i = 0; i < round->count; i++)
		if (round->asked[i].now.record == event.record)
			look(round, &round->asked[i]);
}

static bool
again(struct round *round)
{
	if (!client_again(round->client, round->deadline))
		return false;
	look_what_was_heard(round);
	if (!ask(round))
		return false;
	look_at_all(round);
	return true;
}

static bool
await(struct round *round)
{
	struct client_message m;

	look_at_all(round);
	while (round->pending > 0) {
		struct mono until = mono_min(round->deadline, round->look_at);
		switch (client_receive(round->client, &m, until)) {
		case CLIENT_GOT:
			heard(round, &m);
			break;
		case CLIENT_GONE:
			if (!again(round))
				return false;
			break;
		case CLIENT_LATE:
			round->look_at = mono_never();
			look_at_all(round);
			if (!mono_before(mono_now(), round->deadline))
				return true;
			break;
		}
	}
	return true;
}

/* --- telling --- */

static const char *
refusal(const struct asked *a)
{
	const char *why = wire_reason_text((uint16_t)a->reason);
	const char *text = a->text;

	if (a->reason == WIRE_REASON_SYSTEM && text != NULL)
		return text;
	if (a->reason == WIRE_REASON_NEEDED)
		return memory_text(
		    "needed by %s; --with-dependents stops them too",
		    text != NULL ? text : "others");
	return text == NULL ? why : memory_text("%s: %s", why, text);
}

static const char *
reason(
    const struct round *round, const struct views *all, const struct asked *a)
{
	const struct board_exit *e = NULL;
	const char *note;

	if (a->reason != WIRE_REASON_OK)
		return refusal(a);
	if (round->wish->end == WISH_RELOADED && has_ended(a))
		e = view_exit_of(&a->now, a->target);
	if (e != NULL)
		return memory_text("%s instead of reloading%s", view_exit(e),
		    e->code == CLD_EXITED ? ""
					  : "; set reload or reload-signal");
	note = view_note_to_asker(all, &a->now);
	e = end_of_once(round, a);
	return *note == '\0' && e != NULL ? view_exit(e) : note;
}

static const char *
outcome(
    const struct round *round, const struct views *all, const struct asked *a)
{
	const char *note = reason(round, all, a);
	unsigned pid = view_pid(&a->now);
	const char *more = pid == 0 ? "" : memory_text(" (pid %u)", pid);

	if (a->reason != WIRE_REASON_OK)
		return note;
	if (a->is_gone)
		return "gone";
	if (round->wish->end == WISH_SENT)
		return round->wish->verb == WIRE_VERB_KILL ? "sent" : "asked";
	if (a->state != PENDING)
		return view_phrase(&a->now, more, note);
	return memory_text("after %s still %s",
	    telling_time(round->wish->timeout_ms * 1000000),
	    view_phrase(&a->now, more, note));
}

static void
tell_lines(const struct round *round, const struct views *all)
{
	int wide = 0;

	for (size_t i = 0; i < round->count; i++) {
		const char *name = screen_text(
		    round->asked[i].now.name, strlen(round->asked[i].now.name));
		int columns = (int)screen_columns(name);
		wide = columns > wide ? columns : wide;
	}
	for (size_t i = 0; i < round->count; i++) {
		const struct asked *a = &round->asked[i];
		const char *name =
		    screen_text(a->now.name, strlen(a->now.name));
		const char *text = outcome(round, all, a);
		enum screen_ink ink = a->state == GOOD ? INK_GOOD : INK_BAD;
		printf("%s:%*s %s%s%s\n", name,
		    wide - (int)screen_columns(name), "", screen_on(ink),
		    screen_text(text, strlen(text)), screen_off(ink));
	}
}

static void
tell_json(const struct round *round, const struct views *all)
{
	struct json j = json_to(stdout);

	json_open(&j, '[');
	for (size_t i = 0; i < round->count; i++) {
		const struct asked *a = &round->asked[i];
		struct report_end end = {a->now.name,
		    a->is_gone ? NULL : &a->now, "gone", a->state == GOOD,
		    a->state == PENDING, reason(round, all, a)};
		report_put_end(&j, &end);
	}
	json_close(&j);
}

static int
tell(struct round *round)
{
	struct views all =
	    views_about(round->client, round->names_count, round->names);
	int code = EXITCODE_YES;

	for (size_t i = 0; i < round->count; i++)
		if (round->asked[i].state != GOOD)
			code = EXITCODE_NO;
	if (!round->wish->quiet && round->wish->json)
		tell_json(round, &all);
	else if (!round->wish->quiet)
		tell_lines(round, &all);
	return code;
}

/* The named services as they are before anybody asks; an exit code or -1. */
static int
begin(struct round *round, char **names)
{
	struct views all, some;
	int code = EXITCODE_YES, count = 0;

	while (names[count] != NULL)
		count++;
	if (!client_open(round->client))
		return EXITCODE_SYSTEM;
	if (round->wish->end != WISH_SENT && !client_subscribe(round->client))
		return EXITCODE_SYSTEM;
	round->names = names;
	round->names_count = count;
	all = views_about(round->client, count, names);
	if (!views_pick(&all, count, names, &code))
		return code;
	some = views_picked(&all);
	round->count = some.count;
	round->asked = memory_get(some.count, sizeof *round->asked);
	for (size_t i = 0; i < some.count; i++) {
		round->asked[i].before = some.v[i];
		round->asked[i].now = some.v[i];
	}
	return -1;
}

int
wish_run(const struct wish *w, const struct options *o, char **names)
{
	static struct client client;
	struct wish wish = *w;
	struct round round = {.wish = &wish, .client = &client};
	int code;

	if (names[0] == NULL)
		return options_refuse(o, "which service?");
	if (wish.no_wait)
		wish.end = WISH_SENT;
	round.deadline = wish.timeout_ms == 0
			     ? mono_never()
			     : mono_add_ms(mono_now(), wish.timeout_ms);
	round.look_at = mono_never();
	code = begin(&round, names);
	if (code >= 0)
		return code;
	if (!ask(&round) || !await(&round))
		return EXITCODE_SYSTEM;
	return tell(&round);
}

int
wish_main(struct wish w, int argc, char **argv)
{
	struct options o;
	int code;

	w.timeout_ms = WISH_TIMEOUT_MS;
	options_init(&o, w.cmd, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		if (!wish_option(&w, &o, code))
			return options_wrong(&o, code);
	return wish_run(&w, &o, o.operands);
}
