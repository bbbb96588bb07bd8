/*
 * The state file and what stands beside it in memory that may be lost. Address
 * space for the largest table is taken once, so nothing ever moves: growing is
 * a longer file under a mapping that was always that long.
 */
#include "svc/tree/state/state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/mem.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/tree/state/index.h"

struct tree tree = {.state_fd = -1};

#define FIRST_SLOTS 32
#define SPARE_SLOTS 20 /* for long texts of the next record */

static void *
reserve(size_t bytes)
{
	void *p = sys_mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == NULL)
		die(111, "cannot reserve memory");
	return p;
}

struct board_record *
rec(uint32_t i)
{
	return board_record(tree.board, i);
}

struct live *
live(uint32_t i)
{
	return &tree.live[i];
}

struct board_head *
state_head(void)
{
	return (struct board_head *)(void *)tree.board.base;
}

struct sv_word
state_word(uint32_t i)
{
	return sv_unpack(board_word(rec(i)));
}

void
state_flags(uint32_t i, uint32_t set, uint32_t clear)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->flags = (r->flags & ~clear) | set;
	board_end(r);
}

void
state_cause(uint32_t i, enum board_cause cause, uint32_t record)
{
	struct board_record *r = rec(i);

	if (r->cause == cause && r->cause_record == record)
		return;
	board_begin(r);
	r->cause = (uint16_t)cause;
	r->cause_record = record;
	board_end(r);
	state_head()->changes++;
}

void
state_says(uint32_t i, const char *text, size_t len)
{
	if (!(rec(i)->flags & BOARD_BROKEN))
		board_set_status(tree.board, i, text, len);
}

/* --- the indexes --- */

/* In the index of pids a cell is the record's number and which word of it. */
static uint64_t
hash_pid(uint32_t cell)
{
	struct board_record *r = rec(cell >> 1);

	if (cell & 1)
		return index_hash(sv_aux_unpack(r->aux).pid, 0);
	return index_hash(sv_unpack(board_word(r)).pid, 0);
}

static uint64_t
hash_name(uint32_t i)
{
	return live(i)->name_hash;
}

static uint64_t
hash_place(uint32_t i)
{
	return index_hash(rec(i)->ino, rec(i)->dev);
}

uint32_t *
state_index_room(void)
{
	return reserve((size_t)2 * STATE_INDEX_MAX * sizeof(uint32_t));
}

static void
open_tables(void)
{
	struct timer **heap = reserve(TREE_RECORDS * 2 * sizeof(*heap));

	tree.live = reserve(TREE_RECORDS * sizeof(*tree.live));
	index_init(&tree.pids, state_index_room(), STATE_INDEX_MAX, hash_pid);
	index_init(&tree.names, state_index_room(), STATE_INDEX_MAX, hash_name);
	index_init(
	    &tree.places, state_index_room(), STATE_INDEX_MAX, hash_place);
	if (loop_open(&tree.loop, heap, TREE_RECORDS * 2) < 0)
		die(111, "cannot open the event loop");
	fd_lift(&tree.loop.fd, TREE_FD_FLOOR);
}

/* --- the file --- */

/* Over the whole length that the file may ever have. False: it is none; where
 * it only cannot be mapped, another life of ours may do so. */
static bool
map_file(int fd)
{
	int64_t size = mem_file_size(fd);
	void *p;

	if (size < BOARD_HEAD || (size_t)size > board_bytes(TREE_RECORDS))
		return false;
	if ((sys_fcntl(fd, F_GET_SEALS, 0) & F_SEAL_SHRINK) == 0)
		return false;
	p = sys_mmap(NULL, board_bytes(TREE_RECORDS), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);
	if (p == NULL)
		die(111, "cannot map the state file");
	tree.board = (struct board){.base = p, .size = (size_t)size};
	return true;
}

static bool
take_over(int fd)
{
	enum board_trouble trouble;

	if (!map_file(fd)) {
		say_warnx("the kept state is no state file: starting anew");
		return false;
	}
	trouble = board_check(tree.board);
	/* Who can read it is our predecessor, and the keeper has it still: to
	 * begin anew would be to start beside what runs. */
	if (trouble == BOARD_IS_OLDER || trouble == BOARD_IS_NEWER)
		diex(111, "the kept state is %s", board_trouble_text(trouble));
	if (trouble != BOARD_IS_FINE) {
		say_warnx("the kept state is %s: starting anew",
		    board_trouble_text(trouble));
		sys_munmap(tree.board.base, board_bytes(TREE_RECORDS));
		return false;
	}
	board_mend(tree.board);
	return true;
}

