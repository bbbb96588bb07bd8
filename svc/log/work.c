/*
 * The turning of the logger: input, signals, deadlines. From work_run on it
 * does not die of anything but a TERM or the end of its input.
 */
#include "svc/log/work.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/fd.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/sig.h"
#include "lib/sys.h"
#include "svc/log/plain.h"

#define SIGNALS                                                  \
	(SIG_BIT(SIGTERM) | SIG_BIT(SIGHUP) | SIG_BIT(SIGALRM) | \
	    SIG_BIT(SIGCHLD))
/* After a TERM, how long an unfinished line may take to end. */
#define LAST_LINE_MS 2000
#define ERR_BYTES (64 << 10)

static void *
memory(size_t bytes)
{
	void *p = mem_pages(bytes);

	if (p == NULL)
		die(111, "out of memory");
	return p;
}

void
work_init(struct work *w, size_t dirs, size_t sinks, size_t line_max)
{
	size_t timers = dirs * LOGDIR_TIMERS + 1;
	struct timer **heap = memory(timers * sizeof(struct timer *));

	w->dir = memory((dirs + 1) * sizeof(struct logdir));
	w->dirs = dirs;
	w->sink = memory((sinks + 1) * sizeof(struct sink));
	w->line_max = line_max;
	line_init(&w->line, memory(line_max + 1), line_max, false);
	out_init(&w->err, memory(ERR_BYTES), ERR_BYTES);
	w->host.loop = &w->loop;
	w->plain = true;
	if (loop_open(&w->loop, heap, timers) == -1)
		die(111, "cannot open the event loop");
}

struct sink *
work_sink(struct work *w, enum sink_kind kind)
{
	struct sink *s = &w->sink[w->sinks++];

	*s = (struct sink){.kind = kind, .ask = {.otherwise = true}};
	return s;
}

static void
reap(struct work *w)
{
	pid_t pid;
	int status;

	while (processor_dead(&pid, &status))
		for (size_t i = 0; i < w->dirs; i++)
			if (processor_ended(&w->dir[i], pid, status))
				break;
}

static void
last_line_due(void *arg)
{
	((struct work *)arg)->ended = true;
}

/* Where the kernel can move the bytes unseen. */
static bool
plain_possible(const struct work *w)
{
	const struct sink *s = &w->sink[0];

	return w->plain && w->sinks == 1 && s->kind == SINK_DIR &&
	       s->rules == 0 && w->host.stamp.kind == STAMP_NONE &&
	       !w->translates && s->dir->conf.prefix[0] == '\0' &&
	       plain_ready(&w->in, s->dir);
}

/* Back to lines: are we within one? */
static void
plain_leave(struct work *w)
{
	struct sink *s = &w->sink[0];

	w->line.within = plain_is_within(s->dir);
	s->takes = true;
}

static void
terminate(struct work *w)
{
	if (w->finishing) {
		/* One more wish: a second one waits for nothing. */
		w->impatient = w->host.ending;
		w->host.ending = true;
		return;
	}
	if (plain_possible(w))
		plain_leave(w);
	if (w->term || !line_unfinished(&w->line))
		w->ended = true;
	w->term = true;
	/* The end of a processor may be the very next event. */
	w->host.ending = true;
	if (w->ended)
		return;
	timer_set(
	    &w->loop, &w->last_line, mono_add_ms(w->loop.now, LAST_LINE_MS));
}

/* Rules are new after this: so are the decisions on a line under way. */
static void
reopen(struct work *w)
{
	if (plain_possible(w))
		plain_leave(w);
	if (!w->reopen(w))
		say_warnx("no functional log directories.");
	for (size_t i = 0; i < w->sinks; i++)
		w->sink[i].takes = w->sink[i].kind == SINK_DIR;
}

