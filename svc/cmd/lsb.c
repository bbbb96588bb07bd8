/*
 * svc lsb: scripts of /etc/init.d that no service stands for, run as services:
 * in their order, one beside the other, each in a clean environment, and
 * stopped by their own `stop` when the machine goes down. What the scripts
 * themselves are asked for (service NAME start) comes here as well, by way of
 * a hook in /lib/lsb/init-functions.d.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/dir.h"
#include "lib/error.h"
#include "lib/fd.h"
#include "lib/path.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/definition.h"
#include "svc/cmd/lsb.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/place.h"
#include "svc/cmd/view.h"

extern const struct cmd cmd_lsb;

#define ADHOC "adhoc" /* in the runtime directory; svcd scans it */
#define SCRIPT_MAX 262144
#define NOT_OURS 77 /* the script is to do it itself */
#define LSB_NOT_RUNNING 3
#define LSB_UNKNOWN 4

static const struct cmd_option options[] = {
    {'e', "etc", "DIR", "where init.d, rcS.d and rc2.d are (default /etc)", 0},
    {0},
};

/* What the boot and shutdown stages do themselves. */
static const char *const stages_do[] = {"bootlogs", "bootmisc.sh", "checkfs.sh",
    "checkroot-bootclean.sh", "checkroot.sh", "console-setup.sh", "cryptdisks",
    "cryptdisks-early", "halt", "hostname.sh", "hwclock.sh",
    "keyboard-setup.sh", "killprocs", "kmod", "lvm2", "mdadm-raid",
    "mdadm-waitidle", "motd", "mountall-bootclean.sh", "mountall.sh",
    "mountdevsubfs.sh", "mountkernfs.sh", "mountnfs-bootclean.sh",
    "mountnfs.sh", "procps", "rc.local", "reboot", "rmnologin",
    "screen-cleanup", "sendsigs", "single", "udev", "umountfs", "umountnfs.sh",
    "umountroot", "urandom", "x11-common", NULL};

struct lsb {
	const char *etc;
	struct definitions enabled; /* services that are no scripts */
	struct lsb_script *scripts; /* those that are to be services */
	size_t count, room;
	bool failed;
};

static bool
is_among(const char *name, const char *const *list)
{
	while (*list != NULL && !str_eq(*list, name))
		list++;
	return *list != NULL;
}

static const char *
file_of(const char *name)
{
	return memory_text("%s/" ADHOC "/%s", client_dir(), name);
}

/* The service that does what this script, or this facility, is for. */
static const struct definition *
stands_for(const struct lsb *l, const struct lsb_script *s)
{
	const struct definition *d = definitions_find(&l->enabled, s->name);

	for (size_t i = 0; d == NULL && i < s->provides.count; i++)
		d = definitions_find(&l->enabled, s->provides.word[i]);
	return d;
}

static bool
read_script(const struct lsb *l, const char *name, struct lsb_script *s)
{
	const char *path = memory_text("%s/init.d/%s", l->etc, name);
	struct buf text = buf_over(memory_get(SCRIPT_MAX, 1), SCRIPT_MAX);

	if (!path_is_name(name) || sys_faccessat(AT_FDCWD, path, X_OK, 0) < 0)
		return false;
	/* A long script's header is at its beginning all the same. */
	if (fd_slurp(AT_FDCWD, path, &text) < 0 && text.len == 0)
		return false;
	*s = lsb_read(name, path, text.p, text.len);
	return true;
}

static void
add_script(struct lsb *l, const char *name)
{
	struct lsb_script s;

	for (size_t i = 0; i < l->count; i++)
		if (str_eq(l->scripts[i].name, name))
			return;
	if (is_among(name, stages_do) || !read_script(l, name, &s) ||
	    stands_for(l, &s) != NULL)
		return;
	l->scripts =
	    memory_grow(l->scripts, &l->room, l->count + 1, sizeof *l->scripts);
	l->scripts[l->count++] = s;
}

