/*
 * svc/core/board.c: slots, texts, a writer that died, a file that lies.
 */
#include "svc/core/board.h"
#include "tests/unit/unit.h"

#define SLOTS 24

static _Alignas(4096) unsigned char memory[BOARD_HEAD + SLOTS * BOARD_SLOT];
static struct board board = {memory, sizeof(memory)};
static char text[BOARD_TEXT_MAX + 1];

static void
begin(void)
{
	memset(memory, 0, sizeof(memory));
	board_init(board, "0.1.0");
}

static uint32_t
add(const char *name)
{
	uint32_t i = board_take(board);

	HOLDS(board_set_name(board, i, name, strlen(name)));
	board_commit(board_record(board, i),
	    sv_pack(sv_new((struct sv_config){0}), 1, 0));
	return i;
}

static void
test_check(void)
{
	struct board small = {memory, 100}, none = {NULL, 0};

	memset(memory, 0, sizeof(memory));
	HOLDS(board_check(none) == BOARD_IS_SHORT);
	HOLDS(board_check(small) == BOARD_IS_SHORT);
	HOLDS(board_check(board) == BOARD_IS_FOREIGN);
	begin();
	HOLDS(board_check(board) == BOARD_IS_FINE);
	((struct board_head *)(void *)memory)->version = BOARD_VERSION + 1;
	HOLDS(board_check(board) == BOARD_IS_NEWER);
	((struct board_head *)(void *)memory)->version = 0;
	HOLDS(board_check(board) == BOARD_IS_OLDER);
	begin();
	((struct board_head *)(void *)memory)->slot_size = 256;
	HOLDS(board_check(board) == BOARD_IS_TORN);
	SAME(board_trouble_text(BOARD_IS_TORN), "damaged");
}

static void
test_slots(void)
{
	uint32_t a, b;

	begin();
	a = add("a");
	b = add("b");
	HOLDS(a == 1 && b == 2 && board_used(board) == 3);
	HOLDS(board_next(board, 0) == 1 && board_next(board, 2) == 2);
	HOLDS(board_next(board, 3) == BOARD_NONE);
	board_free(board, a);
	HOLDS(board_next(board, 0) == 2);
	HOLDS(add("c") == 1);
	for (unsigned i = 2; i < SLOTS; i++)
		HOLDS(add("x") == i + 1);
	HOLDS(board_take(board) == BOARD_NONE);
	HOLDS(board_record(board, SLOTS + 1) == NULL);
	HOLDS(board_record(board, 0) == NULL);
	HOLDS(board_bytes(SLOTS) == sizeof(memory));
}

static void
test_texts(void)
{
	struct board_record r;
	char path[3000], got[4096];
	uint32_t i, pieces;

	begin();
	i = add("web");
	memset(path, 'p', sizeof(path));
	HOLDS(board_set_path(board, i, path, sizeof(path)));
	pieces = board_used(board) - 2;
	HOLDS(pieces == (sizeof(path) + BOARD_PIECE - 1) / BOARD_PIECE);
	HOLDS(board_read(board, i, &r, NULL));
	HOLDS(board_name(board, &r, got, sizeof(got)) == 3);
	SAME(got, "web");
	HOLDS(board_path(board, &r, got, sizeof(got)) == sizeof(path));
	HOLDS(memcmp(got, path, sizeof(path)) == 0);
	HOLDS(board_path(board, &r, got, 10) == 9);
	HOLDS(board_next(board, 2) == BOARD_NONE);
	/* A short one gives its pieces back. */
	HOLDS(board_set_path(board, i, "/etc/sv/web", 11));
	HOLDS(board_take(board) == 2);
	HOLDS(board_read(board, i, &r, NULL));
	board_path(board, &r, got, sizeof(got));
	SAME(got, "/etc/sv/web");
}

static void
test_full(void)
{
	struct board_record r;
	char got[4096];
	uint32_t i;

	begin();
	i = add("web");
	memset(text, 's', sizeof(text));
	while (board_used(board) < SLOTS - 2)
		add("x");
	HOLDS(!board_set_status(board, i, text, BOARD_TEXT_MAX));
	HOLDS(board_read(board, i, &r, NULL));
	HOLDS(
	    board_status(board, &r, got, sizeof(got)) == sizeof(r.status_text));
	HOLDS(board_take(board) != BOARD_NONE);
}

static void
test_seq(void)
{
	struct board_record copy, *r;
	bool torn;
	uint32_t i;

	begin();
	i = add("web");
	r = board_record(board, i);
	HOLDS(board_read(board, i, &copy, &torn) && !torn);
	board_begin(r);
	HOLDS(board_read(board, i, &copy, &torn) && torn);
	HOLDS(board_word(&copy) == board_word(r));
	board_end(r);
	HOLDS(board_read(board, i, &copy, &torn) && !torn);
}

static void
test_mend(void)
{
	struct board_record copy, *r;
	bool torn;
	uint32_t i, lost;

	begin();
	i = add("web");
	memset(text, 's', 1000);
	HOLDS(board_set_status(board, i, text, 1000));
	lost = board_take(board);
	r = board_record(board, lost);
	r->flags = BOARD_LOG; /* died before its word was committed */
	r = board_record(board, i);
	board_begin(r);
	r->status.slot = 0; /* died between the two halves of a change */
	board_mend(board);
	HOLDS(board_read(board, i, &copy, &torn) && !torn);
	HOLDS(board_record(board, lost)->flags == 0);
	HOLDS(board_take(board) == 2);
}

