#include "lib/list.h"
#include "tests/unit/unit.h"

struct item {
	int value;
	struct list link;
};

static struct item items[4] = {
    {.value = 0}, {.value = 1}, {.value = 2}, {.value = 3}};

static int
digits(struct list *head)
{
	struct list *l, *next;
	int all = 0;

	LIST_EACH(l, next, head)
	all = all * 10 + LIST_OF(l, struct item, link)->value;
	return all;
}

static void
keeps_order(void)
{
	struct list head;

	list_init(&head);
	HOLDS(list_empty(&head));
	for (int i = 1; i < 4; i++)
		list_add(&head, &items[i].link);
	HOLDS(digits(&head) == 123);
	list_del(&items[2].link);
	HOLDS(digits(&head) == 13);
	list_del(&items[2].link); /* in no list: harmless */
	list_push(&head, &items[2].link);
	HOLDS(digits(&head) == 213);
	HOLDS(LIST_OF(list_take(&head), struct item, link)->value == 2);
	HOLDS(digits(&head) == 13);
}

static void
deletes_while_walking(void)
{
	struct list head, *l, *next;

	list_init(&head);
	for (int i = 0; i < 4; i++)
		list_add(&head, &items[i].link);
	LIST_EACH(l, next, &head)
	list_del(l);
	HOLDS(list_empty(&head));
	HOLDS(list_take(&head) == NULL);
}

int
main(void)
{
	TEST("list: keeps order", keeps_order);
	TEST("list: the current one may be deleted", deletes_while_walking);
	return unit_done();
}
