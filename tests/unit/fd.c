#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/dir.h"
#include "lib/fd.h"
#include "lib/sys.h"
#include "tests/unit/unit.h"

static char place[] = "/tmp/trivet-fd.XXXXXX";
static int dir = -1;

static void
closes_and_moves(void)
{
	int fd = fd_open_null(), null = fd;

	HOLDS(fd_lift(&fd, 100) == 0 && fd >= 100 && !fd_is_open(null));
	HOLDS(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	HOLDS(fd_move(&fd, 90) == 0 && fd == 90);
	HOLDS(fcntl(90, F_GETFD) == FD_CLOEXEC);
	HOLDS(fd_cloexec(90, false) == 0 && fcntl(90, F_GETFD) == 0);
	HOLDS(fd_nonblock(90, true) == 0);
	HOLDS(fcntl(90, F_GETFL) & O_NONBLOCK);
	HOLDS(fd_nonblock(90, false) == 0);
	HOLDS((fcntl(90, F_GETFL) & O_NONBLOCK) == 0);
	errno = 7;
	fd_close(&fd);
	fd_close(&fd);
	HOLDS(errno == 7);
	HOLDS(fd == -1 && !fd_is_open(90));
}

static void
ensures_012(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		close(0);
		close(2);
		_exit(fd_ensure_012() == 0 && fd_is_open(0) && fd_is_open(1) &&
			      fd_is_open(2) && fcntl(0, F_GETFD) == 0 &&
			      fcntl(2, F_GETFD) == 0 && !fd_is_open(dir + 1)
			  ? 0
			  : 1);
	}
	HOLDS(waitpid(pid, &status, 0) == pid && status == 0);
}

static void
slurps(void)
{
	char text[16];
	struct buf b = BUF(text);

	HOLDS(fd_replace(dir, "f", "hello \n\n", 8, 0644) == 0);
	HOLDS(fd_slurp(dir, "f", &b) == 0);
	SAME(text, "hello \n\n");
	buf_clear(&b);
	HOLDS(fd_slurp_word(dir, "f", &b) == 0);
	SAME(text, "hello");
	buf_clear(&b);
	HOLDS(fd_replace(dir, "f", "123456789012345", 15, 0600) == 0);
	HOLDS(fd_slurp(dir, "f", &b) == 0 && b.len == 15 && !b.full);
	buf_clear(&b);
	HOLDS(fd_replace(dir, "f", "1234567890123456", 16, 0600) == 0);
	HOLDS(fd_slurp(dir, "f", &b) == -1 && errno == EFBIG && b.full);
	SAME(text, "123456789012345");
	HOLDS(faccessat(dir, ".f.new", F_OK, 0) == -1);
	HOLDS(mkdirat(dir, "d", 0700) == 0);
	HOLDS(mkdirat(dir, "d/.f.new", 0700) == 0);
	HOLDS(fd_replace(dir, "d/f", "", 0, 0600) == -1 && errno == EISDIR);
	HOLDS(unlinkat(dir, "d/.f.new", AT_REMOVEDIR) == 0);
	HOLDS(unlinkat(dir, "d", AT_REMOVEDIR) == 0);
	buf_clear(&b);
	HOLDS(fd_slurp(dir, "missing", &b) == -1 && errno == ENOENT);
	HOLDS(fd_slurp(dir, ".", &b) == -1 && errno == EISDIR);
	HOLDS(mkfifoat(dir, "fifo", 0600) == 0);
	HOLDS(fd_slurp(dir, "fifo", &b) == -1 && errno == EINVAL);
	HOLDS(fd_spit(dir, "f", "xy", 2) == 0);
	HOLDS(fd_slurp(dir, "f", &b) == -1 && errno == EFBIG);
	HOLDS(strncmp(text, "xy34", 4) == 0);
	HOLDS(fd_spit(dir, "missing", "x", 1) == -1 && errno == ENOENT);
}

static void
gives_up_writing(void)
{
	static char big[1 << 20];
	int ends[2];
	struct mono start = mono_now();

	HOLDS(sys_pipe2(ends, O_NONBLOCK) == 0);
	HOLDS(fd_write_all(ends[1], big, 100, mono_zero()) == 0);
	HOLDS(fd_write_all(ends[1], big, sizeof(big), mono_add_ms(start, 20)) ==
	      -1);
	HOLDS(errno == ETIMEDOUT);
	HOLDS(mono_ms_between(start, mono_now()) >= 20);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	HOLDS(mkdtemp(place) != NULL);
	dir = open(place, O_RDONLY | O_DIRECTORY);
	TEST("fd: close, lift, move, flags", closes_and_moves);
	TEST("fd: 0 to 2 are open afterwards", ensures_012);
	TEST("fd: whole files, bounded, and only files", slurps);
	TEST("fd: a write ends at its deadline", gives_up_writing);
	HOLDS(dir_remove(AT_FDCWD, place) == 0);
	return unit_done();
}
