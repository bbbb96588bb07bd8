/*
 * svc/core/wire.c: there and back, and every message cut at every byte.
 */
#include "svc/core/board.h"
#include "svc/core/wire.h"
#include "tests/unit/unit.h"

static char storage[WIRE_MAX + 1];

static struct wire
opened(const struct buf *b, enum wire_tag tag, uint32_t id)
{
	struct wire w;
	struct wire_head head;

	HOLDS(wire_open(&w, &head, b->p, b->len));
	HOLDS(head.tag == tag && head.id == id && head.length == b->len);
	return w;
}

static void
test_hello(void)
{
	struct buf b = BUF(storage);
	struct wire_hello hello;
	struct wire_welcome welcome;
	struct wire w;

	HOLDS(wire_hello(&b, 7));
	w = opened(&b, WIRE_HELLO, 7);
	HOLDS(wire_get_hello(&w, &hello));
	HOLDS(wire_common_version(hello) == WIRE_VERSION);
	HOLDS(wire_common_version((struct wire_hello){2, 9}) == 0);
	HOLDS(wire_common_version((struct wire_hello){1, 9}) == 1);
	HOLDS(wire_common_version((struct wire_hello){0, 0}) == 0);
	HOLDS(wire_welcome(&b, 7, 1, 4242, "0.1.0"));
	w = opened(&b, WIRE_WELCOME, 7);
	HOLDS(wire_get_welcome(&w, &welcome));
	HOLDS(welcome.pid == 4242 && welcome.board_version == BOARD_VERSION);
	HOLDS(welcome.program.len == 5);
}

static bool
make_wish(struct buf *b)
{
	wire_wish(b, 9, WIRE_VERB_KILL, WIRE_DEPENDENTS, 10, 2);
	wire_put_text(b, "nginx", 5);
	wire_put_text(b, "db/log", 6);
	return wire_end(b);
}

static void
test_wish(void)
{
	struct buf b = BUF(storage);
	struct wire_wish wish;
	struct wire w;
	char name[8];

	HOLDS(make_wish(&b));
	w = opened(&b, WIRE_WISH, 9);
	HOLDS(wire_get_wish(&w, &wish));
	HOLDS(wish.verb == WIRE_VERB_KILL && wish.flags == WIRE_DEPENDENTS);
	HOLDS(wish.argument == 10 && wish.count == 2);
	HOLDS(wire_copy(wire_get_text(&wish.names), name, sizeof(name)));
	SAME(name, "nginx");
	HOLDS(!wire_copy(wire_get_text(&wish.names), name, 6));
	HOLDS(!wish.names.bad && wire_get_text(&wish.names).len == 0);
	HOLDS(wish.names.bad);
}

static void
test_event(void)
{
	struct wire_event e = {3, SV_SHOWN_UP, SV_SHOWN_BACKOFF, 77, 4194303,
	    CAUSE_EXITED, INT64_C(-5), 1, 255, {"web", 3}};
	struct wire_event got;
	struct buf b = BUF(storage);
	struct wire w;

	HOLDS(wire_event(&b, 1, &e));
	w = opened(&b, WIRE_EVENT, 1);
	HOLDS(wire_get_event(&w, &got));
	HOLDS(got.record == 3 && got.old == SV_SHOWN_UP);
	HOLDS(got.new == SV_SHOWN_BACKOFF &&got.generation == 77);
	HOLDS(got.pid == 4194303 && got.cause == CAUSE_EXITED);
	HOLDS(got.real_ns == -5 && got.code == 1 && got.value == 255);
	HOLDS(got.name.len == 3 && memcmp(got.name.p, "web", 3) == 0);
}

