/*
 * What svcd and the shared logger say to each other: plans, messages, and the
 * index of arrivals.
 */
#include "svc/core/logindex.h"
#include "svc/core/logplan.h"
#include "svc/core/logwire.h"
#include "tests/unit/unit.h"

static struct logplan plan;
static char room[LOGPLAN_TEXT];

static const char *
parse(const char *value)
{
	static char said[256];
	const char *word;
	const char *wrong = logplan_parse(value, room, &plan, &word);

	if (wrong == NULL)
		return "";
	snprintf(said, sizeof(said), "%s: %s", wrong, word);
	return said;
}

static void
defaults(void)
{
	SAME(parse("yes"), "");
	HOLDS(plan.to == LOGPLAN_DIR && plan.path == NULL);
	HOLDS(plan.size == LOGPLAN_SIZE && plan.keep == LOGPLAN_KEEP);
	HOLDS(plan.time == LOGPLAN_TIME_NONE && plan.rate == 0);
	SAME(parse(""), "");
	HOLDS(plan.to == LOGPLAN_DIR);
}

static void
every_word(void)
{
	SAME(parse("/var/log/x 10M x 20 age 1d time iso compress zstd fsync "
		   "rate 100/s"),
	    "");
	SAME(plan.path, "/var/log/x");
	HOLDS(plan.to == LOGPLAN_DIR && plan.size == 10 << 20);
	HOLDS(plan.keep == 20 && plan.age_ms == 86400000);
	HOLDS(plan.time == LOGPLAN_TIME_ISO && plan.fsync);
	SAME(plan.compress, "zstd");
	HOLDS(plan.rate == 100);
	SAME(parse("64Kx3"), "");
	HOLDS(plan.size == 65536 && plan.keep == 3);
}

static void
places(void)
{
	SAME(parse("console"), "");
	HOLDS(plan.to == LOGPLAN_CONSOLE);
	SAME(parse("syslog"), "");
	HOLDS(plan.to == LOGPLAN_SYSLOG);
	SAME(parse("none"), "");
	HOLDS(plan.to == LOGPLAN_NONE);
	SAME(parse("file /tmp/x"), "");
	HOLDS(plan.to == LOGPLAN_FILE);
	SAME(plan.path, "/tmp/x");
	SAME(parse("web-log"), "");
	HOLDS(plan.to == LOGPLAN_SERVICE);
	SAME(plan.path, "web-log");
}

static void
wrong_words(void)
{
	SAME(parse("console syslog"), "only one place to log to: syslog");
	SAME(parse("10"), "not a size of at least 4K: 10");
	SAME(parse("10M 20M"), "not a size of at least 4K: 20M");
	SAME(parse("10Mx"), "not a size like 10M x 20: 10Mx");
	SAME(parse("10M x"), "x wants the number of old files: x");
	SAME(parse("10M x 0"), "x wants the number of old files: x");
	SAME(parse("age 30"), "age wants a time like 1d: age");
	SAME(parse("time local"), "time wants iso, tai64n or none: time");
	SAME(parse("compress"), "compress wants a program: compress");
	SAME(parse("rate 100"),
	    "rate wants lines a time like 1000/s or 100/10s: rate");
	SAME(parse("file x"), "file wants an absolute path: file");
	char text[LOGPLAN_TEXT + 1];
	memset(text, ' ', LOGPLAN_TEXT);
	text[LOGPLAN_TEXT] = '\0';
	SAME(parse(text), "too long: ");
}

