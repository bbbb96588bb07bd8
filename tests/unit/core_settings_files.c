/*
 * svc/core/settings_files.c: directories of runit, s6 and s6-rc.
 */
#include "tests/unit/settings.h"

static void
test_runit(void)
{
	begin("sshd");
	file("run", "#!/bin/sh\nexec sshd -D\n");
	file("finish", "#!/bin/sh\n");
	file("down", "");
	HOLDS(!settings_is_file("env") && !settings_is_file("supervise"));
	HOLDS(!settings_is_file("conf") && !settings_is_file("log"));
	HOLDS(end());
	HOLDS(!s.autostart && s.kill == KILL_MAIN && s.run == NULL);
	HOLDS(s.stop.count == 1 && s.stop.step[0].wait_ms == SETTINGS_FOREVER);
	HOLDS(s.stdin_.kind == STDIO_INHERIT && s.timeout_finish == 60000);
	HOLDS(s.restart.rule == BUDGET_ALWAYS && s.restart.delay_ms == 1000);
	HOLDS(settings_config(&s).has_finish && !settings_config(&s).has_sweep);
}

static void
test_s6(void)
{
	begin("db");
	file("run", "");
	file("notification-fd", "3\n");
	file("timeout-kill", "5000\n");
	file("timeout-finish", "0\n");
	file("down-signal", "SIGQUIT\n");
	file("flag-timeout-killpg", "");
	file("max-death-tally", "20");
	file("flag-recommended", "");
	HOLDS(parse.warnings == 2);
	HOLDS(end());
	HOLDS(s.ready.kind == READY_FD && s.ready.fd == 3);
	HOLDS(s.stop.count == 2 && s.stop.step[0].signal == 3);
	HOLDS(s.stop.step[0].wait_ms == 5000);
	HOLDS(s.timeout_finish == SETTINGS_FOREVER && s.killpg);
	HOLDS((s.files & WITH_S6) != 0);
	begin("db");
	file("run", "");
	/* It is no word of theirs. */
	file("check-every", "20");
	SAME(buf_str(&text), "check-every:1: check-every: expected TIME with "
			     "its unit, such as 500ms, 30s or 1h30m, or "
			     "infinity\n");
	begin("db");
	file("run", "");
	file("flag-newpidns", "");
	HOLDS(!settings_end(&parse));
}

static void
test_s6rc(void)
{
	struct settings_list l;

	begin("mount");
	file("type", "oneshot\n");
	file("up", "mount -a\n");
	file("down", "#!/bin/sh -e\numount -a\n");
	file("timeout-up", "3000");
	HOLDS(
	    settings_see(&parse, "dependencies.d", S_IFDIR) == SETTINGS_NAMES);
	settings_entry(&parse, "dependencies.d", "fsck");
	settings_entry(&parse, "dependencies.d", ".hidden");
	HOLDS(end());
	HOLDS(s.type == TYPE_ONESHOT && s.autostart);
	SAME(s.run, "mount -a");
	SAME(s.down, "/bin/sh -e ./down");
	HOLDS(s.timeout_up == 3000 && s.restart.rule == BUDGET_NEVER);
	l = s.needs;
	SAME(settings_each(&l), "fsck");
	HOLDS(settings_each(&l) == NULL);
	HOLDS(settings_config(&s).is_oneshot && settings_config(&s).has_finish);
	begin("all");
	file("type", "bundle");
	file("contents", "# members\n one\n two \n\n");
	HOLDS(end());
	l = s.members;
	SAME(settings_each(&l), "one");
	SAME(settings_each(&l), "two");
	HOLDS(s.type == TYPE_GROUP);
	begin("d");
	file("type", "longrun\n");
	file("run", "");
	file("down", "");
	HOLDS(end() && s.autostart);
}