static void
test_ending(void)
{
	struct wire_ending e = {7, -1, INT64_MAX, WIRE_FORCE, {"bye", 3}}, got;
	struct buf b = BUF(storage);
	struct wire w;

	HOLDS(wire_ending(&b, 2, &e));
	w = opened(&b, WIRE_END, 2);
	HOLDS(wire_get_ending(&w, &got));
	HOLDS(got.ending == 7 && got.code == -1 && got.flags == WIRE_FORCE);
	HOLDS(got.when_real_ns == INT64_MAX && got.message.len == 3);
}

static bool
make_run(struct buf *b)
{
	wire_begin(b, WIRE_RUN, 5);
	wire_put_text(b, "job", 3);
	wire_put_u32(b, WIRE_WAIT);
	wire_put_text(b, "", 0);
	wire_put_count(b, 2);
	wire_put_text(b, "sleep", 5);
	wire_put_text(b, "9", 1);
	wire_put_count(b, 1);
	wire_put_text(b, "A=1", 3);
	return wire_end(b);
}

static void
test_run(void)
{
	struct buf b = BUF(storage);
	struct wire_run run;
	struct wire w;

	HOLDS(make_run(&b));
	w = opened(&b, WIRE_RUN, 5);
	HOLDS(wire_get_run(&w, &run));
	HOLDS(run.argc == 2 && run.envc == 1 && run.flags == WIRE_WAIT);
	HOLDS(wire_get_text(&run.argv).len == 5);
	HOLDS(wire_get_text(&run.env).len == 3);
}

/* A message cut at any byte is refused, never read beyond its end. */
static void
test_cuts(void)
{
	struct buf b = BUF(storage);
	struct wire_run run;
	struct wire_wish wish;
	struct wire_head head;
	struct wire w;

	for (int kind = 0; kind < 2; kind++) {
		HOLDS(kind == 0 ? make_wish(&b) : make_run(&b));
		size_t whole = b.len;
		for (size_t n = 0; n < whole; n++) {
			char cut[256];
			memcpy(cut, b.p, n);
			HOLDS(!wire_open(&w, &head, cut, n));
			if (n < WIRE_HEADER)
				continue;
			cut[0] = (char)n;
			HOLDS(wire_open(&w, &head, cut, n));
			HOLDS(kind == 0 ? !wire_get_wish(&w, &wish)
					: !wire_get_run(&w, &run));
		}
	}
}

static void
test_refusals(void)
{
	struct buf b = BUF(storage);
	struct wire_wish wish;
	struct wire w;

	wire_wish(&b, 1, WIRE_VERB_UP, 0, 0, 1);
	wire_put_text(&b, "a\0b", 3);
	HOLDS(wire_end(&b));
	w = opened(&b, WIRE_WISH, 1);
	HOLDS(!wire_get_wish(&w, &wish));
	wire_wish(&b, 1, (enum wire_verb)99, 0, 0, 0);
	HOLDS(wire_end(&b));
	w = opened(&b, WIRE_WISH, 1);
	HOLDS(!wire_get_wish(&w, &wish));
	/* A count that the message cannot hold. */
	wire_wish(&b, 1, WIRE_VERB_UP, 0, 0, 65535);
	HOLDS(wire_end(&b));
	w = opened(&b, WIRE_WISH, 1);
	HOLDS(!wire_get_wish(&w, &wish));
	wire_begin(&b, WIRE_LINES, 1);
	wire_put_text(&b, storage, 100000);
	HOLDS(!wire_end(&b));
}

static void
test_growth(void)
{
	struct buf b = BUF(storage);
	struct wire_hello hello;
	struct wire w;

	/* A later version adds fields at the end: they are not in the way. */
	HOLDS(wire_hello(&b, 1));
	wire_put_i64(&b, 1);
	HOLDS(wire_end(&b));
	w = opened(&b, WIRE_HELLO, 1);
	HOLDS(wire_get_hello(&w, &hello) && hello.highest == WIRE_VERSION);
}

