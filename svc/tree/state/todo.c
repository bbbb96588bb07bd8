/* A ring for each list; a bit in each record says in which it stands. */
#include "svc/tree/state/todo.h"

#include "lib/mem.h"
#include "lib/say.h"

void
todo_init(struct todo *t)
{
	static uint16_t next = 1;

	t->of = mem_pages(TREE_RECORDS * sizeof(*t->of));
	if (t->of == NULL || next == 0)
		die(111, "cannot reserve memory");
	t->bit = next;
	next = (uint16_t)(next << 1);
}

void
todo_add(struct todo *t, uint32_t i)
{
	if (tree.live[i].todos & t->bit)
		return;
	tree.live[i].todos |= t->bit;
	t->of[(t->head + t->len++) % TREE_RECORDS] = i;
}

uint32_t
todo_take(struct todo *t)
{
	uint32_t i;

	if (t->len == 0)
		return 0;
	i = t->of[t->head];
	t->head = (t->head + 1) % TREE_RECORDS;
	if (--t->len == 0) /* the same pages again, and no others */
		t->head = 0;
	tree.live[i].todos &= (uint16_t)~t->bit;
	return i;
}
