/*
 * svc progress: on the console, a line for each service that has come up or
 * failed, and at the end of the system for each that has stopped; and what is
 * waited for meanwhile. A service of its own, so that svcd never speaks to a
 * console: one that is stopped holds up nobody, and lines are lost there.
 * A login on the same console may come after it: it is ready when all that was
 * on its way has come, and writes over nobody's work from then on.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/scan.h"
#include "lib/sock.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/report.h"

extern const struct cmd cmd_progress;

#define REMIND_MS 5000
#define LATEST_MS 5000
#define REASON_LINES 3
#define CHAIN_MAX 64 /* who waits for whom: a ring ends here */

static const struct cmd_option options[] = {
    {'o', "output", "FILE", "write there, never waiting for it", 0},
    {'k', "kernel-words", NULL, "heed the kernel's words quiet and debug", 0},
    {'q', "quiet", NULL, "failures only, and what is waited for", 0},
    {'t', "timeout", "TIME", "be ready after so long at most (default 5s)", 0},
    {0},
};

/* What was told last of each service, by its record. */
enum told {
	TOLD_NOTHING,
	TOLD_GOOD,
	TOLD_BAD,
	TOLD_DOUBTED, /* nothing: it may be skipped */
	TOLD_SKIPPED,
	TOLD_KEY, /* nothing yet: Ctrl-C was meant for it */
	TOLD_STOPPED,
};

static struct {
	struct client client;
	int fd;
	const char *listener; /* who is told that it is ready; NULL: nobody */
	bool is_quiet, is_ready;
	bool is_settled, is_doubtful; /* see doubt() */
	bool is_over; /* all was there once: a login has the console now */
	unsigned char *told;
	size_t room;
	struct mono ending; /* when that was seen first; zero: not yet */
	struct mono remind;
	struct mono latest; /* to be ready */
} self;

static volatile sig_atomic_t is_ended, is_interrupted;

static void
end(int sig)
{
	if (sig == SIGINT)
		is_interrupted = 1;
	else
		is_ended = 1;
}

/* A console that takes nothing now does not get it later. */
static void
print(const char *text)
{
	if (sys_write(self.fd, text, strlen(text)) < 0)
		return;
}

/* As the stages print theirs. */
static void
tell(const char *mark, const char *what, int64_t ns)
{
	bool is_quiet = self.is_quiet || (self.is_over && self.ending.ns == 0);

	if (is_quiet && !str_eq(mark, "fail"))
		return;
	print(memory_text("[%s] %-48s %4d.%02d s\n", mark, what,
	    (int)(ns / 1000000000), (int)(ns / 10000000 % 100)));
}

static void
tell_reasons(const struct views *all, const struct view *v)
{
	const char *note = view_note(all, v);
	size_t bytes;
	const char *text =
	    report_output(&self.client, v, NULL, REASON_LINES, &bytes);

	if (*note != '\0')
		print(memory_text(
		    "       %s\n", screen_text(note, strlen(note))));
	while (text != NULL && bytes > 0) {
		const char *newline = memchr(text, '\n', bytes);
		size_t n = newline != NULL ? (size_t)(newline - text) : bytes;
		print(memory_text("       %s\n", screen_text(text, n)));
		n += newline != NULL;
		text += n;
		bytes -= n;
	}
}

static unsigned char *
told_of(const struct view *v)
{
	size_t before = self.room;

	self.told = memory_grow(self.told, &self.room, v->record + 1, 1);
	if (self.room > before)
		memset(self.told + before, 0, self.room - before);
	return &self.told[v->record];
}

/* How long it took from its start; a oneshot is there when it is over. */
static int64_t
took(const struct view *v)
{
	int64_t until =
	    v->shown == SV_SHOWN_UP && v->r.ready_mono_ns > v->r.start_mono_ns
		? v->r.ready_mono_ns
		: v->r.since_mono_ns;

	return until > v->r.start_mono_ns ? until - v->r.start_mono_ns : 0;
}

/*
 * Whom it waits for in the end, through others that wait; itself if it does
 * not wait. NULL: for one that does not exist.
 */
static const struct view *
awaited(const struct views *all, const struct view *v)
{
	for (int n = 0; n < CHAIN_MAX && v != NULL; n++) {
		if (v->shown != SV_SHOWN_WAITING)
			return v;
		if (v->r.cause == CAUSE_NEED_MISSING)
			return NULL;
		if (!view_waits(&v->r))
			return v;
		v = views_record(all, v->r.cause_record);
	}
	return v;
}

/* It waits for what does not come by itself. */
static bool
is_stuck(const struct views *all, const struct view *v)
{
	const struct view *last = awaited(all, v);

	return last == NULL || (last != v && sv_is_settled(last->word.sv) &&
				   !sv_is_ready(last->word.sv));
}

/* At the end a oneshot that has run is still to be undone. */
static bool
is_stopped(const struct view *v)
{
	return sv_is_rest(v->word.sv) && !sv_is_ready(v->word.sv);
}