static void
test_names(void)
{
	SAME(wire_tag_name(WIRE_SUBSCRIBE), "SUBSCRIBE");
	HOLDS(wire_tag_name(999) == NULL);
	SAME(wire_verb_name(WIRE_VERB_CYCLE), "try-restart");
	HOLDS(wire_verb_of("restart") == WIRE_VERB_RESTART);
	HOLDS(wire_verb_of("nonsense") == 0);
	HOLDS(wire_verb_event(WIRE_VERB_ONCE) == EV_ONCE);
	HOLDS(wire_verb_event(77) == EV_NOTHING);
	SAME(wire_reason_text(WIRE_REASON_NO_SUCH), "no such service");
	SAME(wire_reason_text(777), "unknown reason");
}

/* The page for those who write a client names what wire.h names. */
static void
test_page(void)
{
	static char page[65536];
	FILE *file = fopen("docs/protocol.md", "r");
	char row[512];
	size_t n;

	HOLDS(file != NULL);
	if (file == NULL)
		return;
	n = fread(page, 1, sizeof(page) - 1, file);
	page[n] = '\0';
	fclose(file);
#define ROW(...)                                  \
	(snprintf(row, sizeof(row), __VA_ARGS__), \
	    strstr(page, row) != NULL ? (void)0 : (void)(SAME(row, "a row")));
#define TAG(name, number, from, fields)          \
	ROW("| %d | %s | %s |\n", number, #name, \
	    *(fields) == '\0' ? "nothing" : (fields))
#define VERB(name, number, event, word) ROW("| %d | %s |\n", number, word)
#define REASON(name, number, words) ROW("| %d | %s |\n", number, words)
	WIRE_TAGS(TAG)
	WIRE_VERBS(VERB)
	WIRE_REASONS(REASON)
}

static void
test_results(void)
{
	struct wire_result in = {WIRE_REASON_NEEDED, 7, 65535, {"a b", 3}}, r;
	struct buf b = BUF(storage);
	struct wire_text text;
	struct wire w;

	wire_begin(&b, WIRE_RESULTS, 3);
	wire_put_count(&b, 1);
	wire_put_result(&b, &in);
	HOLDS(wire_end(&b));
	w = opened(&b, WIRE_RESULTS, 3);
	HOLDS(wire_get_count(&w) == 1 && wire_get_result(&w, &r));
	HOLDS(r.reason == WIRE_REASON_NEEDED && r.record == 7);
	HOLDS(r.generation == 65535 && r.text.len == 3);
	HOLDS(wire_no(&b, 4, WIRE_REASON_DENIED, "not yours"));
	w = opened(&b, WIRE_NO, 4);
	HOLDS(wire_get_u16(&w) == WIRE_REASON_DENIED);
	text = wire_get_text(&w);
	HOLDS(text.len == 9 && wire_done(&w));
	HOLDS(wire_ok(&b, 5));
	w = opened(&b, WIRE_OK, 5);
	HOLDS(wire_get_u8(&w) == 0 && w.bad);
	/* More names than a wish may have. */
	wire_wish(&b, 1, WIRE_VERB_UP, 0, 0, WIRE_NAMES_MAX + 1);
	for (int i = 0; i <= WIRE_NAMES_MAX; i++)
		wire_put_text(&b, "a", 1);
	HOLDS(wire_end(&b));
	w = opened(&b, WIRE_WISH, 1);
	HOLDS(!wire_get_wish(&w, &(struct wire_wish){0}));
}

int
main(void)
{
	TEST("hello and welcome", test_hello);
	TEST("a wish with its names", test_wish);
	TEST("an event", test_event);
	TEST("an ending", test_ending);
	TEST("an ad-hoc service", test_run);
	TEST("a message cut at any byte is refused", test_cuts);
	TEST("NULs, unknown verbs and false counts are refused", test_refusals);
	TEST("fields of a later version are skipped", test_growth);
	TEST("names and numbers", test_names);
	TEST("docs/protocol.md has every tag, verb and reason", test_page);
	TEST("results, refusals, too many names", test_results);
	return unit_done();
}
