/*
 * tai64n puts a time before every line, tai64nlocal makes such times readable.
 * Both are filters that end with their input, and with 111, silently, when
 * they cannot read or write.
 */
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "lib/sys.h"
#include "lib/tai.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/table.h"
#include "svc/cmd/tool.h"

/* What waits is written before a read that may block. */
static int
next(void)
{
	static unsigned char input[8192];
	static ssize_t at, have;
	if (at == have) {
		if (fflush(stdout) != 0)
			return -2;
		have = sys_read(STDIN_FILENO, input, sizeof input);
		at = 0;
		if (have <= 0) {
			bool end = have == 0;
			have = 0;
			return end ? -1 : -2;
		}
	}
	return input[at++];
}

static int
finish(int last)
{
	return last == -1 && fflush(stdout) == 0 && !ferror(stdout)
		   ? 0
		   : TOOL_TROUBLE;
}

static void
put_now(void)
{
	char text[TAI_TEXT];
	struct timespec now;
	sys_clock_gettime(CLOCK_REALTIME, &now);
	tai_format(tai_from_unix(now.tv_sec, (uint32_t)now.tv_nsec), text);
	fwrite(text, 1, sizeof text, stdout);
	putchar(' ');
}

static int
tai64n(int argc, char **argv)
{
	bool start = true;
	int c;
	(void)argc;
	(void)argv;
	for (; (c = next()) >= 0; start = c == '\n') {
		if (start)
			put_now();
		putchar(c);
	}
	return finish(c);
}

static int
hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A time as it was written. */
struct label {
	struct tai64n time;
	char *digits;
	size_t count, room;
};

/*
 * The digits after an @: as many as there are, the last eight of them
 * nanoseconds. Returns what came after them.
 */
static int
read_label(struct label *label)
{
	struct tai64n *t = &label->time;
	int c, digit;
	*t = (struct tai64n){0};
	label->count = 0;
	while ((digit = hex_digit(c = next())) >= 0) {
		t->sec = t->sec << 4 | t->nano >> 28;
		t->nano = t->nano << 4 | (uint32_t)digit;
		label->digits = memory_grow(
		    label->digits, &label->room, label->count + 1, 1);
		label->digits[label->count++] = (char)c;
	}
	return c;
}

/* What is no time of the calendar passes as it is. */
static void
put_local(const struct label *label)
{
	time_t seconds = (time_t)tai_unix(label->time);
	struct tm when;
	if (localtime_r(&seconds, &when) == NULL) {
		putchar('@');
		for (size_t i = 0; i < label->count; i++)
			putchar(label->digits[i]);
		return;
	}
	printf("%ld-%02d-%02d %02d:%02d:%02d.%09lu", 1900L + when.tm_year,
	    when.tm_mon + 1, when.tm_mday, when.tm_hour, when.tm_min,
	    when.tm_sec, (unsigned long)label->time.nano);
}

static int
tai64nlocal(int argc, char **argv)
{
	struct label label = {0};
	int c;
	(void)argc;
	(void)argv;
	while ((c = next()) >= 0) {
		if (c == '@') {
			c = read_label(&label);
			/* A label cut off by the end is no label. */
			if (c < 0)
				break;
			put_local(&label);
		}
		for (; c >= 0; c = next()) {
			putchar(c);
			if (c == '\n')
				break;
		}
		if (c < 0)
			break;
	}
	return finish(c);
}

const struct cmd cmd_tai64n = {
    .name = "tai64n",
    .group = GROUP_TOOL,
    .program = true,
    .usage = "",
    .help = "put a TAI64N time before every line",
    .run = tai64n,
};

const struct cmd cmd_tai64nlocal = {
    .name = "tai64nlocal",
    .group = GROUP_TOOL,
    .program = true,
    .usage = "",
    .help = "make the TAI64N times before lines readable",
    .run = tai64nlocal,
};
