/*
 * What svc prints: text for terminals, tables, JSON, numbers as people say
 * them.
 */
#include <locale.h>
#include <signal.h>
#include <stdlib.h>

#include "svc/cmd/json.h"
#include "svc/cmd/screen.h"
#include "svc/cmd/sheet.h"
#include "svc/cmd/telling.h"

#include "tests/unit/unit.h"

static const char *
clean(const char *s)
{
	return screen_text(s, strlen(s));
}

static void
harmless_text(void)
{
	SAME(clean("plain -> text"), "plain -> text");
	SAME(clean("Grüße 漢字"), "Grüße 漢字");
	SAME(clean("\033[31mred"), "\\x1b[31mred");
	SAME(clean("a\nb\tc\r\x7f"), "a\\x0ab\\x09c\\x0d\\x7f");
	/* C1 controls act on some terminals as ESC [ does. */
	SAME(clean("\xc2\x9b\x33\x31m"), "\\xc2\\x9b31m");
	SAME(clean("\xff\xc3("), "\\xff\\xc3(");
	/* Overlong, surrogate, beyond Unicode, cut short. */
	SAME(clean("\xc0\xaf"), "\\xc0\\xaf");
	SAME(clean("\xed\xa0\x80"), "\\xed\\xa0\\x80");
	SAME(clean("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
	SAME(clean("\xe2\x82"), "\\xe2\\x82");
	/* The line turned around hides what it says. */
	SAME(clean("a\xe2\x80\xae"
		   "b"),
	    "a\\xe2\\x80\\xaeb");
}

static void
columns(void)
{
	HOLDS(screen_columns("") == 0);
	HOLDS(screen_columns("abc") == 3);
	HOLDS(screen_columns("Grüße") == 5);
	HOLDS(screen_columns("漢字") == 4);
	HOLDS(screen_columns("e\xcc\x81") == 1);
	SAME(screen_cut("abcdef", 6), "abcdef");
	SAME(screen_cut("abcdef", 4), "abc…");
	SAME(screen_cut("abcdef", 1), "…");
	SAME(screen_cut("abcdef", 0), "");
	/* A wide letter that would be cut in half is left out. */
	SAME(screen_cut("漢字字", 4), "漢…");
}

static const char *
printed(void (*print)(FILE *to))
{
	static char *text;
	static size_t size;
	FILE *to = open_memstream(&text, &size);

	print(to);
	fclose(to);
	return text;
}

static void
print_values(FILE *to)
{
	struct json j = json_to(to);

	json_open(&j, '[');
	json_open(&j, '{');
	json_text(&j, "name", "a\"b\\c\n\t\033\x7f");
	json_number(&j, "least", INT64_MIN);
	json_bool(&j, "up", true);
	json_text_or_null(&j, "why", "");
	json_open_at(&j, "log", '[');
	json_text(&j, NULL, "x");
	json_null(&j, NULL);
	json_close(&j);
	json_open_at(&j, "none", '{');
	json_close(&j);
	json_close(&j);
	json_open(&j, '{');
	json_close(&j);
	json_close(&j);
}

static void
json_values(void)
{
	SAME(printed(print_values),
	    "[\n"
	    "{\"name\":\"a\\\"b\\\\c\\n\\t\\u001b\\u007f\","
	    "\"least\":-9223372036854775808,\"up\":true,\"why\":null,"
	    "\"log\":[\"x\",null],\"none\":{}},\n"
	    "{}\n"
	    "]\n");
}

static void
print_strings(FILE *to)
{
	struct json j = json_to(to);

	json_text(&j, NULL, "漢\xff\xed\xa0\x80z");
	json_bytes(&j, NULL, "\0x", 2);
	json_text(&j, NULL, "\xc2\x9b\xc2\xa0");
	json_open(&j, '[');
	json_close(&j);
}

static void
json_strings(void)
{
	SAME(printed(print_strings), "\"漢\\ufffd\\ufffd\\ufffd\\ufffdz\"\n"
				     "\"\\u0000x\"\n"
				     "\"\\u009b\xc2\xa0\"\n"
				     "[]\n");
}

static struct sheet
small_sheet(void)
{
	struct sheet s = {0};

	sheet_columns(&s, "NAME", "1>PID", "EMPTY", "WHY", NULL);
	sheet_cell(&s, INK_BAD, "a\033");
	sheet_cell(&s, INK_PLAIN, "7");
	sheet_cell(&s, INK_PLAIN, NULL);
	sheet_cell(&s, INK_PLAIN, "because it is so");
	sheet_cell(&s, INK_PLAIN, "漢字字");
	sheet_cell(&s, INK_PLAIN, "12345");
	sheet_cell(&s, INK_PLAIN, "");
	sheet_cell(&s, INK_PLAIN, "");
	return s;
}

static void
print_sheet(FILE *to)
{
	struct sheet s = small_sheet();

	sheet_print(&s, to, 0);
}

static void
print_narrow_sheet(FILE *to)
{
	struct sheet s = small_sheet();

	sheet_print(&s, to, 26);
}

static void
print_narrower_sheet(FILE *to)
{
	struct sheet s = small_sheet();

	sheet_print(&s, to, 18);
}

static void
sheets(void)
{
	SAME(printed(print_sheet), "NAME      PID  WHY\n"
				   "a\\x1b       7  because it is so\n"
				   "漢字字  12345\n");
	SAME(printed(print_narrow_sheet), "NAME    WHY\n"
					  "a\\x1b   because it is so\n"
					  "漢字字\n");
	SAME(printed(print_narrower_sheet), "NAME      PID\n"
					    "a\\x1b       7\n"
					    "    because it is…\n"
					    "漢字字  12345\n");
}

static void
sizes(void)
{
	SAME(telling_size(0), "0 B");
	SAME(telling_size(1023), "1023 B");
	SAME(telling_size(1024), "1.0 K");
	SAME(telling_size(1024 * 1024 - 1), "1023 K");
	SAME(telling_size(1300000), "1.2 M");
	SAME(telling_size(UINT64_MAX), "15 E");
}

static void
exits(void)
{
	SAME(telling_exit(CLD_EXITED, 0), "exit 0");
	SAME(telling_exit(CLD_EXITED, 1), "exit 1");
	SAME(telling_exit(CLD_EXITED, 127), "exit 127 (command not found)");
	SAME(telling_exit(CLD_KILLED, SIGTERM), "killed by SIGTERM");
}

int
main(void)
{
	/* For glibc's wcwidth(); musl's needs none. */
	setlocale(LC_CTYPE, "C.UTF-8");
	TEST("text of others comes out harmless", harmless_text);
	TEST("columns are counted as a terminal does", columns);
	TEST("JSON values, members and nesting", json_values);
	TEST("JSON strings of any bytes", json_strings);
	TEST("tables align, drop columns and end at the edge", sheets);
	TEST("sizes in words", sizes);
	TEST("exits in words", exits);
	return unit_done();
}
