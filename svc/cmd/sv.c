/*
 * sv: controls services as runit's sv does, whoever supervises them. Under the
 * name of a service (a link /etc/init.d/NAME to sv) it is that service's LSB
 * init script.
 */
#include "svc/cmd/sv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/scan.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/table.h"
#include "svc/cmd/tool.h"

#define WAIT_SECONDS 7

/* Words with a meaning of their own; the rest go by their first letter. */
/* clang-format off */
#define WORDS(X) \
	/* word             sends     waits  kills */ \
	X("start",          "u",      true,  false) \
	X("stop",           "d",      true,  false) \
	X("restart",        "tcu",    true,  false) \
	X("try-restart",    "tc",     true,  false) \
	X("reload",         "h",      true,  false) \
	X("shutdown",       "x",      true,  false) \
	X("check",          SV_CHECK, true,  false) \
	X("force-stop",     "d",      true,  true) \
	X("force-reload",   "tc",     true,  true) \
	X("force-restart",  "tcu",    true,  true) \
	X("force-shutdown", "x",      true,  true)
#define LETTERS(X) \
	X('x', "x", false, false) X('e', "x", false, false) \
	X('X', "x", true, true) X('E', "x", true, true) \
	X('D', "d", true, true) X('T', "tc", true, true) \
	X('u', "u", false, false) X('d', "d", false, false) \
	X('o', "o", false, false) X('p', "p", false, false) \
	X('c', "c", false, false) X('h', "h", false, false) \
	X('a', "a", false, false) X('i', "i", false, false) \
	X('q', "q", false, false) X('1', "1", false, false) \
	X('2', "2", false, false) X('t', "t", false, false) \
	X('k', "k", false, false)
#define WORD_ROW(word, letters, wait, kill) {word, 0, letters, wait, kill},
#define LETTER_ROW(letter, letters, wait, kill) \
	{NULL, letter, letters, wait, kill},
/* clang-format on */

static const struct action {
	const char *word; /* NULL: any word that begins with `letter` */
	char letter;
	const char *letters;
	bool wait, kill;
} actions[] = {WORDS(WORD_ROW) LETTERS(LETTER_ROW)};

static void
usage(const char *name, bool lsb)
{
	if (lsb)
		tool_die(2, "usage: ", name, " [-w sec] command\n", NULL);
	tool_die(
	    100, "usage: ", name, " [-v] [-w sec] command service ...\n", NULL);
}

static const struct action *
find_action(const char *word)
{
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
		const struct action *a = &actions[i];
		if (a->word != NULL ? str_eq(word, a->word)
				    : word[0] == a->letter)
			return a;
	}
	return NULL;
}

/* The command, or NULL letters for status; false: it is none. */
static bool
set_action(struct sv *sv, const char *word)
{
	const struct action *a = find_action(word);
	sv->letters = "s";
	if (a == NULL)
		return sv->lsb ? str_eq(word, "status") : word[0] == 's';
	sv->letters = a->letters;
	sv->wait = sv->wait || a->wait;
	sv->kill = a->kill;
	return true;
}

static bool
is_status(const struct sv *sv)
{
	return sv->letters[0] == 's';
}

static const char *
service_path(const char *name)
{
	if (name[0] == '/' || name[0] == '.' || name[0] == '\0' ||
	    str_ends(name, "/"))
		return name;
	return memory_text("%s/%s", supervise_scan_dir(), name);
}

/* For `check` nothing is sent, but a restart needs to know the time before. */
static void
act(struct sv *sv, struct sv_target *t)
{
	int dir = sv_enter(sv, t);
	t->done = dir < 0;
	if (dir < 0)
		return;
	if (is_status(sv)) {
		int code = sv_status(sv, t, dir);
		if (sv->lsb)
			exit(code);
	} else if (!str_eq(sv->letters, SV_CHECK)) {
		t->done = !sv_send(sv, t, dir, sv->letters);
	}
	sys_close(dir);
}

static void
set_targets(struct sv *sv, char **names, int count)
{
	sv->targets = memory_get((size_t)count, sizeof *sv->targets);
	sv->count = count;
	for (int i = 0; i < count; i++)
		sv->targets[i] = (struct sv_target){
		    .name = names[i], .path = service_path(names[i]), .ok = -1};
}

/* As runit reads numbers: the digits at the beginning count. */
static void
set_seconds(struct sv *sv, const char *text)
{
	if (text != NULL)
		(void)scan_u32_prefix(text, &sv->seconds);
}

static struct sv
read_command(int argc, char **argv)
{
	const char *name = tool_name(argv[0]);
	struct sv sv = {.lsb = !str_eq(name, "sv"), .seconds = WAIT_SECONDS};
	struct opt o = opt_over(argc, argv);
	int letter;
	set_seconds(&sv, getenv("SVWAIT"));
	while ((letter = tool_next(name, &o, "w:vV")) != -1) {
		if (letter == 'V')
			tool_say("$Id: trivet " TRIVET_VERSION " $", NULL);
		if (letter != 'w' && letter != 'v')
			usage(name, sv.lsb);
		set_seconds(&sv, o.value);
		sv.wait = true;
	}
	if (o.at >= argc || !set_action(&sv, argv[o.at]))
		usage(name, sv.lsb);
	if (!sv.lsb && o.at + 1 >= argc)
		usage(name, sv.lsb);
	if (sv.lsb)
		set_targets(&sv, (char *[]){memory_text("%s", name)}, 1);
	else
		set_targets(&sv, argv + o.at + 1, argc - o.at - 1);
	return sv;
}

static int
run(int argc, char **argv)
{
	struct sv sv = read_command(argc, argv);
	int here = sys_open(".", O_PATH | O_DIRECTORY, 0);
	if (here < 0)
		tool_die(sv.lsb ? 151 : 100,
		    "fatal: unable to open current directory: ", errtext(errno),
		    NULL);
	sys_close(here);
	sv.start = sv.now = supervise_now();
	for (int i = 0; i < sv.count; i++)
		act(&sv, &sv.targets[i]);
	if (sv.wait && !is_status(&sv))
		sv_wait(&sv);
	unsigned most = sv.lsb ? 1 : 99;
	return (int)(sv.trouble < most ? sv.trouble : most);
}

const struct cmd cmd_sv = {
    .name = "sv",
    .group = GROUP_TOOL,
    .program = true,
    .usage = "[-v] [-w SEC] COMMAND SERVICE...",
    .help = "control services as runit's sv does",
    .args = {ARG_WORD, ARG_SERVICE},
    .run = run,
};
