/*
 * Where a system call of a process that is traced comes from, on x86-64: its
 * number and the nearest return addresses on the stack. That is code without
 * tables to unwind it by, so each word counts that points behind a call; what
 * an earlier function left there makes two sites of one, which costs a run.
 */
#ifndef TESTS_SITES_H
#define TESTS_SITES_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/tracee.h"

#define SITE_DEPTH 3
#define SITES_MAX 16384 /* a power of two */

/* By key, which is never 0; `calls` are those of the run of that number. */
struct site {
	uint64_t key;
	unsigned run, calls, failed;
};

static inline bool
read_words(pid_t pid, uint64_t at, void *to, size_t size)
{
	struct iovec here = {to, size}, there = {(void *)(uintptr_t)at, size};

	return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)size;
}

/* call rel32; call *register; call *disp8(register) */
static inline bool
is_behind_call(pid_t pid, uint64_t at)
{
	unsigned char b[5];

	return read_words(pid, at - sizeof(b), b, sizeof(b)) &&
	       (b[0] == 0xe8 || (b[3] == 0xff && (b[4] & 0xf8) == 0xd0) ||
		   (b[2] == 0xff && (b[3] & 0xf8) == 0x50));
}

static inline uint64_t
site_key(pid_t pid, const struct user_regs_struct *regs)
{
	uint64_t key = regs->orig_rax + 1, word[512];
	int depth = 0;

	/* The last words of all are not ours to read: then fewer are. */
	for (size_t n = 512; n > 0; n /= 2) {
		if (!read_words(pid, regs->rsp, word, n * sizeof(word[0])))
			continue;
		for (size_t i = 0; i < n && depth < SITE_DEPTH; i++)
			if (word[i] - regs->rip + 0x80000 < 0x100000 &&
			    is_behind_call(pid, word[i])) {
				key = (key ^ word[i]) * 0x9e3779b97f4a7c15;
				depth++;
			}
		break;
	}
	return key ^ key >> 32 ^ 1ull << 63;
}

/*
 * Whether this call is to fail: the 1st, 4th, 16th, … of this run from its
 * site, if none of that number from there has failed yet. Full: no more do.
 */
static inline bool
site_is_next(pid_t pid, const struct user_regs_struct *regs, unsigned run)
{
	static struct site table[SITES_MAX];
	uint64_t key = site_key(pid, regs);
	struct site *s = &table[key % SITES_MAX];

	for (int i = 1; s->key != key && s->key != 0; i++) {
		if (i == SITES_MAX)
			return false;
		s = &table[(key + (uint64_t)i) % SITES_MAX];
	}
	if (s->run != run)
		*s = (struct site){key, run, 0, s->failed};
	if (++s->calls != (s->failed == 0 ? 1 : s->failed * 4))
		return false;
	s->failed = s->calls;
	return true;
}

#endif
