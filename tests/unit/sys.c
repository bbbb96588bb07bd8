/*
 * The three things in which the door differs from the kernel behind it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/sys.h"
#include "tests/unit/unit.h"

static bool
is_private(int fd)
{
	return fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC;
}

static bool
are_private(int got, int fds[2])
{
	return got == 0 && is_private(fds[0]) && is_private(fds[1]);
}

static void
closes_on_exec(void)
{
	struct sockaddr here = {.sa_family = AF_UNIX};
	struct sockaddr_storage at;
	socklen_t n = sizeof(at);
	int first = sys_open("/", O_RDONLY, 0), fds[2], pidfd = -1;
	int server = sys_socket(AF_UNIX, SOCK_STREAM, 0);
	int client = sys_socket(AF_UNIX, SOCK_STREAM, 0);

	HOLDS(is_private(first) && is_private(server));
	HOLDS(is_private(sys_openat(first, "tmp", O_RDONLY, 0)));
	HOLDS(is_private(sys_dup(first, 0)));
	HOLDS(is_private(sys_dup3(first, client + 20)));
	HOLDS(is_private(sys_memfd_create("unit", 0)));
	HOLDS(is_private(sys_inotify_init()));
	HOLDS(is_private(sys_epoll_create()));
	HOLDS(is_private(sys_signalfd(-1, 0, 0)));
	HOLDS(is_private(sys_timerfd_create(CLOCK_MONOTONIC)));
	HOLDS(is_private(pidfd = sys_pidfd_open(getpid())));
	HOLDS(are_private(sys_pipe2(fds, 0), fds));
	HOLDS(are_private(sys_socketpair(AF_UNIX, SOCK_STREAM, 0, fds), fds));
	/* An address of the kernel's own choice. */
	HOLDS(sys_bind(server, &here, sizeof(here.sa_family)) == 0);
	HOLDS(sys_listen(server, 1) == 0);
	HOLDS(sys_getsockname(server, (struct sockaddr *)&at, &n) == 0);
	HOLDS(sys_connect(client, (struct sockaddr *)&at, n) == 0);
	HOLDS(is_private(sys_accept4(server, NULL, NULL, 0)));
	/* The one exception is made on purpose. */
	HOLDS(sys_dup2(first, client + 21) == client + 21);
	HOLDS(fcntl(client + 21, F_GETFD) == 0);
	HOLDS(sys_dup2(first, first) == first && fcntl(first, F_GETFD) == 0);
	sys_close_range((unsigned)first, ~0u, 0);
}

static int hits;

static void
hit(int sig)
{
	(void)sig;
	hits++;
}

static pid_t tester;

/* Interrupts the tester after a little while; false when it is gone. */
static bool
interrupt_soon(void)
{
	struct timespec t = {.tv_nsec = 5000000};

	sys_ppoll(NULL, 0, &t);
	return sys_getppid() == tester && sys_kill(tester, SIGUSR1) == 0;
}

static int
late_writer(void *end)
{
	for (int i = 0; i < 5; i++)
		if (!interrupt_soon())
			return 1;
	return sys_write(*(int *)end, "x", 1) == 1 ? 0 : 1;
}

/* Until the tester has had enough of it. */
static int
interrupter(void *unused)
{
	(void)unused;
	while (interrupt_soon())
		;
	return 1;
}

/* Without SA_RESTART: libc and the kernel would give EINTR. */
static void
goes_on_when_interrupted(void)
{
	struct sigaction act = {.sa_handler = hit};
	struct sys_clone how = {.exit_signal = SIGCHLD, .cgroup = -1};
	int fds[2];
	char c = 0;
	siginfo_t info = {0};

	HOLDS(sys_sigaction(SIGUSR1, &act, NULL) == 0);
	HOLDS(sys_pipe2(fds, 0) == 0);
	pid_t pid = sys_clone(&how, late_writer, &fds[1]);

	HOLDS(sys_read(fds[0], &c, 1) == 1 && c == 'x');
	HOLDS(sys_waitid(P_PID, (id_t)pid, &info, WEXITED) == 0);
	HOLDS(info.si_status == 0 && hits > 0);
	sys_close(fds[0]);
	sys_close(fds[1]);
}

static void
an_interrupted_wait_is_no_event(void)
{
	struct sys_clone how = {.exit_signal = SIGCHLD, .cgroup = -1};
	pid_t pid = sys_clone(&how, interrupter, NULL);
	int ep = sys_epoll_create();
	struct epoll_event ev;
	siginfo_t info;

	HOLDS(sys_ppoll(NULL, 0, NULL) == 0);
	HOLDS(sys_epoll_pwait2(ep, &ev, 1, NULL) == 0);
	HOLDS(sys_kill(pid, SIGKILL) == 0);
	HOLDS(sys_waitid(P_PID, (id_t)pid, &info, WEXITED) == 0);
	sys_close(ep);
}

static void
closes_without_a_word(void)
{
	int fd = sys_open("/", O_RDONLY, 0);

	errno = 7;
	sys_close(fd);
	sys_close(fd);
	sys_close(-1);
	HOLDS(errno == 7 && fcntl(fd, F_GETFD) == -1);
}

static void
answers_in_its_own_way(void)
{
	char path[8];

	HOLDS(sys_mmap(NULL, 0, PROT_READ, MAP_PRIVATE, -1, 0) == NULL);
	HOLDS(sys_readlinkat(AT_FDCWD, "/proc/self/exe", path, 8) == -1);
	HOLDS(errno == ENAMETOOLONG);
}

int
main(void)
{
	tester = getpid();
	TEST("sys: every new descriptor closes on exec", closes_on_exec);
	TEST(
	    "sys: an interrupted call is made again", goes_on_when_interrupted);
	TEST("sys: an interrupted wait is no event",
	    an_interrupted_wait_is_no_event);
	TEST("sys: close says nothing", closes_without_a_word);
	TEST("sys: no MAP_FAILED, no path without its end",
	    answers_in_its_own_way);
	return unit_done();
}
