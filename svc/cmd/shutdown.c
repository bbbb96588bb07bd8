/*
 * shutdown: the command lines of sysvinit and systemd.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/error.h"
#include "lib/fd.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/broadcast.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/pending.h"
#include "svc/cmd/screen.h"
#include "svc/cmd/telling.h"
#include "svc/cmd/utmp.h"
#include "svc/cmd/when.h"

extern const struct cmd cmd_shutdown;

#define ALLOW_FILE "/etc/shutdown.allow"

enum {
	OPTION_SHOW = OPTIONS_WORD,
	OPTION_NO_WALL
};

static const struct cmd_option options[] = {
    {'P', "poweroff", NULL, "switch the power off (what it does anyway)", 0},
    {'H', "halt", NULL, "leave the power on", 0},
    {'r', "reboot", NULL, "start again", 0},
    {'h', NULL, NULL, "as -P, unless -H is there too", 0},
    {'k', NULL, NULL, "only tell everybody, do nothing", 0},
    {'c', "cancel", NULL, "cancel a pending shutdown", 0},
    {0, "show", NULL, "show the pending shutdown", OPTION_SHOW},
    {0, "no-wall", NULL, "tell nobody", OPTION_NO_WALL},
    {'q', NULL, NULL, "tell only at the end", 0},
    {'Q', NULL, NULL, "tell nobody", 0},
    {'f', NULL, NULL, "no file system check at the next boot", 0},
    {'F', NULL, NULL, "a file system check at the next boot", 0},
    {'g', NULL, "TIME", "the time, as System V has it", 0},
    {'i', NULL, "LEVEL", "what to do as a run level: 0, 6, 1", 0},
    {'t', NULL, "SECONDS", "accepted: stop schedules say how long", 0},
    {'a', NULL, NULL, "only if one of /etc/shutdown.allow is logged in", 0},
    {'n', NULL, NULL, "accepted: nothing is done behind init's back", 0},
    {'y', NULL, NULL, "accepted: no question is asked", 0},
    {0},
};

struct request {
	struct pending pending;
	const char *time;
	bool is_warning_only, is_cancel, is_show;
	bool fast, check, needs_allowed;
};

static bool
take_level(struct power *p, const char *level)
{
	if (str_eq(level, "0"))
		p->ending = KEEP_END_POWEROFF;
	else if (str_eq(level, "6"))
		p->ending = power_of_reboot();
	else if (str_eq(level, "1") || str_eq(level, "s") || str_eq(level, "S"))
		p->ending = KEEP_END_RESCUE;
	else
		return false;
	return true;
}

/* False: not an option of this kind. */
static bool
take_ending(struct request *r, int code)
{
	struct power *p = &r->pending.power;

	switch (code) {
	case 'P':
		p->ending = KEEP_END_POWEROFF;
		return true;
	case 'H':
		p->ending = KEEP_END_HALT;
		return true;
	case 'r':
		p->ending = power_of_reboot();
		return true;
	case 'h':
		if (p->ending == KEEP_END_NONE)
			p->ending = KEEP_END_POWEROFF;
		return true;
	case 'k':
		r->is_warning_only = true;
		return true;
	case 'c':
		r->is_cancel = true;
		return true;
	case OPTION_SHOW:
		r->is_show = true;
		return true;
	default:
		return false;
	}
}

/* -1, or the exit code. */
static int
take_option(struct request *r, const struct options *o, int code)
{
	switch (code) {
	case 'Q':
	case OPTION_NO_WALL:
		r->pending.power.no_wall = true;
		r->pending.is_quiet = true;
		break;
	case 'q':
		r->pending.is_quiet = true;
		break;
	case 'f':
		r->fast = true;
		break;
	case 'F':
		r->check = true;
		break;
	case 'a':
		r->needs_allowed = true;
		break;
	case 'g':
		r->time = o->value;
		break;
	case 'i':
		if (!take_level(&r->pending.power, o->value))
			return options_refuse(o, "0, 1 or 6, not %s", o->value);
		break;
	case 'n':
	case 't':
	case 'y':
		break;
	default:
		return take_ending(r, code) ? -1 : options_wrong(o, code);
	}
	return -1;
}

static const char *
join_words(char **words)
{
	const char *text = NULL;

	for (; *words != NULL; words++)
		text =
		    text == NULL ? *words : memory_text("%s %s", text, *words);
	return text;
}

/* --- /etc/shutdown.allow --- */

struct search {
	const char *names; /* lines */
	bool found;
};

static bool
is_listed(const struct utmp_entry *e, void *arg)
{
	struct search *search = arg;
	const char *at = search->names;
	size_t length;

	for (; *at != '\0' && !search->found;
	     at += length + (at[length] == '\n')) {
		length = strcspn(at, "\n");
		search->found = e->type == UTMP_USER && *at != '#' &&
				str_is(at, length, e->user);
	}
	return !search->found;
}

