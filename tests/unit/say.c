#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/errtext.h"
#include "lib/say.h"
#include "tests/unit/unit.h"

static int ends[2];

static const char *
heard(void)
{
	static char text[4 * SAY_LINE];
	ssize_t n = read(ends[0], text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void
says(void)
{
	errno = ENOENT;
	say_info("up for %d s", 5);
	SAME(heard(), "svcd: up for 5 s\n");
	say_warn("cannot open %s", "/x");
	SAME(heard(),
	    "svcd: warning: cannot open /x: no such file or directory\n");
	HOLDS(errno == ENOENT);
	say_warnx("%s: not a word", "w");
	SAME(heard(), "svcd: warning: w: not a word\n");
	say_words(errtext);
	say_warn("unable to open");
	SAME(heard(), "svcd: warning: unable to open: file does not exist\n");
}

static void
dies(void)
{
	for (int with_reason = 0; with_reason < 2; with_reason++) {
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			errno = EACCES;
			if (with_reason)
				die(111, "cannot map");
			diex(100, "no such verb");
		}
		HOLDS(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
		HOLDS(WEXITSTATUS(status) == (with_reason ? 111 : 100));
		SAME(heard(), with_reason
				  ? "svcd: fatal: cannot map: access denied\n"
				  : "svcd: fatal: no such verb\n");
	}
}

static void
cuts(void)
{
	char much[3 * SAY_LINE];
	const char *line;

	memset(much, 'x', sizeof(much));
	much[sizeof(much) - 1] = '\0';
	say_warnx("%s", much);
	line = heard();
	HOLDS(strlen(line) == SAY_LINE);
	HOLDS(strchr(line, '\n') == line + SAY_LINE - 1);
}

static char hooked[64];

static void
hook(enum say_level level, const char *line, size_t n)
{
	HOLDS(level == SAY_WARN && strlen(line) == n);
	strcpy(hooked, line);
}

static void
hooks(void)
{
	say_hook(hook);
	say_warnx("console is stuck");
	SAME(hooked, "console is stuck\n");
	say_hook(NULL);
	say_info("x");
	SAME(heard(), "svcd: x\n");
}

static void
few(void)
{
	struct say_few f = {0};
	unsigned said = 0;

	for (int i = 0; i < 1000; i++)
		said += say_few(&f);
	HOLDS(said > 0 && said < 100);
	HOLDS(said + say_few_rest(&f) == 1000);
	HOLDS(say_few(&f) && say_few_rest(&f) == 0);
}

int
main(void)
{
	HOLDS(pipe(ends) == 0);
	say_init("svcd", ends[1]);
	TEST("say: one line, its reason, errno untouched", says);
	TEST("say: dies with its code", dies);
	TEST("say: a long line keeps its newline", cuts);
	TEST("say: a hook gets the bare line", hooks);
	TEST("say: of very many a few, and how many more", few);
	return unit_done();
}
