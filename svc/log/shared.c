/*
 * The shared logger: one process for all services that just say `log`. svcd
 * hands it the read ends of their pipes over descriptor 3 (docs/
 * log-protocol.md); whoever keeps the pipes keeps the lines, so this process
 * may be killed at any instant.
 */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include "lib/errtext.h"
#include "lib/fd.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/sig.h"
#include "lib/sock.h"
#include "lib/sys.h"
#include "svc/log/confine.h"
#include "svc/log/stream.h"
#include "svc/log/svlogd.h"

#define LINE_FD 3
#define TIMERS (65536 * 5)
#define PAGE 4096
#define SIGNALS                                                  \
	(SIG_BIT(SIGTERM) | SIG_BIT(SIGHUP) | SIG_BIT(SIGALRM) | \
	    SIG_BIT(SIGCHLD))

static struct {
	struct loop loop;
	struct watch line, signals;
	struct list streams, spare;
	bool done;
	bool is_orphan; /* nobody will attach anything any more */
} shared;

static void
tell(struct buf *message)
{
	/* A svcd that does not listen, or is dead, learns it from the next
	 * ATTACH; nothing is waited for. */
	sock_send(LINE_FD, message->p, message->len, NULL, 0);
}

static struct stream *
find(uint32_t id)
{
	struct list *l, *after;

	LIST_EACH(l, after, &shared.streams)
	{
		struct stream *s = LIST_OF(l, struct stream, link);
		if (s->id == id && !s->over)
			return s;
	}
	return NULL;
}

static void
let_go(struct stream *s)
{
	stream_close(s);
	list_del(&s->link);
	list_push(&shared.spare, &s->link);
	if (shared.is_orphan && list_empty(&shared.streams))
		shared.done = true;
}

static void
ended(struct stream *s)
{
	char text[64];
	struct buf b = BUF(text);

	if (logwire_plain(&b, LOGWIRE_ENDED, s->id))
		tell(&b);
	let_go(s);
}

static void
trouble(struct stream *s, int error, const char *text)
{
	char room[256];
	struct buf b = BUF(room);

	if (logwire_trouble(&b, s->id, error, text))
		tell(&b);
}

/* A page for most; one that was let go is taken again if it is large enough. */
static struct stream *
room_for_one(size_t text)
{
	struct list *l, *after;
	size_t bytes = sizeof(struct stream) + text;

	LIST_EACH(l, after, &shared.spare)
	{
		struct stream *s = LIST_OF(l, struct stream, link);
		if (s->text_room < text)
			continue;
		list_del(&s->link);
		return s;
	}
	bytes = (bytes + PAGE - 1) / PAGE * PAGE;
	struct stream *s = mem_pages(bytes);
	if (s == NULL)
		return NULL;
	list_init(&s->link);
	s->text_room = bytes - sizeof(struct stream);
	return s;
}

static void
attach(uint32_t id, const struct logwire_attach *a, int pipe)
{
	struct stream *s = find(id);
	struct stat st;

	/* The same pipe and plan once more. */
	if (s != NULL && sys_fstat(pipe, &st) == 0 &&
	    s->pipe_inode == st.st_ino && strcmp(s->plan_text, a->plan) == 0 &&
	    strcmp(s->directory, a->directory) == 0) {
		fd_close(&pipe);
		return;
	}
	/* Another plan: what is in the pipe is for that. Another pipe: what
	 * is in the old one was written before. */
	if (s != NULL && sys_fstat(pipe, &st) == 0 &&
	    s->pipe_inode == st.st_ino)
		let_go(s);
	else if (s != NULL)
		stream_detach(s);
	s = room_for_one(stream_text(a));
	if (s == NULL) {
		say_warn("%s: no memory for its log", a->name);
		fd_close(&pipe);
		return;
	}
	if (stream_open(s, id, a, pipe) == -1)
		list_push(&shared.spare, &s->link);
	else
		list_add(&shared.streams, &s->link);
}

static void
obey(const struct sock_msg *m)
{
	static struct logwire_attach a;
	struct stream *s;
	uint16_t tag;
	uint32_t id;

	if (!logwire_open(m->p, m->len, &tag, &id))
		return;
	s = find(id);
	if (tag == LOGWIRE_ATTACH && m->nfds == 1 &&
	    logwire_get_attach(m->p, m->len, &a)) {
		attach(id, &a, m->fds[0]);
		m->fds[0] = -1;
	} else if (tag == LOGWIRE_DETACH && s != NULL)
		stream_detach(s);
	else if (tag == LOGWIRE_ROTATE && s != NULL)
		stream_rotate(s);
}

