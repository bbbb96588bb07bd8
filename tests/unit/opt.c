/* lib/opt: command lines, each with what its options are said to be. */
#include "lib/opt.h"

#include "tests/unit/unit.h"

static const struct opt_word words[] = {
    {"all", 'a', 0}, {"time", 't', 0}, {"deep", 300, 1}, {NULL, 0, 0}};

/* Reads a line of words and writes what it heard: "a t=5 | rest". */
static void
hear(const char *line, char *heard)
{
	static char copy[200];
	char *argv[20], *end = heard;
	int argc = 0;

	strcpy(copy, line);
	for (char *w = strtok(copy, " "); w != NULL; w = strtok(NULL, " "))
		argv[argc++] = w;
	argv[argc] = NULL;
	struct opt o = opt_over(argc, argv);
	for (int c; (c = opt_next(&o, "abt:", words)) != OPT_END;) {
		if (c == OPT_UNKNOWN)
			end += sprintf(end, "?%s ", o.name);
		else if (c == OPT_MISSING)
			end += sprintf(end, "!%s ", o.name);
		else if (c > 255)
			end += sprintf(end, "%d", c);
		else
			end += sprintf(end, "%c", c);
		if (o.value != NULL)
			end += sprintf(end, "=%s", o.value);
		if (c >= 0)
			*end++ = ' ';
	}
	*end++ = '|';
	*end = '\0';
	for (int i = o.at; i < argc; i++)
		end += sprintf(end, " %s", argv[i]);
}

static const struct {
	const char *line, *heard;
} rows[] = {
    {"x", "|"},
    {"x y z", "| y z"},
    {"x -a -b y", "a b | y"},
    {"x -ab y -a", "a b | y -a"},
    {"x -t5 y", "t=5 | y"},
    {"x -t 5 y", "t=5 | y"},
    {"x -at5", "a t=5 |"},
    {"x -abt 5 -a", "a b t=5 a |"},
    {"x -t", "!-t |"},
    {"x -z y", "?-z | y"},
    {"x -azb", "a ?-z b |"},
    {"x -: y", "?-: | y"},
    {"x --all --time=7 y", "a t=7 | y"},
    {"x --time 7 y", "t=7 | y"},
    {"x --time= y", "t= | y"},
    {"x --all=1 y", "?--all | y"},
    {"x --al y", "?--al | y"},
    {"x --deep 9", "300=9 |"},
    {"x --deep", "!--deep |"},
    {"x -- -a", "| -a"},
    {"x -a -- -b", "a | -b"},
    {"x - -a", "| - -a"},
};

static void
lines(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char heard[200];
		hear(rows[i].line, heard);
		SAME(heard, rows[i].heard);
	}
}

int
main(void)
{
	TEST("options are read as POSIX and GNU write them", lines);
	return unit_done();
}
