/*
 * One connection at a time; requests are sent whole, replies are told from
 * events by their id.
 */
#include "svc/cmd/client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/error.h"
#include "lib/exitcode.h"
#include "lib/fd.h"
#include "lib/mem.h"
#include "lib/sock.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/screen.h"

/* How long an answer of svcd may take, and how often a new one is tried. */
#define ANSWER_MS 10000
#define RETRY_MS 10
#define REFUSED_MS 2000
#define MISSING_MS 200

static const char *chosen;

void
client_use(const char *dir)
{
	chosen = dir;
}

bool
client_is_chosen(void)
{
	return chosen != NULL;
}

const char *
client_dir(void)
{
	const char *told = getenv("TRIVET_RUN");
	const char *user = getenv("XDG_RUNTIME_DIR");

	if (chosen != NULL)
		return chosen;
	if (told != NULL && *told != '\0')
		return told;
	if (sys_getuid() == 0)
		return CLIENT_SYSTEM_DIR;
	if (user != NULL && *user != '\0')
		return memory_text("%s/trivet", user);
	told = memory_text("/run/user/%u", (unsigned)sys_getuid());
	/* A container's user has no such place; its tree is the container's. */
	if (sys_faccessat(AT_FDCWD, told, F_OK, 0) < 0)
		return CLIENT_SYSTEM_DIR;
	return memory_text("%s/trivet", told);
}

/* Until the descriptor may be read; 1, 0: the deadline, -1. */
static int
wait_for(int fd, struct mono deadline)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	for (;;) {
		int64_t left = mono_ns_between(mono_now(), deadline);
		struct timespec t = {left / 1000000000, left % 1000000000};
		bool is_over = !mono_is_never(deadline) && left <= 0;
		int n = sys_ppoll(&p, 1,
		    mono_is_never(deadline) ? NULL
		    : is_over		    ? &(struct timespec){0, 0}
					    : &t);
		if (n != 0 || is_over)
			return n;
	}
}

static enum client_answer
receive(
    struct client *c, struct client_message *m, int *fd, struct mono deadline)
{
	struct sock_msg msg = {
	    .p = c->bytes,
	    .cap = sizeof c->bytes,
	    .fds = fd,
	    .fds_cap = fd != NULL,
	};

	for (;;) {
		int ready = wait_for(c->fd, deadline);
		if (ready == 0)
			return CLIENT_LATE;
		int got = ready < 0 ? -1 : sock_receive(c->fd, &msg, 0);
		if (got < 0 && errno == EAGAIN)
			continue;
		if (got <= 0 || msg.cut ||
		    !wire_open(&m->fields, &m->head, msg.p, msg.len))
			return CLIENT_GONE;
		return CLIENT_GOT;
	}
}

enum client_answer
client_receive(struct client *c, struct client_message *m, struct mono deadline)
{
	return receive(c, m, NULL, deadline);
}

struct buf
client_begin(struct client *c, enum wire_tag tag)
{
	struct buf b = buf_over(c->request, sizeof c->request);

	wire_begin(&b, tag, ++c->last_id);
	return b;
}

bool
client_send(struct client *c, struct buf *request)
{
	return wire_end(request) && sock_send(c->fd, request->p, request->len,
					NULL, 0) == (ssize_t)request->len;
}

enum client_answer
client_reply(struct client *c, struct client_message *m, struct mono deadline)
{
	enum client_answer answer;

	do
		answer = receive(c, m, NULL, deadline);
	while (answer == CLIENT_GOT && m->head.id != c->last_id);
	return answer;
}

enum client_answer
client_settle(struct client *c, struct mono deadline)
{
	struct client_message m;
	struct buf b = client_begin(c, WIRE_FIND);

	wire_put_count(&b, 0);
	if (!client_send(c, &b))
		return CLIENT_GONE;
	return client_reply(c, &m, deadline);
}

static bool
map_board(struct client *c, int fd)
{
	int64_t size = mem_file_size(fd);

	if (size < BOARD_HEAD)
		return false;
	c->board_fd = fd;
	c->board.size = (size_t)size;
	c->board.base = mem_map(fd, c->board.size, false);
	return c->board.base != NULL;
}

void
client_look(struct client *c)
{
	int64_t size = mem_file_size(c->board_fd);

	if (size <= (int64_t)c->board.size)
		return;
	void *base = mem_map_grow(c->board.base, c->board.size, (size_t)size);
	if (base == NULL)
		return;
	c->board.base = base;
	c->board.size = (size_t)size;
}

/* HELLO, WELCOME; errno tells why not. */
static bool
greet(struct client *c)
{
	struct client_message m;
	struct wire_welcome welcome;
	int fd = -1;
	struct buf b = buf_over(c->request, sizeof c->request);
	struct mono deadline = mono_add_ms(mono_now(), ANSWER_MS);

	if (!wire_hello(&b, ++c->last_id) ||
	    sock_send(c->fd, b.p, b.len, NULL, 0) != (ssize_t)b.len)
		return false;
	switch (receive(c, &m, &fd, deadline)) {
	case CLIENT_GOT:
		break;
	case CLIENT_GONE:
		errno = ECONNRESET;
		return false;
	case CLIENT_LATE:
		errno = ETIMEDOUT;
		return false;
	}
	errno = EPROTO;
	if (m.head.tag != WIRE_WELCOME ||
	    !wire_get_welcome(&m.fields, &welcome) || fd < 0)
		return false;
	c->svcd_pid = welcome.pid;
	c->program = memory_copy(welcome.program.p, welcome.program.len);
	if (!map_board(c, fd))
		return false;
	errno = EPROTO;
	return board_check(c->board) == BOARD_IS_FINE;
}

