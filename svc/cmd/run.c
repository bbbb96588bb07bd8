/*
 * svc run: a command as a service of the moment: supervised, named, logged,
 * and still there when the session that started it has ended.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/path.h"

#include "svc/cmd/detail.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/telling.h"
#include "svc/cmd/view.h"

extern const struct cmd cmd_run;
extern char **environ;

#define ANSWER_MS 10000
#define LINES 20

static const struct cmd_option options[] = {
    {'n', "name", "NAME", "what to call it (default: made of the command)", 0},
    {'s', "set", "LINE", "a line of settings, such as 'user = www'", 0},
    {'r', "restart", NULL, "start it again when it ends", 0},
    {'w', "wait", NULL, "until it has ended; its exit code is ours", 0},
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

static void
put_texts(struct buf *b, char *const *texts)
{
	uint16_t count = 0;

	while (texts[count] != NULL)
		count++;
	wire_put_count(b, count);
	for (uint16_t i = 0; i < count; i++)
		wire_put_text(b, texts[i], strlen(texts[i]));
}

static bool
ask(struct client *c, const struct job *job)
{
	char cwd[4096];
	const char *settings = job->settings;
	uint32_t flags = job->is_restarted ? WIRE_MONITOR : 0;

	if (getcwd(cwd, sizeof cwd) != NULL)
		settings = memory_text("dir = %s\n%s", quoted(cwd), settings);
	struct buf b = client_begin(c, WIRE_RUN);
	wire_put_text(&b, job->name, strlen(job->name));
	wire_put_u32(&b, flags);
	wire_put_text(&b, settings, strlen(settings));
	put_texts(&b, job->argv);
	put_texts(&b, environ);
	if (b.full)
		fputs(
		    "svc run: command and environment are too long\n", stderr);
	return !b.full && client_send(c, &b);
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
	const char *last = view_last_exit(v);
	uint32_t pid = view_pid(v);

	if (job->is_waited)
		detail_output(c, v, LINES);
	printf("%s: %s", screen_text(v->name, strlen(v->name)), view_state(v));
	if (pid != 0)
		printf(" (pid %u)", (unsigned)pid);
	if (pid == 0 && *last != '\0')
		printf(", %s", last);
	if (*note != '\0' && strcmp(note, last) != 0)
		printf(": %s", screen_text(note, strlen(note)));
	putchar('\n');
}

static int
start(const struct job *job)
{
	static struct client client;
	struct client_message m;
	struct wire_result result;
	struct view view = {0};

	if (!client_open(&client) || !client_subscribe(&client))
		return EXITCODE_SYSTEM;
	if (!ask(&client, job) ||
	    client_reply(&client, &m, mono_add_ms(mono_now(), ANSWER_MS)) !=
		CLIENT_GOT) {
		fputs("svc run: svcd did not answer\n", stderr);
		return EXITCODE_SYSTEM;
	}
	if (m.head.tag != WIRE_RESULTS || wire_get_count(&m.fields) != 1 ||
	    !wire_get_result(&m.fields, &result)) {
		fprintf(stderr, "svc run: %s\n", client_reason(&m));
		return EXITCODE_NO;
	}
	if (result.reason != WIRE_REASON_OK) {
		fprintf(stderr, "svc run: %s%s%s\n",
		    wire_reason_text((uint16_t)result.reason),
		    result.text.len > 0 ? ": " : "",
		    screen_text(result.text.p, result.text.len));
		return EXITCODE_NO;
	}
	struct views all = views_of(&client);
	struct view *found = views_record(&all, result.record);
	if (found == NULL) {
		fputs("svc run: it is gone\n", stderr);
		return EXITCODE_SYSTEM;
	}
	view = *found;
	int code = await(&client, job, &view);
	if (!job->is_quiet)
		tell(&client, job, &view);
	return code;
}

static int
run(int argc, char **argv)
{
	struct job job = {.name = "", .settings = ""};
	struct options o;
	int code;

	options_init(&o, &cmd_run, argc, argv);
	o.strict = true;
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'n':
			if (!path_is_name(o.value))
				return options_refuse(&o, "not a name");
			job.name = o.value;
			break;
		case 's':
			job.settings =
			    memory_text("%s%s\n", job.settings, o.value);
			break;
		case 'r':
			job.is_restarted = true;
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
		return options_refuse(&o, "which command?");
	if (job.is_waited && job.is_restarted)
		return options_refuse(&o, "-w and -r do not go together");
	job.argv = o.operands;
	return start(&job);
}

const struct cmd cmd_run = {
    .name = "run",
    .group = GROUP_CONTROL,
    .usage = "[-qrw] [-n NAME] [-s LINE]... COMMAND [ARGUMENT...]",
    .help = "run a command as a service of the moment",
    .about = "It is named, logged and supervised like any service and outlives "
	     "the session:\nwhat nohup and screen are used for. svc down NAME "
	     "ends it.",
    .options = options,
    .args = {ARG_COMMAND},
    .run = run,
};