static void
signalled(void *arg, uint32_t events)
{
	struct work *w = arg;

	(void)events;
	for (int sig; (sig = sig_read(w->signal_watch.fd, NULL)) > 0;)
		switch (sig) {
		case SIGTERM:
			terminate(w);
			break;
		case SIGHUP:
			reopen(w);
			break;
		case SIGALRM:
			for (size_t i = 0; i < w->dirs; i++)
				logdir_rotate(&w->dir[i]);
			break;
		case SIGCHLD:
			reap(w);
		}
}

/* After TERM: not a byte beyond the end of the line under way. */
static size_t
to_line_end(size_t n)
{
	const char *newline = memchr(input_buf, '\n', n);

	return newline != NULL ? (size_t)(newline - input_buf) + 1 : n;
}

static ssize_t
line_turn(struct work *w)
{
	ssize_t n = input_look(
	    &w->in, w->term && !w->in.is_pipe ? 1 : sizeof(input_buf));

	if (n <= 0)
		return n;
	size_t use = w->term ? to_line_end((size_t)n) : (size_t)n;
	deliver(w, input_buf, use);
	deliver_flush(w);
	input_take(&w->in, use);
	if (w->term && !line_unfinished(&w->line))
		w->ended = true;
	return n;
}

static void
input_ready(void *arg, uint32_t events)
{
	struct work *w = arg;
	bool plain = !w->term && plain_possible(w);
	ssize_t n;

	(void)events;
	if (plain) {
		n = plain_turn(&w->in, w->sink[0].dir, w->line_max);
		/* A file system without splice: lines will do. */
		w->plain = n != -1 || errno != EINVAL;
		if (n == 0 || !plain_possible(w))
			plain_leave(w);
	} else
		n = line_turn(w);
	if (n == 0)
		w->ended = true;
	else if (n == -1 && errno != EAGAIN && !plain)
		say_warn("unable to read standard input");
}

static void
watch_input(struct work *w)
{
	if (watch_add(&w->loop, &w->input_watch, w->in.fd, EPOLLIN, input_ready,
		w) == 0)
		return;
	if (errno != EPERM)
		die(111, "cannot watch standard input");
	w->always_ready = true;
}

/* A directory that waits for its processor wants no more input now. */
static void
listen_or_not(struct work *w)
{
	bool deaf = false;

	for (size_t i = 0; i < w->dirs; i++)
		deaf |= w->dir[i].stuck == LOGDIR_WAITS;
	if (deaf != w->deaf && !w->always_ready)
		watch_change(&w->loop, &w->input_watch, deaf ? 0 : EPOLLIN);
	w->deaf = deaf;
}

static void
turn(struct work *w)
{
	bool ready = w->always_ready && !w->deaf;

	if (ready)
		input_ready(w, 0);
	loop_turn_until(&w->loop, ready ? mono_zero() : mono_never());
	listen_or_not(w);
}

/*
 * At the end of the input all files are processed; after a TERM only the one
 * under way. What is left undone the next start does.
 */
static void
finish(struct work *w)
{
	watch_del(&w->loop, &w->input_watch);
	w->finishing = true;
	deliver_last(w);
	deliver_flush(w);
	for (size_t i = 0; i < w->dirs && !w->impatient;) {
		timer_unset(&w->loop, &w->dir[i].again);
		if (w->dir[i].processor > 0)
			loop_turn(&w->loop);
		else
			i++;
	}
	w->host.ending = true;
	for (size_t i = 0; i < w->dirs; i++)
		logdir_close(&w->dir[i]);
}

void
work_run(struct work *w)
{
	int fd;

	if (sig_block(SIGNALS) == -1 || (fd = sig_fd(SIGNALS)) == -1 ||
	    watch_add(&w->loop, &w->signal_watch, fd, EPOLLIN, signalled, w) ==
		-1)
		die(111, "cannot listen to signals");
	sig_ignore(SIGPIPE);
	timer_init(&w->last_line, last_line_due, w);
	if (input_open(&w->in, 0) == -1)
		die(111, "unable to read standard input");
	if (!w->reopen(w))
		diex(111, "no functional log directories.");
	watch_input(w);
	w->running = true;
	while (!w->ended)
		turn(w);
	finish(w);
}
