/*
 * Bytes in are bytes out: lines, the end of files, and the bounded buffer.
 */
#include <stdint.h>

#include "svc/log/cut.h"
#include "svc/log/line.h"
#include "svc/log/out.h"
#include "tests/unit/unit.h"

static uint64_t seed = 1;

static unsigned
roll(unsigned below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

#define BYTES 4000
static char in[BYTES], back[BYTES * 2];

/* Mostly letters, one in `lines` a newline, now and then any byte. */
static void
make_input(unsigned lines)
{
	for (size_t i = 0; i < BYTES; i++)
		in[i] = roll(lines) == 0 ? '\n'
			: roll(20) == 0	 ? (char)roll(256)
					 : (char)('a' + roll(26));
}

struct collected {
	size_t n;
	bool open;
	bool broken; /* a piece that cannot follow the one before */
	size_t short_heads;
};

static void
collect(struct collected *c, const struct line *l, const struct line_piece *p)
{
	c->broken |= p->begins == c->open;
	c->short_heads += p->begins && !p->ends && p->n < l->max;
	memcpy(back + c->n, p->p, p->n);
	c->n += p->n;
	if (p->ends)
		back[c->n++] = '\n';
	c->open = !p->ends;
}

static void
same_bytes(bool whole_head)
{
	char held[64];

	for (int round = 0; round < 300; round++) {
		struct line l;
		struct line_piece piece;
		struct collected c = {0};

		line_init(&l, held, 1 + roll(64), whole_head);
		make_input(1 + roll(200));
		for (size_t at = 0; at < BYTES;) {
			size_t n = 1 + roll(300);
			n = n < BYTES - at ? n : BYTES - at;
			line_feed(&l, in + at, n);
			while (line_next(&l, &piece))
				collect(&c, &l, &piece);
			at += n;
		}
		bool cut = line_last(&l, &piece);
		if (cut)
			collect(&c, &l, &piece);
		HOLDS(!c.broken && !c.open);
		HOLDS(!whole_head || c.short_heads == 0);
		HOLDS(c.n == BYTES + (size_t)cut);
		HOLDS(memcmp(in, back, BYTES) == 0);
		HOLDS(cut == (in[BYTES - 1] != '\n'));
	}
}

static void
eager_lines(void)
{
	same_bytes(false);
}

static void
judged_lines(void)
{
	same_bytes(true);
}

static void
eager_holds_nothing(void)
{
	struct line l;
	struct line_piece p;

	line_init(&l, NULL, 10, false);
	line_feed(&l, "ab", 2);
	HOLDS(line_next(&l, &p) && p.n == 2 && p.begins && !p.ends);
	HOLDS(!line_next(&l, &p) && line_unfinished(&l));
	line_feed(&l, "\n", 1);
	HOLDS(line_next(&l, &p) && p.n == 0 && !p.begins && p.ends);
	HOLDS(!line_unfinished(&l) && !line_last(&l, &p));
}

static void
ends_of_files(void)
{
	const struct cut_rule r = {100, 20};

	HOLDS(cut_blind(&r, 0) == 79 && cut_blind(&r, 79) == 0);
	struct cut c = cut_at(&r, 0, "abc\n", 4);
	HOLDS(c.take == 4 && !c.full);
	c = cut_at(&r, 78, "a\nb\n", 4); /* the newline makes it 80 */
	HOLDS(c.take == 2 && c.full);
	c = cut_at(&r, 90, "0123456789abc\n", 14);
	HOLDS(c.take == 10 && c.full);
	c = cut_at(&r, 90, "012345678\n", 10);
	HOLDS(c.take == 10 && c.full);
	c = cut_at(&r, 100, "a\n", 2);
	HOLDS(c.take == 0 && c.full);
	c = cut_at(&r, 90, "abc", 3);
	HOLDS(c.take == 3 && !c.full);
}

static void
no_limit_no_end(void)
{
	const struct cut_rule none = {0, 1000}, narrow = {100, 1000};
	struct cut c = cut_at(&none, UINT32_MAX, "a\n", 2);

	HOLDS(c.take == 2 && !c.full);
	/* A limit below the slack: only the limit counts. */
	c = cut_at(&narrow, 0, "a\nb\n", 4);
	HOLDS(c.take == 4 && !c.full);
	c = cut_at(&narrow, 98, "a\nb\n", 4);
	HOLDS(c.take == 2 && c.full);
}

static void
put_line(struct out *o, const char *s)
{
	out_begin(o);
	out_put(o, s, strlen(s));
	out_end(o);
}

static void
bounded(void)
{
	char room[16];
	struct out o;
	size_t n;

	out_init(&o, room, sizeof(room));
	put_line(&o, "12345");
	put_line(&o, "1234567890"); /* too much */
	put_line(&o, "1");	    /* would fit, but must not overtake */
	HOLDS(o.gap && o.lost_lines == 2 && o.lost_bytes == 11 + 2);
	const char *p = out_bytes(&o, &n);
	HOLDS(n == 6 && memcmp(p, "12345\n", 6) == 0);
	out_wrote(&o, 6);
	out_mended(&o, "gap\n", 4);
	put_line(&o, "2");
	p = out_bytes(&o, &n);
	HOLDS(n == 6 && memcmp(p, "gap\n2\n", 6) == 0);
	HOLDS(!o.gap && o.lost_lines == 0);
}

static void
begun_line_is_ended(void)
{
	char room[8];
	struct out o;
	size_t n;

	out_init(&o, room, sizeof(room));
	out_begin(&o);
	out_put(&o, "abcd", 4);
	out_wrote(&o, 4);
	out_put(&o, "0123456789", 10); /* 7 fit, 3 are lost */
	out_end(&o);
	const char *p = out_bytes(&o, &n);
	HOLDS(n == 8 && memcmp(p, "0123456\n", 8) == 0);
	HOLDS(o.lost_bytes == 3 && o.gap);
}

static void
empty_lines(void)
{
	char room[4];
	struct out o;
	size_t n;

	out_init(&o, room, sizeof(room));
	for (int i = 0; i < 6; i++)
		put_line(&o, "");
	out_bytes(&o, &n);
	HOLDS(n == 4 && o.lost_lines == 2 && o.lost_bytes == 2);
	HOLDS(out_room(&o) == 0);
}

static void
written_in_parts(void)
{
	char room[32];
	size_t put = 0, got = 0, n;
	struct out o;

	out_init(&o, room, sizeof(room));
	for (int i = 0; i < 5000; i++) {
		char line[2] = {(char)('a' + i % 26), '\0'};
		put_line(&o, line);
		put += 2;
		const char *p = out_bytes(&o, &n);
		size_t part = n > 20 ? n : roll((unsigned)n + 1);
		for (size_t k = 0; k < part; k++, got++)
			if (p[k] !=
			    (got % 2 ? '\n' : 'a' + (int)(got / 2 % 26)))
				HOLDS(!"order");
		out_wrote(&o, part);
	}
	out_bytes(&o, &n);
	HOLDS(put == got + n && !o.gap);
}

int
main(void)
{
	TEST("lines: bytes in are bytes out, at once", eager_lines);
	TEST("lines: the same with heads held for judging", judged_lines);
	TEST("lines: without judging nothing is held", eager_holds_nothing);
	TEST("cut: a file ends with a line, or at its limit", ends_of_files);
	TEST("cut: no limit, no end", no_limit_no_end);
	TEST("out: what does not fit is dropped and counted", bounded);
	TEST("out: a line that was begun is ended", begun_line_is_ended);
	TEST("out: empty lines are lines", empty_lines);
	TEST("out: written in parts, in order", written_in_parts);
	return unit_done();
}
