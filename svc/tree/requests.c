/*
 * What a client asks for. Each request has one function and one answer; a wish
 * becomes an event of the life machine, and the answer names the generation
 * whose outcome the client is to wait for.
 */

#include "svc/tree/requests.h"

#include <signal.h>
#include <string.h>

#include "lib/bits.h"
#include "lib/passwd.h"
#include "lib/scan.h"
#include "lib/sys.h"
#include "svc/tree/life/life.h"
#include "svc/tree/life/relations.h"
#include "svc/tree/output/logger.h"
#include "svc/tree/output/output.h"
#include "svc/tree/scan/scan.h"
#include "svc/tree/shown/clients.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/service.h"
#include "svc/tree/state/state.h"
#include "svc/tree/upgrade.h"

/* Answers are made here, one at a time. */
static char answer_room[WIRE_MAX + 1];

static struct buf
answer(void)
{
	return buf_over(answer_room, sizeof(answer_room));
}

static void
yes(struct client *c, uint32_t id)
{
	struct buf b = answer();

	if (wire_ok(&b, id))
		client_answer(c, &b, -1);
}

static void
hello(struct client *c, uint32_t id, struct wire *w)
{
	struct wire_hello h;
	struct buf b = answer();
	uint16_t version;

	if (!wire_get_hello(w, &h)) {
		client_no(c, id, WIRE_REASON_BAD);
		return;
	}
	version = wire_common_version(h);
	if (version == 0) {
		client_no(c, id, WIRE_REASON_VERSION);
		return;
	}
	c->is_greeted = true;
	if (wire_welcome(&b, id, version, (uint32_t)sys_getpid(),
		"svcd " TRIVET_VERSION))
		client_answer(c, &b, clients_reader());
}

/* --- wishes --- */

static uint32_t
find(struct wire_text text)
{
	char name[BOARD_NAME_MAX + 1];

	return wire_copy(text, name, sizeof(name)) ? state_by_name(name) : 0;
}

static void
remember(uint32_t i, enum wire_verb verb, uint32_t flags)
{
	struct board_record *r = rec(i);
	bool is_down = verb == WIRE_VERB_DOWN;

	if (verb != WIRE_VERB_DOWN && verb != WIRE_VERB_UP)
		return;
	board_begin(r);
	if (is_down && (flags & WIRE_REMEMBER))
		r->flags |= BOARD_REMEMBERED;
	else if (!is_down)
		r->flags &= ~(uint32_t)BOARD_REMEMBERED;
	board_end(r);
}

/* A verb that is no event of the machine. */
static enum wire_reason
act(uint32_t i, const struct wire_wish *asked)
{
	uint32_t logger = rec(i)->logger;

	switch (asked->verb) {
	case WIRE_VERB_KILL:
		if (asked->argument <= 0 || asked->argument > 64)
			return WIRE_REASON_BAD;
		return kill_one(i, asked->argument, service_kills_group(i))
			   ? WIRE_REASON_OK
			   : WIRE_REASON_MOOT;
	case WIRE_VERB_ALARM:
		if (logger == 0)
			return logger_rotate(i) ? WIRE_REASON_OK
						: WIRE_REASON_MOOT;
		return kill_one(logger, SIGALRM, false) ? WIRE_REASON_OK
							: WIRE_REASON_MOOT;
	case WIRE_VERB_UP:
	case WIRE_VERB_DOWN:
	case WIRE_VERB_ONCE:
	case WIRE_VERB_RESTART:
	case WIRE_VERB_CYCLE:
	case WIRE_VERB_RELOAD:
	case WIRE_VERB_PAUSE:
	case WIRE_VERB_CONT:
	case WIRE_VERB_EXIT:
	case WIRE_VERB_WAKE:
		break;
	}
	return WIRE_REASON_UNSUPPORTED;
}

static bool
is_named(struct wire names, uint16_t count, uint32_t i)
{
	for (; count > 0; count--)
		if (find(wire_get_text(&names)) == i)
			return true;
	return false;
}