static void
make_anew(void)
{
	int fd =
	    mem_file("trivet-state", board_bytes(FIRST_SLOTS), F_SEAL_SHRINK);

	if (fd < 0 || fd_lift(&fd, TREE_FD_FLOOR) < 0 || !map_file(fd))
		die(111, "cannot make the state file");
	sys_fchmod(fd, 0600);
	board_init(tree.board, TRIVET_VERSION);
	tree.state_fd = fd;
	if (!keep_put(KEEP_SLOT_STATE, &fd, 1))
		die(111, "cannot give the state file to the keeper");
}

static void
begin_life(void)
{
	struct board_head *h = state_head();

	h->svcd_pid = (uint32_t)sys_getpid();
	h->lives++;
	h->life_mono_ns = mono_now().ns;
	if (h->lives > 1)
		return;
	h->began_mono_ns = h->life_mono_ns;
	h->began_real_ns = real_ns();
}

void
state_open(void)
{
	int fd = keep_get(KEEP_SLOT_STATE);

	open_tables();
	if (fd >= 0 && fd_lift(&fd, TREE_FD_FLOOR) < 0)
		die(111, "cannot hold the state file");
	if (fd >= 0 && take_over(fd)) {
		tree.state_fd = fd;
		tree.is_recovered = true;
	} else {
		fd_close(&fd);
		make_anew();
	}
	begin_life();
}

/* Room for one more record and the texts that may be too long for it. */
static bool
make_room(void)
{
	uint32_t have = (uint32_t)((tree.board.size - BOARD_HEAD) / BOARD_SLOT);
	uint32_t used = board_head(tree.board)->used;

	if (used + SPARE_SLOTS < have)
		return true;
	if (have >= TREE_RECORDS) {
		errno = ENOSPC;
		return used + 1 < have;
	}
	have = have * 2 < TREE_RECORDS ? have * 2 : TREE_RECORDS;
	if (mem_file_grow(tree.state_fd, board_bytes(have)) < 0)
		return used + 1 < have / 2;
	tree.board.size = board_bytes(have);
	return true;
}

/* --- records --- */

static void
index_names(uint32_t i)
{
	char name[BOARD_NAME_MAX + 1];

	state_name(i, name);
	live(i)->name_hash = index_hash_text(name, strlen(name));
	index_add(&tree.names, live(i)->name_hash, i);
	index_add(&tree.places, hash_place(i), i);
}

static void
begin_live(uint32_t i)
{
	struct live *l = live(i);
	struct live old = *l;

	/* The lists it may still stand in are not left by being forgotten. */
	*l = (struct live){.control = WATCH_NONE,
	    .pipe = {-1, -1},
	    .life = (uint16_t)(old.life + 1),
	    .todos = old.todos};
}

void
state_move(uint32_t i, uint64_t dev, uint64_t ino)
{
	struct board_record *r = rec(i);

	index_del(&tree.places, hash_place(i), i);
	board_begin(r);
	r->dev = dev;
	r->ino = ino;
	board_end(r);
	index_add(&tree.places, hash_place(i), i);
}

static struct say_few refused;

void
state_said(void)
{
	unsigned rest = say_few_rest(&refused);

	if (rest > 0)
		say_warnx("%u more not taken up: the table is full", rest);
}

uint32_t
state_add(const char *name, const char *path, uint64_t dev, uint64_t ino,
    uint32_t flags)
{
	uint32_t i = make_room() ? board_take(tree.board) : 0;
	struct board_record *r;

	if (i == 0 || i >= TREE_RECORDS) {
		if (say_few(&refused))
			say_warnx("%s: not taken up: the table is full at %u "
				  "records",
			    name, TREE_RECORDS);
		return 0;
	}
	r = rec(i);
	begin_live(i);
	board_begin(r);
	r->dev = dev;
	r->ino = ino;
	r->flags = flags;
	board_set_name(tree.board, i, name, strlen(name));
	board_set_path(tree.board, i, path, strlen(path));
	r->since_real_ns = real_ns();
	r->since_mono_ns = tree.loop.now.ns;
	board_end(r);
	index_names(i);
	return i;
}

static uint32_t living;

