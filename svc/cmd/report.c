/*
 * The names of JSON members are interface: they are listed in svc(1).
 */
#include "svc/cmd/report.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/error.h"

#include "svc/cmd/logs.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/telling.h"

#define GROUPS_MOST 16
#define ANSWER_MS 5000
#define CHAIN_MAX 64	 /* causes one behind the other */
#define OUTPUT_MAX 12000 /* fits into one message */

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* A few services, each with a cgroup: the rest of /proc need not be read. */
static bool
look_at_groups(struct report *r, const struct views *some)
{
	if (r->count > GROUPS_MOST)
		return false;
	for (size_t i = 0; i < some->count; i++) {
		uint32_t pid = view_pid(&some->v[i]);
		if (pid != 0 && ((some->v[i].r.flags & BOARD_CGROUP) == 0 ||
				    !processes_of_cgroup(&r->processes, pid)))
			return false;
	}
	return true;
}

struct report
report_of(const struct views *some)
{
	struct report r = {.mains = memory_get(some->count, sizeof *r.mains)};

	for (size_t i = 0; i < some->count; i++)
		if (view_pid(&some->v[i]) != 0)
			r.mains[r.count++] = view_pid(&some->v[i]);
	qsort(r.mains, r.count, sizeof *r.mains, by_number);
	if (!look_at_groups(&r, some))
		r.processes = processes_now(r.mains, r.count);
	r.sums = process_sums(&r.processes, r.mains, r.count);
	return r;
}

struct process_sum
report_sum(const struct report *r, const struct view *v)
{
	uint32_t pid = view_pid(v);
	const uint32_t *at =
	    pid == 0 || r->count == 0
		? NULL
		: bsearch(&pid, r->mains, r->count, sizeof pid, by_number);

	return at == NULL ? (struct process_sum){0} : r->sums[at - r->mains];
}

/* The last lines of what svcd keeps in memory; NULL: nothing. */
static const char *
kept_output(
    struct client *c, const struct view *v, uint32_t lines, size_t *bytes)
{
	struct client_message m;
	struct buf b = client_begin(c, WIRE_TAIL);

	wire_put_text(&b, v->name, strlen(v->name));
	wire_put_u32(&b, OUTPUT_MAX);
	if (!client_send(c, &b) ||
	    client_reply(c, &m, mono_add_ms(mono_now(), ANSWER_MS)) !=
		CLIENT_GOT ||
	    m.head.tag != WIRE_LINES)
		return NULL;
	wire_get_u32(&m.fields);
	struct wire_text text = wire_get_text(&m.fields);
	const char *end = text.p + text.len, *at = end;
	/* Back over so many line ends; the last one ends the last line. */
	for (uint32_t seen = 0; at > text.p; at--)
		if (at[-1] == '\n' && at != end && ++seen >= lines)
			break;
	*bytes = (size_t)(end - at);
	return *bytes == 0 ? NULL : memory_copy(at, *bytes);
}

/* The same from its log. */
static const char *
logged_output(const struct view *v, const struct definition *d, uint32_t lines,
    size_t *bytes)
{
	struct logs_source source;
	struct logs logs = {0};
	struct logs_ask ask = {.most = lines};
	size_t room = 1;

	if (!logs_find(&source, v->name, v->path, d))
		return NULL;
	logs_read(&logs, &source, &ask);
	for (size_t i = 0; i < logs.count; i++)
		room += logs.line[i].n + 1;
	struct buf text = buf_over(memory_get(room, 1), room);
	for (size_t i = 0; i < logs.count; i++) {
		buf_put(&text, logs.line[i].p, logs.line[i].n);
		buf_putc(&text, '\n');
	}
	*bytes = text.len;
	return text.len == 0 ? NULL : text.p;
}

const char *
report_output(struct client *c, const struct view *v,
    const struct definition *d, uint32_t lines, size_t *bytes)
{
	const char *text = NULL;

	*bytes = 0;
	if (lines > 0)
		text = kept_output(c, v, lines, bytes);
	if (lines > 0 && text == NULL)
		text = logged_output(v, d, lines, bytes);
	return text;
}

/* From cause to cause; those who wait for each other end it. */
static bool
leads_to(
    const struct views *all, const struct view *from, const struct view *to)
{
	const struct view *v = from;

	for (int n = 0; n < CHAIN_MAX && v != NULL && view_waits(&v->r); n++) {
		v = views_record(all, v->r.cause_record);
		if (v != NULL && v->record == to->record)
			return from->record != to->record;
	}
	return false;
}

