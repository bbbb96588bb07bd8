/*
 * The notify socket of a service: one each, so that nobody's flood is anybody
 * else's, made before its first process and held by the keeper, so that what
 * was said waits for the next svcd.
 *
 * Who speaks is decided by the kernel's word (SCM_CREDENTIALS), never by the
 * message's:
 *
 *  - the main process or the auxiliary process by its pid;
 *  - another by its cgroup, wherever it has gone; where that tells nothing, by
 *    its session, which is that of the process we cloned, or by an ancestor;
 *  - of one that has died since it spoke (a helper that lives for one message)
 *    the kernel can only say which user it was. It is believed where all may
 *    speak, if that was the service's user or root, because it knew the
 *    address: a random name, new for each run, in a directory that nobody may
 *    list, never told to the kernel as a bound name (/proc/net/unix shows
 *    another), and given to this service only.
 *
 * Without cgroups a process that has left the session and has no ancestor in
 * the service any more is a stranger.
 */

#include "svc/tree/state/todo.h"
#include "svc/tree/talk/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/scan.h"
#include "lib/sys.h"
#include "svc/tree/state/cgroups.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/slots.h"
#include "svc/tree/state/state.h"

#define DIRECTORY "notify"
#define ROUND 32   /* messages of one service in a turn */
#define WINDOW 512 /* and in WINDOW_NS: then it has to wait */
#define WINDOW_NS INT64_C(50000000)
#define ANCESTORS 64

bool
notify_is_for(const struct settings *s)
{
	return s != NULL && (s->notify_access != ACCESS_NONE ||
				s->ready.kind == READY_NOTIFY);
}

/* --- the socket --- */

static void
name_of(struct buf *b, uint32_t i, uint64_t secret)
{
	if (secret == 0)
		buf_putc(b, '.');
	buf_u64(b, i);
	if (secret == 0)
		return;
	buf_putc(b, '.');
	buf_hex(b, secret, 16);
}

static bool
has_root(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL && s->root != NULL;
}

/*
 * Where the sockets stand. A root of its own has the same place in it, so that
 * the address is the same wherever it is looked at from.
 */
static int
open_place(uint32_t i)
{
	char path[TREE_PATH];
	struct buf b = BUF(path);
	int fd;

	path_make(&b, tree.run_dir, DIRECTORY);
	if (!has_root(i)) {
		if (dir_make(AT_FDCWD, path, 0711) < 0)
			return -1;
		return sys_open(path, O_RDONLY | O_DIRECTORY, 0);
	}
	fd = sys_open(define_view(i)->root, O_RDONLY | O_DIRECTORY, 0);
	fd = dir_enter(fd, path + 1);
	if (fd >= 0)
		sys_fchmod(fd, 0711);
	return fd;
}

bool
notify_address(uint32_t i, struct buf *b)
{
	struct kept *k = kept(i, false);

	if (k == NULL || k->notify_slot == 0)
		return false;
	path_make(b, tree.run_dir, DIRECTORY "/");
	name_of(b, i, k->secret);
	return !b->full;
}

/* At boot the kernel may not have gathered much yet: that must do. */
static uint64_t
random_name(void)
{
	uint64_t n = 0;

	if (sys_getrandom(&n, sizeof(n), GRND_INSECURE) != sizeof(n))
		n = (uint64_t)mono_now().ns;
	return n | 1; /* 0 is the name before it has one */
}

static void notify_ready(void *arg, uint32_t events);

static bool
listen_to(uint32_t i, int *fd)
{
	return fd_lift(fd, TREE_FD_FLOOR) == 0 &&
	       watch_add(&tree.loop, &talk(i)->notify, *fd, EPOLLIN,
		   notify_ready, (void *)(uintptr_t)i) == 0;
}

/*
 * Under its first name; it is renamed before anyone is told. The way into
 * another root may be longer than an address can be.
 */
static int
bind_first(uint32_t i)
{
	int place = open_place(i), fd;
	char path[TREE_PATH];
	struct buf b = BUF(path);

	if (place < 0)
		return -1;
	if (has_root(i))
		buf_fmt(&b, "/proc/self/fd/%d/", place);
	else
		path_make(&b, tree.run_dir, DIRECTORY "/");
	name_of(&b, i, 0);
	sys_unlinkat(AT_FDCWD, path, 0);
	fd = sock_bind(path, SOCK_DGRAM | SOCK_NONBLOCK, 0666);
	fd_close(&place);
	if (fd >= 0 && sock_want_creds(fd) < 0)
		fd_close(&fd);
	return fd;
}

static bool
make_socket(uint32_t i, struct kept *k)
{
	uint32_t slot;
	int fd, error;

	k->secret = 0;
	fd = bind_first(i);
	slot = fd >= 0 ? slots_put(&fd, 1) : 0;
	if (slot != 0 && listen_to(i, &fd)) {
		k->notify_slot = slot;
		return true;
	}
	error = errno;
	fd_close(&fd);
	slots_drop(slot, 1);
	errno = error;
	return false;
}

