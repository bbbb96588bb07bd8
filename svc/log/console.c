/*
 * Where lines of many services come together: the console, on which the name
 * stands before each line, and syslog. A console that takes nothing holds up
 * nobody: lines are kept, then dropped and counted.
 */
#include <poll.h>
#include <string.h>
#include <sys/un.h>

#include "lib/buf.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/scan.h"
#include "lib/sock.h"
#include "lib/sys.h"
#include "svc/log/stream.h"

#define KEPT (256 << 10)
#define AGAIN_MS 200
#define COLOURS 6
#define CUT "..."

static char kept[KEPT];
static struct out out;
static struct timer again;
static int is_terminal = -1;

/* A colour for each name, the same every time. */
static void
put_name(struct buf *b, const char *name)
{
	unsigned hash = 5381;
	char tty[64];

	if (is_terminal == -1)
		is_terminal = sys_ioctl(1, 0x5401 /* TCGETS */, tty) == 0;
	for (const char *c = name; *c != '\0'; c++)
		hash = hash * 33 + (unsigned char)*c;
	if (is_terminal)
		buf_fmt(b, "\033[3%um%s:\033[0m ", 1 + hash % COLOURS, name);
	else
		buf_fmt(b, "%s: ", name);
}

/* "<N>" before a line is its level; *n and the pointer move behind it. */
static int
level(const char **p, size_t *n)
{
	uint32_t v;
	char digits[4] = "";

	if (*n < 3 || (*p)[0] != '<')
		return -1;
	const char *end = memchr(*p, '>', *n < 5 ? *n : 5);
	if (end == NULL)
		return -1;
	memcpy(digits, *p + 1, (size_t)(end - *p - 1));
	if (!scan_u32(digits, &v) || v > 191)
		return -1;
	*n -= (size_t)(end - *p) + 1;
	*p = end + 1;
	return (int)v;
}

static bool
is_control(char c)
{
	return ((unsigned char)c < 32 && c != '\t') || c == 127;
}

/* Nothing that a service says moves the cursor: \x1b for such a byte. */
static void
put_text(const char *p, size_t n)
{
	while (n > 0) {
		char code[8];
		struct buf b = BUF(code);
		size_t plain = 0;

		while (plain < n && !is_control(p[plain]))
			plain++;
		out_put(&out, p, plain);
		p += plain;
		n -= plain;
		if (n == 0)
			return;
		buf_puts(&b, "\\x");
		buf_hex(&b, (unsigned char)*p, 2);
		out_put(&out, b.p, b.len);
		p++;
		n--;
	}
}

void
console_line(const char *name, const char *p, size_t n)
{
	char text[320];
	struct buf b = BUF(text);

	if (out.p == NULL)
		out_init(&out, kept, sizeof(kept));
	level(&p, &n);
	put_name(&b, name);
	out_begin(&out);
	out_put(&out, b.p, b.len);
	put_text(p, n);
	out_end(&out);
}

static void
say_gap(void)
{
	char text[128];
	struct buf b = BUF(text);

	buf_fmt(&b, "trivet: %lu lines were dropped here\n",
	    (unsigned long)out.lost_lines);
	out_mended(&out, b.p, b.len);
}

static void
flush_again(void *arg)
{
	console_flush(arg);
}

void
console_flush(struct loop *loop)
{
	struct pollfd p = {.fd = 1, .events = POLLOUT};
	size_t n;

	if (out.p == NULL)
		return;
	for (;;) {
		const char *bytes = out_bytes(&out, &n);
		if (n == 0 && !out.gap)
			return;
		if (n == 0) {
			say_gap();
			continue;
		}
		if (sys_ppoll(&p, 1, &(struct timespec){0}) <= 0)
			break;
		ssize_t got = sys_write(1, bytes, n < 4096 ? n : 4096);
		if (got <= 0)
			break;
		out_wrote(&out, (size_t)got);
	}
	timer_init(&again, flush_again, loop);
	timer_set(loop, &again, mono_add_ms(loop->now, AGAIN_MS));
}

bool
syslog_line(const char *name, const char *p, size_t n)
{
	static int fd = -1;
	char text[2048];
	struct buf b = BUF(text);
	int priority = level(&p, &n);

	if (fd == -1)
		fd = sock_connect("/dev/log", SOCK_DGRAM | SOCK_NONBLOCK);
	if (fd == -1)
		return false;
	/* Facility daemon, unless the service said another. */
	if (priority < 0)
		priority = 6;
	if (priority < 8)
		priority |= 3 << 3;
	buf_fmt(&b, "<%d>%s: ", priority, name);
	size_t room = buf_room(&b) - sizeof(CUT);
	buf_put(&b, p, n < room ? n : room);
	if (n > room)
		buf_puts(&b, CUT);
	if (sys_sendto(fd, b.p, b.len, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0) >=
	    0)
		return true;
	fd_close(&fd);
	return false;
}
