/*
 * svc/core/settings*.c: lines and files in, complaints and a view out.
 */
#include "tests/unit/settings.h"

static bool
parses(const char *bytes)
{
	begin("test");
	lines(bytes);
	return end();
}

static void
test_design(void)
{
	struct settings_list l;

	HOLDS(parses("# /etc/sv/postgres/service\n"
		     "run         = /usr/lib/postgresql/15/bin/postgres -D "
		     "${STATE_DIRECTORY}/main\n"
		     "user        = postgres\n"
		     "state-dir   = postgresql/15\n"
		     "needs       = mounts network\n"
		     "ready       = notify\n"
		     "stop        = INT 60s KILL\n"
		     "restart     = on-failure 1s..30s, 5 in 1m\n"
		     "memory-max  = 2G\n"
		     "log         = 10M x 20\n"));
	SAME(s.run, "/usr/lib/postgresql/15/bin/postgres -D "
		    "${STATE_DIRECTORY}/main");
	SAME(s.user, "postgres");
	l = s.state_dir;
	SAME(settings_each(&l), "postgresql/15");
	l = s.needs;
	SAME(settings_each(&l), "mounts");
	SAME(settings_each(&l), "network");
	HOLDS(settings_each(&l) == NULL && settings_each(&l) == NULL);
	HOLDS(s.ready.kind == READY_NOTIFY && s.notify_access == ACCESS_MAIN);
	HOLDS(s.stop.count == 2 && s.stop.step[0].signal == 2);
	HOLDS(s.stop.step[0].wait_ms == 60000 && s.stop.step[1].signal == 9);
	HOLDS(s.stop.step[1].wait_ms == SETTINGS_FOREVER);
	HOLDS(s.restart.rule == BUDGET_ON_FAILURE);
	HOLDS(s.restart.delay_ms == 1000 && s.restart.max_ms == 30000);
	HOLDS(s.restart.count == 5 && s.restart.window_ms == 60000);
	HOLDS(s.memory_max == UINT64_C(2) << 30);
	HOLDS(s.log.is_on);
	SAME(s.log.plan, "10M x 20");
	HOLDS(s.kill == KILL_ALL && s.umask == 022 && s.autostart);
	HOLDS(settings_has(&s, SET_user) && !settings_has(&s, SET_umask));
}