/* Where svcd found no place for its socket. Anybody can take such a name: it is
 * believed of root and of ourselves only. */
static int
connect_without_place(const char *path)
{
	char room[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct buf name = BUF(room);
	struct sock_peer peer;
	int fd = -1, error = errno;

	sock_stand_in(&name, path);
	if (!name.full)
		fd = sock_connect(room, SOCK_SEQPACKET);
	if (fd >= 0 && (sock_peer(fd, &peer) < 0 ||
			   (peer.uid != 0 && peer.uid != sys_getuid())))
		fd_close(&fd);
	errno = error;
	return fd;
}

/* Its rooms for messages are left as they are: they are large. */
static void
init(struct client *c)
{
	c->fd = c->board_fd = -1;
	c->board = (struct board){0};
	c->last_id = c->svcd_pid = 0;
	c->program = NULL;
	c->is_subscribed = false;
}

bool
client_try(struct client *c, const char *dir)
{
	const char *path = memory_text("%s/control", dir);

	init(c);
	c->fd = sock_connect(path, SOCK_SEQPACKET);
	if (c->fd < 0 && errno != EAGAIN)
		c->fd = connect_without_place(path);
	if (c->fd < 0)
		return false;
	if (greet(c))
		return true;
	client_close(c);
	return false;
}

static void
say_none(void)
{
	const char *dir = client_dir();

	fprintf(stderr, "svc: cannot talk to svcd at %s/control: %s\n",
	    screen_text(dir, strlen(dir)), error_text(errno));
	if (errno == ENOENT || errno == ECONNREFUSED)
		fputs("svc: no svcd runs there; "
		      "another tree is named by svc -r DIR or TRIVET_RUN\n",
		    stderr);
}

/*
 * How long a failure to connect may be that of a svcd which is just being
 * started again: a socket without a listener, one about to be made anew.
 */
static int64_t
patience_ms(void)
{
	if (errno == ECONNRESET || errno == EPIPE || errno == ECONNREFUSED)
		return REFUSED_MS;
	if (errno == ENOENT &&
	    sys_faccessat(AT_FDCWD, client_dir(), F_OK, 0) == 0)
		return MISSING_MS;
	return 0;
}

/* Tries until `deadline`, or while there is hope; false and told. */
static bool
try_until(struct client *c, struct mono deadline, bool is_hopeful)
{
	struct mono start = mono_now();

	while (!client_try(c, client_dir())) {
		int error = errno;
		int64_t patience = is_hopeful ? ANSWER_MS : patience_ms();
		struct mono last =
		    mono_min(deadline, mono_add_ms(start, patience));
		errno = error;
		if (!mono_before(mono_now(), last)) {
			say_none();
			return false;
		}
		/* The keeper has a new one up in milliseconds; no event says
		 * so. */
		wait_for(-1, mono_add_ms(mono_now(), RETRY_MS));
	}
	return true;
}

bool
client_open(struct client *c)
{
	return try_until(c, mono_never(), false);
}

bool
client_await(struct client *c, struct mono deadline)
{
	return try_until(c, deadline, true);
}

bool
client_again(struct client *c, struct mono deadline)
{
	bool was_subscribed = c->is_subscribed;

	client_close(c);
	return try_until(c, deadline, true) &&
	       (!was_subscribed || client_subscribe(c));
}

void
client_close(struct client *c)
{
	int error = errno;

	if (c->board.base != NULL)
		mem_free(c->board.base, c->board.size);
	c->board = (struct board){0};
	fd_close(&c->board_fd);
	fd_close(&c->fd);
	errno = error;
}

static enum client_answer
ask_for_events(struct client *c, struct client_message *m)
{
	struct buf b = client_begin(c, WIRE_SUBSCRIBE);

	wire_put_count(&b, 0);
	if (!client_send(c, &b))
		return CLIENT_GONE;
	return client_reply(c, m, mono_add_ms(mono_now(), ANSWER_MS));
}

bool
client_subscribe(struct client *c)
{
	struct client_message m;

	for (;;) {
		switch (ask_for_events(c, &m)) {
		case CLIENT_GOT:
			c->is_subscribed = m.head.tag == WIRE_OK;
			if (!c->is_subscribed)
				fprintf(stderr,
				    "svc: svcd sends no events: %s\n",
				    client_reason(&m));
			return c->is_subscribed;
		case CLIENT_LATE:
			fputs("svc: svcd does not answer\n", stderr);
			return false;
		case CLIENT_GONE:
			client_close(c);
			if (!try_until(c, mono_never(), true))
				return false;
			break;
		}
	}
}

const char *
client_reason(struct client_message *m)
{
	uint16_t reason = wire_get_u16(&m->fields);
	struct wire_text text = wire_get_text(&m->fields);
	const char *words = wire_reason_text(reason);

	if (m->head.tag != WIRE_NO || !wire_done(&m->fields))
		return "svcd's answer cannot be understood";
	if (text.len == 0)
		return words;
	return memory_text("%s: %s", words, screen_text(text.p, text.len));
}

int
client_told(enum client_answer answer, struct client_message *m)
{
	if (answer != CLIENT_GOT) {
		fputs("svc: svcd does not answer\n", stderr);
		return EXITCODE_SYSTEM;
	}
	if (m->head.tag == WIRE_OK)
		return EXITCODE_YES;
	fprintf(stderr, "svc: %s\n", client_reason(m));
	return EXITCODE_NO;
}

int
client_ask(struct client *c, struct buf *request, struct mono deadline)
{
	struct client_message m;
	enum client_answer answer = CLIENT_GONE;

	if (client_send(c, request))
		answer = client_reply(c, &m, deadline);
	return client_told(answer, &m);
}
