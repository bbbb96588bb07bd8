/*
 * Core knows the words; here they get memory of their own.
 */
#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "lib/exitcode.h"
#include "lib/fmt.h"

#include "svc/core/status.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/telling.h"

#define SPAN_MAX 64
#define EXIT_MAX 96

const char *
telling_time(int64_t ns)
{
	struct buf text = buf_over(memory_get(SPAN_MAX, 1), SPAN_MAX);

	buf_span(&text, ns);
	return buf_str(&text);
}

const char *
telling_time_short(int64_t ns)
{
	struct buf text = buf_over(memory_get(SPAN_MAX, 1), SPAN_MAX);

	buf_span_short(&text, ns);
	return buf_str(&text);
}

const char *
telling_cpu(int64_t ns)
{
	if (ns >= 10 * INT64_C(1000000000))
		return telling_time_short(ns);
	return memory_text(
	    "%d.%02ds", (int)(ns / 1000000000), (int)(ns / 10000000 % 100));
}

const char *
telling_size(uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	unsigned unit = 0;

	if (bytes < 1024)
		return memory_text("%u B", (unsigned)bytes);
	/* Tenths are kept apart, so that 999.95 K is 1.0 M and never 1000 K. */
	uint64_t tenths =
	    bytes > UINT64_MAX / 10 ? bytes / 1024 * 10 : bytes * 10 / 1024;
	while (tenths >= 10240 && units[unit + 1] != '\0') {
		tenths /= 1024;
		unit++;
	}
	if (tenths < 100)
		return memory_text("%u.%u %c", (unsigned)(tenths / 10),
		    (unsigned)(tenths % 10), units[unit]);
	return memory_text("%u %c", (unsigned)(tenths / 10), units[unit]);
}

const char *
telling_date(int64_t unix_seconds)
{
	time_t at = (time_t)unix_seconds;
	struct tm tm;
	char text[32];

	if (localtime_r(&at, &tm) == NULL ||
	    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		return "?";
	return memory_text("%s", text);
}

const char *
telling_exit(int code, int value)
{
	struct buf text = buf_over(memory_get(EXIT_MAX, 1), EXIT_MAX);
	const char *meaning =
	    code == CLD_EXITED && value > 1 ? exitcode_text(value) : NULL;

	buf_exit(&text, code, value);
	if (meaning != NULL)
		buf_fmt(&text, " (%s)", meaning);
	return buf_str(&text);
}
