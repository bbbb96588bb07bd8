#include "lib/buf.h"
#include "tests/unit/unit.h"

static void
grows(void)
{
	char bytes[16];
	struct buf b = BUF(bytes);

	SAME(b.p, "");
	buf_puts(&b, "abc");
	buf_putc(&b, 'd');
	buf_put(&b, "efgh", 2);
	SAME(buf_str(&b), "abcdef");
	HOLDS(b.len == 6 && !b.full && buf_room(&b) == 9);
	buf_pad(&b, '.', 3);
	SAME(b.p, "abcdef...");
	buf_drop(&b, 3);
	SAME(b.p, "def...");
	buf_drop(&b, 100);
	HOLDS(b.len == 0);
}

static void
fills(void)
{
	char bytes[8];
	struct buf b = BUF(bytes);

	buf_puts(&b, "1234567");
	HOLDS(!b.full && buf_room(&b) == 0);
	buf_puts(&b, "");
	HOLDS(!b.full);
	buf_putc(&b, '8');
	HOLDS(b.full);
	SAME(b.p, "1234567");
}

static void
keeps_a_clean_beginning(void)
{
	char bytes[8];
	struct buf b = BUF(bytes);

	buf_puts(&b, "12345");
	buf_puts(&b, "abcdef");
	SAME(b.p, "12345ab");
	HOLDS(b.full);
	buf_cut(&b, 5);
	HOLDS(!b.full);
	buf_puts(&b, "xyz");
	HOLDS(b.full && buf_room(&b) == 0);
	SAME(b.p, "12345xy");
	buf_cut(&b, 0);
	buf_pad(&b, '-', 100);
	SAME(b.p, "-------");
	buf_putc(&b, 'x');
	buf_put(&b, NULL, 0);
	SAME(b.p, "-------");
	buf_clear(&b);
	SAME(b.p, "");
}

int
main(void)
{
	TEST("buf: appends", grows);
	TEST("buf: cap - 1 bytes fit exactly", fills);
	TEST("buf: what does not fit leaves a clean beginning",
	    keeps_a_clean_beginning);
	return unit_done();
}
