/*
 * Login records, byte for byte as glibc's programs expect them.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "svc/cmd/utmp.h"

#include "tests/unit/unit.h"

static void
layout(void)
{
	struct utmp_entry e = utmp_run_level(0x01020304, '5', 'N');
	unsigned char b[UTMP_BYTES];
	unsigned char level[] = {'5', 'N', 0, 0};
	unsigned char when[] = {4, 3, 2, 1};

	utmp_pack(&e, b);
	HOLDS(b[0] == 1 && b[1] == 0);
	HOLDS(memcmp(b + 4, level, 4) == 0);
	HOLDS(memcmp(b + 8, "~\0", 2) == 0);
	HOLDS(memcmp(b + 40, "~~\0\0", 4) == 0);
	HOLDS(memcmp(b + 44, "runlevel\0", 9) == 0);
	HOLDS(memcmp(b + 340, when, 4) == 0);
	HOLDS(b[383] == 0);
}

static void
full_fields(void)
{
	struct utmp_entry e = {.type = UTMP_USER}, back;
	unsigned char b[UTMP_BYTES];

	memset(e.line, 'l', 32);
	memset(e.id, 'i', 4);
	memset(e.user, 'u', 32);
	memset(e.host, 'h', 256);
	utmp_pack(&e, b);
	HOLDS(b[8 + 31] == 'l' && b[40] == 'i');
	HOLDS(b[44 + 31] == 'u' && b[76] == 'h');
	HOLDS(b[76 + 255] == 'h' && b[332] == 0);
	utmp_unpack(b, &back);
	SAME(back.line, e.line);
	SAME(back.id, e.id);
	SAME(back.user, e.user);
	SAME(back.host, e.host);
}

static char file[] = "/tmp/utmp.XXXXXX";

static bool
count(const struct utmp_entry *e, void *arg)
{
	int *seen = arg;

	seen[e->type]++;
	return true;
}

static void
files(void)
{
	struct utmp_entry boot = utmp_boot(1), again = utmp_boot(2);
	struct utmp_entry level = utmp_run_level(3, '5', 'N');
	struct utmp_entry user = {.type = UTMP_USER, .id = "1", .line = "tty1"};
	struct utmp_entry dead = {.type = UTMP_DEAD, .id = "1", .line = "tty1"};
	int seen[9] = {0};

	HOLDS(utmp_put(file, &boot) == 0);
	HOLDS(utmp_put(file, &user) == 0);
	HOLDS(utmp_put(file, &level) == 0);
	HOLDS(utmp_put(file, &again) == 0);
	HOLDS(utmp_put(file, &dead) == 0);
	HOLDS(utmp_each(file, count, seen) == 0);
	HOLDS(seen[UTMP_BOOT] == 1 && seen[UTMP_RUN_LEVEL] == 1);
	HOLDS(seen[UTMP_USER] == 0 && seen[UTMP_DEAD] == 1);
	HOLDS(utmp_append(file, &boot) == 0);
	HOLDS(utmp_each(file, count, seen) == 0);
	HOLDS(seen[UTMP_BOOT] == 3);
}

static void
no_file(void)
{
	struct utmp_entry boot = utmp_boot(1);

	HOLDS(utmp_put("/nowhere/utmp", &boot) == 0);
	HOLDS(utmp_append("/nowhere/wtmp", &boot) == 0);
	HOLDS(access("/nowhere", F_OK) < 0);
}

int
main(void)
{
	int fd = mkstemp(file);

	close(fd);
	TEST("a record is glibc's 384 bytes", layout);
	TEST("fields may be full to the last byte", full_fields);
	TEST("an entry takes the place of its like", files);
	TEST("without a file nothing is written or made", no_file);
	unlink(file);
	return unit_done();
}
