/*
 * Memory from the kernel.
 */
#include "lib/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "lib/fmt.h"
#include "lib/sys.h"

#define PAGE 4096 /* what a mapping is a multiple of, at least */

size_t
mem_round(size_t bytes)
{
	return (bytes + PAGE - 1) / PAGE * PAGE;
}

void *
mem_pages(size_t bytes)
{
	return sys_mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

void *
mem_pages_grow(void *p, size_t old, size_t bytes)
{
	return sys_mremap(p, old, bytes, MREMAP_MAYMOVE);
}

void
mem_free(void *p, size_t bytes)
{
	if (p != NULL)
		sys_munmap(p, bytes);
}

int
mem_file_grow(int fd, size_t bytes)
{
	int64_t size = mem_file_size(fd);

	if (size == -1)
		return -1;
	if ((size_t)size >= bytes)
		return 0;
	return sys_fallocate(fd, 0, size, (off_t)bytes - size);
}

int
mem_file(const char *name, size_t bytes, int seals)
{
	int fd = sys_memfd_create(name, MFD_ALLOW_SEALING);
	int error;

	if (fd == -1)
		return -1;
	if (mem_file_grow(fd, bytes) == 0 &&
	    (seals == 0 || sys_fcntl(fd, F_ADD_SEALS, seals) == 0))
		return fd;
	error = errno;
	sys_close(fd);
	errno = error;
	return -1;
}

int64_t
mem_file_size(int fd)
{
	struct stat st;

	return sys_fstat(fd, &st) == -1 ? -1 : st.st_size;
}

void *
mem_map(int fd, size_t bytes, bool writable)
{
	int seals = sys_fcntl(fd, F_GET_SEALS, 0);

	if (seals == -1 || (seals & F_SEAL_SHRINK) == 0 ||
	    mem_file_size(fd) < (int64_t)bytes) {
		errno = seals == -1 ? errno : EINVAL;
		return NULL;
	}
	return sys_mmap(NULL, bytes,
	    writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
}

void *
mem_map_grow(void *p, size_t old, size_t bytes)
{
	return sys_mremap(p, old, bytes, MREMAP_MAYMOVE);
}

int
mem_file_reader(int fd)
{
	char text[32];
	struct buf path = BUF(text);

	buf_puts(&path, "/proc/self/fd/");
	buf_i64(&path, fd);
	return sys_open(path.p, O_RDONLY, 0);
}
