/*
 * Sockets that are opened for a service before it starts and handed to each of
 * its runs. The keeper holds them as well, so that who connects waits in the
 * queue while the service is restarted, and while svcd is. Only a service that
 * is down for good has them closed.
 */
#include "svc/tree/talk/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/fd.h"
#include "lib/passwd.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/slots.h"
#include "svc/tree/state/state.h"

#define NAPS 50 /* of a millisecond */

/* --- one socket --- */

static int
bind_inet(const struct address *a, int type)
{
	struct sockaddr_storage to;
	socklen_t n = address_socket(a, &to);
	int fd = sys_socket(a->is_six ? AF_INET6 : AF_INET, type, 0);
	int on = 1, off = 0;

	if (fd < 0)
		return -1;
	if (type == SOCK_STREAM)
		sys_setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a->is_any && a->is_six)
		sys_setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (sys_bind(fd, (struct sockaddr *)&to, n) < 0)
		fd_close(&fd);
	return fd;
}

static int
open_inet(const struct listen_spec *s)
{
	int type = s->kind == LISTEN_TCP ? SOCK_STREAM : SOCK_DGRAM;
	int fd = bind_inet(&s->address, type);

	if (fd < 0 && s->address.is_any &&
	    (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
		struct address four = address_any_four(s->address);
		fd = bind_inet(&four, type);
	}
	if (fd >= 0 && type == SOCK_STREAM &&
	    sys_listen(fd, (int)s->backlog) < 0)
		fd_close(&fd);
	return fd;
}

static int
open_unix(const struct listen_spec *s)
{
	if (s->kind == LISTEN_DGRAM)
		return sock_bind(s->path, SOCK_DGRAM, s->mode);
	return sock_listen(s->path,
	    s->kind == LISTEN_UNIX ? SOCK_STREAM : SOCK_SEQPACKET, s->mode,
	    (int)s->backlog);
}

/* Open for both, so that it has no end while nobody writes. */
static int
open_fifo(const struct listen_spec *s)
{
	struct stat st;
	int fd;

	if (sys_mkfifoat(AT_FDCWD, s->path, s->mode) < 0 && errno != EEXIST)
		return -1;
	fd = sys_open(s->path, O_RDWR | O_NONBLOCK | O_NOFOLLOW, 0);
	if (fd < 0)
		return -1;
	if (sys_fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode)) {
		sys_close(fd);
		errno = EEXIST;
		return -1;
	}
	sys_fchmod(fd, s->mode);
	fd_nonblock(fd, false);
	return fd;
}

static bool
find_owner(char *text, uint32_t *uid, uint32_t *gid)
{
	char *group = strchr(text, ':');
	struct passwd_user user;

	*gid = (uint32_t)-1;
	if (group != NULL) {
		*group++ = '\0';
		if (!passwd_id(group, gid) && passwd_group(group, gid) != 1)
			return false;
	}
	if (passwd_id(text, uid))
		return true;
	if (passwd_user(text, &user) != 1)
		return false;
	*uid = user.uid;
	return true;
}

static bool
has_owner(const struct listen_spec *s)
{
	return s->owner[0] != '\0' && s->path[0] == '/';
}

