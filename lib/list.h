/*
 * Doubly linked lists through a member of the things themselves: no storage of
 * their own, nothing that can fail. A head and a free link point at themselves,
 * so list_del of something that is in no list is harmless.
 *
 *	struct list jobs;               struct job { …; struct list link; };
 *	list_init(&jobs);
 *	list_add(&jobs, &job->link);
 *	struct list *l, *next;
 *	LIST_EACH(l, next, &jobs) {     // `l` may be deleted inside
 *		struct job *job = LIST_OF(l, struct job, link);
 */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *prev, *next;
};

#define LIST_OF(l, type, member) \
	((type *)(void *)((char *)(l)-offsetof(type, member)))
#define LIST_EACH(l, after, head)                                    \
	for ((l) = (head)->next, (after) = (l)->next; (l) != (head); \
	     (l) = (after), (after) = (l)->next)

static inline void
list_init(struct list *l)
{
	l->prev = l->next = l;
}

static inline bool
list_empty(const struct list *head)
{
	return head->next == head;
}

/* At the end. */
static inline void
list_add(struct list *head, struct list *l)
{
	l->prev = head->prev;
	l->next = head;
	head->prev->next = l;
	head->prev = l;
}

/* At the beginning. */
static inline void
list_push(struct list *head, struct list *l)
{
	list_add(head->next, l);
}

static inline void
list_del(struct list *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	list_init(l);
}

/* The first, taken out; NULL if there is none. */
static inline struct list *
list_take(struct list *head)
{
	struct list *l = head->next;

	if (l == head)
		return NULL;
	list_del(l);
	return l;
}

#endif
