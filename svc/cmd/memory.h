/*
 * Memory for a program that lives for one command: it is there or the program
 * ends (EXITCODE_SYSTEM), and nothing needs to be freed by itself.
 */
#ifndef SVC_CMD_MEMORY_H
#define SVC_CMD_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* `count` objects of `size` bytes, zeroed. */
void *memory_get(size_t count, size_t size);
/* Room for at least `need` objects; *room is what there is. */
void *memory_grow(void *old, size_t *room, size_t need, size_t size);
/* A copy of `length` bytes, NUL-ended. */
char *memory_copy(const char *bytes, size_t length);
/* The text that printf would print. */
char *memory_text(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/*
 * For verbs that stay: all that was asked for since the mark is given back.
 * What had been there before and has grown since stays.
 */
uint64_t memory_mark(void);
void memory_release(uint64_t mark);

#endif
