/*
 * The state file's layout. Two kinds of caller: svcd, the only writer, which
 * may have died between any two stores of its former life; and readers, which
 * map a file of a process they do not trust while it changes under them. So
 * nothing read here is used as an index before it was compared with the size
 * of the mapping, and no walk along a chain is longer than a text can be.
 */
#include <string.h>

#include "svc/core/board.h"

#define PIECES_MAX (BOARD_TEXT_MAX / BOARD_PIECE + 1)
#define TEXT_WORD ((uint64_t)SV_STATE_TEXT << 38)
#define READ_TRIES 200

/* --- places --- */

static uint32_t
held(struct board board)
{
	size_t n;

	if (board.base == NULL || board.size < BOARD_HEAD)
		return 0;
	n = (board.size - BOARD_HEAD) / BOARD_SLOT;
	return n < BOARD_SLOTS_MAX ? (uint32_t)n : BOARD_SLOTS_MAX;
}

/* Slot numbers begin with 1, so that 0 can mean none. */
static void *
slot(struct board board, uint32_t i)
{
	if (i == BOARD_NONE || i > held(board))
		return NULL;
	return board.base + BOARD_HEAD + (size_t)(i - 1) * BOARD_SLOT;
}

static struct board_head *
head(struct board board)
{
	return (struct board_head *)(void *)board.base;
}

const struct board_head *
board_head(struct board board)
{
	return head(board);
}

uint32_t
board_used(struct board board)
{
	uint32_t used, n = held(board);

	if (n == 0)
		return 1;
	used = __atomic_load_n(&head(board)->used, __ATOMIC_ACQUIRE);
	return used > n + 1 ? n + 1 : used;
}

size_t
board_bytes(uint32_t slots)
{
	return BOARD_HEAD + (size_t)slots * BOARD_SLOT;
}

bool
board_knows(uint32_t version)
{
	return version == BOARD_VERSION ||
	       (version > 0 && version + 1 == BOARD_VERSION);
}

void
board_claim(struct board board)
{
	head(board)->version = BOARD_VERSION;
}

enum board_trouble
board_check(struct board board)
{
	const struct board_head *h;

	if (board.base == NULL || board.size < BOARD_HEAD)
		return BOARD_IS_SHORT;
	h = board_head(board);
	if (h->magic != BOARD_MAGIC)
		return BOARD_IS_FOREIGN;
	if (!board_knows(h->version))
		return h->version < BOARD_VERSION ? BOARD_IS_OLDER
						  : BOARD_IS_NEWER;
	if (h->head_size != BOARD_HEAD || h->slot_size != BOARD_SLOT ||
	    h->used == 0 || h->used > BOARD_SLOTS_MAX)
		return BOARD_IS_TORN;
	return BOARD_IS_FINE;
}

/* --- texts --- */