/*
 * Who would have to stop with it, and is not to stop by this wish anyway: their
 * names. NULL: nobody.
 */
static const char *
needed_by(uint32_t i, const struct wire_wish *asked, struct wire names,
    bool is_master)
{
	static char room[1024];
	char name[BOARD_NAME_MAX + 1];
	struct buf b = BUF(room);
	uint32_t other, cursor = 0;

	if (asked->verb != WIRE_VERB_DOWN && asked->verb != WIRE_VERB_EXIT)
		return NULL;
	/* Who may control this one may not control the others by it. */
	if (is_master && (asked->flags & (WIRE_DEPENDENTS | WIRE_FORCE)))
		return NULL;
	if (rec(i)->flags & BOARD_ESSENTIAL)
		buf_puts(&b, "the tree, as it is essential");
	while ((other = relations_dependent(i, &cursor)) != 0) {
		if (is_named(names, asked->count, other))
			continue;
		buf_puts(&b, b.len > 0 ? ", " : "");
		buf_puts(&b, state_name(other, name));
	}
	return b.len > 0 ? room : NULL;
}

/* Who asked, for those who wonder later. */
static void
mark_asked(uint32_t i, enum wire_verb verb, uid_t uid)
{
	struct board_record *r = rec(i);

	if (verb != WIRE_VERB_DOWN && verb != WIRE_VERB_UP)
		return;
	/* It waits on: for what, is more than for whom. */
	if (verb == WIRE_VERB_UP && state_word(i).sv.state == S_WAIT)
		return;
	board_begin(r);
	r->cause = CAUSE_ASKED;
	r->cause_arg = (int32_t)uid;
	board_end(r);
}

static struct wire_result
grant(uint32_t i, const struct wire_wish *asked, uid_t uid)
{
	struct sv_word w;
	enum sv_event ev = wire_verb_event((uint16_t)asked->verb);
	struct wire_result result = {
	    .record = i, .reason = WIRE_REASON_NO_SUCH, .text = {"", 0}};

	if (!wish_may(i))
		return result;
	w = state_word(i);
	result.reason = WIRE_REASON_OK;
	result.generation = w.generation;
	if (ev == EV_NOTHING) {
		result.reason = act(i, asked);
		return result;
	}
	if (sv_step(w.sv, ev).moot) {
		result.reason = WIRE_REASON_MOOT;
		return result;
	}
	result.generation = sv_target(w.sv, w.generation, ev);
	remember(i, asked->verb, asked->flags);
	mark_asked(i, asked->verb, uid);
	if (ev == EV_DOWN && (asked->flags & WIRE_FORCE))
		wish_force(i);
	else
		wish(i, ev);
	return result;
}

#define GROUPS 256

/* The group it connected with, and its further ones. */
static bool
is_in_group(const struct client *c, uint32_t gid)
{
	gid_t gids[GROUPS];
	socklen_t bytes = sizeof(gids);

	if (c->peer.gid == gid)
		return true;
	if (sys_getsockopt(
		c->watch.fd, SOL_SOCKET, SO_PEERGROUPS, gids, &bytes) < 0)
		return false;
	for (size_t n = 0; n < bytes / sizeof(gids[0]); n++)
		if (gids[n] == gid)
			return true;
	return false;
}

/* control-by: users, and groups behind an @, by name or number. */
static bool
may_control(const struct client *c, uint32_t i)
{
	const struct settings *s = define_view(i);
	struct settings_list list;
	struct passwd_user user;
	const char *who;
	uint32_t id;

	if (s == NULL)
		return false;
	list = s->control_by;
	while ((who = settings_each(&list)) != NULL) {
		if (who[0] == '@') {
			if ((scan_u32(who + 1, &id) ||
				passwd_group(who + 1, &id) == 1) &&
			    is_in_group(c, id))
				return true;
		} else if (scan_u32(who, &id)) {
			if (c->peer.uid == id)
				return true;
		} else if (passwd_user(who, &user) == 1 &&
			   c->peer.uid == user.uid) {
			return true;
		}
	}
	return false;
}

