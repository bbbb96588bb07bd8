/*
 * One line, one write. A line is put together in fixed storage; what is longer
 * loses its end, never its newline.
 */
#include "lib/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>

#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/sys.h"

#define FEW 10 /* said of a kind */

static const char *prog = "trivet";
static int out = 2;
static void (*hook)(enum say_level level, const char *line, size_t n);
static const char *(*words)(int error) = error_text;

void
say_init(const char *name, int fd)
{
	prog = name;
	out = fd;
}

void
say_hook(void (*write)(enum say_level level, const char *line, size_t n))
{
	hook = write;
}

void
say_words(const char *(*text)(int error))
{
	words = text;
}

static void
put_prefix(struct buf *line, enum say_level level)
{
	buf_puts(line, prog);
	switch (level) {
	case SAY_INFO:
		buf_puts(line, ": ");
		break;
	case SAY_WARN:
		buf_puts(line, ": warning: ");
		break;
	case SAY_FATAL:
		buf_puts(line, ": fatal: ");
		break;
	}
}

/* `error` 0: no reason is given. */
__attribute__((format(printf, 3, 0))) static void
say(enum say_level level, int error, const char *fmt, va_list ap)
{
	int saved = errno;
	char text[SAY_LINE + 1];
	struct buf line = buf_over(text, SAY_LINE);

	if (hook == NULL)
		put_prefix(&line, level);
	buf_vfmt(&line, fmt, ap);
	if (error != 0)
		buf_fmt(&line, ": %s", words(error));
	line.cap++; /* kept free for this */
	line.full = false;
	buf_putc(&line, '\n');
	if (hook != NULL)
		hook(level, line.p, line.len);
	else
		sys_write(out, line.p, line.len);
	errno = saved;
}

void
say_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_INFO, 0, fmt, ap);
	va_end(ap);
}

void
say_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_WARN, errno, fmt, ap);
	va_end(ap);
}

void
say_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_WARN, 0, fmt, ap);
	va_end(ap);
}

bool
say_few(struct say_few *f)
{
	return f->count++ < FEW;
}

unsigned
say_few_rest(struct say_few *f)
{
	unsigned rest = f->count > FEW ? f->count - FEW : 0;

	f->count = 0;
	return rest;
}

void
die(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_FATAL, errno, fmt, ap);
	va_end(ap);
	sys_exit(code);
}

void
diex(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_FATAL, 0, fmt, ap);
	va_end(ap);
	sys_exit(code);
}