/* The scripts that a run level starts: links SNNname. */
static void
add_level(struct lsb *l, const char *level)
{
	char room[DIR_ROOM];
	struct dir d;
	struct dir_entry e;
	const char *path = memory_text("%s/rc%s.d", l->etc, level);

	if (dir_open(&d, AT_FDCWD, path, room, sizeof room) < 0)
		return;
	while (dir_next(&d, &e) == 1)
		if (e.name[0] == 'S' && strspn(e.name + 1, "0123456789") == 2)
			add_script(
			    l, memory_copy(e.name + 3, strlen(e.name + 3)));
	dir_close(&d);
}

/* Whether somebody has this name or this role, or will have it. */
static bool
exists(const struct lsb *l, const char *name)
{
	if (definitions_find(&l->enabled, name) != NULL)
		return true;
	for (size_t i = 0; i < l->count; i++)
		if (str_eq(l->scripts[i].name, name) ||
		    lsb_has(&l->scripts[i].provides, name))
			return true;
	return false;
}

static void
add_existing(const struct lsb *l, struct lsb_words *to,
    const struct lsb_words *from, const struct lsb_words *but)
{
	for (size_t i = 0; i < from->count; i++)
		if (exists(l, from->word[i]) && !lsb_has(but, from->word[i]))
			lsb_add(to, from->word[i]);
}

static void
write_service(struct lsb *l, const struct lsb_script *s)
{
	struct lsb_words wants = {0}, after = {0}, before = {0};

	add_existing(l, &wants, &s->required, &s->provides);
	add_existing(l, &after, &s->should, &s->provides);
	add_existing(l, &before, &s->before, &s->provides);
	for (size_t i = 0; s->after_all && i < l->count; i++)
		if (!l->scripts[i].after_all)
			lsb_add(&after, l->scripts[i].name);
	const char *text = lsb_service(s, &wants, &after, &before);
	if (fd_replace(AT_FDCWD, file_of(s->name), text, strlen(text), 0644) ==
	    0)
		return;
	fprintf(stderr, "svc lsb: cannot make %s: %s\n", file_of(s->name),
	    error_text(errno));
	l->failed = true;
}

/* Those that were made of scripts which are no longer there. */
static void
prune(const struct lsb *l)
{
	char room[DIR_ROOM];
	struct dir d;
	struct dir_entry e;

	if (dir_open(&d, AT_FDCWD, memory_text("%s/" ADHOC, client_dir()), room,
		sizeof room) < 0)
		return;
	while (dir_next(&d, &e) == 1) {
		char text[64];
		struct buf start = BUF(text);
		fd_slurp(d.fd, e.name, &start);
		if (str_starts(text, "# Made by svc lsb ") &&
		    sys_faccessat(AT_FDCWD,
			memory_text("%s/init.d/%s", l->etc, e.name), X_OK,
			0) < 0)
			sys_unlinkat(d.fd, e.name, 0);
	}
	dir_close(&d);
}

static int
all_scripts(struct lsb *l)
{
	add_level(l, "S");
	add_level(l, "2");
	for (size_t i = 0; i < l->count; i++)
		write_service(l, &l->scripts[i]);
	return l->failed ? EXITCODE_SYSTEM : EXITCODE_YES;
}

/* --- one script, asked for something --- */

/* clang-format off */
/* What a script is told, the verb of ours, and whether that holds for a
 * service made of a script too: the rest it does best itself. */
#define LSB_VERBS(X) \
	X("start", "up", true) \
	X("stop", "down", true) \
	X("restart", "restart", true) \
	X("force-restart", "restart", true) \
	X("try-restart", "restart", true) \
	X("reload", "reload", false) \
	X("force-reload", "reload", false) \
	X("status", NULL, false)
/* clang-format on */
#define LSB_VERB(lsb, ours, scripts_too) {lsb, ours, scripts_too},
static const struct lsb_verb {
	const char *lsb, *ours;
	bool scripts_too;
} verbs[] = {LSB_VERBS(LSB_VERB){NULL, NULL, false}};

