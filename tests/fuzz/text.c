/*
 * lib's readers of text: words, numbers, times, labels, patterns, signals,
 * lines of passwd. What one of them writes the other must read.
 */
#include <stdlib.h>

#include "lib/fmt.h"
#include "lib/glob.h"
#include "lib/passwd.h"
#include "lib/path.h"
#include "lib/scan.h"
#include "lib/signame.h"
#include "lib/str.h"
#include "lib/tai.h"
#include "lib/words.h"
#include "tests/fuzz/fuzz.h"

static bool
expand(struct buf *to, char sigil, const char *name, size_t len, void *arg)
{
	(void)arg;
	CLAIM(sigil == '$' || len == 1);
	buf_put(to, name, len);
	return len < 5;
}

static void
words(const char *s)
{
	char *vec[16], text[256];
	struct words w;
	enum words_fault fault;

	words_init(&w, vec, 16, text, sizeof(text));
	w.percent = s[0] == '%';
	w.expand = s[0] == '!' ? NULL : expand;
	fault = words_split(&w, s);
	CLAIM(w.at <= strlen(s) && w.n < w.cap && w.v[w.n] == NULL);
	CLAIM(words_fault_text(fault) != NULL);
	for (size_t i = 0; i < w.n; i++)
		CLAIM(w.v[i] >= text && w.v[i] + strlen(w.v[i]) < text + 256);
}

static void
numbers(const char *s)
{
	uint64_t wide, size;
	uint32_t narrow;
	int32_t sign;
	int64_t ms;
	char text[64];
	struct buf b = BUF(text);

	if (scan_i32(s, &sign)) {
		int32_t back;

		buf_i64(&b, sign);
		CLAIM(scan_i32(text, &back) && back == sign);
	}
	if (scan_u64(s, &wide)) {
		buf_clear(&b);
		buf_u64(&b, wide);
		CLAIM(strcmp(text, s + strspn(s, "0")) == 0 || wide == 0);
	}
	CLAIM(!scan_u32(s, &narrow) || (scan_u64(s, &wide) && wide == narrow));
	CLAIM(!scan_duration_ms(s, &ms) || ms >= 0);
	CLAIM(scan_duration_ms_prefix(s, &ms) <= strlen(s));
	CLAIM(!scan_u64(s, &wide) || (scan_size(s, &size) && size == wide));
	scan_oct(s, &narrow);
	scan_hex(s, &wide);
}

static void
labels(const char *s)
{
	struct tai64n t, back;
	char text[TAI_TEXT];

	if (!tai_parse(s, strlen(s), &t))
		return;
	tai_format(t, text);
	CLAIM(tai_parse(text, TAI_TEXT, &back));
	CLAIM(back.sec == t.sec && back.nano == t.nano);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char s[512], copy[1024], room[64];
	struct buf b = BUF(copy), small = BUF(room);
	static struct passwd_user user;
	int sig;

	fuzz_text(s, sizeof(s), data, size);
	words(s);
	numbers(s);
	labels(s);
	passwd_line(s, strlen(s), &user);
	CLAIM(!glob_is_pattern(s) ? glob_match(s, s) : true);
	CLAIM(glob_match("*", s));
	if (size > 0)
		glob_match_n(s, data[0] % (strlen(s) + 1), s, strlen(s));
	sig = sig_parse(s);
	CLAIM(sig >= 0 && sig <= SIG_COUNT);
	buf_escaped(&b, data, size < 200 ? size : 200);
	for (size_t i = 0; i < b.len; i++)
		CLAIM((unsigned char)copy[i] >= ' ' && copy[i] != 127);
	path_dir(&small, s);
	CLAIM(small.len < sizeof(room));
	str_distance(s, "restart");
	return 0;
}
