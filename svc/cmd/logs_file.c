/*
 * Files of logs: mapped where all of one is wanted, read where its end is, and
 * expanded by whatever program made them small.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/sys.h"

#include "svc/cmd/logs_file.h"
#include "svc/cmd/memory.h"

#define NS INT64_C(1000000000)
#define ALIKE 4096 /* bytes that two different files never share */

static const char *
slurp(FILE *f, size_t *n)
{
	char *bytes = NULL;
	size_t room = 0;

	*n = 0;
	for (;;) {
		bytes = memory_grow(bytes, &room, *n + 65536, 1);
		size_t got = fread(bytes + *n, 1, room - *n, f);
		if (got == 0)
			return bytes;
		*n += got;
	}
}

/* What undoes the compression that the first bytes tell of; NULL: none. */
static const char *
expander(const unsigned char *p, size_t n)
{
	if (n > 2 && p[0] == 0x1f && p[1] == 0x8b)
		return "gzip";
	if (n > 4 && memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0)
		return "zstd";
	if (n > 6 && memcmp(p,
			 "\xfd"
			 "7zXZ",
			 5) == 0)
		return "xz";
	if (n > 3 && memcmp(p, "BZh", 3) == 0)
		return "bzip2";
	return NULL;
}

static void
expand(struct logs_file *f, const char *program, int fd)
{
	int out[2];

	if (pipe(out) == -1)
		return;
	pid_t pid = fork();
	if (pid == 0) {
		sys_lseek(fd, 0, SEEK_SET);
		sys_dup2(fd, 0);
		sys_dup2(out[1], 1);
		sys_close(out[0]);
		execlp(program, program, "-dc", (char *)NULL);
		_exit(127);
	}
	sys_close(out[1]);
	FILE *stream = fdopen(out[0], "r");
	if (stream != NULL) {
		f->bytes = slurp(stream, &f->n);
		fclose(stream);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static bool
look(struct logs_file *f, int fd, size_t *size)
{
	struct stat st;

	*f = (struct logs_file){.bytes = ""};
	if (fd == -1 || sys_fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return false;
	f->inode = st.st_ino;
	f->changed_ns = st.st_mtim.tv_sec * NS + st.st_mtim.tv_nsec;
	*size = (size_t)st.st_size;
	return true;
}

bool
logs_file_whole(struct logs_file *f, int fd)
{
	size_t size;

	if (!look(f, fd, &size))
		return false;
	void *p = size == 0
		      ? MAP_FAILED
		      : sys_mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p != MAP_FAILED) {
		f->bytes = p;
		f->n = size;
	}
	const char *program = expander((const unsigned char *)f->bytes, f->n);
	if (program != NULL) {
		expand(f, program, fd);
		sys_munmap(p, size);
	}
	return true;
}

bool
logs_file_part(struct logs_file *f, int fd, uint64_t from, size_t most)
{
	size_t size;

	if (!look(f, fd, &size))
		return false;
	f->base = from;
	if (size <= from)
		return true;
	if (size - from < most)
		most = size - from;
	char *bytes = memory_get(most, 1);
	ssize_t got = sys_pread(fd, bytes, most, (off_t)from);
	f->bytes = bytes;
	f->n = got > 0 ? (size_t)got : 0;
	return true;
}

void
logs_file_index(struct logs_file *f, const char *dir, const char *name)
{
	size_t n;
	FILE *stream =
	    fopen(memory_text("%s/" LOGINDEX_PREFIX "%s", dir, name), "r");

	if (stream == NULL)
		return;
	const char *bytes = slurp(stream, &n);
	fclose(stream);
	/* In the middle of a rotation index.current is still the old file's;
	 * what a processor made is a file of its own, with the old index. */
	f->has_index = logindex_open(&f->index, bytes, n, UINT64_MAX) &&
		       (name[0] == '@' || f->index.head.inode == f->inode);
}

bool
logs_file_alike(const struct logs_file *a, const struct logs_file *b)
{
	size_t n = a->n < b->n ? a->n : b->n;

	return n > 0 && memcmp(a->bytes, b->bytes, n < ALIKE ? n : ALIKE) == 0;
}

struct logs_line
logs_file_line(
    const struct logs_file *f, const char *source, size_t start, size_t end)
{
	int64_t at = f->changed_ns;

	if (f->has_index)
		at = logindex_time(&f->index, f->base + start, at);
	if (f->bytes[end - 1] == '\n')
		end--;
	return logs_line(source, f->bytes + start, end - start, at);
}
