#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/mem.h"
#include "tests/unit/unit.h"

static void
pages(void)
{
	size_t n = mem_round(5000), more = mem_round(100000);
	char *p = mem_pages(n);

	HOLDS(n == 8192 && mem_round(0) == 0 && mem_round(4096) == 4096);
	HOLDS(p != NULL && p[n - 1] == 0);
	p[n - 1] = 'x';
	HOLDS((p = mem_pages_grow(p, n, more)) != NULL);
	HOLDS(p[n - 1] == 'x' && p[more - 1] == 0);
	mem_free(p, more);
	mem_free(NULL, 0);
}

static void
files(void)
{
	int fd = mem_file("test", 8192, F_SEAL_SHRINK), reader;
	char *a, *b;

	HOLDS(fd >= 0 && mem_file_size(fd) == 8192);
	HOLDS(ftruncate(fd, 4096) == -1 && errno == EPERM);
	HOLDS((a = mem_map(fd, 8192, true)) != NULL);
	HOLDS((reader = mem_file_reader(fd)) >= 0);
	HOLDS((b = mem_map(reader, 8192, false)) != NULL);
	strcpy(a + 5000, "seen by both");
	SAME(b + 5000, "seen by both");
	HOLDS(write(reader, "x", 1) == -1);
	HOLDS(mem_map(fd, 8193, false) == NULL && errno == EINVAL);
	HOLDS(mem_file_grow(fd, 65536) == 0 && mem_file_size(fd) == 65536);
	HOLDS(mem_file_grow(fd, 100) == 0 && mem_file_size(fd) == 65536);
	HOLDS((a = mem_map_grow(a, 8192, 65536)) != NULL);
	a[65535] = 'y';
	SAME(a + 5000, "seen by both");
	mem_free(a, 65536);
	mem_free(b, 8192);
	close(reader);
	close(fd);
}

/* One that its maker could still shrink would end us with SIGBUS. */
static void
refuses_unsealed(void)
{
	int fd = mem_file("test", 4096, 0);

	HOLDS(mem_map(fd, 4096, false) == NULL && errno == EINVAL);
	close(fd);
	fd = open("/dev/null", O_RDONLY);
	HOLDS(mem_map(fd, 4096, false) == NULL);
	close(fd);
}

int
main(void)
{
	TEST("mem: pages are zero and grow", pages);
	TEST("mem: files are shared, grow, never shrink", files);
	TEST("mem: a file that may shrink is not mapped", refuses_unsealed);
	return unit_done();
}
