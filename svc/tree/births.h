/*
 * One child between its clone and its program: what births.c makes and birth.c
 * fills in. It shares our memory until then, so all that it needs stands here
 * and is left alone until it has gone.
 */
#ifndef SVC_TREE_BIRTHS_H
#define SVC_TREE_BIRTHS_H

#include <stdatomic.h>
#include <sys/resource.h>

#include "lib/spawn.h"
#include "svc/tree/tree.h"

#define BIRTH_BATCH 16
#define BIRTH_BATCHES 4
#define BIRTH_ENV 512
#define BIRTH_STEPS 40
#define BIRTH_WORDS 256
#define BIRTH_TEXT 16384 /* words and variables of a definition */
#define BIRTH_LIMITS 16
#define BIRTH_GROUPS 64

enum birth_kind {
	BIRTH_NONE,
	BIRTH_PRE,
	BIRTH_RUN,
	BIRTH_FINISH,
	BIRTH_AUX
};

struct birth {
	uint32_t record;
	uint16_t life, generation;
	enum birth_kind kind;
	pid_t pid;		 /* 0: over; below: -errno, it was not made */
	_Atomic uint32_t left;	 /* has a descriptor table of its own */
	_Atomic uint32_t memory; /* the kernel zeroes it when it leaves ours */
	int lows;		 /* descriptors put low for it */
	bool is_open, is_dead;
	struct spawn spawn;
	struct spawn_step steps[BIRTH_STEPS];
	char *argv[8];
	char file[16];
	char out[TREE_PATH]; /* where it opens what it writes to */
	char numbers[4][16];
	char name[BOARD_NAME_MAX + 1];
	char pwd[TREE_PATH + 4]; /* "PWD=" and its directory */
	char *envp[BIRTH_ENV + 2];
	char stack[SPAWN_STACK];
	/* With a definition: its words, variables, groups and limits. */
	char *words[BIRTH_WORDS];
	char text[BIRTH_TEXT];
	size_t text_len;
	uint32_t gids[BIRTH_GROUPS];
	struct rlimit limits[BIRTH_LIMITS];
	unsigned limit_count;
};

/* What the record's word intends; BIRTH_NONE: nothing (any more). */
enum birth_kind birth_kind(uint32_t i);
/* Fills in all but the gate; puts descriptors at low, low + 1, low + 2. False
 * and errno: it cannot be started as its definition says. */
bool birth_prepare(struct birth *b, int low);
void birth_step(struct birth *b, struct spawn_step s);
struct settings;
bool birth_settings(struct birth *b, const struct settings *s);
void birth_stdio(struct birth *b, const struct settings *s);
void birth_limits(const struct rlimit *files);

#endif
