/*
 * svc/core/notify.c: one datagram, key by key.
 */
#include "svc/core/notify.h"
#include "tests/unit/unit.h"

static struct notify n;

static bool
parse(const char *text)
{
	return notify_parse(&n, text, strlen(text));
}

static bool
has_only(uint32_t bits)
{
	return n.has == bits;
}

/* What a message of these two or three lines comes to. */
static const struct {
	const char *text;
	enum notify_phase phase;
} phases[] = {
    {"READY=1", NOTIFY_IS_READY},
    {"READY=1\n", NOTIFY_IS_READY},
    {"\n\nREADY=1\n\n", NOTIFY_IS_READY},
    {"RELOADING=1", NOTIFY_IS_RELOADING},
    {"STOPPING=1", NOTIFY_IS_STOPPING},
    {"RELOADING=1\nREADY=1", NOTIFY_IS_READY},
    {"STOPPING=1\nREADY=1\nRELOADING=1", NOTIFY_IS_STOPPING},
    {"READY=0", NOTIFY_IS_NOTHING},
    {"READY=11", NOTIFY_IS_NOTHING},
    {"READY=", NOTIFY_IS_NOTHING},
    {"READY", NOTIFY_IS_NOTHING},
    {" READY=1", NOTIFY_IS_NOTHING},
    {"ready=1", NOTIFY_IS_NOTHING},
    {"XREADY=1", NOTIFY_IS_NOTHING},
    {"READY=1 ", NOTIFY_IS_NOTHING},
    {"", NOTIFY_IS_NOTHING},
};

static void
test_phases(void)
{
	for (size_t k = 0; k < sizeof(phases) / sizeof(phases[0]); k++) {
		HOLDS(parse(phases[k].text));
		HOLDS(n.phase == phases[k].phase);
	}
}

static void
test_void(void)
{
	static char long_text[NOTIFY_MAX + 1];

	memset(long_text, 'x', sizeof(long_text));
	HOLDS(notify_parse(&n, long_text, NOTIFY_MAX));
	HOLDS(!notify_parse(&n, long_text, NOTIFY_MAX + 1));
	HOLDS(notify_parse(&n, "READY=1\0", 8) && n.phase == NOTIFY_IS_READY);
	HOLDS(!notify_parse(&n, "READY=1\0\0", 9));
	HOLDS(!notify_parse(&n, "READY=1\0\nREADY=1", 16));
	HOLDS(notify_parse(&n, "\0", 1) && has_only(0));
}

static void
test_numbers(void)
{
	HOLDS(parse("ERRNO=2\nEXIT_STATUS=77\nMAINPID=4194303"));
	HOLDS(n.number[NOTIFY_ERRNO] == 2);
	HOLDS(n.number[NOTIFY_EXIT_STATUS] == 77);
	HOLDS(n.number[NOTIFY_MAINPID] == 4194303);
	HOLDS(parse("WATCHDOG_USEC=18446744073709551615"));
	HOLDS(n.number[NOTIFY_WATCHDOG_USEC] == UINT64_MAX);
	HOLDS(parse("WATCHDOG_USEC=18446744073709551616") && has_only(0));
	HOLDS(parse("ERRNO=-1") && has_only(0));
	HOLDS(parse("ERRNO=+1") && has_only(0));
	HOLDS(parse("ERRNO=") && has_only(0));
	HOLDS(parse("ERRNO=0x2") && has_only(0));
}

static void
test_texts(void)
{
	HOLDS(parse("STATUS=Gr\xc3\xbc\xc3\x9f"
		    "e = 3\nREADY=1"));
	HOLDS(n.status.len == 11 && memcmp(n.status.p, "Gr", 2) == 0);
	HOLDS(parse("STATUS=") && has_only(NOTIFY_BIT(STATUS)));
	HOLDS(n.status.len == 0);
	HOLDS(parse("STATUS=\xff\nREADY=1") && has_only(NOTIFY_BIT(READY)));
	HOLDS(parse("STATUS=one\nSTATUS=two"));
	HOLDS(n.status.len == 3 && memcmp(n.status.p, "one", 3) == 0);
	HOLDS(parse("BUSERROR=org.x.Y") && n.error.len == 7);
}

static void
test_utf8(void)
{
	HOLDS(notify_is_utf8("", 0));
	HOLDS(notify_is_utf8("\xf4\x8f\xbf\xbf\xe2\x82\xac\xc2\x80", 9));
	HOLDS(!notify_is_utf8("\xc0\x80", 2));
	HOLDS(!notify_is_utf8("\xe0\x9f\xbf", 3));
	HOLDS(!notify_is_utf8("\xed\xa0\x80", 3));
	HOLDS(!notify_is_utf8("\xf0\x8f\xbf\xbf", 4));
	HOLDS(!notify_is_utf8("\xf4\x90\x80\x80", 4));
	HOLDS(!notify_is_utf8("\xf5\x80\x80\x80", 4));
	HOLDS(!notify_is_utf8("\xe2\x82", 2));
	HOLDS(!notify_is_utf8("\x80", 1));
}

static void
test_words(void)
{
	HOLDS(parse("WATCHDOG=1") && !n.is_trigger);
	HOLDS(parse("WATCHDOG=trigger") && n.is_trigger);
	HOLDS(parse("WATCHDOG=2") && has_only(0));
	HOLDS(parse("NOTIFYACCESS=exec") && n.number[NOTIFY_NOTIFYACCESS] == 2);
	HOLDS(parse("NOTIFYACCESS=everyone") && has_only(0));
	HOLDS(parse("X_FOO=1\nUNKNOWN=\x01\nREADY=1"));
	HOLDS(has_only(NOTIFY_BIT(READY)));
}

static void
test_barrier(void)
{
	HOLDS(parse("BARRIER=1") && n.is_barrier);
	HOLDS(parse("BARRIER=1\n") && n.is_barrier);
	HOLDS(parse("BARRIER=1\nREADY=1") && !n.is_barrier);
	HOLDS(parse("BARRIER=1\nX=1") && !n.is_barrier);
	HOLDS(parse("BARRIER=0") && !n.is_barrier);
}

int
main(void)
{
	TEST(
	    "STOPPING beats READY beats RELOADING, only 1 is yes", test_phases);
	TEST("what is too long or holds a NUL is void", test_void);
	TEST("numbers are digits that fit", test_numbers);
	TEST("texts are UTF-8, the first counts", test_texts);
	TEST("no overlong, surrogate or cut character", test_utf8);
	TEST("words are known or passed over", test_words);
	TEST("a barrier is alone", test_barrier);
	return unit_done();
}