/* A name that no former run knows. */
static bool
rename_socket(uint32_t i, struct kept *k)
{
	char old[64], new[64], address[TREE_PATH];
	struct buf from = BUF(old), to = BUF(new), told = BUF(address);
	struct sock_name name;
	uint64_t secret = random_name();
	int place = open_place(i);
	bool is_done;

	name_of(&from, i, k->secret);
	name_of(&to, i, secret);
	path_make(&told, tree.run_dir, DIRECTORY "/");
	name_of(&told, i, secret);
	/* Those who connect have less room for it than we. */
	is_done = place >= 0 && !told.full && sock_name(&name, address) == 0 &&
		  sys_renameat(place, old, place, new) == 0;
	fd_close(&place);
	if (is_done)
		k->secret = secret;
	return is_done;
}

static void
throw_away(uint32_t i)
{
	char room[1];
	int fds[SOCK_FDS];
	struct sock_msg m = {
	    .p = room, .cap = sizeof(room), .fds = fds, .fds_cap = SOCK_FDS};

	for (unsigned n = 0; n < 2 * WINDOW; n++) {
		if (sock_receive(talk(i)->notify.fd, &m, MSG_DONTWAIT) < 0)
			return;
		sock_close_fds(&m);
	}
}

bool
notify_open(uint32_t i)
{
	struct kept *k = kept(i, true);

	if (k == NULL)
		return false;
	if (talk(i)->notify.fd < 0 && k->notify_slot != 0)
		notify_close(i); /* the keeper's could not be had back */
	if (k->notify_slot == 0 && !make_socket(i, k))
		return false;
	if (!rename_socket(i, k)) {
		/* Somebody has removed its file: it is made anew. */
		notify_close(i);
		if (!make_socket(i, k) || !rename_socket(i, k))
			return false;
	}
	throw_away(i);
	return true;
}

void
notify_close(uint32_t i)
{
	struct kept *k = kept(i, false);
	struct talk *t = talk(i);
	char name[64];
	struct buf b = BUF(name);
	int fd = t->notify.fd, place;

	watch_del(&tree.loop, &t->notify);
	fd_close(&fd);
	t->notify.fd = -1;
	if (k == NULL || k->notify_slot == 0)
		return;
	name_of(&b, i, k->secret);
	place = open_place(i);
	if (place >= 0)
		sys_unlinkat(place, name, 0);
	fd_close(&place);
	slots_drop(k->notify_slot, 1);
	k->notify_slot = 0;
}

void
notify_recover(uint32_t i)
{
	struct kept *k = kept(i, false);
	int fd;

	if (k->notify_slot == 0)
		return;
	fd = slots_get(k->notify_slot);
	if (fd >= 0 && !listen_to(i, &fd))
		fd_close(&fd);
}

/* --- who speaks --- */

/* The parent of a process, by the fourth field of its stat; 0: gone. */
uint32_t
notify_parent(uint32_t pid)
{
	char path[48], text[512];
	struct buf at = BUF(path), b = BUF(text);
	const char *p;
	uint32_t parent = 0;

	buf_fmt(&at, "/proc/%u/stat", (unsigned)pid);
	fd_slurp(AT_FDCWD, path, &b);
	/* Its name stands in brackets and may hold anything. */
	p = strrchr(text, ')');
	if (p == NULL || strlen(p) < 5 || scan_u32_prefix(p + 4, &parent) == 0)
		return 0;
	return parent;
}

static bool
has_ancestor(uint32_t pid, uint32_t main, uint32_t first)
{
	for (unsigned n = 0; n < ANCESTORS && pid > 1; n++) {
		if (pid == main || pid == first)
			return true;
		pid = notify_parent(pid);
	}
	return false;
}

bool
notify_is_own(uint32_t i, uint32_t pid)
{
	struct kept *k = kept(i, false);
	uint32_t main = state_word(i).pid;
	uint32_t first = k != NULL && k->first_pid != 0 ? k->first_pid : main;
	uint32_t aux = sv_aux_unpack(rec(i)->aux).pid;
	uint32_t session;

	if (pid <= 1 || pid == (uint32_t)sys_getpid() ||
	    pid == (uint32_t)sys_getppid())
		return false;
	if (pid == main || (aux != 0 && pid == aux))
		return true;
	switch (cgroups_whose(i, pid)) {
	case CGROUPS_ITS:
		return true;
	case CGROUPS_OTHERS:
		return false;
	case CGROUPS_UNKNOWN:
		break;
	}
	session = (uint32_t)sys_getsid((pid_t)pid);
	if (session != 0 && session != (uint32_t)-1 &&
	    (session == first || session == main || session == aux ||
		(main != 0 && session == (uint32_t)sys_getsid((pid_t)main))))
		return true;
	return main != 0 && has_ancestor(pid, main, first);
}

static bool
is_gone(uint32_t pid)
{
	return sys_getsid((pid_t)pid) < 0 && errno == ESRCH;
}