/*
 * svcd is gone, or has said all it had to. Another logger will get the pipes:
 * what is in them is left to it, but for those that were to be finished.
 */
static void
orphaned(void)
{
	struct list *l, *after;

	watch_del(&shared.loop, &shared.line);
	shared.is_orphan = true;
	shared.done = list_empty(&shared.streams);
	LIST_EACH(l, after, &shared.streams)
	{
		struct stream *s = LIST_OF(l, struct stream, link);
		if (!s->detaching && !s->over && !s->hung_up)
			let_go(s);
	}
}

static void
line_ready(void *arg, uint32_t events)
{
	static char bytes[LOGWIRE_MAX];
	int fd = -1;
	struct sock_msg m = {
	    .p = bytes, .cap = sizeof(bytes), .fds = &fd, .fds_cap = 1};
	int r;

	(void)arg;
	(void)events;
	while ((r = sock_receive(LINE_FD, &m, MSG_DONTWAIT)) == 1) {
		if (!m.cut)
			obey(&m);
		fd_close(&fd);
	}
	if (r == 0)
		orphaned();
}

static void
each_stream(void (*act)(struct stream *s))
{
	struct list *l, *after;

	LIST_EACH(l, after, &shared.streams)
	{
		act(LIST_OF(l, struct stream, link));
	}
}

static void
reopen(struct stream *s)
{
	if (!s->has_dir)
		return;
	logdir_close(&s->dir);
	if (logdir_open(&s->dir) == -1)
		logdir_wait(&s->dir);
}

static void
reap(void)
{
	struct list *l, *after;
	pid_t pid;
	int status;

	while (processor_dead(&pid, &status))
		LIST_EACH(l, after, &shared.streams)
		{
			struct stream *s = LIST_OF(l, struct stream, link);
			if (s->has_dir && processor_ended(&s->dir, pid, status))
				break;
		}
}

static void
signalled(void *arg, uint32_t events)
{
	(void)arg;
	(void)events;
	for (int sig; (sig = sig_read(shared.signals.fd, NULL)) > 0;)
		switch (sig) {
		case SIGTERM:
			shared.done = true;
			break;
		case SIGHUP:
			each_stream(reopen);
			break;
		case SIGALRM:
			each_stream(stream_rotate);
			break;
		case SIGCHLD:
			reap();
		}
}

/* As many descriptors as it is allowed to have. */
static size_t
most_fds(void)
{
	struct rlimit now;

	if (sys_prlimit(0, RLIMIT_NOFILE, NULL, &now) == -1)
		return 1024;
	now.rlim_cur = now.rlim_max;
	sys_prlimit(0, RLIMIT_NOFILE, &now, NULL);
	return now.rlim_max;
}

static void
start(void)
{
	size_t bytes = TIMERS * sizeof(struct timer *);
	struct timer **heap = mem_pages(bytes);
	int fd;

	if (heap == NULL || loop_open(&shared.loop, heap, TIMERS) == -1)
		die(111, "cannot open the event loop");
	if (sig_block(SIGNALS) == -1 || (fd = sig_fd(SIGNALS)) == -1 ||
	    watch_add(&shared.loop, &shared.signals, fd, EPOLLIN, signalled,
		NULL) == -1)
		die(111, "cannot listen to signals");
	sig_ignore(SIGPIPE);
	fd_cloexec(LINE_FD, true);
	if (watch_add(&shared.loop, &shared.line, LINE_FD, EPOLLIN, line_ready,
		NULL) == -1)
		die(111, "descriptor 3 is no socket of svcd");
}

int
shared_main(const char *user)
{
	char text[64];
	struct buf b = BUF(text);

	say_init("svlogd", 2);
	/* Executed by descriptor it has a number for a name. */
	sys_prctl(PR_SET_NAME, (unsigned long)(uintptr_t) "svlogd", 0, 0, 0);
	say_words(errtext);
	list_init(&shared.streams);
	list_init(&shared.spare);
	confine_as(user);
	start();
	stream_start(
	    (struct stream_owner){&shared.loop, ended, trouble}, most_fds());
	if (logwire_ready(&b))
		tell(&b);
	/* From here on it does not die. */
	while (!shared.done)
		loop_turn(&shared.loop);
	while (!list_empty(&shared.streams))
		let_go(LIST_OF(shared.streams.next, struct stream, link));
	return 0;
}
