/*
 * svcd with one of its rules broken, which the histories must not survive: a
 * rule that no rig can break is either useless or untested. More of them are in
 * tests/torture/mutants and tests/model.
 */
#include "svc/core/board.h"
#include "svc/core/group.h"
#include "svc/tree/life/relations.h"
#include "svc/tree/output/output.h"
#include "svc/tree/state/state.h"
#include "tests/fake/world.h"
#include "tests/sim/sim.h"

enum sim_mutant sim_mutant;

void __real_board_commit(struct board_record *r, uint64_t word);
void __wrap_board_commit(struct board_record *r, uint64_t word);

void
__wrap_board_commit(struct board_record *r, uint64_t word)
{
	if (sim_mutant == SIM_TWO_STORES) {
		struct sv_word half = sv_unpack(word);

		half.pid = sv_unpack(board_word(r)).pid;
		fake_call("board_commit", 0);
		__real_board_commit(
		    r, sv_pack(half.sv, half.generation, half.pid));
	}
	fake_call("board_commit", 0);
	if (sim->people->committed != NULL)
		sim->people->committed(
		    r, sv_unpack(board_word(r)).sv, sv_unpack(word).sv);
	__real_board_commit(r, word);
}

bool __real_logpipe_has_lines(int fd);
bool __wrap_logpipe_has_lines(int fd);

bool
__wrap_logpipe_has_lines(int fd)
{
	return sim_mutant != SIM_FORGETS_LINES && __real_logpipe_has_lines(fd);
}

bool __real_relations_withhold(uint32_t i);
bool __wrap_relations_withhold(uint32_t i);

bool
__wrap_relations_withhold(uint32_t i)
{
	return sim_mutant != SIM_STALE && __real_relations_withhold(i);
}

void __real_relations_end(uint32_t i, enum sv_event ev);
void __wrap_relations_end(uint32_t i, enum sv_event ev);

void
__wrap_relations_end(uint32_t i, enum sv_event ev)
{
	if (sim_mutant == SIM_ENDS_AT_ONCE)
		post(i, ev);
	else
		__real_relations_end(i, ev);
}

void __real_relations_recover(uint32_t i);
void __wrap_relations_recover(uint32_t i);

void
__wrap_relations_recover(uint32_t i)
{
	if (sim_mutant != SIM_FORGETS_HOLDS)
		__real_relations_recover(i);
}

void __real_relations_expect_ready(uint32_t i);
void __wrap_relations_expect_ready(uint32_t i);

void
__wrap_relations_expect_ready(uint32_t i)
{
	if (sim_mutant != SIM_FORGETS_LOSSES)
		__real_relations_expect_ready(i);
}

struct group_step __real_group_judge(struct group g, bool is_spent);
struct group_step __wrap_group_judge(struct group g, bool is_spent);

struct group_step
__wrap_group_judge(struct group g, bool is_spent)
{
	if (sim_mutant == SIM_ALONE)
		g.strategy = STRATEGY_ONE;
	return __real_group_judge(g, is_spent);
}