static void
look_at_end(const struct views *all, const struct view *v)
{
	unsigned char *told = told_of(v);

	if (*told != TOLD_GOOD || !is_stopped(v))
		return;
	*told = TOLD_STOPPED;
	tell(" ok ",
	    memory_text("%s stopped", screen_text(v->name, strlen(v->name))),
	    mono_ns_between(self.ending, all->now));
}

/*
 * In the midst of svcd's turn one may wait for what has just failed and is
 * about to be told so. It is when the board has settled and it still does.
 */
static bool
doubt(unsigned char *told)
{
	if (self.is_settled && *told == TOLD_DOUBTED)
		return false;
	*told = TOLD_DOUBTED;
	self.is_doubtful = true;
	return true;
}

static void
look_at(const struct views *all, const struct view *v)
{
	unsigned char *told = told_of(v);
	const char *name = screen_text(v->name, strlen(v->name));
	const char *note;

	if (sv_is_ready(v->word.sv) && *told == TOLD_KEY) {
		*told = TOLD_GOOD;
		tell("skip", memory_text("%s: interrupted", name), took(v));
	} else if (sv_is_ready(v->word.sv) && *told != TOLD_GOOD) {
		*told = TOLD_GOOD;
		tell(" ok ", name, took(v));
	} else if ((v->shown == SV_SHOWN_FAILED ||
		       v->shown == SV_SHOWN_BACKOFF) &&
		   *told != TOLD_BAD) {
		*told = TOLD_BAD;
		tell("fail", name, took(v));
		tell_reasons(all, v);
	} else if (v->shown == SV_SHOWN_WAITING && *told != TOLD_SKIPPED &&
		   is_stuck(all, v) && !doubt(told)) {
		*told = TOLD_SKIPPED;
		note = view_note(all, v);
		tell("skip",
		    memory_text(
			"%s: %s", name, screen_text(note, strlen(note))),
		    0);
	}
}

/* Whether it is on its way, up or down. */
static bool
is_moving(const struct views *all, const struct view *v)
{
	if (all->ending != 0)
		return !is_stopped(v);
	return sv_wanted(v->word.sv) && !sv_is_settled(v->word.sv) &&
	       v->shown != SV_SHOWN_BACKOFF && !is_stuck(all, v);
}

/*
 * Ctrl-C goes to whose terminal the console is: nobody's while services come
 * up. Not taken from one who has it; a login takes it from us, and is not to be
 * hung up by our end.
 */
static void
take_keys(void)
{
	sys_signal(SIGHUP, SIG_IGN);
	sys_ioctl(self.fd, TIOCSCTTY, NULL);
}

static void
leave_keys(void)
{
	sys_ioctl(self.fd, TIOCNOTTY, NULL);
}

static bool
has_keys(void)
{
	pid_t group;

	return sys_ioctl(self.fd, TIOCGPGRP, &group) == 0;
}

/* A oneshot on its way up; what serves is not for a key to end. */
static bool
may_interrupt(const struct view *v)
{
	return v->word.sv.is_oneshot && v->shown == SV_SHOWN_STARTING &&
	       has_keys();
}

/* On a console it may come over the bar that a check of a disk shows. */
static void
tell_waiting(const struct views *all, const struct view *v)
{
	const char *name = screen_text(v->name, strlen(v->name));
	const char *left = "", *key = "", *text;
	int64_t ns = v->r.deadline_ns - all->now.ns;

	if (v->r.deadline_ns != 0 && ns > 0)
		left = memory_text(
		    ", at most %d s more", (int)(ns / 1000000000) + 1);
	if (may_interrupt(v))
		key = ", Ctrl-C skips it";
	text = memory_text("       waiting for %s (%s for %d s%s)%s", name,
	    view_state(v), (int)(view_age(all, v) / 1000000000), left, key);
	print(memory_text(has_keys() ? "\r%-79s\n" : "%s\n", text));
}

/* An event tells what has become of it. */
static void
interrupt(const struct view *v)
{
	struct buf b = buf_over(self.client.request, WIRE_MAX + 1);
	struct client_message m;

	wire_wish(&b, ++self.client.last_id, WIRE_VERB_KILL, 0, SIGINT, 1);
	wire_put_text(&b, v->name, strlen(v->name));
	*told_of(v) = TOLD_KEY;
	if (client_send(&self.client, &b))
		client_reply(&self.client, &m, mono_never());
}

static void
tell_ready(void)
{
	if (self.listener != NULL && !self.is_ready)
		sock_notify(
		    self.listener, SOCK_DGRAM, "READY=1", 7, NULL, 0, 0);
	self.is_ready = true;
}

/* The one that this process is; NULL: it is no service. */
static const struct view *
this_one(const struct views *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (view_pid(&all->v[i]) == (uint32_t)sys_getpid())
			return &all->v[i];
	return NULL;
}

/* Whether it is to be waited for: not by who waits for us. */
static bool
look_at_one(const struct views *all, const struct view *v,
    const struct view *me, bool is_due, bool was_interrupted)
{
	if (strchr(v->name, '/') != NULL || v == me)
		return false;
	if (all->ending != 0)
		look_at_end(all, v);
	else
		look_at(all, v);
	if (!is_moving(all, v) || (me != NULL && awaited(all, v) == me))
		return false;
	if (was_interrupted && may_interrupt(v))
		interrupt(v);
	if (is_due &&
	    (all->ending != 0 || (!self.is_over && awaited(all, v) == v)))
		tell_waiting(all, v);
	return true;
}

