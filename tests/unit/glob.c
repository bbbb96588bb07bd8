#include "lib/glob.h"
#include "tests/unit/unit.h"

static const struct {
	const char *pattern, *name;
	bool matches;
} rows[] = {
    {"", "", true},
    {"", "a", false},
    {"abc", "abc", true},
    {"abc", "abcd", false},
    {"*", "", true},
    {"*", "anything/at all", true},
    {"a*c", "abbbc", true},
    {"a*c", "abbbcd", false},
    {"*.log", "x.log", true},
    {"*a*b*c*", "xxaxxbxxc", true},
    {"*a*b*c*", "xxaxxcxxb", false},
    {"?", "", false},
    {"?", "x", true},
    {"a?c", "abc", true},
    {"[abc]", "b", true},
    {"[!abc]", "b", false},
    {"[!abc]", "d", true},
    {"[a-f]x", "ex", true},
    {"[a-f]x", "gx", false},
    {"[]]", "]", true},
    {"[!]]", "]", false},
    {"[a-]", "-", true},
    {"[-a]", "-", true},
    {"x[", "x[", true},
    {"x[a", "x[a", true},
    {"\\*", "*", true},
    {"\\*", "a", false},
    {"a\\", "a\\", true},
    {"**", "x", true},
    {"a**b", "ab", true},
};

static void
matches(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (glob_match(rows[i].pattern, rows[i].name) !=
		    rows[i].matches) {
			HOLDS(!"as the table says");
			printf(
			    "# '%s' and '%s'\n", rows[i].pattern, rows[i].name);
		}
}

/* Exponential matchers do not come back from this one. */
static void
is_quick(void)
{
	char name[2001];

	memset(name, 'a', 2000);
	name[2000] = '\0';
	HOLDS(!glob_match("a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", name));
}

static void
knows_patterns(void)
{
	HOLDS(glob_is_pattern("web-*"));
	HOLDS(glob_is_pattern("a[bc]"));
	HOLDS(!glob_is_pattern("web-1"));
}

int
main(void)
{
	TEST("glob: matches", matches);
	TEST("glob: many stars take bounded time", is_quick);
	TEST("glob: tells patterns from names", knows_patterns);
	return unit_done();
}
