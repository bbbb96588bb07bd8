#include <stdlib.h>

#include "lib/env.h"
#include "tests/unit/unit.h"

static char *vec[5];
static char text[64];
static struct env e;

static const char *
value(const char *name)
{
	const char *v = env_get(&e, name);

	return v == NULL ? "-" : v;
}

static void
sets(void)
{
	env_init(&e, vec, 5, text, sizeof(text));
	HOLDS(env_vec(&e)[0] == NULL);
	env_set(&e, "PATH", "/bin");
	env_set(&e, "PA", "x");
	HOLDS(env_put(&e, "HOME=/root=1"));
	HOLDS(!env_put(&e, "HOME"));
	HOLDS(!env_put(&e, "=x"));
	SAME(value("PATH"), "/bin");
	SAME(value("PA"), "x");
	SAME(value("P"), "-");
	SAME(value("HOME"), "/root=1");
	env_set(&e, "PATH", "");
	SAME(value("PATH"), "");
	HOLDS(e.n == 3 && vec[3] == NULL);
	env_unset(&e, "PA");
	env_unset(&e, "PA");
	SAME(value("PA"), "-");
	HOLDS(e.n == 2 && vec[2] == NULL && !e.full);
	SAME(env_get_n(&e, "HOMEWARD", 4), "/root=1");
}

static void
borrows(void)
{
	char a[] = "A=1", b[] = "B=2", a2[] = "A=3", bad[] = "nonsense";
	char *envp[] = {a, b, bad, a2, NULL};

	env_init(&e, vec, 5, text, sizeof(text));
	env_take(&e, envp);
	HOLDS(e.n == 2 && e.vec[0] == a2);
	env_set(&e, "B", "other");
	SAME(b, "B=2");
	SAME(value("B"), "other");
}

static void
is_full(void)
{
	env_init(&e, vec, 5, text, sizeof(text));
	for (const char *c = "ABCD"; *c != '\0'; c++) {
		char name[2] = {*c, '\0'};
		env_set(&e, name, "");
	}
	HOLDS(e.n == 4 && !e.full);
	env_set(&e, "E", "");
	HOLDS(e.n == 4 && e.full && vec[4] == NULL);
	e.full = false;
	env_set(&e, "A",
	    "0123456789012345678901234567890123456789012345678901234567");
	HOLDS(e.full);
	SAME(value("A"), "");
	env_set(&e, "A", "fits");
	SAME(value("A"), "fits");
}

static void
names(void)
{
	HOLDS(env_is_name("_a9", 3));
	HOLDS(!env_is_name("9a", 2));
	HOLDS(!env_is_name("", 0));
	HOLDS(!env_is_name("a-b", 3));
}

static void
finds(void)
{
	char *envp[] = {(char[]){"AB=1"}, (char[]){"A=2"}, (char[]){"C"},
	    (char[]){"A=3"}, NULL};

	SAME(env_find(envp, "A"), "2");
	SAME(env_find(envp, "AB"), "1");
	HOLDS(env_find(envp, "C") == NULL);
	HOLDS(env_find(envp, "") == NULL);
}

int
main(void)
{
	TEST("env: set, replace, unset", sets);
	TEST("env: takes an envp without copying", borrows);
	TEST("env: what does not fit leaves it as it was", is_full);
	TEST("env: names", names);
	TEST("env: found in an envp, by the whole name", finds);
	return unit_done();
}
