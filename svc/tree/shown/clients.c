/*
 * The control socket: requests of svc, and the events it subscribed to. Many
 * may be connected, none can hurt the others: a client has one unsent answer at
 * most and is not read from while it does not take it; events it is too slow
 * for are counted and told as a number. Who it is decides what it may: root and
 * the tree's owner everything, anyone may read.
 */
#include "svc/tree/shown/clients.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "lib/bits.h"
#include "lib/dir.h"
#include "lib/error.h"
#include "lib/fd.h"
#include "lib/mem.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/later.h"
#include "svc/tree/state/state.h"

static struct client *clients;
static struct watch door = WATCH_NONE;
static int reader = -1; /* the state file, for reading only */

/* --- sending --- */

void
client_close(struct client *c)
{
	int fd = c->watch.fd;

	watch_del(&tree.loop, &c->watch);
	sys_close(fd);
	c->watch.fd = -1;
}

/* False: not now. What fails otherwise ends the client. */
static bool
send_now(struct client *c, const struct buf *b, int fd)
{
	if (sock_send(c->watch.fd, b->p, b->len, &fd, fd >= 0) >= 0)
		return true;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return false;
	/* Closed in a turn of its own: nobody waits for what will not come. */
	c->is_broken = true;
	watch_change(&tree.loop, &c->watch, EPOLLIN | EPOLLOUT);
	return true;
}

void
client_answer(struct client *c, struct buf *b, int fd)
{
	if (b->full || send_now(c, b, fd))
		return;
	c->out_len = b->len;
	memcpy(c->out, b->p, b->len);
	watch_change(&tree.loop, &c->watch, EPOLLOUT);
}

static void
send_missed(struct client *c)
{
	char room[64];
	struct buf b = BUF(room);

	wire_begin(&b, WIRE_MISSED, c->subscription);
	wire_put_u32(&b, c->missed);
	if (wire_end(&b) && send_now(c, &b, -1))
		c->missed = 0;
	if (c->missed > 0)
		watch_change(&tree.loop, &c->watch, EPOLLIN | EPOLLOUT);
}

/* It reads again: first what is due, then its next request. */
static void
go_on(struct client *c)
{
	struct buf b = {.p = c->out, .len = c->out_len, .cap = WIRE_MAX};

	if (c->out_len > 0) {
		if (!send_now(c, &b, -1))
			return;
		c->out_len = 0;
	}
	watch_change(&tree.loop, &c->watch, EPOLLIN);
	if (c->missed > 0)
		send_missed(c);
}

void
client_no(struct client *c, uint32_t id, enum wire_reason reason)
{
	char room[64];
	struct buf b = BUF(room);

	if (wire_no(&b, id, reason, ""))
		client_answer(c, &b, -1);
}

/* --- receiving --- */

static client_request *answer;

static void
take_request(struct client *c)
{
	static char room[WIRE_MAX + 1];
	struct sock_msg m = {.p = room, .cap = sizeof(room)};
	struct wire_head head;
	struct wire w;
	int got = sock_receive(c->watch.fd, &m, 0);

	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (got <= 0) {
		c->is_broken = true;
		return;
	}
	sock_close_fds(&m);
	if (m.cut || !wire_open(&w, &head, room, m.len)) {
		client_no(c, 0, WIRE_REASON_BAD);
		c->is_broken = true;
		return;
	}
	answer(c, &head, &w);
}

static void
client_ready(void *arg, uint32_t events)
{
	struct client *c = arg;

	if (events & (EPOLLHUP | EPOLLERR))
		c->is_broken = true;
	if (!c->is_broken && (events & EPOLLOUT))
		go_on(c);
	else if (!c->is_broken)
		take_request(c);
	if (c->is_broken)
		client_close(c);
}

/* --- coming and going --- */

static bool
is_master(uid_t uid)
{
	return uid == 0 || uid == sys_geteuid();
}

/* A place; those who may only read leave some for those who may do. */
static struct client *
free_client(const struct sock_peer *peer)
{
	struct client *place = NULL;
	unsigned of_uid = 0, of_others = 0;

	for (unsigned k = 0; k < CLIENTS; k++) {
		struct client *c = &clients[k];
		if (c->watch.fd < 0) {
			place = c;
			continue;
		}
		of_uid += c->peer.uid == peer->uid;
		of_others += !is_master(c->peer.uid);
	}
	if (!is_master(peer->uid) &&
	    (of_uid >= CLIENTS_OF_UID || of_others >= CLIENTS / 2))
		return NULL;
	return place;
}

static void
take_in(int fd)
{
	struct sock_peer peer;
	struct client *c;

	if (sock_peer(fd, &peer) < 0 || (c = free_client(&peer)) == NULL) {
		sys_close(fd);
		return;
	}
	*c = (struct client){.watch = WATCH_NONE,
	    .peer = peer,
	    .wants = c->wants,
	    .out = c->out,
	    .is_master = is_master(peer.uid)};
	if (watch_add(&tree.loop, &c->watch, fd, EPOLLIN, client_ready, c) < 0)
		sys_close(fd);
}

static void
door_ready(void *arg, uint32_t events)
{
	int fd;

	(void)arg;
	(void)events;
	while ((fd = sock_accept(door.fd)) >= 0)
		if (fd_lift(&fd, TREE_FD_FLOOR) == 0)
			take_in(fd);
}