void
report_held_back(const struct views *all, const struct view *v,
    void (*each)(const struct view *other, void *arg), void *arg)
{
	for (size_t i = 0; i < all->count; i++)
		if (leads_to(all, &all->v[i], v))
			each(&all->v[i], arg);
}

static void
put_name(const struct view *other, void *arg)
{
	json_text(arg, NULL, other->name);
}

static void
put_exit(struct json *j, const struct board_exit *e)
{
	json_open(j, '{');
	json_number(j, "time", e->real_ns / 1000000000);
	json_text(j, "text", view_exit(e));
	json_number(j, e->code == CLD_EXITED ? "code" : "signal", e->value);
	json_number(j, "pid", e->pid);
	json_number(j, "generation", e->generation);
	json_bool(j, "failure", e->is_failure);
	json_close(j);
}

static void
put_past(struct json *j, const struct view *v)
{
	const struct board_exit *e;

	json_number(j, "starts", v->r.start_count);
	json_number(j, "restarts", v->r.restart_count);
	json_text_or_null(j, "last_exit", view_last_exit(v));
	json_open_at(j, "exits", '[');
	for (uint32_t i = 0; (e = board_exit(&v->r, i)) != NULL; i++)
		put_exit(j, e);
	json_close(j);
}

static void
put_flags(struct json *j, const struct view *v)
{
	static const char *const names[] = {
#define FLAG_NAME(name, bit, text) [bit] = #name,
	    BOARD_FLAGS(FLAG_NAME)};

	json_open_at(j, "flags", '[');
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i] != NULL && (v->r.flags >> i & 1) != 0)
			json_text(j, NULL, names[i]);
	json_close(j);
}

void
report_put_end(struct json *j, const struct report_end *end)
{
	json_open(j, '{');
	json_text(j, "name", end->name);
	json_bool(j, "ok", end->is_good);
	json_bool(j, "pending", end->is_pending);
	json_text_or_null(
	    j, "state", end->v == NULL ? end->none : view_state(end->v));
	json_number(j, "pid", end->v == NULL ? 0 : view_pid(end->v));
	json_text_or_null(j, "why", end->why);
	json_close(j);
}

void
report_put_output(
    struct json *j, struct client *c, const struct view *v, uint32_t lines)
{
	size_t bytes, length;
	const char *text = report_output(c, v, NULL, lines, &bytes);

	json_open_at(j, "output", '[');
	for (; text != NULL && bytes > 0; bytes -= length, text += length) {
		const char *end = memchr(text, '\n', bytes);
		length = end == NULL ? bytes : (size_t)(end - text);
		json_bytes(j, NULL, text, length);
		length += end != NULL;
	}
	json_close(j);
}

void
report_json(struct client *c, const struct views *all, const struct views *some,
    uint32_t lines)
{
	struct report report = report_of(some);
	struct json j = json_to(stdout);

	json_open(&j, '[');
	for (size_t i = 0; i < some->count; i++) {
		const struct view *v = &some->v[i];
		struct process_sum sum = report_sum(&report, v);
		json_open(&j, '{');
		json_text(&j, "name", v->name);
		json_text(&j, "state", view_state(v));
		json_bool(&j, "wanted", sv_wanted(v->word.sv));
		json_bool(&j, "as_wanted", view_is_as_wanted(v));
		json_bool(&j, "ready", sv_is_ready(v->word.sv));
		json_number(&j, "since", v->r.since_real_ns / 1000000000);
		json_number(&j, "age_ms", view_age(all, v) / 1000000);
		if (v->r.next_ns == 0)
			json_null(&j, "next_run");
		else
			json_number(&j, "next_run", view_next_run(all, v));
		json_number(&j, "pid", view_pid(v));
		json_number(&j, "generation", v->word.generation);
		put_past(&j, v);
		json_number(&j, "processes", sum.count);
		json_number(&j, "memory_bytes", (int64_t)sum.bytes);
		json_number(&j, "cpu_ms", (int64_t)(sum.cpu_ns / 1000000));
		json_text_or_null(&j, "why", view_note(all, v));
		json_text_or_null(&j, "status", v->status);
		json_text_or_null(&j, "directory", v->path);
		json_text_or_null(&j, "log_error",
		    v->r.log_error == 0 ? NULL
					: error_text((int)v->r.log_error));
		put_flags(&j, v);
		json_open_at(&j, "holds_back", '[');
		report_held_back(all, v, put_name, &j);
		json_close(&j);
		if (lines > 0)
			report_put_output(&j, c, v, lines);
		json_close(&j);
	}
	json_close(&j);
}
