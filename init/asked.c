/*
 * A word that is none must not keep a machine from booting.
 */
#include "init/asked.h"

#include <fcntl.h>

#include "init/memo.h"
#include "lib/buf.h"
#include "lib/fd.h"
#include "lib/say.h"

void
asked_by(const char *word)
{
	switch (settings_word(&memo.settings, word)) {
	case WORD_TAKEN:
	case WORD_FOREIGN:
		break;
	case WORD_UNKNOWN:
		say_warnx("%s: no such word: ignored", word);
		break;
	case WORD_VALUE:
		say_warnx("%s: not a value for this word: ignored", word);
		break;
	}
}

void
asked_by_kernel(void)
{
	char room[4096], word[WORD_PATH_MAX + 64];
	struct buf line = BUF(room);
	size_t at = 0;
	struct memo_step next = *memo_step();

	if (memo.alone_kernel &&
	    fd_slurp(AT_FDCWD, "/proc/cmdline", &line) == 0)
		while (words_next(room, &at, word, sizeof(word)))
			asked_by(word);
	next.plan.rescue |= memo.settings.rescue;
	next.plan.emergency |= memo.settings.emergency;
	memo_commit(next);
}
