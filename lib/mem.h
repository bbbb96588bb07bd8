/*
 * Memory from the kernel: tables sized at start, and memory files shared with
 * other processes. There is no heap behind any of it.
 */
#ifndef LIB_MEM_H
#define LIB_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rounded up to whole pages. */
size_t mem_round(size_t bytes);
/* Zeroed private memory; NULL and errno. */
void *mem_pages(size_t bytes);
void *mem_pages_grow(void *p, size_t old, size_t bytes);
void mem_free(void *p, size_t bytes);

/*
 * A memory file of `bytes`, all of it allocated so that no later touch can
 * fail, with `seals` (F_SEAL_…; F_SEAL_SHRINK lets it grow). Descriptor or -1.
 */
int mem_file(const char *name, size_t bytes, int seals);
/* Makes it larger, allocated; never smaller. 0 or -1. */
int mem_file_grow(int fd, size_t bytes);
/* Its size, or -1. */
int64_t mem_file_size(int fd);
/* Maps it, shared; NULL and errno. Refuses one that may still shrink. */
void *mem_map(int fd, size_t bytes, bool writable);
/* The mapping grown in step with the file; may move. */
void *mem_map_grow(void *p, size_t old, size_t bytes);
/* A second descriptor of it that can only read; -1. Needs /proc. */
int mem_file_reader(int fd);

#endif
