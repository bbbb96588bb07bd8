/*
 * The beginning of a program: "#!", or an ELF header (elf(5)).
 */
#include "svc/cmd/program.h"

#include <ctype.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/sys.h"

#include "svc/cmd/memory.h"

#define HEAD 4096 /* linkers put what is looked for right behind the header */

/* "#! INTERPRETER [ARGUMENT]"; the kernel takes a CR for a part of the name. */
static void
read_script(const char *head, struct program *p)
{
	const char *name = head + 2 + strspn(head + 2, " \t");
	size_t n = strcspn(name, " \t\n");

	p->what = "interpreter";
	p->path = memory_copy(name, n);
	p->has_cr = n > 0 && name[n - 1] == '\r';
}

/* One of another word size names a loader as well, but is not looked into. */
static void
read_elf(const char *head, size_t n, struct program *p)
{
	ElfW(Ehdr) e;
	ElfW(Phdr) h;

	if (n < sizeof(e))
		return;
	memcpy(&e, head, sizeof(e));
	if (e.e_ident[EI_CLASS] !=
	    (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32))
		return;
	for (size_t k = 0; k < e.e_phnum; k++) {
		size_t at = e.e_phoff + k * sizeof(h);
		if (e.e_phoff > n || at + sizeof(h) > n)
			return;
		memcpy(&h, head + at, sizeof(h));
		if (h.p_type != PT_INTERP)
			continue;
		if (h.p_offset < n &&
		    memchr(head + h.p_offset, '\0', n - h.p_offset) != NULL) {
			p->what = "loader";
			p->path = memory_text("%s", head + h.p_offset);
		}
		return;
	}
}

bool
program_read(const char *file, struct program *program)
{
	char head[HEAD + 1];
	struct stat st;
	ssize_t n;
	int fd;

	*program = (struct program){0};
	fd = sys_open(file, O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return false;
	n = sys_fstat(fd, &st) == 0 && S_ISREG(st.st_mode)
		? sys_read(fd, head, HEAD)
		: -1;
	sys_close(fd);
	if (n < 0)
		return false;
	head[n] = '\0';
	if (head[0] == '#' && head[1] == '!')
		read_script(head, program);
	else if (memcmp(head, ELFMAG, SELFMAG) == 0)
		read_elf(head, (size_t)n, program);
	else
		program->is_text = n == 0 || isprint((unsigned char)head[0]) ||
				   isspace((unsigned char)head[0]);
	return true;
}
