/*
 * The option parser of svc's verbs. A case is a command line and what comes
 * of it: codes with values, then the operands.
 */
#include <fcntl.h>
#include <unistd.h>

#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"

#include "tests/unit/unit.h"

static const struct cmd_option rows[] = {
    {'n', "no-wait", NULL, "do not wait", 0},
    {'t', "timeout", "TIME", "how long", 0},
    {0, "no-wall", NULL, "quietly", OPTIONS_WORD},
    {'x', NULL, NULL, "only a letter", 0},
    {0},
};
static const struct cmd test_cmd = {
    .name = "test", .usage = "", .options = rows};

#define WORDS 12

/* "n t=5s | a b": what the parser says of a line split at blanks. */
static const char *
parsed(const char *line, bool strict)
{
	char *argv[WORDS + 1] = {NULL};
	char *words = memory_copy(line, strlen(line));
	char *text = memory_text("%s", "");
	struct options o;
	int argc = 0, code;

	for (char *w = strtok(words, " "); w != NULL; w = strtok(NULL, " "))
		argv[argc++] = w;
	options_init(&o, &test_cmd, argc, argv);
	o.strict = strict;
	while ((code = options_next(&o)) != OPTIONS_END) {
		if (code == OPTIONS_BAD)
			return "bad";
		text = code == OPTIONS_WORD ? memory_text("%swall ", text)
					    : memory_text("%s%c", text, code);
		if (code != OPTIONS_WORD)
			text = memory_text("%s%s%s ", text,
			    o.value != NULL ? "=" : "",
			    o.value != NULL ? o.value : "");
	}
	text = memory_text("%s|", text);
	for (int i = 0; i < o.count; i++)
		text = memory_text("%s %s", text, o.operands[i]);
	HOLDS(o.operands[o.count] == NULL);
	return text;
}

static void
letters(void)
{
	SAME(parsed("p", false), "|");
	SAME(parsed("p -n -t 5s a b", false), "n t=5s | a b");
	SAME(parsed("p -nt5s a", false), "n t=5s | a");
	SAME(parsed("p -nxt 5s", false), "n x t=5s |");
	SAME(parsed("p a -n b", false), "n | a b");
	SAME(parsed("p -n -- -x -", false), "n | -x -");
	SAME(parsed("p - -n", false), "n | -");
}

static void
long_words(void)
{
	SAME(parsed("p --no-wait --timeout=5s a", false), "n t=5s | a");
	SAME(parsed("p --timeout 5s --no-wall", false), "t=5s wall |");
	SAME(parsed("p --timeout=", false), "t= |");
}

static void
strictly(void)
{
	SAME(parsed("p -n cmd -x --bad", true), "n | cmd -x --bad");
	SAME(parsed("p -n -- -x", true), "n | -x");
}

static void
mistakes(void)
{
	SAME(parsed("p -q", false), "bad");
	SAME(parsed("p -nq", false), "bad");
	SAME(parsed("p -t", false), "bad");
	SAME(parsed("p --timeout", false), "bad");
	SAME(parsed("p --no", false), "bad");
	SAME(parsed("p --no-wait=1", false), "bad");
	SAME(parsed("p --timeoutt 1s", false), "bad");
	SAME(parsed("p --x", false), "bad");
}

int
main(void)
{
	int null = open("/dev/null", O_WRONLY);

	dup2(null, STDERR_FILENO);
	TEST("letters, bundled, with values, among operands", letters);
	TEST("words with two dashes", long_words);
	TEST("strict: the first operand ends the options", strictly);
	TEST("mistakes are refused", mistakes);
	return unit_done();
}
