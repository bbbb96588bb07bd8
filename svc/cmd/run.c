/*
 * svc run: a command as a service of the moment: supervised, named, logged,
 * and still there when the session that started it has ended. It is a file
 * with settings in a directory that svcd scans and that goes with the machine,
 * so all that holds for services holds for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/env.h"
#include "lib/error.h"
#include "lib/fd.h"
#include "lib/path.h"
#include "lib/sys.h"

#include "svc/cmd/detail.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/telling.h"
#include "svc/cmd/view.h"

extern const struct cmd cmd_run;
extern char **environ;

#define ANSWER_MS 10000
#define LOOK_MS 20
#define RUN_DIR "adhoc" /* in the runtime directory; svcd scans it */
#define LINES 20

static const struct cmd_option options[] = {
    {'n', "name", "NAME", "what to call it (default: made of the command)", 0},
    {'s', "set", "LINE", "a line of settings, such as 'user = www'", 0},
    {'r', "restart", NULL, "start it again when it ends", 0},
    {'w', "wait", NULL, "until it has ended; its exit code is ours", 0},
    {'f', "forget", NULL, "end and forget those of these names", 0},
    {'q', "quiet", NULL, "say nothing", 0},
    {0},
};

struct job {
	const char *name, *settings;
	bool is_restarted, is_waited, is_quiet;
	char **argv;
};

/* 'TEXT' as the words of a settings line are quoted. */
static const char *
quoted(const char *text)
{
	const char *out = "'";

	for (; *text != '\0'; text++)
		out = *text == '\'' ? memory_text("%s'\\''", out)
				    : memory_text("%s%c", out, *text);
	return memory_text("%s'", out);
}

/* In what is no command a % begins an expansion between quotes too. */
static const char *
doubled(const char *text)
{
	const char *out = "";

	for (; *text != '\0'; text++)
		out = memory_text(*text == '%' ? "%s%%%c" : "%s%c", out, *text);
	return out;
}

/* Every word quoted: "'rsync' '-a'". */
static const char *
quoted_words(char *const *words)
{
	const char *line = "";

	for (; *words != NULL; words++)
		line = memory_text(
		    "%s%s%s", line, *line != '\0' ? " " : "", quoted(*words));
	return line;
}

/* The caller's environment, but for what no line can hold. */
static const char *
environment(void)
{
	const char *lines = "";

	for (char **e = environ; *e != NULL; e++) {
		size_t name = strcspn(*e, "=");
		if ((*e)[name] == '=' && env_is_name(*e, name) &&
		    strpbrk(*e, "\n\r") == NULL)
			lines = memory_text(
			    "%senv = %s\n", lines, quoted(doubled(*e)));
	}
	return lines;
}

/* Whether the caller's own lines say it. */
static bool
says(const char *lines, const char *key)
{
	size_t n = strlen(key);

	for (; lines != NULL; lines = strchr(lines, '\n')) {
		lines += strspn(lines, " \t\n");
		if (strncmp(lines, key, n) == 0 &&
		    lines[n + strspn(lines + n, " \t")] == '=')
			return true;
	}
	return false;
}

/* As a value, which is not quoted; NULL: none can be this. */
static const char *
directory(void)
{
	static char cwd[4096];
	size_t n;

	if (sys_getcwd(cwd, sizeof cwd) < 0)
		return "/";
	n = strlen(cwd);
	if (strpbrk(cwd, "\n\r") != NULL || strstr(cwd, " #") != NULL ||
	    strstr(cwd, "\t#") != NULL || strchr(" \t\\", cwd[n - 1]) != NULL)
		return NULL;
	return doubled(cwd);
}

static const char *
definition(const struct job *job, const char *dir)
{
	const char *own = job->settings, *lines = "";

	if (!says(own, "dir"))
		lines = memory_text("dir = %s\n", dir);
	if (!says(own, "restart"))
		lines = memory_text("%srestart = %s\n", lines,
		    job->is_restarted ? "always 1s" : "never");
	return memory_text("# svc run\nrun = %s\n%s%s%s",
	    quoted_words(job->argv), lines, environment(), own);
}

/* What no line of settings can hold; NULL: all can be said. */
static const char *
unsayable(const struct job *job, const char *dir)
{
	for (char **word = job->argv; *word != NULL; word++)
		if (strchr(*word, '\n') != NULL)
			return "a word of the command has two lines: use a "
			       "script";
	if (dir == NULL && !says(job->settings, "dir"))
		return "this directory has a name that no setting can hold";
	return NULL;
}

