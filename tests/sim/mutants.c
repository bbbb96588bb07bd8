/*
 * svcd with one of its rules broken, which the histories must not survive: a
 * rule that no rig can break is either useless or untested. More of them are in
 * tests/torture/mutants and tests/model.
 */
#include "svc/core/board.h"
#include "tests/fake/world.h"
#include "tests/sim/sim.h"

bool sim_two_stores;

void __real_board_commit(struct board_record *r, uint64_t word);
void __wrap_board_commit(struct board_record *r, uint64_t word);

void
__wrap_board_commit(struct board_record *r, uint64_t word)
{
	if (sim_two_stores) {
		struct sv_word half = sv_unpack(word);

		half.pid = sv_unpack(board_word(r)).pid;
		fake_call("board_commit", 0);
		__real_board_commit(
		    r, sv_pack(half.sv, half.generation, half.pid));
	}
	fake_call("board_commit", 0);
	__real_board_commit(r, word);
}