/* What is there and what it is decides, in one place for all who read. */
static void
test_sight(void)
{
	begin("x");
	HOLDS(settings_see(&parse, "run", S_IFREG) == SETTINGS_NOTHING);
	HOLDS(settings_see(&parse, "log", S_IFDIR) == SETTINGS_NOTHING);
	HOLDS(settings_see(&parse, "control", S_IFDIR) == SETTINGS_NOTHING);
	HOLDS(parse.files == (WITH_RUN | WITH_LOGGER | WITH_CONTROL));
	HOLDS(settings_see(&parse, "needs", S_IFREG) == SETTINGS_BYTES);
	HOLDS(settings_see(&parse, "down", S_IFREG) == SETTINGS_BYTES);
	HOLDS(settings_see(&parse, "needs", S_IFDIR) == SETTINGS_NOTHING);
	HOLDS(settings_see(&parse, "needs", S_IFIFO) == SETTINGS_NOTHING);
	HOLDS(settings_see(&parse, "contents.d", S_IFREG) == SETTINGS_NOTHING);
	HOLDS(settings_see(&parse, "data", S_IFDIR) == SETTINGS_NOTHING);
	HOLDS(settings_see(&parse, "notes", S_IFREG) == SETTINGS_NOTHING);
	HOLDS(settings_is_more("service") && settings_is_more("user"));
	HOLDS(settings_is_more("contents.d") && !settings_is_more("finish"));
	HOLDS(!settings_is_more("down") && !settings_is_more("log"));
	settings_unread(&parse, "user", "permission denied");
	SAME(buf_str(&text), "user:1: permission denied\n");
	HOLDS(!settings_end(&parse));
}

static void
test_both(void)
{
	begin("x");
	file("run", "");
	file("nice", "3\n");
	lines("nice = 4\n");
	SAME(buf_str(&text), "service:1: nice: is also a file of the "
			     "directory\n");
	begin("x");
	file("run", "");
	lines("run = y\n");
	HOLDS(!settings_end(&parse));
	SAME(buf_str(&text), "x:1: run: is also a script of the directory\n");
}

static void
test_more_files(void)
{
	struct settings_list l;
	char many[600];

	begin("x");
	file("run", "");
	file("flag-essential", "");
	file("dependencies", "a\n# no\nb\n");
	file("pipeline-name", "pipe\n");
	file("env-file", "/etc/a\n-/etc/b\n");
	settings_note(&parse, WITH_CONTROL);
	settings_file(&parse, "unknown", "x", 1);
	HOLDS(parse.warnings == 1);
	SAME(buf_str(&text), "pipeline-name:1: warning: pipeline-name: makes "
			     "no group here: use members\n");
	HOLDS(end() && s.essential && (s.files & WITH_CONTROL));
	l = s.needs;
	SAME(settings_each(&l), "a");
	SAME(settings_each(&l), "b");
	l = s.env_file;
	SAME(settings_each(&l), "/etc/a");
	SAME(settings_each(&l), "-/etc/b");
	begin("x");
	file("notification-fd", "\n");
	SAME(buf_str(&text), "notification-fd:1: notification-fd: is empty\n");
	begin("x");
	file("run", "");
	file("ready", "");
	file("user", "\n");
	HOLDS(end() && parse.warnings == 0);
	begin("x");
	settings_file(&parse, "user", "a\0b", 3);
	SAME(buf_str(&text), "user:1: user: not a line of text\n");
	begin("x");
	settings_file(&parse, "up", "a\0b", 3);
	settings_file(&parse, "needs", "a\0b", 3);
	memset(many, 'd', sizeof(many));
	settings_file(&parse, "down", many, sizeof(many));
	HOLDS(parse.errors == 3);
}

static void
test_leftovers(void)
{
	static const char *const left[] = {"web~", "#web#", "web.bak",
	    "web.orig", "web.tmp", "web.dpkg-new", "web.dpkg-old",
	    "web.ucf-dist", "web.rpmsave", "web.pacnew", NULL};
	static const char *const kept[] = {
	    "web", "web.service", "bak", "web@a", "~web", "dpkg-new", NULL};

	for (unsigned i = 0; left[i] != NULL; i++)
		HOLDS(settings_is_leftover(left[i]));
	for (unsigned i = 0; kept[i] != NULL; i++)
		HOLDS(!settings_is_leftover(kept[i]));
}

int
main(void)
{
	TEST("a runit directory is a service", test_runit);
	TEST("an s6 directory is a service", test_s6);
	TEST("an s6-rc source directory is a service", test_s6rc);
	TEST("what is read of a directory", test_sight);
	TEST("one setting in both spellings is refused", test_both);
	TEST("what is left beside a file is none", test_leftovers);
	TEST("more files of s6 and s6-rc", test_more_files);
	return unit_done();
}