/* --- the file that svcd picks up --- */

static const char *
file_of(const char *name)
{
	return memory_text("%s/" RUN_DIR "/%s", client_dir(), name);
}

static bool
exists(const char *name)
{
	return sys_faccessat(AT_FDCWD, file_of(name), F_OK, 0) == 0;
}

/* "rsync-1": the command's own name and the first free number. */
static const char *
free_name(const struct views *all, const char *command)
{
	const char *base = path_base(command), *name = "";

	if (!path_is_name(base) || strlen(base) > BOARD_NAME_MAX - 8)
		base = "run";
	for (unsigned i = 1; i < 10000; i++) {
		name = memory_text("%s-%u", base, i);
		if (views_name(all, name) == NULL && !exists(name))
			break;
	}
	return name;
}

/* Until there is such a service, or none; false: svcd does not do it. */
static bool
await_existence(struct client *c, const char *name, bool wanted)
{
	struct mono deadline = mono_add_ms(mono_now(), ANSWER_MS);
	struct client_message m;

	for (;;) {
		struct views all = views_of(c);
		struct mono now = mono_now();
		if ((views_name(&all, name) != NULL) == wanted)
			return true;
		if (!mono_before(now, deadline))
			return false;
		/* No event says that a service is forgotten. */
		if (client_receive(c, &m, mono_add_ms(now, LOOK_MS)) ==
			CLIENT_GONE &&
		    !client_again(c, deadline))
			return false;
	}
}

/* Ends it, if it runs, and has it forgotten; an exit code. */
static int
forget(struct client *c, const char *name)
{
	if (sys_unlinkat(AT_FDCWD, file_of(name), 0) < 0) {
		fprintf(stderr, "svc run: %s is none of ours: %s\n",
		    screen_text(name, strlen(name)), error_text(errno));
		return errno == ENOENT ? EXITCODE_USAGE : EXITCODE_SYSTEM;
	}
	return await_existence(c, name, false) ? EXITCODE_YES : EXITCODE_NO;
}

/* A name that has been used is free again once what bore it has ended. */
static int
make_free(struct client *c, const struct views *all, const char *name)
{
	const struct view *v = views_name(all, name);

	if (v == NULL && !exists(name))
		return EXITCODE_YES;
	if (exists(name) && (v == NULL || sv_is_settled(v->word.sv)) &&
	    (v == NULL || v->shown != SV_SHOWN_UP))
		return forget(c, name);
	fprintf(stderr, "svc run: there is a service called %s\n",
	    screen_text(name, strlen(name)));
	return EXITCODE_NO;
}

static int
exit_code(const struct view *v)
{
	const struct board_exit *last = board_exit(&v->r, 0);

	if (last == NULL)
		return EXITCODE_NO;
	return last->code == CLD_EXITED ? last->value : 128 + last->value;
}

/* Until it is up, failed or, with -w, over. Gone: nobody knows how it ended. */
static int
await(struct client *c, const struct job *job, struct view *v)
{
	struct client_message m;
	enum client_answer answer;
	bool is_there;

	while ((is_there = view_again(c, v)) &&
	       (job->is_waited ? !sv_is_rest(v->word.sv) ||
				     v->shown == SV_SHOWN_BACKOFF ||
				     v->shown == SV_SHOWN_WAITING
			       : !sv_is_settled(v->word.sv) &&
				     v->shown != SV_SHOWN_BACKOFF)) {
		answer = client_receive(c, &m, mono_never());
		if (answer == CLIENT_GONE && !client_again(c, mono_never()))
			return EXITCODE_SYSTEM;
	}
	if (!is_there) {
		fputs("svc run: it is gone\n", stderr);
		return EXITCODE_SYSTEM;
	}
	if (job->is_waited)
		return exit_code(v);
	return v->shown == SV_SHOWN_FAILED || v->shown == SV_SHOWN_BACKOFF
		   ? EXITCODE_NO
		   : EXITCODE_YES;
}

static void
tell(struct client *c, const struct job *job, const struct view *v)
{
	struct views all = views_of(c);
	const char *note = view_note(&all, v);
	const char *last = view_last_exit(v), *more = "", *text;
	uint32_t pid = view_pid(v);

	if (job->is_waited)
		detail_output(c, v, LINES);
	if (pid != 0)
		more = memory_text(" (pid %u)", (unsigned)pid);
	else if (*last != '\0')
		more = memory_text(", %s", last);
	text = view_phrase(v, more, strcmp(note, last) != 0 ? note : "");
	printf("%s: %s\n", screen_text(v->name, strlen(v->name)),
	    screen_text(text, strlen(text)));
}

