#include "lib/words.h"
#include "lib/env.h"
#include "tests/unit/unit.h"

static bool
expand(struct buf *to, char sigil, const char *name, size_t len, void *arg)
{
	const char *value = sigil == '%' ? (*name == 'i' ? "tty1" : NULL)
					 : env_get_n(arg, name, len);

	if (value == NULL)
		return false;
	buf_puts(to, value);
	return true;
}

/* "word|word|", or "!fault@position" after what stood before it. */
static const char *
split(const char *line, bool with_expand)
{
	static char out[512];
	char *vec[9], text[64], *envvec[4], envtext[32];
	struct words w;
	struct env e;
	struct buf b = BUF(out);

	env_init(&e, envvec, 4, envtext, sizeof(envtext));
	env_set(&e, "A", "a b");
	env_set(&e, "NONE", "");
	words_init(&w, vec, 9, text, sizeof(text));
	if (with_expand) {
		w.expand = expand;
		w.arg = &e;
		w.percent = true;
	}
	enum words_fault fault = words_split(&w, line);
	for (size_t i = 0; i < w.n; i++) {
		buf_puts(&b, w.v[i]);
		buf_putc(&b, '|');
	}
	HOLDS(w.v[w.n] == NULL);
	if (fault != WORDS_NONE) {
		char at[16];

		snprintf(at, sizeof(at), "@%zu", w.at);
		buf_putc(&b, '!');
		buf_puts(&b, words_fault_text(fault));
		buf_puts(&b, at);
	}
	return out;
}

static const char *const plain[][2] = {
    {"", ""},
    {"  \t ", ""},
    {"nginx -g x", "nginx|-g|x|"},
    {"nginx -g \"daemon off;\"", "nginx|-g|daemon off;|"},
    {"'a b' c", "a b|c|"},
    {"a'b c'd", "ab cd|"},
    {"'' \"\"", "||"},
    {"'it'\\''s'", "it's|"},
    {"a\\ b", "a b|"},
    {"\"a\\\"b\\\\c\\n\"", "a\"b\\c\\n|"},
    {"'\\n'", "\\n|"},
    {"a\\\nb", "ab|"},
    {"a \\\n b", "a|b|"},
    {"a\nb", "a|b|"},
    {"a # b", "a|"},
    {"a#b '#' \\#", "a#b|#|#|"},
    {"~ * ? [x] {a,b} a=b", "~|*|?|[x]|{a,b}|a=b|"},
    {"${A} $A %i", "${A}|$A|%i|"},
    {"'a;b' \"c|d\" e\\&f", "a;b|c|d|e&f|"},
    {"x 'open", "x|!quote is not closed@2"},
    {"x \"open", "x|!quote is not closed@2"},
    {"x y\\", "x|!nothing after the backslash@3"},
    {"a > b", "a|!no shell runs this line: quote it or use a script@2"},
    {"a b&c", "a|!no shell runs this line: quote it or use a script@3"},
    {"1 2 3 4 5 6 7 8", "1|2|3|4|5|6|7|8|"},
    {"1 2 3 4 5 6 7 8 9", "1|2|3|4|5|6|7|8|!too many words@16"},
    {"a 0123456789012345678901234567890123456789012345678901234567890123",
	"a|!words too long@2"},
};

static void
splits(void)
{
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		SAME(split(plain[i][0], false), plain[i][1]);
}

static const char *const expanded[][2] = {
    {"${A} c", "a b|c|"},
    {"x$A\"$A\"y", "xa ba by|"},
    {"'${A}' \\$A", "${A}|$A|"},
    {"\"\\$A\"", "$A|"},
    {"$ $1 a$ $$", "$|$1|a$|$$|"},
    {"${NONE}", "|"},
    {"%i %% 100% \"%i\"", "tty1|%|100%|tty1|"},
    {"x ${NO}", "x|!unknown name@2"},
    {"x a%q", "x|!unknown name@3"},
    {"x ${A", "x|!${ is not closed@2"},
    {"x ${A B}", "x|!bad name in ${ }@2"},
    {"x ${}", "x|!bad name in ${ }@2"},
};

static void
expands(void)
{
	for (size_t i = 0; i < sizeof(expanded) / sizeof(*expanded); i++)
		SAME(split(expanded[i][0], true), expanded[i][1]);
}

int
main(void)
{
	TEST("words: as a shell splits them", splits);
	TEST("words: ${NAME} and %i are asked of the caller", expands);
	return unit_done();
}
