/*
 * The only place of svc that asks for memory, so that no caller can forget to
 * look whether it came.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "svc/cmd/memory.h"
#include "svc/cmd/table.h"

static _Noreturn void
none_left(void)
{
	fputs("svc: fatal: out of memory\n", stderr);
	exit(EXITCODE_SYSTEM);
}

void *
memory_get(size_t count, size_t size)
{
	void *got = calloc(count == 0 ? 1 : count, size);

	if (got == NULL)
		none_left();
	return got;
}

void *
memory_grow(void *old, size_t *room, size_t need, size_t size)
{
	size_t more = *room == 0 ? 16 : *room;

	if (need <= *room)
		return old;
	while (more < need)
		more *= 2;
	if (more > SIZE_MAX / size)
		none_left();
	void *got = realloc(old, more * size);
	if (got == NULL)
		none_left();
	*room = more;
	return got;
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
	int length = vasprintf(&got, format, ap);
	va_end(ap);
	if (length < 0)
		none_left();
	return got;
}