static void
test_complaints(void)
{
	static const struct {
		const char *line, *says;
	} rows[] = {
	    {"restrat = always",
		"service:1: restrat: unknown setting; did you mean restart?\n"},
	    {"qqqqqqqqqqqqq = 1",
		"service:1: qqqqqqqqqqqqq: unknown setting\n"},
	    {"ExecStart = /bin/x",
		"service:1: ExecStart: unknown setting; did you mean run?\n"},
	    {"EnvironmentFile = /x",
		"service:1: EnvironmentFile: unknown setting; did you mean "
		"env-file?\n"},
	    {"#!/bin/sh\nexec x",
		"service:1: a script, where settings are expected: it belongs "
		"in a directory, as run\n"},
	    {"nonsense", "service:1: expected KEY = VALUE\n"},
	    {"\357\273\277nice = 20",
		"service:1: nice: expected a number from -20 to 19\n"},
	    {"[Unit]", "service:1: there are no sections: expected KEY = "
		       "VALUE\n"},
	    {"timeout-up = 30",
		"service:1: timeout-up: expected TIME with its unit, such as "
		"500ms, 30s or 1h30m, or infinity\n"},
	    {"every = 0s", "service:1: every: expected a time that is not 0\n"},
	    {"nice = 20",
		"service:1: nice: expected a number from -20 to 19\n"},
	    {"umask = 999", "service:1: umask: expected OCTAL\n"},
	    {"type = demon", "service:1: type: expected "
			     "process|oneshot|forking|group\n"},
	    {"stop = TERM 10s", "service:1: stop: expected [TIME] SIGNAL "
				"[TIME SIGNAL]..., such as INT 60s KILL; "
				"times have units\n"},
	    {"run = a | b",
		"service:1: run: no shell runs this line: quote it or use a "
		"script at byte 3\n"},
	    {"run = exec sleep 1",
		"service:1: run: no shell runs this line: leave exec out or "
		"use a script\n"},
	    {"finish = A=1 sleep 1",
		"service:1: finish: no shell runs this line: variables belong "
		"in env\n"},
	    {"user = a b", "service:1: user: expected USER[:GROUP]\n"},
	    {"state-dir = ../x",
		"service:1: state-dir: expected a directory below the usual "
		"place, without a leading / and without ..\n"},
	    {"needs = a/b", "service:1: needs: not a name: a/b\n"},
	    {"memory-max = 2GB", "service:1: memory-max: expected SIZE, such "
				 "as 64M or 2G, or infinity\n"},
	    {"caps = sys_amdin", "service:1: caps: expected "
				 "CAPABILITY...|none\n"},
	    {"root = srv", "service:1: root: expected DIR\n"},
	    {"description = a\tb", "service:1: description: expected TEXT\n"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin("test");
		lines(rows[i].line);
		SAME(buf_str(&text), rows[i].says);
		HOLDS(parse.errors == 1 && !settings_end(&parse));
	}
}

static void
test_lines(void)
{
	struct settings_list l;

	HOLDS(parses("run = sleep \\\n  100 # seconds\n"
		     "\n   # a comment \\\n"
		     "env = A=1 B='x y'\r\n"
		     "env = \"C=#3\" # last\n"
		     "nice = 5   # five\n"
		     "timeout-up = 1h30m"));
	SAME(s.run, "sleep    100 # seconds");
	l = s.env;
	SAME(settings_each(&l), "A=1");
	SAME(settings_each(&l), "B=x y");
	SAME(settings_each(&l), "C=#3");
	HOLDS(settings_each(&l) == NULL);
	HOLDS(s.nice == 5 && s.timeout_up == 5400000);
	begin("test");
	lines("run = a\n\nrun = b\n");
	SAME(buf_str(&text), "service:3: run: said twice\n");
	begin("test");
	settings_lines(&parse, "service", "run = a\0b", 9);
	SAME(buf_str(&text), "service:1: a NUL byte: not a text\n");
}

static void
test_layers(void)
{
	struct settings_list l;

	begin("web");
	settings_defaults(&parse, "defaults", "nice = 3\nenv = A=1\n", 19);
	lines("run = x\nenv = B=2\nneeds = a\nstop = INT\n");
	settings_override(&parse, "override/web",
	    "nice = -1\nneeds =\nneeds = b\nstop =\n", 35);
	HOLDS(end());
	HOLDS(s.nice == -1);
	l = s.env;
	SAME(settings_each(&l), "A=1");
	SAME(settings_each(&l), "B=2");
	l = s.needs;
	SAME(settings_each(&l), "b");
	HOLDS(settings_each(&l) == NULL);
	HOLDS(s.stop.step[0].signal == 15 && !settings_has(&s, SET_stop));
	/* What was to be a user must not come out as root. */
	begin("web@");
	lines("user =\nuser = www\nstop = %i\n");
	SAME(buf_str(&text),
	    "service:1: user: has no value, and none to take back\n"
	    "service:2: user: said twice\n"
	    "service:3: stop: has no value\n");
}

static void
test_whole(void)
{
	HOLDS(!parses(""));
	HOLDS(!parses("type = forking\nrun = x\n"));
	HOLDS(parses("type = forking\nrun = x\npidfile = /run/x.pid\n"));
	HOLDS(s.ready.kind == READY_PIDFILE);
	HOLDS(!parses("type = group\n"));
	HOLDS(!parses("type = group\nmembers = a\nrun = b\n"));
	HOLDS(!parses("run = a\nup = b\n"));
	HOLDS(!parses("run = a\ncheck-every = 5s\n"));
	HOLDS(!parses("run = a\nready = check\n"));
	HOLDS(!parses("run = a\nmembers = b\n"));
	HOLDS(!parses("run = a\non-failed = start test\n"));
	HOLDS(parses("run = a\nlisten = tcp 1 backlog 5\n"));
	HOLDS(!parses("run = a\nlisten = tcp 1 backlog 0\n"));
	HOLDS(!parses("run = a\nlisten = tcp 1 backlog\n"));
	HOLDS(!parses("run = a\nlisten = tcp 1 a-word-that-is-long 5\n"));
	HOLDS(!parses("run = a\nlisten = tcp 1\nlisten = tcp 2\n"
		      "listen = tcp 3\nlisten = tcp 4\nlisten = tcp 5\n"
		      "listen = tcp 6\nlisten = tcp 7\nlisten = tcp 8\n"
		      "listen = tcp 9\nlisten = tcp 10\nlisten = tcp 11\n"
		      "listen = tcp 12\nlisten = tcp 13\nlisten = tcp 14\n"
		      "listen = tcp 15\nlisten = tcp 16\nlisten = tcp 17\n"));
	SAME(buf_str(&text), "test:1: listen: 17 of them: at most 16\n");
	begin("../etc");
	HOLDS(parse.errors == 1);
}

static void
test_instances(void)
{
	struct settings_list l;

	begin("getty@tty1");
	lines("run = agetty %i\ntty = /dev/%i\nenv = P=100%%\nneeds = x@%i\n");
	HOLDS(end());
	SAME(s.run, "agetty %i");
	SAME(s.tty, "/dev/tty1");
	l = s.env;
	SAME(settings_each(&l), "P=100%");
	l = s.needs;
	SAME(settings_each(&l), "x@tty1");
}

static void
test_kinds(void)
{
	struct settings_list l;

	HOLDS(parses("run = a\n"
		     "success-codes = 3, 5-7 USR1\n"
		     "give-up-on = 78\n"
		     "on-failed = exit 3\n"
		     "ionice = best-effort 7\n"
		     "scheduler = fifo 10\n"
		     "cpus = 0-3 5\n"
		     "limit-nofile = 1024:infinity\n"
		     "limit-core = 0\n"
		     "limit-stack = 8M\n"
		     "caps = CAP_NET_BIND_SERVICE chown\n"
		     "cpu-max = 150%\n"
		     "log-rate = 1000 in 10s\n"
		     "listen = tcp [::1]:80\n"
		     "listen = unix /run/x\n"
		     "at = Mon Fri 03:30\n"
		     "at = 12:00\n"
		     "stop = 5s TERM 10s INT 1m KILL\n"
		     "stdout = append /var/log/x\n"
		     "ready = tcp localhost:80\n"
		     "watchdog = infinity\n"));
	HOLDS(settings_is_clean(&s, 1, 0) && settings_is_clean(&s, 1, 6));
	HOLDS(!settings_is_clean(&s, 1, 4) && settings_is_clean(&s, 2, 10));
	HOLDS(settings_is_clean(&s, 2, 15) && !settings_is_clean(&s, 2, 9));
	HOLDS(settings_is_code(&s.give_up_on, 1, 78));
	HOLDS(s.on_failed.kind == FAILED_EXIT && s.on_failed.code == 3);
	HOLDS(s.ionice.is_set && s.ionice.class == 2 && s.ionice.level == 7);
	HOLDS(s.scheduler.class == 1 && s.scheduler.level == 10);
	SAME(s.cpus, "0-3 5");
	HOLDS(s.limit_nofile.soft == 1024);
	HOLDS(s.limit_nofile.hard == SETTINGS_UNLIMITED);
	HOLDS(s.limit_core.is_set && s.limit_core.hard == 0);
	HOLDS(s.limit_stack.soft == 8 << 20 && !s.limit_as.is_set);
	HOLDS(s.caps == (1 << 10 | 1) && s.cpu_max == 150);
	HOLDS(s.log_rate.count == 1000 && s.log_rate.time_ms == 10000);
	l = s.listen;
	SAME(settings_each(&l), "tcp [::1]:80");
	SAME(settings_each(&l), "unix /run/x");
	l = s.at;
	SAME(settings_each(&l), "Mon,Fri 03:30");
	SAME(settings_each(&l), "12:00");
	HOLDS(s.stop.count == 4 && s.stop.step[0].signal == 0);
	HOLDS(s.stop.step[0].wait_ms == 5000);
	HOLDS(s.stop.step[2].signal == 2 && s.stop.step[2].wait_ms == 60000);
	HOLDS(s.stdout_.kind == STDIO_APPEND);
	SAME(s.stdout_.path, "/var/log/x");
	SAME(s.ready.text, "localhost:80");
	HOLDS(s.watchdog == SETTINGS_FOREVER);
}

/* What each reader must not take. */
static void
test_refusals(void)
{
	static const char *const values[] = {"stop = KILL TERM",
	    "stop = 5s 6s TERM", "stop =  5s", "restart = sometimes",
	    "restart = always 30s..1s", "restart = always 1s, 0 in 1m",
	    "restart = always, 5 in", "restart = always 1s 2s",
	    "success-codes = 256", "success-codes = 7-3",
	    "success-codes = SIGNOPE", "on-failed = start",
	    "on-failed = reboot now", "on-failed = exit 256",
	    "ionice = best-effort", "ionice = realtime 8", "scheduler = fifo",
	    "scheduler = fifo 0", "scheduler = idle 3", "cpus = 3-1",
	    "cpus = 0-", "cpus = 2000", "limit-nofile = 10:5",
	    "limit-nofile = many", "limit-cpu = 1M", "cpu-max = 50",
	    "cpu-max = 0%", "log = 10", "log = 1M x 0", "log = age 3",
	    "log-rate = 10", "log-rate = 0 in 1s", "listen = tcp",
	    "listen = tcp 0", "listen = tcp 1.2.3.4:99999",
	    "listen = unix relative", "listen = carrier pigeon", "at = 24:00",
	    "at = 7:30", "at = Mon", "at = Someday 10:00", "ready = fd 2",
	    "ready = fd", "ready = tcp", "ready = started x", "stdin = file",
	    "stdout = null x", "env = 1A=2", "env = novalue", "user =\t",
	    "run = 'unclosed", "umask = 08", "umask = 7777",
	    "autostart = perhaps", "kill = some", "reload-signal = 99",
	    "hide = relative", "state-dir = /abs", "state-dir = a//b",
	    "pids-max = 0", "oom-score-adj = 1001", "description =\x01"};

	for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		begin("test");
		lines(values[i]);
		if (parse.errors != 1)
			printf("# taken: %s\n", values[i]);
		HOLDS(parse.errors == 1);
	}
}

