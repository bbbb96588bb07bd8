/*
 * The kernel's command line, as init reads it.
 */
#include "init/words.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char line[2048], word[WORD_PATH_MAX];
	struct settings s = settings_default();
	size_t at = 0, last = 0;

	fuzz_text(line, sizeof(line), data, size);
	while (words_next(line, &at, word, sizeof(word))) {
		CLAIM(at > last && at <= strlen(line));
		last = at;
		CLAIM(strlen(word) < sizeof(word));
		settings_word(&s, word);
	}
	return 0;
}
