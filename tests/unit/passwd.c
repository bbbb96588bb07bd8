/* Users and groups: the lines of the two files, well formed and not. */
#include "lib/passwd.h"

#include "tests/unit/unit.h"

static bool
line(const char *text, struct passwd_user *user)
{
	return passwd_line(text, strlen(text), user);
}

static void
user_line(void)
{
	struct passwd_user user;
	HOLDS(line("www:x:33:34:Web,,:/var/www:/bin/false", &user));
	HOLDS(user.uid == 33 && user.gid == 34);
	SAME(user.name, "www");
	SAME(user.home, "/var/www");
	SAME(user.shell, "/bin/false");
	HOLDS(line("a::0:0:::", &user));
	SAME(user.home, "");
}

static void
bad_user_lines(void)
{
	static const char *const bad[] = {"", "# www:x:33",
	    "+::::::", "www:x:33:34:/var/www:/bin/false",
	    ":x:33:34:g:/:/bin/sh", "w:x::34:g:/:/bin/sh",
	    "w:x:33a:34:g:/:/bin/sh", "w:x:-1:34:g:/:/bin/sh",
	    "w:x:4294967295:34:g:/:/bin/sh", "w:x:99999999999:34:g:/:/bin/sh",
	    "w:x:1:2:g:/:/bin/sh:more"};
	struct passwd_user user;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		HOLDS(!line(bad[i], &user));
	char longer[PASSWD_NAME + 64];
	memset(longer, 'a', PASSWD_NAME);
	strcpy(longer + PASSWD_NAME, ":x:1:1::/:/bin/sh");
	HOLDS(!line(longer, &user));
	HOLDS(line(longer + 1, &user));
}

static void
ids(void)
{
	static const char *const bad[] = {"", "-1", "+1", " 1", "1 ", "0x0",
	    "0day", "4294967295", "4294967296", "18446744073709551616"};
	uint32_t id;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		HOLDS(!passwd_id(bad[i], &id));
	HOLDS(passwd_id("0", &id) && id == 0);
	HOLDS(passwd_id("4294967294", &id) && id == UINT32_MAX - 1);
}

static bool
member(const char *text, const char *name)
{
	uint32_t gid = 0;
	return passwd_group_member(text, strlen(text), name, &gid) && gid == 4;
}

static void
group_lines(void)
{
	uint32_t gid = 0;
	const char *adm = "adm:x:4:syslog,al";
	HOLDS(passwd_group_line(adm, strlen(adm), "adm", &gid) && gid == 4);
	HOLDS(!passwd_group_line(adm, strlen(adm), "ad", &gid));
	HOLDS(!passwd_group_line(adm, strlen(adm), "adme", &gid));
	HOLDS(!passwd_group_line("adm:x:4", 7, "adm", &gid));
	HOLDS(member(adm, "syslog") && member(adm, "al"));
	HOLDS(!member(adm, "sys") && !member(adm, "a") && !member(adm, "ll"));
	HOLDS(!member("adm:x:4:", "") && !member("adm:x:4:", "al"));
	HOLDS(member("adm:x:4:,,al,", "al"));
}

static void
the_files(void)
{
	struct passwd_user user, same;
	uint32_t gid = 1, gids[64];
	HOLDS(passwd_user("root", &user) == 1 && user.uid == 0);
	HOLDS(passwd_uid(0, &same) == 1 && same.gid == user.gid);
	HOLDS(passwd_user("no such user", &user) == 0);
	HOLDS(passwd_user("", &user) == 0);
	HOLDS(passwd_group("root", &gid) == 1 && gid == 0);
	HOLDS(passwd_group("no such group", &gid) == 0);
	HOLDS(passwd_groups("root", 7, gids, 64) >= 1 && gids[0] == 7);
}

int
main(void)
{
	TEST("a user's line gives name, ids, home and shell", user_line);
	TEST("a line that is not a user's is not taken", bad_user_lines);
	TEST("an id is a decimal number below the last one", ids);
	TEST("a group's line gives its id and its members", group_lines);
	TEST("root is found by name and number, rubbish is not", the_files);
	return unit_done();
}
