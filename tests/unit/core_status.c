/*
 * svc/core/status.c: the bytes of supervise/ and the words for people.
 */
#include "svc/core/status.h"
#include "tests/unit/unit.h"

static struct status
view(struct sv sv, uint32_t pid)
{
	return status_of(sv, pid, false, tai_from_unix(1000000000, 5));
}

static void
test_bytes(void)
{
	static const unsigned char want[STATUS_BYTES] = {0x40, 0, 0, 0, 0x3b,
	    0x9a, 0xca, 0x0a, 0, 0, 0, 5, 0x39, 0x30, 0, 0, 1, 'd', 1, 1};
	struct status s = {tai_from_unix(1000000000, 5), 12345, true, 'd', true,
	    STATUS_RUN, true};
	unsigned char got[STATUS_BYTES];

	status_pack(s, got);
	HOLDS(memcmp(got, want, sizeof(want)) == 0);
}

static void
test_parse(void)
{
	unsigned char bytes[STATUS_BYTES];
	struct status s = view((struct sv){.state = S_FIN, .want = WANT_UP}, 7);
	struct status t;

	status_pack(s, bytes);
	HOLDS(status_parse(bytes, STATUS_BYTES, &t));
	HOLDS(t.pid == 7 && t.state == STATUS_FINISH && t.want == 'u');
	HOLDS(tai_unix(t.since) == 1000000000 && t.since.nano == 5);
	HOLDS(status_parse(bytes, STATUS_BYTES_DJB, &t));
	HOLDS(t.state == STATUS_RUN);
	HOLDS(!status_parse(bytes, 19, &t) && !status_parse(bytes, 35, &t));
	bytes[19] = 3;
	HOLDS(!status_parse(bytes, STATUS_BYTES, &t));
	bytes[19] = 0;
	bytes[17] = 'x';
	HOLDS(!status_parse(bytes, STATUS_BYTES, &t));
}

static void
test_stat(void)
{
	static const struct {
		struct sv sv;
		bool got_term;
		const char *stat;
	} rows[] = {
	    {{.state = S_DOWN, .want = WANT_DOWN}, false, "down\n"},
	    {{.state = S_BACKOFF, .want = WANT_UP}, false, "down\n"},
	    {{.state = S_UP, .want = WANT_UP}, false, "run\n"},
	    {{.state = S_UP, .want = WANT_ONCE}, false, "run, want down\n"},
	    {{.state = S_UP, .want = WANT_UP, .pause = PAUSE_YES}, false,
		"run, paused\n"},
	    {{.state = S_STOP, .want = WANT_DOWN}, true,
		"run, got TERM, want down\n"},
	    {{.state = S_STOP, .want = WANT_UP, .leave = true}, true,
		"run, got TERM, want exit\n"},
	    {{.state = S_FIN, .want = WANT_UP}, true, "finish\n"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[64];
		struct buf b = BUF(text);
		buf_stat(&b, status_of(rows[i].sv, 9, rows[i].got_term,
				 tai_from_unix(0, 0)));
		SAME(buf_str(&b), rows[i].stat);
	}
}

static void
test_pid(void)
{
	char text[64];
	struct buf b = BUF(text);

	buf_pid_line(&b, view((struct sv){.state = S_UP}, 31));
	SAME(buf_str(&b), "31\n");
	buf_clear(&b);
	buf_pid_line(&b, view((struct sv){.state = S_PRE}, 31));
	SAME(buf_str(&b), "");
}

static void
test_exit(void)
{
	char text[64];
	struct buf b = BUF(text);

	buf_exit(&b, 1, 1);
	SAME(buf_str(&b), "exit 1");
	buf_clear(&b);
	buf_exit(&b, 3, 11);
	SAME(buf_str(&b), "killed by SIGSEGV, core dumped");
	buf_clear(&b);
	buf_exit(&b, 2, 9);
	SAME(buf_str(&b), "killed by SIGKILL");
}

static void
test_spans(void)
{
	static const struct {
		int64_t ms;
		const char *span, *narrow, *duration;
	} rows[] = {
	    {0, "0 ms", "0s", "0"},
	    {350, "350 ms", "0s", "350ms"},
	    {4000, "4 s", "4s", "4s"},
	    {125000, "2 min 5 s", "2m05s", "2m5s"},
	    {3600000, "1 h", "1h00m", "1h"},
	    {5400500, "1 h 30 min", "1h30m", "1h30m500ms"},
	    {273600000, "3 d 4 h", "3d04h", "3d4h"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[64];
		struct buf b = BUF(text);
		buf_span(&b, rows[i].ms * 1000000);
		SAME(buf_str(&b), rows[i].span);
		buf_clear(&b);
		buf_span_short(&b, rows[i].ms * 1000000);
		SAME(buf_str(&b), rows[i].narrow);
		buf_clear(&b);
		buf_duration(&b, rows[i].ms);
		SAME(buf_str(&b), rows[i].duration);
	}
}

static void
test_sizes(void)
{
	char text[64];
	struct buf b = BUF(text);

	buf_size(&b, 2147483648u);
	buf_putc(&b, ' ');
	buf_size(&b, 65536);
	buf_putc(&b, ' ');
	buf_size(&b, 1000);
	buf_putc(&b, ' ');
	buf_size(&b, 0);
	SAME(buf_str(&b), "2G 64K 1000 0");
}

static void
test_letters(void)
{
	HOLDS(status_letter_event('u') == EV_UP);
	HOLDS(status_letter_event('t') == EV_TERM);
	HOLDS(status_letter_event('h') == EV_NOTHING);
	HOLDS(status_letter_signal('h') == 1 && status_letter_signal('?') == 0);
	HOLDS(
	    status_letter_signal('2') == 12 && status_signal_letter(12) == '2');
	HOLDS(status_signal_letter(15) == 't' && status_signal_letter(0) == 0);
	HOLDS(status_signal_letter(11) == 0);
}

int
main(void)
{
	TEST("status is runit's 20 bytes", test_bytes);
	TEST("runit's and daemontools' bytes are read, others refused",
	    test_parse);
	TEST("stat has runit's words", test_stat);
	TEST("pid is a line or nothing", test_pid);
	TEST("an exit in words", test_exit);
	TEST("lengths of time in words", test_spans);
	TEST("sizes as the settings spell them", test_sizes);
	TEST("control letters", test_letters);
	return unit_done();
}
