/*
 * Knows terminals just well enough: their width, the SGR colours, and which
 * letters are wide.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "lib/scan.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/screen.h"

unsigned
screen_width(void)
{
	struct winsize size = {0};
	const char *told = getenv("COLUMNS");
	uint32_t columns;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (told != NULL && scan_u32(told, &columns) && columns > 0)
		return columns;
	if (sys_ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

bool
screen_has_colour(void)
{
	static int known = -1;
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (known < 0)
		known = isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') &&
			term != NULL && *term != '\0' &&
			strcmp(term, "dumb") != 0;
	return known;
}

static const char *const inks[] = {
#define INK_SEQUENCE(name, code) code[0] == '\0' ? "" : "\033[" code "m",
    SCREEN_INKS(INK_SEQUENCE)};

const char *
screen_on(enum screen_ink ink)
{
	return screen_has_colour() ? inks[ink] : "";
}

const char *
screen_off(enum screen_ink ink)
{
	return ink != INK_PLAIN && screen_has_colour() ? "\033[0m" : "";
}

/* Bytes of the UTF-8 sequence that begins with `lead`; 0 if none does. */
static size_t
sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead < 0xe0)
		return 2;
	if (lead >= 0xe0 && lead < 0xf0)
		return 3;
	return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/* Decodes one character; 0 if the bytes are no (shortest, legal) UTF-8. */
static size_t
decode(const unsigned char *s, size_t n, uint32_t *point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = sequence_length(s[0]);
	uint32_t value;

	if (length == 0 || length > n)
		return 0;
	value = length == 1 ? s[0] : s[0] & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (s[i] & 0x3f);
	}
	if (value < least[length] || value > 0x10ffff ||
	    (value >= 0xd800 && value < 0xe000))
		return 0;
	*point = value;
	return length;
}

/* C1 controls, and marks that turn the direction of the line around. */
static bool
is_harmful(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
	       point == 0x2028 || point == 0x2029 || point == 0x061c ||
	       (point >= 0x200e && point <= 0x200f) ||
	       (point >= 0x202a && point <= 0x202e) ||
	       (point >= 0x2066 && point <= 0x2069);
}

size_t
screen_utf8(const char *s, size_t n)
{
	uint32_t point;

	return decode((const unsigned char *)s, n, &point);
}

size_t
screen_char(const char *s, size_t n, int *columns)
{
	uint32_t point;
	size_t length = decode((const unsigned char *)s, n, &point);

	if (length == 0 || is_harmful(point)) {
		*columns = -1;
		return length == 0 ? 1 : length;
	}
	/* musl's wcwidth needs no locale; -1 is for what it does not know. */
	*columns = point < 0x80 ? 1 : wcwidth((wchar_t)point);
	if (*columns < 0)
		*columns = 1;
	return length;
}

void
screen_clean(struct buf *to, const char *bytes, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	int columns;

	for (size_t i = 0, length; i < n; i += length) {
		length = screen_char(bytes + i, n - i, &columns);
		if (columns >= 0) {
			buf_put(to, bytes + i, length);
			continue;
		}
		for (size_t j = i; j < i + length; j++) {
			unsigned char byte = (unsigned char)bytes[j];
			char shown[] = {
			    '\\', 'x', hex[byte >> 4], hex[byte & 15]};
			buf_put(to, shown, sizeof shown);
		}
	}
}

const char *
screen_text(const char *bytes, size_t n)
{
	size_t room = 4 * n + 1;
	struct buf text = buf_over(memory_get(room, 1), room);

	screen_clean(&text, bytes, n);
	return text.p;
}

void
screen_escaped(FILE *to, const char *s)
{
	fputs(screen_text(s, strlen(s)), to);
}

unsigned
screen_columns(const char *s)
{
	size_t n = strlen(s);
	unsigned sum = 0;
	int columns;

	for (size_t i = 0; i < n;) {
		i += screen_char(s + i, n - i, &columns);
		sum += columns > 0 ? (unsigned)columns : 0;
	}
	return sum;
}

void
screen_wrap(const char *s, unsigned at, unsigned hang)
{
	unsigned edge = screen_width();

	for (size_t n; *s != '\0'; s += n) {
		size_t blanks = strspn(s, " ");
		n = blanks + strcspn(s + blanks, " ");
		unsigned wide = screen_columns(memory_copy(s, n));
		if (edge > 0 && at > hang && at + wide > edge) {
			printf("\n%*s", (int)hang, "");
			s += blanks;
			n -= blanks;
			wide -= (unsigned)blanks;
			at = hang;
		}
		printf("%.*s", (int)n, s);
		at += wide;
	}
}

const char *
screen_cut(const char *s, unsigned columns)
{
	size_t n = strlen(s), i = 0, length;
	unsigned used = 0;
	int wide;

	if (screen_columns(s) <= columns)
		return s;
	if (columns == 0)
		return "";
	for (; i < n; i += length) {
		length = screen_char(s + i, n - i, &wide);
		unsigned more = wide > 0 ? (unsigned)wide : 0;
		if (used + more > columns - 1)
			break;
		used += more;
	}
	return memory_text("%.*s…", (int)i, s);
}