/* It would not run, however long anybody waited. */
static int
refuse_settings(struct client *c, const struct view *v)
{
	struct views all = views_of(c);
	const char *note = view_note(&all, v);

	fprintf(stderr, "svc run: %s: %s\n",
	    screen_text(v->name, strlen(v->name)),
	    screen_text(note, strlen(note)));
	forget(c, v->name);
	return EXITCODE_USAGE;
}

static int
start(struct job *job)
{
	static struct client client;
	struct views all;
	const char *dir = directory(), *why = unsayable(job, dir), *text;
	int code;

	if (why != NULL) {
		fprintf(stderr, "svc run: %s\n", why);
		return EXITCODE_NO;
	}
	if (!client_open(&client) || !client_subscribe(&client))
		return EXITCODE_SYSTEM;
	all = views_of(&client);
	if (job->name == NULL)
		job->name = free_name(&all, job->argv[0]);
	code = make_free(&client, &all, job->name);
	if (code != EXITCODE_YES)
		return code;
	text = definition(job, dir);
	if (fd_replace(AT_FDCWD, file_of(job->name), text, strlen(text), 0600) <
	    0) {
		fprintf(stderr, "svc run: cannot make %s: %s\n",
		    file_of(job->name), error_text(errno));
		return errno == EACCES ? EXITCODE_NO : EXITCODE_SYSTEM;
	}
	if (!await_existence(&client, job->name, true)) {
		fputs("svc run: svcd has not seen it\n", stderr);
		return EXITCODE_SYSTEM;
	}
	all = views_of(&client);
	struct view view = *views_name(&all, job->name);
	if (view.r.flags & BOARD_BROKEN)
		return refuse_settings(&client, &view);
	code = await(&client, job, &view);
	if (!job->is_quiet)
		tell(&client, job, &view);
	if (job->is_waited)
		forget(&client, job->name);
	return code;
}

static int
refuse_name(const struct options *o, const char *name)
{
	return options_refuse(
	    o, "not a name: %s", screen_text(name, strlen(name)));
}

static int
forget_all(const struct options *o)
{
	static struct client client;
	int code = EXITCODE_YES;

	for (int i = 0; i < o->count; i++)
		if (!path_is_name(o->operands[i]))
			return refuse_name(o, o->operands[i]);
	if (!client_open(&client) || !client_subscribe(&client))
		return EXITCODE_SYSTEM;
	for (char **name = o->operands; *name != NULL; name++) {
		int one = forget(&client, *name);
		code = one != EXITCODE_YES ? one : code;
	}
	return code;
}

static int
run(int argc, char **argv)
{
	struct job job = {.settings = ""};
	struct options o;
	bool is_forget = false;
	int code;

	options_init(&o, &cmd_run, argc, argv);
	o.strict = true;
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'n':
			if (!path_is_name(o.value))
				return refuse_name(&o, o.value);
			job.name = o.value;
			break;
		case 's':
			job.settings =
			    memory_text("%s%s\n", job.settings, o.value);
			break;
		case 'r':
			job.is_restarted = true;
			break;
		case 'f':
			is_forget = true;
			break;
		case 'w':
			job.is_waited = true;
			break;
		case 'q':
			job.is_quiet = true;
			break;
		default:
			return options_wrong(&o, code);
		}
	if (o.count == 0)
		return options_refuse(
		    &o, is_forget ? "which service?" : "which command?");
	if (is_forget)
		return forget_all(&o);
	if (job.is_waited && job.is_restarted)
		return options_refuse(&o, "-w and -r do not go together");
	job.argv = o.operands;
	return start(&job);
}

const struct cmd cmd_run = {
    .name = "run",
    .group = GROUP_CONTROL,
    .usage = "[-qrw] [-n NAME] [-s LINE]... COMMAND [ARGUMENT...]\n-f NAME...",
    .help = "run a command as a service of the moment",
    .about = "It is named, logged and supervised like any service and outlives "
	     "the session:\nwhat nohup and screen are used for. svc down NAME "
	     "ends it.",
    .options = options,
    .args = {ARG_COMMAND},
    .run = run,
};