static bool
is_allowed(void)
{
	char bytes[4096];
	struct buf names = BUF(bytes);
	struct search search = {.names = bytes};

	/* Without the file -a means nothing, as ever. */
	if (fd_slurp(AT_FDCWD, ALLOW_FILE, &names) < 0)
		return true;
	utmp_each(UTMP_FILE, is_listed, &search);
	return search.found;
}

/* --- what it comes to --- */

static int
show(void)
{
	const char *mode, *message;
	time_t due;

	if (!pending_show(&due, &mode, &message)) {
		puts("no shutdown is pending");
		return EXITCODE_NO;
	}
	printf("%s at %s%s%s\n", mode, telling_date((int64_t)due),
	    *message != '\0' ? ": " : "", message);
	return EXITCODE_YES;
}

static int
cancel(const struct request *r, const char *message)
{
	int was_pending = pending_cancel();
	struct broadcast b = {
	    .text = memory_text("%s%sThe shutdown has been cancelled.",
		message != NULL ? message : "", message != NULL ? "\n" : ""),
	};

	if (was_pending < 0) {
		fprintf(
		    stderr, "shutdown: cannot cancel: %s\n", error_text(errno));
		return EXITCODE_SYSTEM;
	}
	if (was_pending == 0) {
		fputs("shutdown: no shutdown is pending\n", stderr);
		return EXITCODE_NO;
	}
	if (!r->pending.power.no_wall)
		broadcast(&b);
	return EXITCODE_YES;
}

static int
only_warn(const struct request *r)
{
	const char *message = r->pending.power.message;
	struct broadcast b = {
	    .text = memory_text("%s%sThe system will %s at %s.",
		message != NULL ? message : "", message != NULL ? "\n" : "",
		power_words(r->pending.power.ending),
		telling_date((int64_t)r->pending.due)),
	};

	if (!r->pending.power.no_wall)
		broadcast(&b);
	return EXITCODE_YES;
}

static void
touch(const char *path)
{
	int fd = sys_open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0)
		fprintf(stderr, "shutdown: cannot make %s: %s\n", path,
		    error_text(errno));
	fd_close(&fd);
}

static int
schedule(const struct request *r)
{
	const struct pending *p = &r->pending;

	if (r->fast)
		touch("/fastboot");
	if (r->check)
		touch("/forcefsck");
	if (p->due <= time(NULL)) {
		pending_cancel();
		return power_end(&p->power);
	}
	if (pending_start(p) < 0) {
		fprintf(stderr, "shutdown: cannot schedule it: %s\n",
		    error_text(errno));
		return EXITCODE_SYSTEM;
	}
	printf("%s at %s; shutdown -c cancels it\n",
	    power_name(p->power.ending), telling_date((int64_t)p->due));
	return EXITCODE_YES;
}

static int
carry_out(struct request *r, const struct options *o)
{
	struct pending *p = &r->pending;
	char **words = o->operands;
	struct when when;

	if (r->is_show)
		return show();
	if (sys_geteuid() != 0) {
		fputs("shutdown: only root may do this\n", stderr);
		return EXITCODE_NO;
	}
	if (r->needs_allowed && !is_allowed()) {
		fputs("shutdown: nobody of " ALLOW_FILE " is logged in\n",
		    stderr);
		return EXITCODE_NO;
	}
	if (r->is_cancel)
		return cancel(r, join_words(words));
	if (r->time == NULL)
		r->time = *words != NULL ? *words++ : "+1";
	if (!when_parse(r->time, &when))
		return options_refuse(o,
		    "not a time: %s (now, +MINUTES or hh:mm)",
		    screen_text(r->time, strlen(r->time)));
	p->due = when_due(when, time(NULL));
	p->is_clock = when.is_clock;
	p->power.message = join_words(words);
	return r->is_warning_only ? only_warn(r) : schedule(r);
}

static int
run(int argc, char **argv)
{
	struct request r = {0};
	struct options o;
	int code;

	options_init(&o, &cmd_shutdown, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END) {
		int wrong = take_option(&r, &o, code);
		if (wrong >= 0)
			return wrong;
	}
	if (r.pending.power.ending == KEEP_END_NONE)
		r.pending.power.ending = KEEP_END_POWEROFF;
	return carry_out(&r, &o);
}

const struct cmd cmd_shutdown = {
    .name = "shutdown",
    .group = GROUP_MACHINE,
    .program = true,
    .usage = "[-HPrhkqQfFany] [--no-wall] [-t SECONDS] [-i LEVEL] [-g TIME | "
	     "TIME] [WORD...]\n-c [--no-wall] [WORD...]\n--show",
    .help = "end the machine at a time, with a warning to everybody",
    .about =
	"TIME is now, +MINUTES, or hh:mm; without one it is +1. The words "
	"after it go to\neverybody. In the last five minutes nobody can log "
	"in (/run/nologin).",
    .options = options,
    .args = {ARG_WORD},
    .run = run,
};