static void
test_full(void)
{
	static char many[600 * 130];
	size_t n = 0;

	/* A list longer than the packed form can hold is said, not cut. */
	for (int i = 0; i < 600; i++) {
		n += (size_t)snprintf(many + n, sizeof(many) - n, "env = A=");
		memset(many + n, 'x', 115);
		n += 115;
		many[n++] = '\n';
	}
	begin("test");
	settings_lines(&parse, "service", many, n);
	HOLDS(parse.errors > 0 && blob.len < SETTINGS_BLOB_MAX);
	HOLDS(settings_view(&s, blob.p, blob.len));
}

/* Cut or changed at any byte the packed form is refused or read, no more. */
static void
test_damage(void)
{
	char copy[2048];
	struct settings_list l;
	size_t len;

	HOLDS(parses("run = a\nneeds = b c\nstop = INT 5s KILL\nenv = A=1\n"
		     "ready = unix /x\nrestart = never\nlimit-cpu = 3\n"));
	len = blob.len;
	HOLDS(len < sizeof(copy));
	for (size_t i = 0; i < len; i++) {
		memcpy(copy, blob.p, len);
		(void)settings_view(&s, copy, i);
		for (int bit = 0; bit < 8; bit++) {
			copy[i] ^= (char)(1 << bit);
			(void)settings_view(&s, copy, len);
			HOLDS(s.stop.count <= SV_STEPS_MAX);
			HOLDS((unsigned)s.restart.rule <= BUDGET_NEVER);
			l = s.needs;
			for (int n = 0; n < 100; n++)
				if (settings_each(&l) == NULL)
					break;
			copy[i] ^= (char)(1 << bit);
		}
	}
	/* An entry of a later version is skipped. */
	memcpy(copy, blob.p, len);
	memcpy(copy + len, "\xff\x7f\x01\x00z", 5);
	HOLDS(settings_view(&s, copy, len + 5));
	SAME(s.run, "a");
}

