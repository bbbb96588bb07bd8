/*
 * One child between its clone and its program: what births.c makes and birth.c
 * fills in. It shares our memory until then, so all that it needs stands here
 * and is left alone until it has gone.
 */
#ifndef SVC_TREE_BIRTH_H
#define SVC_TREE_BIRTH_H

#include <stdatomic.h>
#include <sys/resource.h>

#include "lib/spawn.h"
#include "svc/core/settings.h"
#include "svc/tree/birth/births.h"

#define BIRTH_BATCH 16
#define BIRTH_BATCHES 4
#define BIRTH_ENV 512
#define BIRTH_STEPS 128
#define BIRTH_TEXT 65536 /* words and variables of a definition */
#define BIRTH_LIMITS 16
#define BIRTH_MOUNTS (2 * SETTINGS_PATHS_MAX + 4) /* and private-tmp's */
#define BIRTH_CPUS 1024
#define SHEBANG_MAX 256 /* as the kernel has it */

struct birth {
	uint32_t record;
	uint16_t life, generation;
	enum birth_kind kind;
	pid_t pid;		 /* 0: over; below: -errno, it was not made */
	_Atomic uint32_t left;	 /* has a descriptor table of its own */
	_Atomic uint32_t memory; /* the kernel zeroes it when it leaves ours */
	int lacks; /* errno of what could not be had for it just now, or 0 */
	int lows;  /* descriptors put low for it */
	bool is_open, is_dead;
	bool has_all; /* all our descriptors: it takes sockets along */
	int end;      /* open until it has a table of its own */
	int low;      /* where descriptors may be put for it */
	struct spawn spawn;
	struct spawn_step steps[BIRTH_STEPS];
	char *argv[10];
	char file[16];
	char shebang[SHEBANG_MAX];
	char out[TREE_PATH]; /* where it opens what it writes to */
	char err[32];
	char numbers[4][16];
	char name[BOARD_NAME_MAX + 1];
	char pwd[TREE_PATH + 4]; /* "PWD=" and where it stands */
	char own[TREE_PATH];	 /* the service's directory */
	char *envp[BIRTH_ENV + 2];
	char stack[SPAWN_STACK];
	/* With a definition: its words, variables, groups and limits. */
	char *words[SETTINGS_WORDS_MAX + 1];
	char text[BIRTH_TEXT];
	size_t text_len;
	uint32_t gids[SETTINGS_GROUPS_MAX];
	int group_count; /* -1: those of svcd */
	struct rlimit limits[BIRTH_LIMITS];
	unsigned limit_count;
	struct spawn_mount mounts[BIRTH_MOUNTS];
	unsigned mount_count;
	unsigned long cpus[BIRTH_CPUS / (8 * sizeof(unsigned long))];
	char oom[8];
	bool is_apart; /* it has a memory of its own from the start */
	int handle;    /* of such a one; -1 */
	char lock[TREE_PATH];
	uint32_t uid, gid; /* whom it runs as; BIRTH_SELF: as svcd does */
	char *pid_at[2];   /* where its variables name its own pid */
	char *inode_at;	   /* and the inode of its pidfd */
};
#define BIRTH_SELF UINT32_MAX

/* The last end of `run`: finish or a script may have ended since. NULL. */
const struct board_exit *birth_last_run(const struct board_record *r);
/* What the record's word intends; BIRTH_NONE: nothing (any more). */
enum birth_kind birth_kind(uint32_t i);
/* Fills in all but the gate; puts descriptors at low, low + 1, low + 2. */
void birth_prepare(struct birth *b, int low);
void birth_step(struct birth *b, struct spawn_step s);
/* It cannot be started as it is defined: the child leaves by this, and errno
 * is the reason. What it lacks only just now keeps it from being cloned. */
void birth_refuse(struct birth *b, enum spawn_op op);
/* By errno: not now. It has not taken place, and is tried again. */
void birth_lacks(struct birth *b);
/* Where programs are looked for: its PATH, or the usual. */
const char *birth_search(const struct birth *b);
void birth_limits(const struct rlimit *files);
/* birth_talk.c: sockets, readiness, what it is told about both. */
void birth_talk(struct birth *b, const struct settings *s);
/* The pid is known: it goes where the variables name it. */
void birth_told(struct birth *b);
/* `fd` of ours, by way of a low number that this gives; -1. */
int birth_hand_over(struct birth *b, int fd, int low);

/* With a definition; what cannot be done is refused, never left out. */
void birth_settings(struct birth *b, const struct settings *s);
/* "limit-nofile" of RLIMIT_NOFILE; NULL: no limit that can be set. */
const char *birth_limit_key(int what);
void birth_stdio(struct birth *b, const struct settings *s);

/* birth_env.c: false: no room. A later one takes the place of an earlier. */
bool birth_variable(struct birth *b, const char *text);
bool birth_named(struct birth *b, const char *name, const char *value);
const char *birth_lookup(const struct birth *b, const char *name, size_t len);
/* The service's own directory. */
const char *birth_own(const struct birth *b);
void birth_environment(struct birth *b, const struct settings *s);
/* How the last run ended, or another service, in systemd's words. */
void birth_result(struct birth *b);

/* birth_script.c: run and finish of s6-rc, which need not be executable. */
void birth_script(struct birth *b);

/* birth_dirs.c: the directories that are made for it. */
void birth_dirs(struct birth *b, const struct settings *s);

/* birth_rights.c: what it may see and do. */
void birth_namespaces(struct birth *b, const struct settings *s);
/* Before and after it becomes another user. */
void birth_bounds(struct birth *b, const struct settings *s);
void birth_caps(struct birth *b, const struct settings *s);

#endif
