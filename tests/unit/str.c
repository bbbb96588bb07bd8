#include <limits.h>
#include <stdlib.h>

#include "lib/str.h"
#include "tests/unit/unit.h"

static void
compares(void)
{
	HOLDS(str_starts("service", "serv"));
	HOLDS(str_starts("service", ""));
	HOLDS(!str_starts("serv", "service"));
	HOLDS(str_ends("nginx.service", ".service"));
	HOLDS(!str_ends("ice", "service"));
	HOLDS(str_is("uptime", 2, "up"));
	HOLDS(!str_is("uptime", 3, "up"));
	SAME(str_after("SIGTERM", "SIG"), "TERM");
	HOLDS(str_after("TERM", "SIG") == NULL);
}

static const struct {
	const char *a, *b;
	unsigned distance;
} far[] = {
    {"", "", 0},
    {"", "abc", 3},
    {"start", "start", 0},
    {"strat", "start", 1}, /* swapped */
    {"restar", "restart", 1},
    {"kitten", "sitting", 3},
    {"ca", "abc", 3}, /* alignment: a swapped pair is not edited again */
    {"down", "up", 4},
};

static void
distances(void)
{
	char lengthy[STR_NEAR_MAX + 2];

	for (size_t i = 0; i < sizeof(far) / sizeof(*far); i++) {
		HOLDS(str_distance(far[i].a, far[i].b) == far[i].distance);
		HOLDS(str_distance(far[i].b, far[i].a) == far[i].distance);
	}
	memset(lengthy, 'x', sizeof(lengthy));
	lengthy[STR_NEAR_MAX + 1] = '\0';
	HOLDS(str_distance(lengthy, "x") == UINT_MAX);
	lengthy[STR_NEAR_MAX] = '\0';
	HOLDS(str_distance(lengthy, "x") == STR_NEAR_MAX - 1);
}

static const char *
nearest(const char *word)
{
	static const char *const verbs[] = {
	    "up", "down", "restart", "status", "stop", "start", NULL};
	const char *best = str_nearest(word, verbs);

	return best == NULL ? "-" : best;
}

static void
near(void)
{
	SAME(nearest("statsu"), "status");
	SAME(nearest("sotp"), "stop");
	SAME(nearest("retart"), "restart");
	SAME(nearest("dwon"), "down");
	SAME(nearest("uo"), "up");
	SAME(nearest("banana"), "-");
	SAME(nearest("x"), "-");
	SAME(nearest(""), "-");
}

int
main(void)
{
	TEST("str: beginnings, ends and words", compares);
	TEST("str: distance counts slips and swaps", distances);
	TEST("str: the nearest word is one slip away, or none is", near);
	return unit_done();
}