bool
state_is_living(uint32_t i)
{
	uint64_t word = board_word(rec(i));

	return word != 0 && (!sv_is_rest(sv_unpack(word).sv) ||
				sv_aux_unpack(rec(i)->aux).kind != AUX_NONE);
}

uint32_t
state_living(void)
{
	return living;
}

void
state_free(uint32_t i)
{
	index_del(&tree.names, hash_name(i), i);
	index_del(&tree.places, hash_place(i), i);
	timer_unset(&tree.loop, &live(i)->timer);
	live(i)->life++;
	living -= state_is_living(i);
	board_free(tree.board, i);
}

static void
index_pid(uint32_t pid, uint32_t cell)
{
	if (pid != 0)
		index_add(&tree.pids, index_hash(pid, 0), cell);
}

void
state_reindex(void)
{
	for (uint32_t i = state_next(0); i != 0; i = state_next(i)) {
		begin_live(i);
		live(i)->shown = (uint8_t)sv_shown(state_word(i).sv);
		living += state_is_living(i);
		index_names(i);
		index_pid(state_word(i).pid, i << 1);
		index_pid(sv_aux_unpack(rec(i)->aux).pid, i << 1 | 1);
	}
}

uint32_t
state_next(uint32_t i)
{
	for (i++; i < board_used(tree.board); i++) {
		uint64_t word = board_word(rec(i));
		if (word != 0 && sv_valid(word))
			return i;
	}
	return 0;
}

uint32_t
state_by_name(const char *name)
{
	uint64_t hash = index_hash_text(name, strlen(name));
	size_t place = INDEX_FIRST;
	char room[BOARD_NAME_MAX + 1];
	uint32_t i;

	while ((i = index_next(&tree.names, hash, &place)) != 0)
		if (live(i)->name_hash == hash &&
		    strcmp(state_name(i, room), name) == 0)
			return i;
	return 0;
}

uint32_t
state_by_place(uint64_t dev, uint64_t ino)
{
	size_t place = INDEX_FIRST;
	uint32_t i;

	while (
	    (i = index_next(&tree.places, index_hash(ino, dev), &place)) != 0)
		if (rec(i)->dev == dev && rec(i)->ino == ino)
			return i;
	return 0;
}

uint32_t
state_by_pid(uint32_t pid, bool *is_aux)
{
	size_t place = INDEX_FIRST;
	uint32_t cell;

	while (
	    (cell = index_next(&tree.pids, index_hash(pid, 0), &place)) != 0) {
		struct board_record *r = rec(cell >> 1);
		*is_aux = cell & 1;
		if ((*is_aux ? sv_aux_unpack(r->aux).pid
			     : sv_unpack(board_word(r)).pid) == pid)
			return cell >> 1;
	}
	return 0;
}

void
state_commit(uint32_t i, struct sv sv, uint16_t generation, uint32_t pid)
{
	struct board_record *r = rec(i);
	uint32_t old = sv_unpack(board_word(r)).pid;

	living -= state_is_living(i);

	if (old != 0 && old != pid)
		index_del(&tree.pids, index_hash(old, 0), i << 1);
	board_commit(r, sv_pack(sv, generation, pid));
	living += state_is_living(i);
	if (old != pid)
		index_pid(pid, i << 1);
}

void
state_commit_aux(uint32_t i, struct sv_aux aux)
{
	struct board_record *r = rec(i);
	uint32_t old = sv_aux_unpack(r->aux).pid;

	living -= state_is_living(i);
	if (old != 0 && old != aux.pid)
		index_del(&tree.pids, index_hash(old, 0), i << 1 | 1);
	board_commit_aux(r, sv_aux_pack(aux));
	living += state_is_living(i);
	if (old != aux.pid)
		index_pid(aux.pid, i << 1 | 1);
}

bool
state_leaves_files(int fd)
{
	unsigned long spare = tree.fds / 4;

	if (spare > TREE_FD_SPARE)
		spare = TREE_FD_SPARE;
	return (unsigned long)fd < tree.fds - spare;
}

const char *
state_name(uint32_t i, char room[BOARD_NAME_MAX + 1])
{
	board_name(tree.board, rec(i), room, BOARD_NAME_MAX + 1);
	return room;
}

const char *
state_path(uint32_t i, char room[TREE_PATH])
{
	board_path(tree.board, rec(i), room, TREE_PATH);
	return room;
}

int64_t
real_ns(void)
{
	struct timespec t = clock_real();

	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
