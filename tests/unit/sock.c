#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/sock.h"
#include "tests/unit/unit.h"

static char place[] = "/tmp/trivet-sock.XXXXXX";

static void
connects(void)
{
	char path[64], bytes[8];
	int server, client, peer_fd;
	struct sock_peer peer;
	struct stat st;

	snprintf(path, sizeof(path), "%s/s", place);
	server = sock_listen(path, SOCK_SEQPACKET | SOCK_NONBLOCK, 0640, 4);
	HOLDS(server >= 0);
	HOLDS(stat(path, &st) == 0 && (st.st_mode & 07777) == 0640);
	HOLDS(sock_accept(server) == -1 && errno == EAGAIN);
	HOLDS((client = sock_connect(path, SOCK_SEQPACKET)) >= 0);
	HOLDS((peer_fd = sock_accept(server)) >= 0);
	HOLDS(sock_peer(peer_fd, &peer) == 0);
	HOLDS(peer.pid == getpid() && peer.uid == getuid());
	HOLDS(sock_send(client, "hi", 2, NULL, 0) == 2);
	HOLDS(read(peer_fd, bytes, sizeof(bytes)) == 2);

	/* Somebody listens: it is not taken away. Then nobody does. */
	HOLDS(sock_listen(path, SOCK_SEQPACKET, 0600, 4) == -1);
	HOLDS(errno == EADDRINUSE);
	fd_close(&server);
	HOLDS((server = sock_listen(path, SOCK_SEQPACKET, 0600, 4)) >= 0);
	fd_close(&server);
	fd_close(&client);
	fd_close(&peer_fd);
	HOLDS(unlink(path) == 0 && open(path, O_CREAT | O_EXCL, 0600) >= 0);
	HOLDS(sock_bind(path, SOCK_DGRAM, 0600) == -1 && errno == EADDRINUSE);
	HOLDS(sock_connect("", SOCK_DGRAM) == -1 && errno == EINVAL);
}

static void
is_abstract(void)
{
	char name[64];
	int server, client;

	snprintf(name, sizeof(name), "@trivet-test-%d", (int)getpid());
	HOLDS((server = sock_listen(name, SOCK_STREAM, 0, 1)) >= 0);
	HOLDS((client = sock_connect(name, SOCK_STREAM)) >= 0);
	fd_close(&client);
	fd_close(&server);
	HOLDS(sock_connect(name, SOCK_STREAM) == -1);
	memset(name, 'x', sizeof(name));
	char over[200];
	memset(over, 'x', sizeof(over));
	over[199] = '\0';
	HOLDS(sock_connect(over, SOCK_STREAM) == -1 && errno == ENAMETOOLONG);
}

static int
open_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 400; fd++)
		n += fd_is_open(fd);
	return n;
}

static void
passes_descriptors(void)
{
	int ends[2], fds[SOCK_FDS], got[3], before;
	char bytes[16];
	struct sock_msg m = {
	    .p = bytes, .cap = sizeof(bytes), .fds = got, .fds_cap = 3};

	HOLDS(sock_pair(SOCK_SEQPACKET | SOCK_NONBLOCK, ends) == 0);
	HOLDS(sock_receive(ends[1], &m, 0) == -1 && errno == EAGAIN);
	for (int i = 0; i < SOCK_FDS; i++)
		fds[i] = ends[0];
	before = open_fds();
	HOLDS(sock_send(ends[0], "two", 3, fds, 2) == 3);
	HOLDS(sock_receive(ends[1], &m, 0) == 1);
	HOLDS(m.len == 3 && m.nfds == 2 && m.dropped == 0 && !m.cut);
	HOLDS(fcntl(got[0], F_GETFD) == FD_CLOEXEC);
	HOLDS(open_fds() == before + 2);
	sock_close_fds(&m);
	HOLDS(open_fds() == before);

	/* More than there is room for: the rest is closed, not leaked. */
	HOLDS(sock_send(ends[0], "x", 1, fds, SOCK_FDS) == 1);
	HOLDS(sock_receive(ends[1], &m, 0) == 1);
	HOLDS(m.nfds == 3 && m.dropped == SOCK_FDS - 3);
	sock_close_fds(&m);
	m.fds_cap = 0;
	HOLDS(sock_send(ends[0], "x", 1, fds, 1) == 1);
	HOLDS(sock_receive(ends[1], &m, 0) == 1 && m.dropped == 1);
	HOLDS(open_fds() == before);
	HOLDS(sock_send(ends[0], "x", 1, fds, SOCK_FDS + 1) == -1);

	HOLDS(sock_send(ends[0], "this is too much", 17, NULL, 0) == 17);
	HOLDS(sock_receive(ends[1], &m, 0) == 1 && m.cut);
	close(ends[0]);
	HOLDS(sock_receive(ends[1], &m, 0) == 0);
	close(ends[1]);
}

static void
tells_the_sender(void)
{
	int ends[2];
	char bytes[4];
	struct sock_msg m = {.p = bytes, .cap = sizeof(bytes)};

	HOLDS(sock_pair(SOCK_DGRAM, ends) == 0);
	HOLDS(sock_want_creds(ends[1]) == 0);
	HOLDS(sock_send(ends[0], "x", 1, NULL, 0) == 1);
	HOLDS(sock_receive(ends[1], &m, 0) == 1);
	HOLDS(m.has_peer && m.peer.pid == getpid() && m.peer.uid == getuid());
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	HOLDS(mkdtemp(place) != NULL);
	TEST("sock: binds, connects, names its peer", connects);
	TEST("sock: abstract names", is_abstract);
	TEST("sock: descriptors arrive or are closed", passes_descriptors);
	TEST("sock: a message tells its sender", tells_the_sender);
	HOLDS(dir_remove(AT_FDCWD, place) == 0);
	return unit_done();
}