static void
test_table(void)
{
	const struct settings_row *row, *other;

	for (size_t i = 0; (row = settings_row(i)) != NULL; i++) {
		char packed[64], said[256];
		struct buf bytes = BUF(packed), why = BUF(said);
		HOLDS(row->number > 0 && row->number < 192);
		HOLDS(settings_find(row->key) == row);
		HOLDS(*row->help != '\0' && *row->values != '\0');
		for (size_t j = 0; (other = settings_row(j)) != NULL; j++)
			HOLDS(i == j || row->number != other->number);
		if (row->fallback != NULL)
			HOLDS(settings_value(row, row->fallback, &bytes, &why));
	}
	SAME(settings_nearest("memory_max"), "memory-max");
	HOLDS(settings_nearest("zzzzzzzzzzzzz") == NULL);
	SAME(settings_group_name(SETTINGS_STOPPING), "Stopping");
	SAME(settings_choice(SET_kill, 1), "group");
	HOLDS(settings_choice(SET_kill, 3) == NULL);
	SAME(settings_instance("a@b"), "b");
	SAME(settings_instance("a"), "");
}

/* service.5 has every setting, its values and its help, word for word. */
static void
test_manual(void)
{
	static char page[131072];
	const struct settings_row *row;
	FILE *manual = fopen("svc/core/service.5", "r");
	char said[512];
	size_t n;

	HOLDS(manual != NULL);
	if (manual == NULL)
		return;
	n = fread(page, 1, sizeof(page) - 1, manual);
	page[n] = '\0';
	fclose(manual);
	for (char *c = page; *c != '\0'; c++)
		if (*c == '\n')
			*c = ' ';
	for (size_t i = 0; (row = settings_row(i)) != NULL; i++) {
		snprintf(said, sizeof(said), ".It Ic %s No = Ar %s", row->key,
		    row->values);
		if (strstr(page, said) == NULL)
			SAME(said, "in service.5");
		snprintf(said, sizeof(said), " %s.", row->help);
		said[1] = (char)(said[1] - 'a' + 'A');
		if (strstr(page, said) == NULL)
			SAME(said, "in service.5");
	}
}

