/*
 * What init's kept child says to it: messages of any bytes, some with a
 * descriptor. None may end init's line but the end of file, none may leave a
 * descriptor open outside the slots, and what init asks of itself is in range.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "init/keep.h"
#include "init/line.h"
#include "init/upgrade.h"
#include "lib/sock.h"
#include "lib/sys.h"
#include "tests/fuzz/fuzz.h"

static void
end(enum keep_ending how, bool now, int code)
{
	(void)now, (void)code;
	CLAIM(how > KEEP_END_NONE && how <= KEEP_END_EXIT);
}

static void
done(int code)
{
	(void)code;
}

static void
nothing(void)
{
}

/* The lowest that is free: the same before and after, or something leaks. */
static int
lowest(void)
{
	int fd = dup(FD_LINE);

	close(fd);
	return fd;
}

static void
say(int line, const uint8_t *data, size_t size)
{
	struct keep_msg m = {.version = KEEP_VERSION};
	int fd = FD_LINE;
	bool has_fd = size > 0 && (data[0] & 1);

	if (size > 0)
		data++, size--;
	memcpy(
	    (char *)&m + 2, data, size < sizeof(m) - 2 ? size : sizeof(m) - 2);
	/* A program that would be tried out is another test's. */
	if (m.kind == KEEP_EXEC)
		has_fd = false;
	m.slot %= 1000;
	sock_send(line, &m, size < sizeof(m) ? sizeof(m) : sizeof(m) - size % 4,
	    &fd, has_fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct keep_asks asks = {end, done, nothing, nothing};
	static int line = -1;
	int before;

	if (line < 0) {
		int pair[2];

		CLAIM(sock_pair(SOCK_SEQPACKET, pair) == 0);
		memo_pin(pair[0], FD_LINE);
		line = fcntl(pair[1], F_DUPFD_CLOEXEC, 2000);
		close(pair[1]);
		line_init(&asks);
		upgrade_init(&asks, "svcd");
	}
	before = lowest();
	for (size_t n; size > 0; data += n, size -= n) {
		n = size < sizeof(struct keep_msg) ? size
						   : sizeof(struct keep_msg);
		say(line, data, n);
		line_receive();
		memo.kept.get_count = 0;
	}
	CLAIM(lowest() == before);
	sys_close_range(KEEP_SLOT_BASE, KEEP_SLOT_BASE + 1100, 0);
	return 0;
}