struct field {
	size_t ref, text, cap;
};
#define FIELD(name)                                                 \
	{                                                           \
		offsetof(struct board_record, name),                \
		    offsetof(struct board_record, name##_text),     \
		    sizeof(((struct board_record *)0)->name##_text) \
	}
static const struct field name_field = FIELD(name);
static const struct field path_field = FIELD(path);
static const struct field status_field = FIELD(status);

static struct board_text *
ref_of(struct board_record *r, const struct field *f)
{
	return (struct board_text *)(void *)((unsigned char *)r + f->ref);
}

static struct board_piece *
piece(struct board board, uint32_t i)
{
	struct board_piece *p = slot(board, i);

	if (p == NULL ||
	    __atomic_load_n(&p->word, __ATOMIC_ACQUIRE) != TEXT_WORD)
		return NULL;
	return p;
}

static size_t
read_text(struct board board, const struct board_record *r,
    const struct field *f, char *to, size_t cap)
{
	const unsigned char *bytes = (const unsigned char *)r;
	const struct board_text *ref = (const void *)(bytes + f->ref);
	size_t len = ref->len, at = 0;
	uint32_t next = ref->slot;

	if (cap == 0)
		return 0;
	if (len > BOARD_TEXT_MAX)
		len = BOARD_TEXT_MAX;
	if (len > cap - 1)
		len = cap - 1;
	if (next == BOARD_NONE) {
		at = len < f->cap ? len : f->cap;
		memcpy(to, bytes + f->text, at);
	}
	for (unsigned i = 0; i < PIECES_MAX && next != BOARD_NONE; i++) {
		const struct board_piece *p = piece(board, next);
		size_t n;
		if (p == NULL || at == len)
			break;
		n = p->len < BOARD_PIECE ? p->len : BOARD_PIECE;
		if (n > len - at)
			n = len - at;
		memcpy(to + at, p->text, n);
		at += n;
		next = p->next;
	}
	to[at] = '\0';
	return strlen(to);
}

size_t
board_name(
    struct board board, const struct board_record *r, char *to, size_t cap)
{
	return read_text(board, r, &name_field, to, cap);
}

size_t
board_path(
    struct board board, const struct board_record *r, char *to, size_t cap)
{
	return read_text(board, r, &path_field, to, cap);
}

size_t
board_status(
    struct board board, const struct board_record *r, char *to, size_t cap)
{
	return read_text(board, r, &status_field, to, cap);
}

/* --- readers --- */

static void
copy_words(void *to, const void *from, size_t bytes)
{
	const uint64_t *f = from;
	uint64_t *t = to;

	/* Word by word, each whole, so that none of them is ever torn. */
	for (size_t i = 0; i < bytes / 8; i++)
		t[i] = __atomic_load_n(&f[i], __ATOMIC_RELAXED);
}

static bool
is_service(uint64_t word)
{
	return word != 0 && sv_unpack(word).sv.state != S_NONE;
}

bool
board_read(struct board board, uint32_t i, struct board_record *to, bool *torn)
{
	const struct board_record *r = slot(board, i);
	uint32_t before = 1, after = 0;

	if (r == NULL || i >= board_used(board))
		return false;
	for (unsigned tries = 0; tries < READ_TRIES; tries++) {
		before = __atomic_load_n(&r->seq, __ATOMIC_ACQUIRE);
		copy_words(to, r, sizeof(*to));
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		after = __atomic_load_n(&r->seq, __ATOMIC_RELAXED);
		if (before == after && before % 2 == 0)
			break;
	}
	if (torn != NULL)
		*torn = before != after || before % 2 != 0;
	return is_service(to->word);
}

uint32_t
board_next(struct board board, uint32_t i)
{
	uint32_t used = board_used(board);

	for (i = i > 0 ? i : 1; i < used; i++) {
		const struct board_record *r = slot(board, i);
		if (r != NULL && is_service(board_word(r)))
			return i;
	}
	return BOARD_NONE;
}

const struct board_exit *
board_exit(const struct board_record *r, uint32_t n)
{
	if (n >= BOARD_EXITS || n >= r->exit_count)
		return NULL;
	return &r->exits[(r->exit_count - 1 - n) % BOARD_EXITS];
}

/* --- svcd --- */

void
board_init(struct board board, const char *program)
{
	struct board_head *h = head(board);
	size_t len = strlen(program);

	h->version = BOARD_VERSION;
	h->head_size = BOARD_HEAD;
	h->slot_size = BOARD_SLOT;
	h->used = 1;
	h->free_hint = 1;
	if (len > sizeof(h->program) - 1)
		len = sizeof(h->program) - 1;
	memcpy(h->program, program, len);
	/* Last: a file without it is no board yet. */
	__atomic_store_n(&h->magic, BOARD_MAGIC, __ATOMIC_RELEASE);
}

struct board_record *
board_record(struct board board, uint32_t i)
{
	return slot(board, i);
}

uint32_t
board_take(struct board board)
{
	struct board_head *h = head(board);
	uint32_t n = held(board), i = h->free_hint > 0 ? h->free_hint : 1;

	while (i < h->used && i <= n && board_word(board_record(board, i)) != 0)
		i++;
	if (i > n)
		return BOARD_NONE;
	/* Zero first, so that a crash here leaves it free and clean. */
	memset(slot(board, i), 0, BOARD_SLOT);
	h->free_hint = i + 1;
	if (i >= h->used)
		__atomic_store_n(&h->used, i + 1, __ATOMIC_RELEASE);
	return i;
}

static void
release(struct board board, uint32_t i)
{
	struct board_head *h = head(board);
	struct board_record *r = slot(board, i);

	board_commit(r, 0);
	memset(r, 0, BOARD_SLOT);
	if (i < h->free_hint)
		h->free_hint = i;
}

static void
free_pieces(struct board board, uint32_t i, uint32_t owner)
{
	struct board_piece *p;

	for (unsigned n = 0; n < PIECES_MAX; n++) {
		uint32_t next;
		p = piece(board, i);
		if (p == NULL || p->owner != owner)
			return;
		next = p->next;
		release(board, i);
		i = next;
	}
}

void
board_free(struct board board, uint32_t i)
{
	struct board_record *r = slot(board, i);
	uint32_t name, path, status;

	if (r == NULL)
		return;
	name = r->name.slot;
	path = r->path.slot;
	status = r->status.slot;
	release(board, i);
	free_pieces(board, name, i);
	free_pieces(board, path, i);
	free_pieces(board, status, i);
}

void
board_begin(struct board_record *r)
{
	__atomic_store_n(&r->seq, r->seq | 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

void
board_end(struct board_record *r)
{
	__atomic_store_n(&r->seq, (r->seq | 1) + 1, __ATOMIC_RELEASE);
}

/* A chain of pieces that holds s[0..len); 0: no room for all of it. */
static uint32_t
make_pieces(struct board board, uint32_t owner, const char *s, size_t len)
{
	uint32_t first = BOARD_NONE;
	size_t n = (len + BOARD_PIECE - 1) / BOARD_PIECE;

	/* From the end, so that each piece knows the next one. */
	while (n-- > 0) {
		uint32_t i = board_take(board);
		struct board_piece *p = slot(board, i);
		size_t at = n * BOARD_PIECE;
		size_t part = len - at < BOARD_PIECE ? len - at : BOARD_PIECE;
		if (p == NULL) {
			free_pieces(board, first, owner);
			return BOARD_NONE;
		}
		p->owner = owner;
		p->next = first;
		p->len = (uint32_t)part;
		memcpy(p->text, s + at, part);
		__atomic_store_n(&p->word, TEXT_WORD, __ATOMIC_RELEASE);
		first = i;
	}
	return first;
}

static bool
set_text(struct board board, uint32_t i, const struct field *f, const char *s,
    size_t len)
{
	struct board_record *r = slot(board, i);
	struct board_text *ref;
	uint32_t old, first = BOARD_NONE;
	size_t kept = len < BOARD_TEXT_MAX ? len : BOARD_TEXT_MAX;
	bool was_open;

	if (r == NULL)
		return false;
	ref = ref_of(r, f);
	old = ref->slot;
	if (kept > f->cap) {
		first = make_pieces(board, i, s, kept);
		kept = first != BOARD_NONE ? kept : f->cap;
	}
	was_open = r->seq % 2 != 0;
	board_begin(r);
	ref->slot = first;
	ref->len = (uint16_t)kept;
	if (first == BOARD_NONE)
		memcpy((unsigned char *)r + f->text, s, kept);
	if (!was_open)
		board_end(r);
	free_pieces(board, old, i);
	return kept == len;
}

bool
board_set_name(struct board board, uint32_t i, const char *s, size_t len)
{
	return set_text(board, i, &name_field, s, len);
}

bool
board_set_path(struct board board, uint32_t i, const char *s, size_t len)
{
	return set_text(board, i, &path_field, s, len);
}

bool
board_set_status(struct board board, uint32_t i, const char *s, size_t len)
{
	return set_text(board, i, &status_field, s, len);
}

/* Whether piece `i` belongs to the chain that begins at `first`. */
static bool
is_in_chain(struct board board, uint32_t first, uint32_t i, uint32_t owner)
{
	for (unsigned n = 0; n < PIECES_MAX; n++) {
		const struct board_piece *p = piece(board, first);
		if (p == NULL || p->owner != owner)
			return false;
		if (first == i)
			return true;
		first = p->next;
	}
	return false;
}

static bool
is_named(struct board board, uint32_t i)
{
	const struct board_piece *p = piece(board, i);
	const struct board_record *r = slot(board, p->owner);

	if (r == NULL || !is_service(board_word(r)))
		return false;
	return is_in_chain(board, r->name.slot, i, p->owner) ||
	       is_in_chain(board, r->path.slot, i, p->owner) ||
	       is_in_chain(board, r->status.slot, i, p->owner);
}

void
board_mend(struct board board)
{
	struct board_head *h = head(board);

	h->free_hint = 1;
	for (uint32_t i = 1; i < board_used(board); i++) {
		struct board_record *r = slot(board, i);
		if (is_service(board_word(r))) {
			if (r->seq % 2 != 0)
				board_end(r);
		} else if (piece(board, i) == NULL || !is_named(board, i)) {
			release(board, i);
		}
	}
}

void
board_add_exit(struct board_record *r, struct board_exit exit)
{
	r->exits[r->exit_count % BOARD_EXITS] = exit;
	r->exit_count++;
}

void
board_commit(struct board_record *r, uint64_t word)
{
	__atomic_store_n(&r->word, word, __ATOMIC_RELEASE);
}

uint64_t
board_word(const struct board_record *r)
{
	return __atomic_load_n(&r->word, __ATOMIC_ACQUIRE);
}

void
board_commit_aux(struct board_record *r, uint64_t aux)
{
	__atomic_store_n(&r->aux, aux, __ATOMIC_RELEASE);
}

uint64_t
board_fault_pack(struct board_fault fault)
{
	return (uint64_t)fault.pid << 32 | (uint64_t)fault.number << 24 |
	       (uint64_t)fault.step << 16 | fault.error;
}

struct board_fault
board_fault_unpack(uint64_t word)
{
	return (struct board_fault){
	    .pid = (uint32_t)(word >> 32),
	    .number = word >> 24 & 0xff,
	    .step = word >> 16 & 0xff,
	    .error = word & 0xffff,
	};
}

/* --- names --- */

static const char *const trouble_texts[] = {
#define TROUBLE(name, text) text,
    BOARD_TROUBLES(TROUBLE)};
static const struct {
	const char *name, *text;
} causes[] = {
#define CAUSE(name, number, text) [number] = {#name, text},
    BOARD_CAUSES(CAUSE)};
static const char *const flag_texts[] = {
#define FLAG(name, bit, text) [bit] = text,
    BOARD_FLAGS(FLAG)};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *
board_trouble_text(enum board_trouble trouble)
{
	return (unsigned)trouble < COUNT(trouble_texts) ? trouble_texts[trouble]
							: "?";
}

const char *
board_cause_name(enum board_cause cause)
{
	return (unsigned)cause < COUNT(causes) ? causes[cause].name : "?";
}

const char *
board_cause_text(enum board_cause cause)
{
	return (unsigned)cause < COUNT(causes) ? causes[cause].text : "?";
}

const char *
board_flag_text(unsigned bit)
{
	return bit < COUNT(flag_texts) ? flag_texts[bit] : "?";
}
