/*
 * Finding a record by something of it (its pid, its name, the identity of its
 * directory): an open-addressing table of record numbers over storage that was
 * mapped at start. The table knows no keys; the caller hashes and compares, so
 * nothing is stored twice.
 */
#ifndef SVC_TREE_INDEX_H
#define SVC_TREE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index {
	uint32_t *cells; /* 0: empty */
	size_t cap;	 /* a power of two */
	size_t used;
	uint32_t *halves[2]; /* the storage: one in use, one to grow into */
	size_t max;	     /* cells in each */
	/* The hash of what stands in a cell, for taking it out again. */
	uint64_t (*hash)(uint32_t cell);
};

/*
 * Over zeroed storage of 2 * max cells (max: a power of two). A small table
 * touches little of it: it begins with INDEX_LEAST cells and doubles.
 */
#define INDEX_LEAST 256
void index_init(struct index *x, uint32_t *storage, size_t max,
    uint64_t (*hash)(uint32_t cell));
/* False: full. At most half of the cells are ever used. */
bool index_add(struct index *x, uint64_t hash, uint32_t cell);
/* Takes `cell`, which was added under `hash`, out. Harmless if not there. */
void index_del(struct index *x, uint64_t hash, uint32_t cell);
/*
 * Walks the cells that may have this hash: *place starts at INDEX_FIRST; 0 at
 * the end. The table must not change during the walk.
 */
#define INDEX_FIRST SIZE_MAX
uint32_t index_next(const struct index *x, uint64_t hash, size_t *place);

uint64_t index_hash(uint64_t a, uint64_t b);
uint64_t index_hash_text(const char *s, size_t len);

#endif