static void
test_exits(void)
{
	struct board_record r = {0};

	HOLDS(board_exit(&r, 0) == NULL);
	for (uint8_t n = 1; n <= 10; n++)
		board_add_exit(&r, (struct board_exit){.value = n});
	HOLDS(board_exit(&r, 0)->value == 10);
	HOLDS(board_exit(&r, BOARD_EXITS - 1)->value == 5);
	HOLDS(board_exit(&r, BOARD_EXITS) == NULL);
}

static void
test_fault(void)
{
	struct board_fault f = {.pid = 4194303, .step = BOARD_FAULT_GATE};

	f = board_fault_unpack(board_fault_pack(f));
	HOLDS(f.pid == 4194303 && f.step == BOARD_FAULT_GATE);
	f = (struct board_fault){1, 2, 12, 13};
	f = board_fault_unpack(board_fault_pack(f));
	HOLDS(f.pid == 1 && f.step == 12 && f.error == 13);
	/* The layout is lib/spawn.h's: the child writes it without us. */
	HOLDS(board_fault_pack(f) ==
	      (UINT64_C(1) << 32 | 2 << 24 | 12 << 16 | 13));
}

/* Random bytes under a good head: answers may be rubbish, never a fault. */
static void
test_rubbish(void)
{
	uint64_t seed = 42;
	char got[300];

	for (int round = 0; round < 300; round++) {
		struct board_record r;
		begin();
		for (size_t i = BOARD_HEAD; i < sizeof(memory); i++) {
			seed = seed * UINT64_C(6364136223846793005) + 144269;
			memory[i] = (unsigned char)(seed >> 40 & seed >> 55);
		}
		((struct board_head *)(void *)memory)->used = 1u << 31;
		for (uint32_t i = 0; i < SLOTS + 3; i++) {
			if (!board_read(board, i, &r, NULL))
				continue;
			HOLDS(board_name(board, &r, got, 300) < 300);
			HOLDS(board_path(board, &r, got, 300) < 300);
			HOLDS(board_status(board, &r, got, 300) < 300);
			(void)board_exit(&r, 3);
		}
		((struct board_head *)(void *)memory)->used = SLOTS + 1;
		board_mend(board);
		for (uint32_t i = 1; i <= SLOTS; i++)
			board_free(board, i);
		HOLDS(board_next(board, 0) == BOARD_NONE);
	}
}

/* What is whole stays whole: a restart of svcd loses no long name. */
static void
test_mend_keeps(void)
{
	struct board_record r;
	char got[4096], name[BOARD_NAME_MAX];
	uint32_t i, used;

	begin();
	memset(name, 'n', sizeof(name));
	memset(text, 'p', 1200);
	i = add("x");
	HOLDS(board_set_name(board, i, name, sizeof(name)));
	HOLDS(board_set_path(board, i, text, 1200));
	board_commit_aux(board_record(board, i), 77);
	used = board_used(board);
	board_mend(board);
	HOLDS(board_used(board) == used && board_take(board) == used);
	HOLDS(board_read(board, i, &r, NULL) && r.aux == 77);
	HOLDS(board_name(board, &r, got, sizeof(got)) == sizeof(name));
	HOLDS(memcmp(got, name, sizeof(name)) == 0);
	HOLDS(board_path(board, &r, got, sizeof(got)) == 1200);
	board_free(board, i);
	board_free(board, SLOTS + 9);
	HOLDS(board_take(board) == i && board_take(board) == i + 1);
	HOLDS(!board_set_name(board, SLOTS + 9, "x", 1));
}

static void
test_words(void)
{
	struct board empty = {memory, BOARD_HEAD};

	HOLDS(board_used(empty) == 1 && board_next(empty, 0) == BOARD_NONE);
	SAME(board_cause_name(CAUSE_SPENT), "SPENT");
	SAME(board_cause_text(CAUSE_NONE), "");
	SAME(board_cause_text((enum board_cause)999), "?");
	SAME(board_flag_text(0), "the logger of `parent`: NAME/log");
	SAME(board_flag_text(99), "?");
	begin();
	board_init(board, "a program version of more than 31 bytes");
	HOLDS(strlen(board_head(board)->program) == 31);
}

int
main(void)
{
	TEST("foreign, short, newer and damaged files are told", test_check);
	TEST("slots are taken, freed and taken again", test_slots);
	TEST("long texts go into pieces and come back", test_texts);
	TEST("a text without room is cut, nothing is lost", test_full);
	TEST("a reader notices a writer", test_seq);
	TEST("what a dead writer left half done is mended", test_mend);
	TEST("the last exits are kept", test_exits);
	TEST("the fault word", test_fault);
	TEST("a file of rubbish is read without harm", test_rubbish);
	TEST("mending keeps what is whole", test_mend_keeps);
	TEST("words for causes and flags", test_words);
	return unit_done();
}
