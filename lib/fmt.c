/*
 * Numbers and formatted text appended to a struct buf. Everything is put
 * together in small fixed storage; nothing here can fail but by a full buf.
 */
#include "lib/fmt.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>

#define DIGITS 24 /* 64 bits in octal are 22 */

/* Digits of v, right-aligned in text[DIGITS]; returns where they begin. */
static const char *
digits(char text[DIGITS], uint64_t v, unsigned base)
{
	char *p = text + DIGITS - 1;

	*p = '\0';
	do
		*--p = "0123456789abcdef"[v % base];
	while ((v /= base) != 0);
	return p;
}

static void
put_number(struct buf *b, uint64_t v, unsigned base, unsigned width)
{
	char text[DIGITS];
	const char *p = digits(text, v, base);
	size_t n = strlen(p);

	if (n < width)
		buf_pad(b, '0', width - n);
	buf_put(b, p, n);
}

void
buf_u64(struct buf *b, uint64_t v)
{
	put_number(b, v, 10, 0);
}

void
buf_i64(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_putc(b, '-');
	put_number(b, v < 0 ? -(uint64_t)v : (uint64_t)v, 10, 0);
}

void
buf_hex(struct buf *b, uint64_t v, unsigned width)
{
	put_number(b, v, 16, width);
}

void
buf_oct(struct buf *b, uint64_t v, unsigned width)
{
	put_number(b, v, 8, width);
}

static void
put_escaped(struct buf *b, unsigned char c)
{
	static const char plain[] = "\\\t\n\r\033", letter[] = "\\tnre";
	const char *at = c == '\0' ? NULL : strchr(plain, c);

	if (at != NULL) {
		buf_putc(b, '\\');
		buf_putc(b, letter[at - plain]);
	} else if (c < ' ' || c == 127) {
		buf_puts(b, "\\x");
		buf_hex(b, c, 2);
	} else {
		buf_putc(b, (char)c);
	}
}

void
buf_escaped(struct buf *b, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++)
		put_escaped(b, p[i]);
}

/* One conversion: %[-0][width][.precision][l|ll|z]letter */
struct spec {
	bool left, zero, has_precision;
	unsigned width, precision;
	unsigned longs; /* 2: ll */
	bool size;	/* z */
};

static const char *
read_number(const char *f, unsigned *v, va_list *ap)
{
	if (*f == '*') {
		int n = va_arg(*ap, int);

		*v = n < 0 ? 0 : (unsigned)n;
		return f + 1;
	}
	for (*v = 0; *f >= '0' && *f <= '9' && *v < 100000; f++)
		*v = *v * 10 + (unsigned)(*f - '0');
	return f;
}

static const char *
read_spec(struct spec *s, const char *f, va_list *ap)
{
	*s = (struct spec){0};
	for (; *f == '-' || *f == '0'; f++) {
		s->left |= *f == '-';
		s->zero |= *f == '0';
	}
	f = read_number(f, &s->width, ap);
	if (*f == '.') {
		s->has_precision = true;
		f = read_number(f + 1, &s->precision, ap);
	}
	for (; *f == 'l' || *f == 'z'; f++) {
		s->longs += *f == 'l';
		s->size |= *f == 'z';
	}
	return f;
}

static void
put_padded(struct buf *b, const struct spec *s, const char *sign,
    const char *text, size_t n)
{
	size_t all = n + strlen(sign);
	size_t pad = s->width > all ? s->width - all : 0;

	if (!s->left && !s->zero)
		buf_pad(b, ' ', pad);
	buf_puts(b, sign);
	if (!s->left && s->zero)
		buf_pad(b, '0', pad);
	buf_put(b, text, n);
	if (s->left)
		buf_pad(b, ' ', pad);
}

static void
put_string(struct buf *b, struct spec *s, const char *text)
{
	if (text == NULL)
		text = "(null)";
	s->zero = false;
	put_padded(b, s, "", text,
	    s->has_precision ? strnlen(text, s->precision) : strlen(text));
}

static void
put_signed(struct buf *b, const struct spec *s, va_list *ap)
{
	char text[DIGITS];
	int64_t v = s->size	    ? va_arg(*ap, ssize_t)
		    : s->longs > 1  ? va_arg(*ap, long long)
		    : s->longs == 1 ? va_arg(*ap, long)
				    : va_arg(*ap, int);
	const char *p = digits(text, v < 0 ? -(uint64_t)v : (uint64_t)v, 10);

	put_padded(b, s, v < 0 ? "-" : "", p, strlen(p));
}

static void
put_unsigned(struct buf *b, const struct spec *s, unsigned base, va_list *ap)
{
	char text[DIGITS];
	uint64_t v = s->size	     ? va_arg(*ap, size_t)
		     : s->longs > 1  ? va_arg(*ap, unsigned long long)
		     : s->longs == 1 ? va_arg(*ap, unsigned long)
				     : va_arg(*ap, unsigned);
	const char *p = digits(text, v, base);

	put_padded(b, s, "", p, strlen(p));
}

/* False: not a conversion of ours. */
static bool
put_conversion(struct buf *b, struct spec *s, char letter, va_list *ap)
{
	char c;

	switch (letter) {
	case 'd':
	case 'i':
		put_signed(b, s, ap);
		return true;
	case 'u':
		put_unsigned(b, s, 10, ap);
		return true;
	case 'x':
		put_unsigned(b, s, 16, ap);
		return true;
	case 'o':
		put_unsigned(b, s, 8, ap);
		return true;
	case 's':
		put_string(b, s, va_arg(*ap, const char *));
		return true;
	case 'c':
		c = (char)va_arg(*ap, int);
		s->zero = false;
		put_padded(b, s, "", &c, 1);
		return true;
	case '%':
		buf_putc(b, '%');
		return true;
	}
	return false;
}

void
buf_vfmt(struct buf *b, const char *fmt, va_list args)
{
	va_list ap;
	struct spec s;

	va_copy(ap, args);
	while (*fmt != '\0') {
		size_t plain = strcspn(fmt, "%");

		buf_put(b, fmt, plain);
		fmt += plain;
		if (*fmt == '\0')
			break;
		const char *end = read_spec(&s, fmt + 1, &ap);
		if (!put_conversion(b, &s, *end, &ap)) {
			/* What follows cannot be trusted to fit the format. */
			buf_puts(b, fmt);
			break;
		}
		fmt = end + 1;
	}
	va_end(ap);
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(b, fmt, ap);
	va_end(ap);
}