/* Whether anything but this service itself is on its way. */
static bool
look(void)
{
	struct views all = views_of(&self.client);
	const struct view *me = this_one(&all);
	bool is_due = !mono_before(mono_now(), self.remind), any = false;
	bool was_interrupted = is_interrupted;

	is_interrupted = 0;
	self.is_doubtful = false;
	if (all.ending != 0 && self.ending.ns == 0)
		self.ending = all.now;
	/* Its event may come before its signal. */
	is_ended |= me != NULL && me->shown == SV_SHOWN_STOPPING;
	for (size_t i = 0; i < all.count; i++)
		any |=
		    look_at_one(&all, &all.v[i], me, is_due, was_interrupted);
	any |= self.is_doubtful;
	/* What takes long keeps nobody from logging in. */
	if (!any || !mono_before(mono_now(), self.latest))
		tell_ready();
	self.is_over |= !any && self.listener != NULL;
	if (self.is_over)
		leave_keys();
	if (is_due)
		self.remind = mono_add_ms(mono_now(), REMIND_MS);
	return any;
}

/* The kernel's words say how talkative the console is to be. */
static bool
is_quiet_boot(void)
{
	char *room = memory_get(8192, 1), *word;
	struct buf line = buf_over(room, 8192);
	bool quiet = false;

	fd_slurp(AT_FDCWD, "/proc/cmdline", &line);
	for (word = strtok_r(room, " \n", &room); word != NULL;
	     word = strtok_r(NULL, " \n", &room))
		if (str_eq(word, "quiet") || str_eq(word, "trivet.quiet"))
			quiet = true;
		else if (str_eq(word, "debug") ||
			 str_eq(word, "trivet.verbose"))
			return false;
	return quiet;
}

static int
follow(void)
{
	struct client_message m;
	struct mono until;

	self.remind = mono_add_ms(mono_now(), REMIND_MS);
	for (;;) {
		uint64_t mark = memory_mark();
		bool any = look();
		memory_release(mark);
		self.is_settled =
		    self.is_doubtful &&
		    client_settle(&self.client, mono_never()) == CLIENT_GOT;
		if (self.is_settled)
			continue;
		/* Told to end: at once, or when all the others have. */
		if (is_ended && (self.ending.ns == 0 || !any))
			return EXITCODE_YES;
		until = any || is_ended ? self.remind : mono_never();
		if (!self.is_ready && mono_before(self.latest, until))
			until = self.latest;
		if (client_receive(&self.client, &m, until) == CLIENT_GONE &&
		    !client_again(&self.client, mono_never()))
			return EXITCODE_SYSTEM;
		/* What begins now has not been waited for yet. */
		if (!any)
			self.remind = mono_add_ms(mono_now(), REMIND_MS);
	}
}

static int
run(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = end};
	struct options o;
	const char *output = NULL;
	int64_t latest_ms = LATEST_MS;
	int code;

	options_init(&o, &cmd_progress, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'o':
			output = o.value;
			break;
		case 'k':
			self.is_quiet |= is_quiet_boot();
			break;
		case 'q':
			self.is_quiet = true;
			break;
		case 't':
			if (!scan_duration_ms(o.value, &latest_ms))
				return options_refuse(
				    &o, "not a time such as 30s or 5m");
			break;
		default:
			return options_wrong(&o, code);
		}
	self.fd = STDOUT_FILENO;
	if (output != NULL) {
		self.fd = sys_open(
		    output, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_APPEND, 0);
		if (self.fd < 0) {
			perror(output);
			return EXITCODE_SYSTEM;
		}
	}
	sys_sigaction(SIGTERM, &action, NULL);
	if (!client_open(&self.client) || !client_subscribe(&self.client))
		return EXITCODE_SYSTEM;
	self.listener = getenv("NOTIFY_SOCKET");
	if (self.listener != NULL) {
		sys_sigaction(SIGINT, &action, NULL);
		take_keys();
	}
	self.latest = mono_add_ms(mono_now(), latest_ms);
	/* Grown before the first mark, so that it stays. */
	self.told = memory_grow(NULL, &self.room, 1024, 1);
	return follow();
}

const struct cmd cmd_progress = {
    .name = "progress",
    .group = GROUP_SEE,
    .usage = "[-kq] [-o FILE] [-t TIME]",
    .help = "a line for each service that comes up, fails or stops",
    .about = "Made to be a service that writes to the console. At the end of "
	     "the system it\nstays until all the others have stopped. With "
	     "ready = notify it is ready when all\nthe others have come, so "
	     "that a login can come after it; from then on it tells of\n"
	     "failures alone. Ctrl-C on the console interrupts the oneshots "
	     "that are waited for.",
    .options = options,
    .args = {ARG_NONE},
    .run = run,
};
