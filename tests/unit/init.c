/*
 * Init's pure parts: signals by dialect, words of the kernel, lines of
 * mountinfo.
 */
#include <string.h>

#include "init/signals.h"
#include "init/unmount.h"
#include "init/words.h"
#include "tests/unit/unit.h"

static bool
means(int sig, enum role role, enum request_kind kind, enum keep_ending ending)
{
	struct request r = signal_request(sig, role, false);

	return r.kind == kind && r.ending == ending;
}

static void
dialects(void)
{
	static const struct {
		int sig;
		enum request_kind kind;
		enum keep_ending ending;
	} rows[] = {
	    {2, REQUEST_END, KEEP_END_REBOOT},
	    {12, REQUEST_END, KEEP_END_POWEROFF},
	    {15, REQUEST_NOTHING, KEEP_END_NONE},
	    {17, REQUEST_CHILD, KEEP_END_NONE},
	    {30, REQUEST_PASS, KEEP_END_NONE},
	    {35, REQUEST_END, KEEP_END_RESCUE},
	    {37, REQUEST_END, KEEP_END_HALT},
	    {38, REQUEST_END, KEEP_END_POWEROFF},
	    {39, REQUEST_END, KEEP_END_REBOOT},
	    {40, REQUEST_END, KEEP_END_KEXEC},
	    {41, REQUEST_END, KEEP_END_SOFT_REBOOT},
	    {47, REQUEST_NOW, KEEP_END_HALT},
	    {48, REQUEST_NOW, KEEP_END_POWEROFF},
	    {49, REQUEST_NOW, KEEP_END_REBOOT},
	    {50, REQUEST_NOW, KEEP_END_KEXEC},
	    {51, REQUEST_NOW, KEEP_END_SOFT_REBOOT},
	    {59, REQUEST_AGAIN, KEEP_END_NONE},
	    {33, REQUEST_UNKNOWN, KEEP_END_NONE},
	    {64, REQUEST_UNKNOWN, KEEP_END_NONE},
	    {0, REQUEST_UNKNOWN, KEEP_END_NONE},
	    {65, REQUEST_UNKNOWN, KEEP_END_NONE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		HOLDS(means(
		    rows[i].sig, ROLE_MACHINE, rows[i].kind, rows[i].ending));
	HOLDS(means(15, ROLE_CONTAINER, REQUEST_END, KEEP_END_EXIT));
	HOLDS(means(30, ROLE_CONTAINER, REQUEST_END, KEEP_END_POWEROFF));
	HOLDS(means(37, ROLE_CONTAINER, REQUEST_END, KEEP_END_HALT));
}

static void
keeper_passes(void)
{
	for (int sig = 1; sig <= 64; sig++)
		HOLDS(sig == 17 || sig == 59 ||
		      means(sig, ROLE_KEEPER, REQUEST_PASS, KEEP_END_NONE));
}

static void
busybox_means(void)
{
	HOLDS(signal_request(15, ROLE_MACHINE, true).ending == KEEP_END_REBOOT);
	HOLDS(signal_request(10, ROLE_MACHINE, true).ending == KEEP_END_HALT);
	HOLDS(signal_request(10, ROLE_MACHINE, false).kind == REQUEST_PASS);
}

static void
bursts(void)
{
	struct burst b = {{0}, 0};

	for (int i = 0; i < 6; i++)
		HOLDS(!burst_hit(&b, 1000 + i * 300));
	HOLDS(burst_hit(&b, 2999));
	b = (struct burst){{0}, 0};
	for (int i = 0; i < 20; i++)
		HOLDS(!burst_hit(&b, 1000 + i * 400));
}

static void
words_are_taken(void)
{
	struct settings s = settings_default();

	HOLDS(settings_word(&s, "trivet.boot=/x/boot") == WORD_TAKEN);
	SAME(s.boot, "/x/boot");
	HOLDS(settings_word(&s, "--shutdown=/x/down") == WORD_TAKEN);
	SAME(s.shutdown, "/x/down");
	HOLDS(settings_word(&s, "trivet.timeout-boot=90s") == WORD_TAKEN);
	HOLDS(s.limits[PHASE_BOOT] == 90000);
	HOLDS(settings_word(&s, "trivet.timeout-stop=0") == WORD_TAKEN);
	HOLDS(s.limits[PHASE_STOP] == 0);
	HOLDS(settings_word(&s, "trivet.busybox") == WORD_TAKEN && s.busybox);
	HOLDS(settings_word(&s, "trivet.busybox=no") == WORD_TAKEN);
	HOLDS(!s.busybox);
	HOLDS(settings_word(&s, "single") == WORD_TAKEN && s.rescue);
	HOLDS(settings_word(&s, "-b") == WORD_TAKEN && s.emergency);
	HOLDS(settings_word(&s, "trivet.rescue") == WORD_TAKEN);
	HOLDS(settings_word(&s, "trivet.rescue-program=/r") == WORD_TAKEN);
}

static void
words_are_refused(void)
{
	struct settings s = settings_default(), before = s;
	char longest[WORD_PATH_MAX + 32] = "trivet.boot=/";

	memset(longest + 13, 'x', WORD_PATH_MAX);
	HOLDS(settings_word(&s, "trivet.bot=/x") == WORD_UNKNOWN);
	HOLDS(settings_word(&s, "--nonsense") == WORD_UNKNOWN);
	HOLDS(settings_word(&s, "trivet.boot") == WORD_VALUE);
	HOLDS(settings_word(&s, "trivet.boot=relative") == WORD_VALUE);
	HOLDS(settings_word(&s, longest) == WORD_VALUE);
	HOLDS(settings_word(&s, "trivet.timeout-boot=90") == WORD_VALUE);
	HOLDS(settings_word(&s, "trivet.timeout-boot") == WORD_VALUE);
	HOLDS(settings_word(&s, "trivet.busybox=perhaps") == WORD_VALUE);
	HOLDS(settings_word(&s, "root=/dev/sda") == WORD_FOREIGN);
	HOLDS(settings_word(&s, "--") == WORD_FOREIGN);
	HOLDS(settings_word(&s, "") == WORD_FOREIGN);
	HOLDS(settings_word(&s, "trivet.") == WORD_FOREIGN);
	HOLDS(settings_word(&s, "trivet.hostname=x") == WORD_FOREIGN);
	HOLDS(settings_word(&s, "trivet.verbose") == WORD_FOREIGN);
	HOLDS(memcmp(&s, &before, sizeof(s)) == 0);
}

static void
command_line(void)
{
	static const char line[] = "  ro  root=\"a b\" trivet.x=\"c\" last\n";
	char word[8];
	size_t at = 0;

	HOLDS(words_next(line, &at, word, sizeof(word)));
	SAME(word, "ro");
	HOLDS(words_next(line, &at, word, sizeof(word)));
	SAME(word, "root=a ");
	HOLDS(words_next(line, &at, word, sizeof(word)));
	SAME(word, "trivet.");
	HOLDS(words_next(line, &at, word, sizeof(word)));
	SAME(word, "last");
	HOLDS(!words_next(line, &at, word, sizeof(word)));
}

static void
mount_lines(void)
{
	char good[] = "31 23 0:28 / /mnt/a\\040b\\134c rw,relatime shared:1 "
		      "master:2 - ext4 /dev/sda rw";
	char plain[] = "1 0 8:1 / / rw - ext4 /dev/root rw";
	char *bad[] = {(char[]){""}, (char[]){"x y z"}, (char[]){"1 2 3"},
	    (char[]){"1 2 3 4 5 6 7"}, (char[]){"1 2 3 4 5 6 -"}};
	struct mount_line m;

	HOLDS(mount_line(good, &m) && m.id == 31);
	SAME(m.at, "/mnt/a b\\c");
	SAME(m.type, "ext4");
	HOLDS(!mount_stays(&m));
	HOLDS(mount_line(plain, &m) && mount_stays(&m));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		HOLDS(!mount_line(bad[i], &m));
}

int
main(void)
{
	TEST("every dialect's signals mean what they should", dialects);
	TEST("a keeper passes its signals on", keeper_passes);
	TEST("busybox's tools are understood when told of", busybox_means);
	TEST("the seventh within two seconds is at once", bursts);
	TEST("words of the kernel are taken", words_are_taken);
	TEST("words that are wrong change nothing", words_are_refused);
	TEST("a command line is split, quotes and all", command_line);
	TEST("lines of mountinfo are taken apart", mount_lines);
	return unit_done();
}
