/*
 * The last lines of what services without a logger have said, for svc status: a
 * memory file with a page for each that has ever said anything. It outlives
 * svcd as the state does.
 */
#include "svc/tree/output/output.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "lib/fd.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/state/state.h"
#define SLOT_LINES 2
#define PAGE 4096
#define PAGES 65535
#define FIRST (16 * PAGE)

struct page {
	uint32_t record; /* whose; 0: free */
	uint32_t total;	 /* bytes ever written, for the place of the next */
	char text[PAGE - 8];
};

static struct page *pages;
static size_t have; /* pages that the file holds */
static int file = -1;

const char *
lines_form_name(unsigned form)
{
#define LINES_NAME(name, text) text,
	static const char *const names[] = {LINES_FORM_LIST(LINES_NAME)};

	return names[form];
}

/* --- the file --- */

static bool
map(int fd)
{
	int64_t n = mem_file_size(fd);

	if (n < FIRST || (sys_fcntl(fd, F_GET_SEALS, 0) & F_SEAL_SHRINK) == 0)
		return false;
	pages = sys_mmap(NULL, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);
	have = (size_t)n / PAGE;
	file = fd;
	return pages != NULL;
}

/* Allocated page by page: a service that says nothing costs none. */
static void
make_file(void)
{
	int fd =
	    sys_memfd_create("trivet-lines", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && fd_lift(&fd, TREE_FD_FLOOR) == 0 &&
	    sys_ftruncate(fd, FIRST) == 0 &&
	    sys_fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) == 0 && map(fd) &&
	    keep_put(SLOT_LINES, &fd, 1))
		return;
	say_warn("last lines of services will not be kept");
	have = 0;
}

void
lines_set_slot(uint32_t i, uint32_t slot)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->lines_slot = slot;
	board_end(r);
}

void
lines_start(void)
{
	int fd = tree.is_recovered ? keep_get(SLOT_LINES) : -1;

	if (fd < 0 || fd_lift(&fd, TREE_FD_FLOOR) < 0 || !map(fd)) {
		make_file();
		return;
	}
	for (size_t n = 1; n < have; n++) {
		uint32_t i = pages[n].record;
		if (i == 0)
			continue;
		if (i < board_used(tree.board) && board_word(rec(i)) != 0)
			live(i)->ring = (uint16_t)n;
		else
			pages[n].record = 0;
	}
}

/* A page for this record; NULL: none to be had. */
static struct page *
page_of(uint32_t i)
{
	static size_t from = 1;
	size_t n = live(i)->ring;

	if (n != 0)
		return &pages[n];
	for (n = from; n < have && pages[n].record != 0; n++)
		;
	if (n >= have) {
		if (have == 0 || have * 2 > PAGES ||
		    sys_ftruncate(file, (off_t)(have * 2 * PAGE)) < 0)
			return NULL;
		have *= 2;
	}
	if (sys_fallocate(file, 0, (off_t)(n * PAGE), PAGE) < 0)
		return NULL;
	from = n + 1;
	pages[n].record = i;
	live(i)->ring = (uint16_t)n;
	return &pages[n];
}

void
lines_keep(uint32_t i, const char *p, size_t n)
{
	struct page *to = page_of(i);

	if (to == NULL)
		return;
	if (n > sizeof(to->text)) {
		to->total += (uint32_t)(n - sizeof(to->text));
		p += n - sizeof(to->text);
		n = sizeof(to->text);
	}
	/* A NUL would end the text for those who read it. */
	for (size_t k = 0; k < n; k++)
		to->text[(to->total + k) % sizeof(to->text)] =
		    p[k] != '\0' ? p[k] : ' ';
	to->total += (uint32_t)n;
}

/* Appends the last bytes, from the beginning of a line where one is known. */
size_t
lines_last(uint32_t i, struct buf *b, size_t most)
{
	const struct page *from =
	    live(i)->ring != 0 ? &pages[live(i)->ring] : NULL;
	size_t n, at;

	if (from == NULL)
		return 0;
	n = from->total < sizeof(from->text) ? from->total : sizeof(from->text);
	n = n < most ? n : most;
	at = from->total - n;
	if (n < from->total)
		while (n > 0 && from->text[at % sizeof(from->text)] != '\n')
			at++, n--;
	if (n > 0 && n < from->total)
		at++, n--;
	for (size_t k = 0; k < n; k++)
		buf_putc(b, from->text[(at + k) % sizeof(from->text)]);
	return n;
}

void
lines_forget(uint32_t i)
{
	if (live(i)->ring != 0)
		pages[live(i)->ring].record = 0;
	live(i)->ring = 0;
}
