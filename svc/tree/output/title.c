/*
 * runsvdir's second argument, "log: ......": what services without a logger say
 * goes through it from the right, so that ps shows the last of it.
 */
#include "svc/tree/output/title.h"

#include <string.h>

#include "lib/say.h"

#define KEPT 5	/* bytes at its beginning that stay: "log: " */
#define LEAST 7 /* bytes that it must have */

static char *room;
static size_t size;

void
title_set(char *argument)
{
	size_t n = strlen(argument);

	if (n < LEAST) {
		say_warnx("log must have at least seven characters.");
		return;
	}
	room = argument + KEPT;
	size = n - KEPT;
}

bool
title_put(const char *p, size_t n)
{
	if (room == NULL)
		return false;
	if (n > size) {
		p += n - size;
		n = size;
	}
	memmove(room, room + n, size - n);
	/* A NUL would end the argument for those who look. */
	for (size_t k = 0; k < n; k++)
		room[size - n + k] = p[k] != '\0' ? p[k] : ' ';
	return true;
}