int
clients_reader(void)
{
	if (reader < 0) {
		reader = mem_file_reader(tree.state_fd);
		if (reader >= 0)
			fd_lift(&reader, TREE_FD_FLOOR);
	}
	return reader;
}

static void
open_places(void)
{
	size_t bytes = BITS_WORDS(TREE_RECORDS) * sizeof(uint64_t);
	unsigned char *sets = mem_pages(CLIENTS * bytes);
	char *outs = mem_pages(CLIENTS * WIRE_MAX); /* rarely touched */

	clients = mem_pages(CLIENTS * sizeof(*clients));
	if (clients == NULL || sets == NULL || outs == NULL)
		die(111, "cannot reserve memory");
	for (unsigned k = 0; k < CLIENTS; k++) {
		clients[k].watch = WATCH_NONE;
		clients[k].wants = (uint64_t *)(void *)(sets + k * bytes);
		clients[k].out = outs + k * WIRE_MAX;
	}
}

static int
listen_without_place(const char *path)
{
	char room[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct buf name = BUF(room);
	int fd = -1, error = errno;

	sock_stand_in(&name, path);
	if (!name.full)
		fd = sock_listen(room, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, 64);
	errno = error;
	return fd;
}

static void open_door(uint32_t i);
static struct later closed = LATER(open_door);

/*
 * Without a place to put the socket services run all the same; but it is said,
 * since svc will look for it.
 */
static void
open_door(uint32_t i)
{
	static bool is_said;
	char path[TREE_PATH];
	struct buf b = BUF(path);
	int fd = -1;

	path_make(&b, tree.run_dir, "control");
	if (!b.full && dir_make(AT_FDCWD, tree.run_dir, 0755) == 0)
		fd =
		    sock_listen(path, SOCK_SEQPACKET | SOCK_NONBLOCK, 0666, 64);
	/* One tree in a container; two would start everything twice. */
	if (fd < 0 && errno == EADDRINUSE && tree.is_container) {
		say_warn("another svcd runs here: %s", path);
		keep_refuse(111);
	}
	if (fd < 0)
		fd = listen_without_place(path);
	if (fd >= 0 && fd_lift(&fd, TREE_FD_FLOOR) == 0 &&
	    watch_add(&tree.loop, &door, fd, EPOLLIN, door_ready, NULL) == 0)
		return;
	if (!is_said)
		say_warn("cannot listen on %s", path);
	is_said = true;
	if (error_may_pass(errno))
		later_add(&closed, i);
	sys_close(fd);
}

void
clients_start(client_request *who)
{
	answer = who;
	open_places();
	open_door(LATER_TREE);
}

/* --- events --- */

static void
tell_one(struct client *c, struct buf *b)
{
	if (c->out_len > 0 || c->missed > 0 || !send_now(c, b, -1)) {
		c->missed++;
		if (c->out_len == 0)
			watch_change(&tree.loop, &c->watch, EPOLLIN | EPOLLOUT);
	}
}

static void
fill(uint32_t i, struct wire_event *e, char name[BOARD_NAME_MAX + 1])
{
	struct board_record *r = rec(i);
	struct sv_word w = state_word(i);
	const struct board_exit *last = board_exit(r, 0);

	e->record = i;
	e->generation = w.generation;
	e->pid = w.pid;
	e->cause = r->cause;
	e->real_ns = real_ns();
	if (last != NULL && last->generation == w.generation && w.pid == 0) {
		e->code = last->code;
		e->value = last->value;
	}
	e->name.p = state_name(i, name);
	e->name.len = (uint16_t)strlen(name);
}

static bool
wants(const struct client *c, uint32_t i)
{
	return c->watch.fd >= 0 && c->is_subscribed &&
	       (c->wants_all || bits_has(c->wants, i));
}

static void
tell_all(const struct wire_event *e)
{
	char room[BOARD_NAME_MAX + 128];

	for (unsigned k = 0; k < CLIENTS; k++) {
		struct client *c = &clients[k];
		struct buf b = BUF(room);
		if (wants(c, e->record) && wire_event(&b, c->subscription, e))
			tell_one(c, &b);
	}
}

void
clients_tell(uint32_t i, enum sv_shown old, enum sv_shown now)
{
	char name[BOARD_NAME_MAX + 1];
	struct wire_event e = {.old = old, .new = now};
	bool is_wanted = false;

	for (unsigned k = 0; k < CLIENTS && !is_wanted; k++)
		is_wanted = wants(&clients[k], i);
	if (!is_wanted)
		return;
	fill(i, &e, name);
	tell_all(&e);
}

/* Two steps: whoever reads the board for this event is to find nothing there;
 * but what there is to say of it must be read before. */
static struct {
	struct wire_event event;
	char name[BOARD_NAME_MAX + 1];
} farewell;

void
clients_note(uint32_t i)
{
	farewell.event = (struct wire_event){
	    .old = (enum sv_shown)live(i)->shown, .new = SV_SHOWN_DOWN};
	fill(i, &farewell.event, farewell.name);
}

void
clients_gone(void)
{
	tell_all(&farewell.event);
}