static void
messages(void)
{
	char bytes[LOGWIRE_MAX];
	int error = 0;
	struct buf b = BUF(bytes);
	struct logwire_attach a;
	uint16_t tag;
	uint32_t id;

	HOLDS(logwire_attach(&b, 7, "web", "/var/log/web", "10M x 3"));
	HOLDS(logwire_open(b.p, b.len, &tag, &id));
	HOLDS(tag == LOGWIRE_ATTACH && id == 7);
	HOLDS(logwire_get_attach(b.p, b.len, &a));
	SAME(a.name, "web");
	SAME(a.directory, "/var/log/web");
	SAME(a.plan, "10M x 3");
	for (size_t n = 0; n < b.len; n++)
		HOLDS(!logwire_open(b.p, n, &tag, &id));
	buf_clear(&b);
	HOLDS(logwire_trouble(&b, 9, 28, "out of disk space"));
	HOLDS(logwire_get_trouble(b.p, b.len, &error) && error == 28);
	HOLDS(!logwire_get_attach(b.p, b.len, &a));
	buf_clear(&b);
	HOLDS(logwire_plain(&b, LOGWIRE_DETACH, 3));
	HOLDS(logwire_open(b.p, b.len, &tag, &id) && tag == LOGWIRE_DETACH);
}

/* Records 100 bytes and 10 ns apart. */
static unsigned char file[LOGINDEX_HEAD + 10 * LOGINDEX_RECORD];

static void
make_index(void)
{
	logindex_put_head(file, (struct logindex_head){42, 7});
	for (unsigned i = 0; i < 10; i++)
		logindex_put_record(file + LOGINDEX_HEAD + i * LOGINDEX_RECORD,
		    (struct logindex_record){(i + 1) * 100, (i + 1) * 10});
}

static void
times(void)
{
	struct logindex x;

	make_index();
	HOLDS(logindex_open(&x, file, sizeof(file), 1050));
	HOLDS(x.count == 10 && x.head.inode == 42 && x.head.began_ns == 7);
	HOLDS(logindex_time(&x, 0, -1) == 10);
	HOLDS(logindex_time(&x, 99, -1) == 10);
	HOLDS(logindex_time(&x, 100, -1) == 20);
	HOLDS(logindex_time(&x, 999, -1) == 100);
	HOLDS(logindex_time(&x, 1000, -1) == -1);
	HOLDS(logindex_since(&x, 0, 1050) == 0);
	HOLDS(logindex_since(&x, 10, 1050) == 100);
	HOLDS(logindex_since(&x, 55, 1050) == 500);
	HOLDS(logindex_since(&x, 100, 1050) == 1000);
}

static void
cut_index(void)
{
	struct logindex x;

	make_index();
	for (size_t n = 0; n <= sizeof(file); n++) {
		bool good = logindex_open(&x, file, n, 1050);
		HOLDS(good == (n >= LOGINDEX_HEAD));
		HOLDS(!good || x.count == (n - LOGINDEX_HEAD) / 16);
	}
	/* Records beyond the file, or going back, end it. */
	HOLDS(logindex_open(&x, file, sizeof(file), 450) && x.count == 4);
	logindex_put_record(file + LOGINDEX_HEAD + 5 * LOGINDEX_RECORD,
	    (struct logindex_record){1, 1});
	HOLDS(logindex_open(&x, file, sizeof(file), 1050) && x.count == 5);
	file[0] ^= 1;
	HOLDS(!logindex_open(&x, file, sizeof(file), 1050));
}

static void
empty_index(void)
{
	struct logindex x;

	make_index();
	HOLDS(logindex_open(&x, file, LOGINDEX_HEAD, 50) && x.count == 0);
	HOLDS(logindex_time(&x, 0, 99) == 99);
	HOLDS(logindex_since(&x, 1000, 50) == 0);
}

int
main(void)
{
	TEST("plan: yes, and the defaults rotate", defaults);
	TEST("plan: every word", every_word);
	TEST("plan: every place", places);
	TEST("plan: wrong words are named", wrong_words);
	TEST("messages there and back, cut ones refused", messages);
	TEST("index: when a byte came, and what came since", times);
	TEST("index: cut or torn, it is believed as far as it makes sense",
	    cut_index);
	TEST("index: an empty one says nothing", empty_index);
	return unit_done();
}