/* One name of a wish; `names` are all of them. */
static struct wire_result
answer_one(struct client *c, uint32_t i, const struct wire_wish *asked,
    struct wire names)
{
	struct wire_result no = {.record = i, .text = {"", 0}};
	const char *who;

	no.reason = WIRE_REASON_NO_SUCH;
	if (i == 0)
		return no;
	no.reason = WIRE_REASON_DENIED;
	if (!c->is_master && !may_control(c, i))
		return no;
	no.reason = WIRE_REASON_ENDING;
	if (tree.is_ending && asked->verb != WIRE_VERB_KILL)
		return no;
	who = needed_by(i, asked, names, c->is_master);
	if (who == NULL)
		return grant(i, asked, c->peer.uid);
	no.reason = WIRE_REASON_NEEDED;
	no.text = (struct wire_text){who, (uint16_t)strlen(who)};
	return no;
}

/* Each is to know of the others when it may start, in whatever order they are
 * named. */
static void
expect(const struct wire_wish *asked)
{
	enum sv_event ev = wire_verb_event((uint16_t)asked->verb);
	struct wire names = asked->names;

	if (ev != EV_UP && ev != EV_ONCE && ev != EV_RESTART)
		return;
	for (uint16_t n = 0; n < asked->count; n++) {
		uint32_t i = find(wire_get_text(&names));

		if (i != 0)
			relations_expect(i, ev);
	}
}

static void
wish_for(struct client *c, uint32_t id, struct wire *w)
{
	struct wire_wish asked;
	struct wire_result result;
	struct wire names;
	struct buf b = answer();

	if (!wire_get_wish(w, &asked)) {
		client_no(c, id, WIRE_REASON_BAD);
		return;
	}
	wire_begin(&b, WIRE_RESULTS, id);
	wire_put_count(&b, asked.count);
	names = asked.names;
	if (c->is_master && !tree.is_ending)
		expect(&asked);
	for (uint16_t n = 0; n < asked.count; n++) {
		uint32_t i = find(wire_get_text(&asked.names));
		result = answer_one(c, i, &asked, names);
		wire_put_result(&b, &result);
	}
	if (wire_end(&b))
		client_answer(c, &b, -1);
}

/* The names of all that need it; cut short where they are too many. */
static struct wire_text
who_needs(uint32_t i)
{
	static char room[WIRE_MAX / 2];
	char name[BOARD_NAME_MAX + 1];
	struct buf b = BUF(room);
	uint32_t other, cursor = 0;

	while ((other = relations_needed_by(i, &cursor)) != 0) {
		if (b.len + sizeof(name) + 5 > sizeof(room)) {
			buf_puts(&b, " ...");
			break;
		}
		buf_puts(&b, b.len > 0 ? " " : "");
		buf_puts(&b, state_name(other, name));
	}
	return (struct wire_text){room, (uint16_t)b.len};
}

static void
which_are(struct client *c, uint32_t id, struct wire *w)
{
	uint16_t count = wire_get_count(w);
	struct buf b = answer();

	wire_begin(&b, WIRE_RESULTS, id);
	wire_put_count(&b, count);
	for (uint16_t n = 0; n < count; n++) {
		uint32_t i = find(wire_get_text(w));
		struct wire_result result = {.record = i,
		    .reason = i == 0 ? WIRE_REASON_NO_SUCH : WIRE_REASON_OK,
		    .text = {"", 0}};
		if (i != 0)
			result.generation = state_word(i).generation;
		if (i != 0 && count == 1)
			result.text = who_needs(i);
		wire_put_result(&b, &result);
		if (count == 1)
			wire_put_u16(&b, i != 0 && relations_holds_back(i));
	}
	if (wire_done(w) && wire_end(&b))
		client_answer(c, &b, -1);
	else
		client_no(c, id, WIRE_REASON_BAD);
}

