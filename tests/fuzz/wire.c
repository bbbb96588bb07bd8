/*
 * A message from a stranger, read as each of the messages there are; and the
 * state file of a svcd of another day.
 */
#include "svc/core/wire.h"
#include "svc/core/board.h"
#include "tests/fuzz/fuzz.h"

static void
inside(const uint8_t *data, size_t size, struct wire_text text)
{
	const uint8_t *p = (const uint8_t *)text.p;

	CLAIM(text.len == 0 || (p >= data && p + text.len <= data + size));
}

static void
texts(const uint8_t *data, size_t size, struct wire w, uint16_t count)
{
	char name[64];

	for (uint16_t i = 0; i < count && !w.bad; i++) {
		struct wire_text text = wire_get_text(&w);

		inside(data, size, text);
		if (wire_copy(text, name, sizeof(name)))
			CLAIM(strlen(name) == text.len);
	}
}

static void
fields(const uint8_t *data, size_t size, struct wire start)
{
	struct wire w = start;
	struct wire_hello hello;
	struct wire_welcome welcome;
	struct wire_wish wish;
	struct wire_result result;
	struct wire_event event;
	struct wire_ending ending;
	struct wire_run run;

	if (wire_get_hello(&w, &hello))
		wire_common_version(hello);
	w = start;
	if (wire_get_welcome(&w, &welcome))
		inside(data, size, welcome.program);
	w = start;
	if (wire_get_wish(&w, &wish)) {
		texts(data, size, wish.names, wish.count);
		wire_verb_event((uint16_t)wish.verb);
	}
	w = start;
	if (wire_get_result(&w, &result))
		inside(data, size, result.text);
	w = start;
	if (wire_get_event(&w, &event))
		inside(data, size, event.name);
	w = start;
	if (wire_get_ending(&w, &ending))
		inside(data, size, ending.message);
	w = start;
	if (wire_get_run(&w, &run)) {
		texts(data, size, run.argv, run.argc);
		texts(data, size, run.env, run.envc);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static _Alignas(64) unsigned char copy[65536];
	struct board board = {copy, size < sizeof(copy) ? size : 0};
	struct wire_head head;
	struct wire w;

	if (wire_open(&w, &head, data, size)) {
		CLAIM(head.length == size);
		wire_tag_name(head.tag);
		fields(data, size, w);
	}
	memcpy(copy, data, board.size);
	if (board_check(board) == BOARD_IS_FINE)
		CLAIM(board_used(board) <= sizeof(copy));
	return 0;
}
