/*
 * A state file from a foreign or torn version: read as svc does, then mended
 * and emptied as svcd does. The input is what follows a good head; its first
 * bytes are the head's `used`.
 */
#include "svc/core/board.h"
#include "tests/fuzz/fuzz.h"

#define SLOTS 8

static _Alignas(4096) unsigned char memory[BOARD_HEAD + SLOTS * BOARD_SLOT];

static void
look(struct board board)
{
	struct board_record r;
	char text[BOARD_TEXT_MAX + 1];
	bool torn;

	for (uint32_t i = 0; i < SLOTS + 2; i++) {
		struct sv_word w;
		if (!board_read(board, i, &r, &torn))
			continue;
		w = sv_unpack(r.word);
		CLAIM((unsigned)w.sv.state < SV_STATE_COUNT);
		(void)sv_step(w.sv, (enum sv_event)(i % SV_EVENT_COUNT));
		(void)board_name(board, &r, text, sizeof(text));
		(void)board_path(board, &r, text, 7);
		(void)board_status(board, &r, text, 1);
		(void)board_exit(&r, i);
		(void)board_cause_text((enum board_cause)r.cause);
	}
	for (uint32_t i = board_next(board, 0); i != BOARD_NONE;
	     i = board_next(board, i + 1))
		CLAIM(i <= SLOTS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct board board = {memory, sizeof(memory)};
	struct board_head *head = (struct board_head *)(void *)memory;

	memset(memory, 0, sizeof(memory));
	board_init(board, "fuzz");
	if (size < 4)
		return 0;
	memcpy(&head->used, data, 4);
	data += 4;
	size -= 4;
	if (size > SLOTS * BOARD_SLOT)
		size = SLOTS * BOARD_SLOT;
	memcpy(memory + BOARD_HEAD, data, size);
	look(board);
	if (board_check(board) != BOARD_IS_FINE)
		return 0;
	board_mend(board);
	look(board);
	if (board_take(board) != BOARD_NONE)
		(void)board_set_path(board, 1, (const char *)data, size);
	for (uint32_t i = 1; i <= SLOTS; i++)
		board_free(board, i);
	CLAIM(board_next(board, 0) == BOARD_NONE);
	return 0;
}