static bool
is_its_user(uint32_t i, uint32_t uid)
{
	return uid == 0 || uid == kept(i, false)->uid;
}

static unsigned
access_of(uint32_t i)
{
	const struct settings *s = define_view(i);

	if (talk_said(i, SAID_ACCESS))
		return kept(i, false)->access;
	if (s == NULL)
		return ACCESS_NONE;
	return s->notify_access == ACCESS_NONE && s->ready.kind == READY_NOTIFY
		   ? ACCESS_MAIN
		   : s->notify_access;
}

static bool
may_speak(uint32_t i, uint32_t pid, uint32_t uid)
{
	struct sv_word w = state_word(i);
	bool is_main = pid == w.pid && sv_role(w.sv) == SV_ROLE_RUN;

	switch ((enum settings_access)access_of(i)) {
	case ACCESS_NONE:
		return false;
	case ACCESS_MAIN:
		return is_main;
	case ACCESS_EXEC:
		return is_main || pid == w.pid ||
		       pid == sv_aux_unpack(rec(i)->aux).pid;
	case ACCESS_ALL:
		return notify_is_own(i, pid) ||
		       (is_gone(pid) && is_its_user(i, uid));
	}
	return false;
}

/* --- what comes --- */

/* The exit queue is being worked on: nothing may be settled meanwhile. */
static bool is_draining;

/*
 * Its descriptor is closed with the message, which says that all before has
 * been dealt with: so it is.
 */
static void
act(uint32_t i, const struct notify *n, struct sock_msg *m)
{
	if (!n->is_barrier)
		talk_ears.heard(i, n, m);
	else if (m->nfds == 1 && !is_draining)
		talk_ears.barrier();
}

/* Of the next run's messages none has been looked at. */
static void
drop_one(uint32_t i, uint64_t secret)
{
	struct kept *k = kept(i, false);
	char room[1];
	struct sock_msg m = {.p = room, .cap = sizeof(room)};

	if (k->notify_slot != 0 && k->secret == secret)
		sock_receive(talk(i)->notify.fd, &m, MSG_DONTWAIT);
}

/*
 * Looked at, acted upon, and taken then: a svcd that dies in between leaves it
 * for the next one, which may hear it twice. False: nothing more waits.
 */
static bool
take_one(uint32_t i)
{
	uint64_t secret = kept(i, false)->secret;
	char text[NOTIFY_MAX + 1];
	int fds[SOCK_FDS];
	struct sock_msg m = {
	    .p = text, .cap = sizeof(text), .fds = fds, .fds_cap = SOCK_FDS};
	struct notify n;

	if (sock_receive(talk(i)->notify.fd, &m, MSG_DONTWAIT | MSG_PEEK) < 0)
		return false;
	if (!m.cut && m.dropped == 0 && m.has_peer && m.peer.pid > 0 &&
	    may_speak(i, (uint32_t)m.peer.pid, m.peer.uid) &&
	    notify_parse(&n, text, m.len))
		act(i, &n, &m);
	sock_close_fds(&m);
	drop_one(i, secret);
	return true;
}

static struct timer truce;
static struct todo paused;

static void
truce_over(void *arg)
{
	uint32_t i;

	(void)arg;
	while ((i = todo_take(&paused)) != 0)
		if (talk(i)->notify.fd >= 0)
			watch_change(&tree.loop, &talk(i)->notify, EPOLLIN);
}

/* A flood waits in the sender's own write, and takes a few hundredths of one
 * processor at most. */
static void
make_wait(uint32_t i)
{
	if (truce.due == NULL) {
		timer_init(&truce, truce_over, NULL);
		todo_init(&paused);
	}
	if (watch_change(&tree.loop, &talk(i)->notify, 0) < 0)
		return;
	todo_add(&paused, i);
	if (!timer_is_set(&truce))
		timer_set(
		    &tree.loop, &truce, mono_add_ns(tree.loop.now, WINDOW_NS));
}

static void
notify_ready(void *arg, uint32_t events)
{
	uint32_t i = (uint32_t)(uintptr_t)arg;
	uint16_t life = live(i)->life;
	struct talk *t = talk(i);

	(void)events;
	if (tree.loop.now.ns - t->window_ns > WINDOW_NS) {
		t->window_ns = tree.loop.now.ns;
		t->heard = 0;
	}
	for (unsigned n = 0; n < ROUND; n++) {
		if (live(i)->life != life || t->notify.fd < 0 || !take_one(i))
			return;
		t->heard++;
	}
	if (t->heard >= WINDOW)
		make_wait(i);
}

void
notify_drain(uint32_t i)
{
	uint16_t life = live(i)->life;

	if (kept(i, false) == NULL)
		return;
	is_draining = true;
	for (unsigned n = 0; n < WINDOW; n++)
		if (live(i)->life != life || talk(i)->notify.fd < 0 ||
		    !take_one(i))
			break;
	is_draining = false;
}