static int
open_one(const struct listen_spec *s)
{
	char owner[LISTEN_OWNER];
	uint32_t uid = 0, gid = 0;
	int fd = -1;

	/* Before there is anything to take back. */
	memcpy(owner, s->owner, sizeof(owner));
	if (has_owner(s) && !find_owner(owner, &uid, &gid)) {
		errno = ENOENT;
		return -1;
	}
	switch (s->kind) {
	case LISTEN_TCP:
	case LISTEN_UDP:
		fd = open_inet(s);
		break;
	case LISTEN_UNIX:
	case LISTEN_DGRAM:
	case LISTEN_SEQPACKET:
		fd = open_unix(s);
		break;
	case LISTEN_FIFO:
		fd = open_fifo(s);
		break;
	}
	if (fd >= 0 && has_owner(s) &&
	    sys_fchownat(AT_FDCWD, s->path, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
		fd_close(&fd);
	if (fd >= 0 && fd_lift(&fd, TREE_FD_FLOOR) < 0)
		fd_close(&fd);
	return fd;
}

/* --- all of a service --- */

/* What its sockets were opened for. */
static uint32_t
hash_of(const struct settings *s)
{
	struct settings_list l = s->listen;
	const char *text;
	uint64_t hash = 1;

	while ((text = settings_each(&l)) != NULL)
		hash = index_hash(hash, index_hash_text(text, strlen(text)));
	return (uint32_t)(hash ^ hash >> 32) | 1;
}

static void
say_refused(uint32_t i, const char *text)
{
	char name[BOARD_NAME_MAX + 1];
	int error = errno;

	say_warn("%s: cannot listen on %s", state_name(i, name), text);
	errno = error;
}

/* The file of a local socket goes with it. */
static void
remove_name(int fd)
{
	struct sock_name a = {.len = sizeof(a.sun)};

	if (sys_getsockname(fd, (struct sockaddr *)&a.sun, &a.len) == 0 &&
	    a.sun.sun_family == AF_UNIX &&
	    a.len > offsetof(struct sockaddr_un, sun_path) &&
	    a.sun.sun_path[0] == '/')
		sys_unlinkat(AT_FDCWD, a.sun.sun_path, 0);
}

/* Nobody is answered any more, whoever still holds a copy. */
static void
close_all(uint32_t i)
{
	int error = errno;

	for (unsigned n = 0; n < SETTINGS_LISTENS_MAX; n++) {
		int fd = talk(i)->listen[n];
		if (fd < 0)
			continue;
		remove_name(fd);
		sys_shutdown(fd, SHUT_RDWR);
		fd_close(&talk(i)->listen[n]);
	}
	errno = error;
}

/*
 * The keeper lets go of its copy a moment after we have told it to; until then
 * an address that was ours is in use.
 */
static int
open_in_time(const struct listen_spec *s, bool was_ours)
{
	static const struct timespec nap = {.tv_nsec = 1000000};
	int fd = open_one(s);

	for (unsigned n = 0;
	     fd < 0 && errno == EADDRINUSE && was_ours && n < NAPS; n++) {
		sys_ppoll(NULL, 0, &nap);
		fd = open_one(s);
	}
	return fd;
}

static int
open_all(uint32_t i, const struct settings *s, bool was_ours)
{
	struct settings_list l = s->listen;
	struct listen_spec spec;
	const char *text;
	int n = 0;

	for (; (text = settings_each(&l)) != NULL; n++) {
		errno = n == SETTINGS_LISTENS_MAX ? E2BIG : EINVAL;
		if (n < SETTINGS_LISTENS_MAX && listen_parse(&spec, text))
			talk(i)->listen[n] = open_in_time(&spec, was_ours);
		if (n < SETTINGS_LISTENS_MAX && talk(i)->listen[n] >= 0)
			continue;
		say_refused(i, text);
		close_all(i);
		return -1;
	}
	return n;
}

static void
set_slots(uint32_t i, uint32_t slot, uint32_t count)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->fd_slot = (uint16_t)slot;
	r->fd_count = (uint16_t)count;
	board_end(r);
}

static bool
have_kept(uint32_t i, uint32_t n)
{
	uint32_t slot = slots_put(talk(i)->listen, n);

	if (slot != 0)
		set_slots(i, slot, n);
	return slot != 0;
}

static bool
are_open(uint32_t i)
{
	for (unsigned n = 0; n < rec(i)->fd_count; n++)
		if (talk(i)->listen[n] < 0)
			return false;
	return rec(i)->fd_count > 0;
}

int
listen_open(uint32_t i, const struct settings *s)
{
	struct kept *k;
	bool was_ours;
	int n;

	if (!settings_has(s, SET_listen)) {
		listen_close(i);
		return 0;
	}
	k = kept(i, true);
	if (k == NULL)
		return -1;
	if (are_open(i) && k->listen_hash == hash_of(s))
		return rec(i)->fd_count;
	was_ours = k->listen_hash != 0;
	listen_close(i);
	n = open_all(i, s, was_ours);
	if (n <= 0)
		return n;
	if (!have_kept(i, (uint32_t)n)) {
		say_refused(i, "its sockets");
		close_all(i);
		return -1;
	}
	k->listen_hash = hash_of(s);
	return n;
}

void
listen_close(uint32_t i)
{
	struct board_record *r = rec(i);

	if (r->fd_count == 0)
		return;
	close_all(i);
	slots_drop(r->fd_slot, r->fd_count);
	set_slots(i, 0, 0);
}

void
listen_recover(uint32_t i)
{
	struct board_record *r = rec(i);

	if (r->fd_count == 0 || r->fd_count > SETTINGS_LISTENS_MAX)
		return;
	for (unsigned n = 0; n < r->fd_count; n++)
		talk(i)->listen[n] = slots_get(r->fd_slot + n);
}

void
listen_settled(uint32_t i)
{
	enum sv_state state = state_word(i).sv.state;

	if (state == S_DOWN || state == S_FAILED || state == S_ENDED)
		listen_close(i);
}
