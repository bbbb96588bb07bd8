/*
 * What a service without a logger says: passed on to svcd's own standard error,
 * where runit's users look for it, and its last lines are kept for svc status.
 *
 * One descriptor a service: a pipe opened for reading and writing at once, so
 * that it has no end and no death closes it; the keeper holds it too. The lines
 * are kept in a memory file, a page for each service that has ever said
 * anything; it outlives svcd as the state does.
 */
#include "svc/tree/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/slots.h"

#define SLOT_LINES 2
#define PAGE 4096
#define PAGES 65535
#define FIRST (16 * PAGE)
#define CHUNK 4096 /* taken at one time: nobody starves the others */

struct page {
	uint32_t record; /* whose; 0: free */
	uint32_t total;	 /* bytes ever written, for the place of the next */
	char text[PAGE - 8];
};

static struct page *pages;
static size_t have; /* pages that the file holds */
static int file = -1;

/* --- the file
 * ------------------------------------------------------------------------ */

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

static void
keep_text(uint32_t i, const char *p, size_t n)
{
	struct page *to = page_of(i);

	if (to == NULL)
		return;
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

/* --- the pipe
 * ------------------------------------------------------------------------- */

/* Never waits: where the console is stopped, lines are kept and not passed. */
static void
pass_on(const char *p, size_t n)
{
	static const struct timespec now;
	struct pollfd out = {.fd = 2, .events = POLLOUT};

	if (sys_ppoll(&out, 1, &now) == 1 && (out.revents & POLLOUT))
		sys_write(2, p, n);
}

static void
out_ready(void *arg, uint32_t events)
{
	uint32_t i = (uint32_t)(uintptr_t)arg;
	char room[CHUNK];
	ssize_t n = sys_read(live(i)->out.fd, room, sizeof(room));

	(void)events;
	if (n <= 0)
		return;
	keep_text(i, room, (size_t)n);
	pass_on(room, (size_t)n);
}

/* Both ends in one; -1: no /proc, or no descriptors to spare. */
static int
endless_pipe(void)
{
	char path[32];
	struct buf b = BUF(path);
	int ends[2], fd = -1;

	if (sys_pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	buf_fmt(&b, "/proc/self/fd/%d", ends[0]);
	if ((unsigned long)ends[1] < tree.fds / 2)
		fd = sys_open(path, O_RDWR | O_NONBLOCK, 0);
	sys_close(ends[0]);
	sys_close(ends[1]);
	if (fd >= 0)
		fd_lift(&fd, TREE_FD_FLOOR);
	return fd;
}

static bool
listen_to(uint32_t i, int fd)
{
	return watch_add(&tree.loop, &live(i)->out, fd, EPOLLIN, out_ready,
		   (void *)(uintptr_t)i) == 0;
}

static void
set_slot(uint32_t i, uint32_t slot)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->lines_slot = slot;
	board_end(r);
}

/*
 * False: its output is svcd's own, since it has a logger or there are no
 * descriptors to spare. The child opens the pipe for writing by itself, so that
 * our flags (we never block) are not its.
 */
bool
lines_make(uint32_t i)
{
	uint32_t slot;
	int fd;

	if (live(i)->out.fd >= 0)
		return true;
	if (have == 0 || rec(i)->logger != 0 || (rec(i)->flags & BOARD_LOG) ||
	    (fd = endless_pipe()) < 0)
		return false;
	if (!listen_to(i, fd)) {
		sys_close(fd);
		return false;
	}
	slot = slots_take(1);
	if (slot != 0 && keep_put(slot, &fd, 1))
		set_slot(i, slot);
	return true;
}

void
lines_close(uint32_t i)
{
	struct live *l = live(i);
	int fd = l->out.fd;

	watch_del(&tree.loop, &l->out);
	fd_close(&fd);
	if (rec(i)->lines_slot != 0) {
		keep_drop(rec(i)->lines_slot, 1);
		slots_give(rec(i)->lines_slot, 1);
		set_slot(i, 0);
	}
	if (l->ring != 0)
		pages[l->ring].record = 0;
	l->ring = 0;
}

void
lines_recover(uint32_t i)
{
	uint32_t slot = rec(i)->lines_slot;
	int fd;

	if (slot == 0)
		return;
	slots_mark(slot, 1);
	fd = keep_get(slot);
	if (fd >= 0 && (fd_lift(&fd, TREE_FD_FLOOR) < 0 || !listen_to(i, fd)))
		fd_close(&fd);
}
