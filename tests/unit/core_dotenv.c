/*
 * svc/core/dotenv.c: what files of variables mean, and what they may not say.
 */
#include "svc/core/dotenv.h"
#include "tests/unit/unit.h"

/* All of it as "NAME=VALUE|NAME=VALUE|", and "!LINE" where it is wrong. */
static const char *
read_all(const char *text)
{
	static char room[512];
	char line[64];
	struct buf all = BUF(room), b = BUF(line);
	struct dotenv d;

	dotenv_begin(&d, text, strlen(text));
	while (dotenv_next(&d, &b)) {
		buf_puts(&all, b.p);
		buf_putc(&all, '|');
	}
	if (d.is_bad) {
		buf_putc(&all, '!');
		buf_putc(&all, (char)('0' + d.line % 10));
	}
	return room;
}

static void
test_lines(void)
{
	static const struct {
		const char *text, *is;
	} rows[] = {
	    {"", ""},
	    {"A=1", "A=1|"},
	    {"# no\n; no\n\nA=1\r\nB=2", "A=1|B=2|"},
	    {"  export  A = 1 2  \nexport=x", "A=1 2|export=x|"},
	    {"A=\nB=", "A=|B=|"},
	    {"A='a\nb \"c'd", "A=a\nb \"cd|"},
	    {"A=\"\\n\\t\\\"\\\\\\$\\z\" ", "A=\n\t\"\\$\\z|"},
	    {"A=\"x\\\ny\"", "A=xy|"},
	    {"A=x\\\ny\\ \nB=#1", "A=xy |B=#1|"},
	    {"A='  ' ", "A=  |"},
	    {"A=$B ${C} `d`", "A=$B ${C} `d`|"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		SAME(read_all(rows[i].text), rows[i].is);
}

static void
test_wrong(void)
{
	SAME(read_all("A=1\n2B=3"), "A=1|!2");
	SAME(read_all("A"), "!1");
	SAME(read_all("=x"), "!1");
	SAME(read_all("A B=x"), "!1");
	SAME(read_all("\n\nA='x\n\nB=y"), "!3");
	SAME(read_all("A=\"x"), "!1");
	SAME(read_all("A=\"x\\"), "!1");
	/* Longer than there is room for. */
	SAME(read_all("A=012345678901234567890123456789"
		      "012345678901234567890123456789012345"),
	    "!1");
}

static void
test_zero(void)
{
	char line[16];
	struct buf b = BUF(line);
	struct dotenv d;

	dotenv_begin(&d, "A=x\0y\n", 6);
	HOLDS(!dotenv_next(&d, &b) && d.is_bad);
	HOLDS(!dotenv_next(&d, &b));
}

int
main(void)
{
	TEST("assignments, quotes, comments", test_lines);
	TEST("what is none names its line", test_wrong);
	TEST("a zero byte", test_zero);
	return unit_done();
}
