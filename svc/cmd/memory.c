/*
 * The only place of svc that asks for memory, so that no caller can forget to
 * look whether it came. All that was given is in one list, newest first, so
 * that what a loop took for one turn can be given back at once.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "svc/cmd/memory.h"
#include "svc/cmd/table.h"

/* Before each piece; as strictly aligned as anything. */
struct piece {
	_Alignas(max_align_t) struct piece *older;
	struct piece *newer;
	uint64_t number;
};

static struct piece *newest;
static uint64_t numbers;

static _Noreturn void
none_left(void)
{
	fputs("svc: fatal: out of memory\n", stderr);
	exit(EXITCODE_SYSTEM);
}

static void
put_in(struct piece *piece)
{
	piece->older = newest;
	piece->newer = NULL;
	if (newest != NULL)
		newest->newer = piece;
	newest = piece;
}

void *
memory_get(size_t count, size_t size)
{
	struct piece *piece = NULL;

	if (size == 0 || count <= (SIZE_MAX - sizeof *piece) / size)
		piece = calloc(1, sizeof *piece + count * size);
	if (piece == NULL)
		none_left();
	piece->number = ++numbers;
	put_in(piece);
	return piece + 1;
}

/* Where the list names it, after it has moved. */
static void
put_back(struct piece *piece)
{
	if (piece->older != NULL)
		piece->older->newer = piece;
	if (piece->newer != NULL)
		piece->newer->older = piece;
	else
		newest = piece;
}

void *
memory_grow(void *old, size_t *room, size_t need, size_t size)
{
	size_t more = *room == 0 ? 16 : *room;
	struct piece *piece;

	if (need <= *room)
		return old;
	while (more < need)
		more *= 2;
	if (old == NULL) {
		*room = more;
		return memory_get(more, size);
	}
	if (more > (SIZE_MAX - sizeof *piece) / size)
		none_left();
	piece = realloc((struct piece *)old - 1, sizeof *piece + more * size);
	if (piece == NULL)
		none_left();
	put_back(piece);
	*room = more;
	return piece + 1;
}

char *
memory_copy(const char *bytes, size_t length)
{
	char *got = memory_get(length + 1, 1);

	memcpy(got, bytes, length);
	return got;
}

char *
memory_text(const char *format, ...)
{
	va_list ap;
	char *got;

	va_start(ap, format);
	int length = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	got = memory_get((size_t)length + 1, 1);
	va_start(ap, format);
	vsnprintf(got, (size_t)length + 1, format, ap);
	va_end(ap);
	return got;
}

uint64_t
memory_mark(void)
{
	return numbers;
}

void
memory_release(uint64_t mark)
{
	while (newest != NULL && newest->number > mark) {
		struct piece *piece = newest;
		newest = piece->older;
		if (newest != NULL)
			newest->newer = NULL;
		free(piece);
	}
}
