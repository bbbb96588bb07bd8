/*
 * A service that leaves the truth behind. As `run` it counts itself in, writes
 * numbered lines and ends in a way that its number decides; as `finish` it
 * writes down what it was told of that end. Both stand in the service's
 * directory, and append to the file `truth` there, a line each:
 *
 *	S GENERATION PID		it has begun
 *	D PID				it has begun while another runs
 *	E GENERATION CODE SIGNAL LINES	it is about to end so
 *	T CODE SIGNAL PID		finish was told so
 *
 * With a file `calm` in the directory above it runs on, until TERM.
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static void
note(const char *fmt, ...)
{
	char line[200];
	va_list ap;
	int fd = open("truth", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	va_start(ap, fmt);
	int n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (fd < 0 || write(fd, line, (size_t)n) != n)
		_exit(98);
	close(fd);
}

static unsigned
chance(uint64_t *x, unsigned n)
{
	*x = *x * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(*x >> 33) % n;
}

/* One higher than the last; the lock goes with us. */
static int
count_in(void)
{
	int lock = open("alive", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	int generation = 0;

	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) < 0) {
		note("D %d\n", (int)getpid());
		_exit(97);
	}
	(void)!pread(lock, &generation, sizeof(generation), 0);
	generation++;
	(void)!pwrite(lock, &generation, sizeof(generation), 0);
	note("S %d %d\n", generation, (int)getpid());
	return generation;
}

/* True: TERM came within that time. */
static int
is_ended(long us)
{
	struct timespec t = {us / 1000000, us % 1000000 * 1000};
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	return sigtimedwait(&term, NULL, &t) == SIGTERM;
}

static void
end(int generation, int code, int sig, int lines)
{
	note("E %d %d %d %d\n", generation, code, sig, lines);
	if (sig != 0)
		kill(getpid(), sig);
	_exit(code);
}

static void
run(uint64_t random, const char *name)
{
	static const int signals[] = {SIGUSR1, SIGKILL, SIGINT};
	int generation = count_in();
	char line[NAME_MAX + 40];

	random += (uint64_t)generation * 7919;
	int lines = 5 + (int)chance(&random, 60), said = 0;
	int sig = chance(&random, 4) == 0 ? signals[chance(&random, 3)] : 0;
	int code = sig != 0 ? 0 : (int)chance(&random, 90);
	long pause = 2000 + chance(&random, 40000);

	while (said < lines) {
		int n = snprintf(line, sizeof(line), "%s %d %d\n", name,
		    generation, said + 1);
		if (write(1, line, (size_t)n) == n)
			said++;
		if (is_ended(pause))
			end(generation, 91, 0, said);
		while (access("../calm", F_OK) == 0)
			if (is_ended(100000))
				end(generation, 92, 0, said);
	}
	end(generation, code, sig, said);
}

int
main(int argc, char **argv)
{
	const char *self = strrchr(argv[0], '/');
	char dir[PATH_MAX];
	uint64_t random = 1;
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	self = self == NULL ? argv[0] : self + 1;
	if (strcmp(self, "finish") == 0) {
		if (argc < 3)
			return 96;
		note(
		    "T %s %s %s\n", argv[1], argv[2], argc > 4 ? argv[4] : "0");
		return 0;
	}
	if (getcwd(dir, sizeof(dir)) == NULL || strrchr(dir, '/') == NULL)
		return 96;
	for (const char *c = dir; *c != '\0'; c++)
		random = random * 31 + (unsigned char)*c;
	run(random, strrchr(dir, '/') + 1);
}