/* --- events, the tree --- */

static void
subscribe(struct client *c, uint32_t id, struct wire *w)
{
	uint16_t count = wire_get_count(w);

	bits_clear(c->wants, TREE_RECORDS);
	c->wants_all = count == 0;
	for (uint16_t n = 0; n < count; n++) {
		uint32_t i = find(wire_get_text(w));
		if (i == 0 || !wire_done(w)) {
			client_no(c, id,
			    wire_done(w) ? WIRE_REASON_NO_SUCH
					 : WIRE_REASON_BAD);
			return;
		}
		bits_add(c->wants, i);
	}
	c->is_subscribed = true;
	c->subscription = id;
	yes(c, id);
}

static void
end(struct client *c, uint32_t id, struct wire *w)
{
	struct wire_ending e;

	if (!wire_get_ending(w, &e))
		client_no(c, id, WIRE_REASON_BAD);
	else if (e.when_real_ns != 0)
		client_no(c, id, WIRE_REASON_UNSUPPORTED);
	else if (keep_end(
		     (enum keep_ending)e.ending, e.code, e.flags & WIRE_FORCE))
		yes(c, id);
	else
		client_no(c, id, WIRE_REASON_SYSTEM);
}

static void
rescan(struct client *c, uint32_t id)
{
	scan_all();
	yes(c, id);
}

static void
tail(struct client *c, uint32_t id, struct wire *w)
{
	static char text[WIRE_TEXT_MAX + 1];
	struct buf b = answer(), last = BUF(text);
	uint32_t i = find(wire_get_text(w)), most = wire_get_u32(w);

	if (!wire_done(w) || i == 0) {
		client_no(c, id,
		    wire_done(w) ? WIRE_REASON_NO_SUCH : WIRE_REASON_BAD);
		return;
	}
	output_take(i);
	lines_last(i, &last, most < WIRE_TEXT_MAX ? most : WIRE_TEXT_MAX);
	wire_begin(&b, WIRE_LINES, id);
	wire_put_u32(&b, 0);
	wire_put_text(&b, last.p, last.len);
	if (wire_end(&b))
		client_answer(c, &b, -1);
}

static bool
is_for_masters(uint16_t tag)
{
	return tag == WIRE_RESCAN || tag == WIRE_RUN || tag == WIRE_UPGRADE ||
	       tag == WIRE_END || tag == WIRE_CANCEL || tag == WIRE_TAIL;
}

void
request(struct client *c, const struct wire_head *head, struct wire *w)
{
	if (!c->is_greeted && head->tag != WIRE_HELLO) {
		client_no(c, head->id, WIRE_REASON_VERSION);
		return;
	}
	if (is_for_masters(head->tag) && !c->is_master) {
		client_no(c, head->id, WIRE_REASON_DENIED);
		return;
	}
	if (head->tag == WIRE_HELLO)
		hello(c, head->id, w);
	else if (head->tag == WIRE_WISH)
		wish_for(c, head->id, w);
	else if (head->tag == WIRE_RESCAN)
		rescan(c, head->id);
	else if (head->tag == WIRE_SUBSCRIBE)
		subscribe(c, head->id, w);
	else if (head->tag == WIRE_END)
		end(c, head->id, w);
	else if (head->tag == WIRE_FIND)
		which_are(c, head->id, w);
	else if (head->tag == WIRE_UPGRADE)
		upgrade_ask(c, head->id);
	else if (head->tag == WIRE_TAIL)
		tail(c, head->id, w);
	else if (head->tag == WIRE_RUN || head->tag == WIRE_CANCEL)
		client_no(c, head->id, WIRE_REASON_UNSUPPORTED);
	else
		client_no(c, head->id, WIRE_REASON_UNKNOWN_TAG);
}