/* As LSB has it: 0 runs, 3 does not, 4 nobody knows. */
static int
status(const struct view *v, const char *name)
{
	if (v == NULL)
		return LSB_UNKNOWN;
	printf("%s: %s", screen_text(name, strlen(name)), view_state(v));
	if (view_pid(v) != 0)
		printf(" (pid %u)", (unsigned)view_pid(v));
	putchar('\n');
	return sv_is_ready(v->word.sv) ? EXITCODE_YES : LSB_NOT_RUNNING;
}

/* Until svcd has picked it up. */
static const struct view *
await(struct client *c, struct views *all, const char *name)
{
	struct mono end = mono_add_ms(mono_now(), 10000);
	struct client_message m;
	const struct view *v;

	for (;;) {
		struct mono now = mono_now();
		*all = views_of(c);
		v = views_name(all, name);
		if (v != NULL || !mono_before(now, end))
			return v;
		client_receive(c, &m, mono_add_ms(now, 20));
	}
}

static int
act(const struct lsb_verb *verb, const struct views *all, const char *name)
{
	const struct cmd *cmd;
	const struct view *v = views_name(all, name);
	const char *argv[] = {verb->ours, name, NULL};

	if (verb->ours == NULL)
		return status(v, name);
	/* Only what is up is tried to be restarted. */
	if (str_eq(verb->lsb, "try-restart") &&
	    (v == NULL || !sv_is_ready(v->word.sv)))
		return EXITCODE_YES;
	cmd = cmd_find(verb->ours);
	return cmd->run(2, (char **)(uintptr_t)argv);
}

static int
one_script(struct lsb *l, const char *name, const char *word)
{
	static struct client client;
	const struct lsb_verb *verb = verbs;
	const struct definition *d;
	struct lsb_script s;
	struct views all;

	while (verb->lsb != NULL && !str_eq(verb->lsb, word))
		verb++;
	if (verb->lsb == NULL || !read_script(l, name, &s) ||
	    !client_try(&client, client_dir()) || !client_subscribe(&client))
		return NOT_OURS;
	d = stands_for(l, &s);
	if (d == NULL && (!verb->scripts_too || is_among(name, stages_do)))
		return NOT_OURS;
	all = views_of(&client);
	if (d != NULL)
		return act(verb, &all, d->name);
	if (views_name(&all, name) == NULL) {
		if (str_eq(verb->ours, "down"))
			return NOT_OURS;
		/* What else would be services is who it may wait for. */
		add_level(l, "2");
		add_script(l, name);
		write_service(l, &s);
		if (await(&client, &all, name) == NULL)
			return EXITCODE_NO;
	}
	return act(verb, &all, name);
}

static int
run(int argc, char **argv)
{
	struct lsb l = {.etc = "/etc"};
	struct options o;
	int code;

	options_init(&o, &cmd_lsb, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'e':
			l.etc = o.value;
			break;
		default:
			return options_wrong(&o, code);
		}
	if (o.count != 0 && o.count != 2)
		return options_refuse(&o, "a script and what it is to do");
	if (dir_make(AT_FDCWD, memory_text("%s/" ADHOC, client_dir()), 0755) <
		0 &&
	    errno != EEXIST)
		return EXITCODE_SYSTEM;
	prune(&l);
	definitions_read(&l.enabled, "", place_scan());
	if (o.count == 0)
		return all_scripts(&l);
	return one_script(&l, o.operands[0], o.operands[1]);
}

const struct cmd cmd_lsb = {
    .name = "lsb",
    .group = GROUP_MACHINE,
    .usage = "[-e DIR] [SCRIPT VERB]",
    .help = "run the scripts of /etc/init.d as services",
    .about = "Without operands: a service for each script that run level S or "
	     "2 starts and\nthat no enabled service stands for, by its name or "
	     "what it provides. With them:\nwhat service(8) would have the "
	     "script do, done to the service; exit code 77\nmeans that the "
	     "script has to do it itself.",
    .options = options,
    .args = {ARG_WORD},
    .run = run,
};