static void
test_more_wholes(void)
{
	begin("x");
	file("run", "");
	file("finish", "");
	file("check", "");
	lines("finish = a\ncheck = b\n");
	HOLDS(!settings_end(&parse) && parse.errors == 2);
	HOLDS(!parses("run = a\nready = pidfile\n"));
	HOLDS(!parses("run = a\ndown = b\n"));
	HOLDS(parses("run = a\nready = check\ncheck = true\n"));
}

/* A run that cannot be taken is not also one that is not there. */
static void
test_one_fault(void)
{
	static const char *const texts[] = {"run = sleep 'x\n",
	    "type = oneshot\nup = a | b\n", "run = exec a\nnice = 5\n"};

	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		begin("x");
		lines(texts[i]);
		HOLDS(!settings_end(&parse) && parse.errors == 1);
	}
	begin("x");
	settings_unread(&parse, "service", "file too large");
	HOLDS(!settings_end(&parse) && parse.errors == 1);
	begin("x");
	lines("nice = 500\n");
	HOLDS(!settings_end(&parse) && parse.errors == 2);
	begin("x");
	lines("run = a\n");
	settings_override(&parse, "o", "run =\n", 6);
	HOLDS(!settings_end(&parse) && parse.errors == 1);
}

static void
test_variables(void)
{
	begin("x");
	lines("run = a ${B} $C\nenv = PATH=/x:${PATH}\ndir = $HOME/x\n"
	      "env = 'A=${B}' C=$5 D=a$\ndescription = $B\n");
	HOLDS(settings_end(&parse) && parse.warnings == 2);
	SAME(buf_str(&text),
	    "service:2: warning: env: $ is left as it is: variables are "
	    "replaced in commands only\n"
	    "service:3: warning: dir: $ is left as it is: variables are "
	    "replaced in commands only\n");
	HOLDS(!parses("run = a\nroot = ${HOME}\n"));
	HOLDS(!parses("run = a\nread-only = /x $HOME/y\n"));
}

int
main(void)
{
	TEST("the example of the manual", test_design);
	TEST("a complaint names place, fault and remedy", test_complaints);
	TEST("comments, continuations, lists, repetitions", test_lines);
	TEST("override and defaults add and replace", test_layers);
	TEST("what does not go together is refused", test_whole);
	TEST("instances", test_instances);
	TEST("every kind of value", test_kinds);
	TEST("what is no value is refused", test_refusals);
	TEST("too much is said", test_full);
	TEST("a damaged packed form does no harm", test_damage);
	TEST("the list is consistent", test_table);
	TEST("service.5 has every setting", test_manual);
	TEST("more that does not go together", test_more_wholes);
	TEST("one fault, one complaint", test_one_fault);
	TEST("a variable where none is replaced is told", test_variables);
	return unit_done();
}
